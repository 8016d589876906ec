//! What an engine stands on: a clock, sockets, a poll that tells of them, and threads that look
//! names up. Real in [`machine`](super::os_platform), virtual in tests.

use crate::net::Endpoint;
use crate::resolve::{LookupRequest, LookupResult};
use mio::Interest;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant, SystemTime};

/// A machine, as an engine sees it. Only [`poll`](Self::poll) waits.
pub trait Platform {
    /// A stream socket. Dropping it closes it, and nothing is told of it any more.
    type Stream: Stream;

    /// The time by a clock that never goes back.
    fn now(&self) -> Instant;

    /// The time of day, as this machine takes it; it may be set at any time.
    fn wall_clock(&self) -> SystemTime;

    /// Begins to connect, for the probe in this slot; what happens to the stream is told with the
    /// slot's number.
    ///
    /// # Errors
    /// What `socket(2)` or `connect(2)` said at once, or what refused to watch the stream.
    fn connect(&mut self, to: Endpoint<'_>, slot: usize) -> io::Result<Self::Stream>;

    /// Sleeps until something happens, `most` at the longest, and tells what has. May come back for
    /// nothing, and may tell of a slot whose owner has gone.
    ///
    /// # Errors
    /// The poll itself failed.
    fn poll(&mut self, most: Duration, on_event: &mut dyn FnMut(PollEvent)) -> io::Result<()>;

    /// Has a name looked up.
    ///
    /// # Errors
    /// The machine lacks what that takes.
    fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()>;

    /// How many names can be looked up at a time, as far as is known by now.
    fn max_lookups(&self) -> usize;

    /// An answer that has come, if there is one.
    fn next_lookup_result(&mut self) -> Option<LookupResult>;
}

/// A non-blocking stream socket.
pub trait Stream: Read + Write {
    /// Whether it is up: `WouldBlock` for not yet. Any other error is the attempt's end.
    fn connected(&self) -> io::Result<()>;

    /// Lets small writes leave at once from now on.
    fn nodelay(&self);
}

/// What a poll tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollEvent {
    /// A stream of the probe in this slot has become ready for this; one that has ended or broken is
    /// ready for anything.
    Slot(usize, Interest),
    /// There is something to read from what is watched.
    Readable,
    /// Nobody is left at the other end of what is listened to.
    HungUp,
    /// Another thread wanted it to come back.
    Woken,
}
