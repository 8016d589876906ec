//! The platform of an engine: clocks, sockets, a poll that reports their events, and a resolver.
//! Real in [`os_platform`](super::os_platform), virtual in tests.

use crate::net::Endpoint;
use crate::resolve::{LookupRequest, LookupResult};
use mio::Interest;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant, SystemTime};

/// The services of the operating system that an engine uses. Only [`poll`](Self::poll) blocks.
pub trait Platform {
    /// A stream socket. Dropping it closes it, and no event of it is reported any more.
    type Stream: Stream;

    /// Returns the time by a monotonic clock.
    fn now(&self) -> Instant;

    /// Returns the time of day, which may be set at any time.
    fn wall_clock(&self) -> SystemTime;

    /// Starts to connect for the probe in this slot. Events of the stream are reported with the
    /// number of the slot.
    ///
    /// # Errors
    /// An error of `socket(2)` or `connect(2)`, or of the registration with the poll.
    fn connect(&mut self, to: Endpoint<'_>, slot: usize) -> io::Result<Self::Stream>;

    /// Sleeps until an event or for at most `most`, and reports the events. May return without any,
    /// and may report a slot whose probe has ended.
    ///
    /// # Errors
    /// The poll itself failed.
    fn poll(&mut self, most: Duration, on_event: &mut dyn FnMut(PollEvent)) -> io::Result<()>;

    /// Starts to look a name up. [`PollEvent::Woken`] follows when its result is there.
    ///
    /// # Errors
    /// The system lacks a thread or a descriptor for it.
    fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()>;

    /// Returns the number of lookups that can run at a time, as far as is known by now.
    fn max_lookups(&self) -> usize;

    /// Takes the next lookup result that has arrived, if any.
    fn next_lookup_result(&mut self) -> Option<LookupResult>;
}

/// A non-blocking stream socket.
pub trait Stream: Read + Write {
    /// Returns `Ok` once the stream is connected.
    ///
    /// # Errors
    /// `WouldBlock` while the attempt is in progress; any other error ends it.
    fn connected(&self) -> io::Result<()>;

    /// Sends small writes at once from now on (`TCP_NODELAY`).
    fn nodelay(&self);
}

/// An event reported by a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollEvent {
    /// A stream of the probe in this slot became ready for this. One that has ended or failed is
    /// ready for everything.
    Slot(usize, Interest),
    /// The watched descriptor can be read.
    Readable,
    /// The other end of the watched pipe or socket was closed.
    HungUp,
    /// Another thread woke the poll.
    Woken,
}
