//! The network of one probe: a clock, a resolver, and one stream. Real in
//! [`engine`](crate::engine), scripted in tests.

use crate::target::Family;
use mio::Interest;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::task::Poll;
use std::time::Instant;

/// The network as one probe sees it.
///
/// Nothing here blocks. `read`, `write` and [`connected`](Net::connected) fail with `WouldBlock`
/// instead; the probe is then stepped again once that may have changed. A call too many has no
/// effect. `read` and `write` use the attempt that was [kept](Net::keep), and fail with
/// `NotConnected` before there is one.
pub trait Net: io::Read + io::Write {
    /// Reads the clock. Not the time of the step's start: the times that a probe reports must not
    /// leave out the work done since then.
    fn now(&self) -> Instant;

    /// Looks up the addresses of a name, in the order of the system's preference, restricted to a
    /// family if one is given. `Pending` until the result is there; the probe is then stepped
    /// again.
    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>>;

    /// Starts a connection attempt. At most [`ATTEMPTS`](crate::target::ATTEMPTS) may be in
    /// progress.
    ///
    /// # Errors
    /// An immediate error of `socket(2)` or `connect(2)`. `WouldBlock` means a Unix listener whose
    /// backlog is full, and no event follows. No attempt is in progress then.
    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt>;

    /// Returns `Ok` once an attempt is connected.
    ///
    /// # Errors
    /// `WouldBlock` while it is in progress. Any other error ends the attempt: its descriptor is
    /// closed and its number free.
    fn connected(&mut self, attempt: Attempt) -> io::Result<()>;

    /// Abandons an attempt: it is closed and its number free.
    fn abandon(&mut self, attempt: Attempt);

    /// Makes a connected attempt the stream of this probe, and closes all others.
    fn keep(&mut self, attempt: Attempt);

    /// Sends small writes at once from now on (`TCP_NODELAY`). Has no effect on a Unix socket.
    fn nodelay(&mut self);
}

/// The endpoint of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// An address and a port.
    Tcp(SocketAddr),
    /// A Unix stream socket; a path that begins with `@` is one of Linux' abstract names.
    Unix(&'a Path),
}

/// The number of an attempt in progress, below [`ATTEMPTS`](crate::target::ATTEMPTS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(pub u8);

/// A lookup without addresses.
#[derive(Debug)]
pub enum LookupError {
    /// The lookup could not be made, for want of a local resource.
    Local(io::Error),
    /// The system has neither a hosts file nor a `resolv.conf`, and so no source of names.
    NoSource,
    /// The resolver answered with this error.
    Failed(io::Error),
}

/// The result of a non-blocking operation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Io<T> {
    /// The operation was done.
    Ready(T),
    /// The operation has to wait.
    Blocked(Blocked),
}

/// Proof that an operation was tried and would have blocked. Only [`Io::of`] makes one, so a state
/// cannot wait for a socket that it has not tried: with edge-triggered events that would be a lost
/// wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked(Interest);

impl<T> Io<T> {
    /// Converts the result of an operation that needs `interest`.
    ///
    /// # Errors
    /// All errors but `WouldBlock`.
    pub(crate) fn of(result: io::Result<T>, interest: Interest) -> io::Result<Self> {
        match result {
            Ok(value) => Ok(Self::Ready(value)),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(Self::Blocked(Blocked(interest))),
            Err(e) => Err(e),
        }
    }
}

impl Blocked {
    /// Combines two operations, either of which may be tried again.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the readiness that the operation needs.
    pub fn interest(self) -> Interest {
        self.0
    }
}
