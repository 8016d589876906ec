//! What else a [`wait`](Engine::wait) comes back for.

use super::Engine;
use mio::event::Source;
use mio::unix::SourceFd;
use mio::{Interest, Token, Waker};
use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

/// The token of the waker; no slot has it, nor those below.
pub(super) const WAKER: Token = Token(usize::MAX);

/// The token of what is watched for the engine's user.
pub(super) const WATCHED: Token = Token(usize::MAX - 1);

/// The token of what is listened to for its end.
pub(super) const LISTENED: Token = Token(usize::MAX - 2);

impl<T> Engine<T> {
    /// Has [`wait`](Self::wait) come back when there is something to read from `source`.
    ///
    /// # Errors
    /// The poll refused it.
    pub fn watch(&mut self, source: &mut impl Source) -> io::Result<()> {
        let registry = self.poll.registry();
        registry.register(source, WATCHED, Interest::READABLE)
    }

    /// Whether there was something to read since this was last asked.
    pub fn watched(&mut self) -> bool {
        mem::take(&mut self.watched)
    }

    /// Has [`wait`](Self::wait) come back when nobody is left at the other end of a pipe or a socket.
    /// Of what has no other end, such as a file, nothing is told.
    pub fn listen(&mut self, writer: &impl AsFd) {
        let descriptor = writer.as_fd().as_raw_fd();
        let registry = self.poll.registry();
        // Its end is told whatever the interest, and nobody writes to us there.
        let _ = registry.register(&mut SourceFd(&descriptor), LISTENED, Interest::READABLE);
    }

    /// Whether that has happened.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// What ends a [`wait`](Self::wait) from another thread.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn waker(&mut self) -> io::Result<Arc<Waker>> {
        self.lookups.waker(self.poll.registry())
    }
}
