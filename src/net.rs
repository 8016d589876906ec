//! The world as one probe sees it: a clock, a resolver, and one stream. Real in
//! [`engine`](crate::engine), scripted in tests.

use crate::target::Family;
use mio::Interest;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::task::Poll;
use std::time::Instant;

/// The outside world of one probe.
///
/// Nothing here blocks. `read`, `write` and [`connected`](Net::connected) fail with `WouldBlock`
/// where they would; the probe is then stepped again once that may have changed. Being asked once
/// too often is harmless. `read` and `write` speak to the attempt that was [kept](Net::keep), and
/// fail with `NotConnected` before there is one.
pub trait Net: io::Read + io::Write {
    /// The time, read afresh: what a probe reports must not be off by what was done since its step
    /// began.
    fn now(&self) -> Instant;

    /// The addresses of a name, in the order of the system's preference; those of one family where
    /// only that is asked for. `Pending` until they are there; the probe is stepped again when they
    /// are.
    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>>;

    /// Begins to connect. At most [`ATTEMPTS`](crate::target::ATTEMPTS) may be under way.
    ///
    /// # Errors
    /// What `socket(2)` or `connect(2)` said at once; `WouldBlock` is a Unix listener whose backlog
    /// is full, which no event will follow. No attempt is under way then.
    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt>;

    /// Whether an attempt has come to its end: `Ok` for a connection, `WouldBlock` for not yet.
    ///
    /// # Errors
    /// Any other error is the attempt's end: its descriptor is closed and its number free.
    fn connected(&mut self, attempt: Attempt) -> io::Result<()>;

    /// Gives an attempt up: it is closed and its number free.
    fn abandon(&mut self, attempt: Attempt);

    /// Makes a connected attempt the stream of this probe. All others are closed.
    fn keep(&mut self, attempt: Attempt);

    /// Lets small writes leave at once from now on (`TCP_NODELAY`); nothing for a Unix socket.
    fn nodelay(&mut self);
}

/// Where an attempt goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// An address and a port.
    Tcp(SocketAddr),
    /// A Unix stream socket; a path that begins with `@` is one of Linux' abstract names.
    Unix(&'a Path),
}

/// The number of an attempt that is under way, below [`ATTEMPTS`](crate::target::ATTEMPTS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(pub u8);

/// Why a name has no addresses.
#[derive(Debug)]
pub enum LookupError {
    /// This machine lacked what it takes to ask.
    Local(io::Error),
    /// There is neither a hosts file nor a `resolv.conf` here: nothing tells what a name means.
    NoSource,
    /// The resolver was asked, and this is its answer.
    Failed(io::Error),
}

/// What came of an attempt to read or write: it happened, or it was refused for now.
#[derive(Debug, PartialEq, Eq)]
pub enum Io<T> {
    /// It happened.
    Ready(T),
    /// It has to wait.
    Blocked(Blocked),
}

/// Proof that an attempt was refused: only a refusal makes one, so no state can wait on a socket
/// that it has not tried. Edge-triggered events make waiting first a lost wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked(Interest);

impl<T> Io<T> {
    /// Sorts the result of something that wanted `interest`.
    ///
    /// # Errors
    /// All errors but `WouldBlock`.
    pub fn of(result: io::Result<T>, interest: Interest) -> io::Result<Self> {
        match result {
            Ok(value) => Ok(Self::Ready(value)),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(Self::Blocked(Blocked(interest))),
            Err(e) => Err(e),
        }
    }
}

impl Blocked {
    /// Two attempts were refused, and either may be worth another.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What the refused attempt wanted to do.
    pub fn interest(self) -> Interest {
        self.0
    }
}
