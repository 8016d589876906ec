//! A world in memory for one probe, which itself allocates nothing: each thing is refused once, as
//! the kernel does it where the peer takes its time, and there when it is asked for again.

use check_tcp::internal::net::{Attempt, Endpoint, LookupError, Net};
use check_tcp::internal::probe::Probe;
use check_tcp::internal::state::Scratch;
use check_tcp::outcome::{Failure, Success};
use check_tcp::target::Family;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

/// More steps than any probe here takes.
const STEPS: usize = 200;

/// The other end of the connection.
pub trait Peer {
    /// Takes in what was sent.
    fn hear(&mut self, bytes: &[u8]);

    /// Puts what it has to say, or some of it, into `buffer`; `None` where that is nothing yet, and
    /// `Some(0)` at its end.
    fn say(&mut self, buffer: &mut [u8]) -> Option<usize>;
}

/// Says its pieces one after the other, and hears nothing.
pub struct Script<'a>(pub &'a [&'a [u8]]);

/// One connection to a peer. Time stands still.
pub struct World<P> {
    pub peer: P,
    now: Instant,
    is_connected: bool,
    /// True once the peer's bytes since the last refusal have been read.
    has_read: bool,
}

impl<P: Peer> World<P> {
    pub fn new(peer: P) -> Self {
        Self {
            peer,
            now: Instant::now(),
            is_connected: false,
            has_read: true,
        }
    }

    /// Steps a probe to its end.
    pub fn finish(&mut self, probe: &mut Probe, scratch: &mut Scratch) -> Result<Success, Failure> {
        for _ in 0..STEPS {
            if let Poll::Ready(outcome) = probe.step(self, scratch) {
                return outcome;
            }
        }
        panic!("no end after {STEPS} steps, in {:?}", probe.phase());
    }
}

impl Peer for Script<'_> {
    fn hear(&mut self, _bytes: &[u8]) {}

    fn say(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let (piece, rest) = self.0.split_first()?;
        self.0 = rest;
        buffer[..piece.len()].copy_from_slice(piece);
        Some(piece.len())
    }
}

impl<P: Peer> Net for World<P> {
    fn now(&self) -> Instant {
        self.now
    }

    fn resolve(
        &mut self,
        _host: &str,
        _port: u16,
        _family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        unreachable!("an address needs no look-up")
    }

    fn connect(&mut self, _to: Endpoint<'_>) -> io::Result<Attempt> {
        Ok(Attempt(0))
    }

    fn connected(&mut self, _attempt: Attempt) -> io::Result<()> {
        if self.is_connected {
            return Ok(());
        }
        self.is_connected = true;
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn abandon(&mut self, _attempt: Attempt) {}

    fn keep(&mut self, _attempt: Attempt) {}

    fn nodelay(&mut self) {}
}

impl<P: Peer> Read for World<P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.has_read = !self.has_read;
        let said = match self.has_read {
            true => self.peer.say(buffer),
            false => None,
        };
        said.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }
}

impl<P: Peer> Write for World<P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.peer.hear(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
