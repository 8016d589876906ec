//! The outcome of a check: its success or failure, as facts without a judgement.

mod errno;
mod shortage;
mod trace;

use crate::inline_vec::InlineVec;
use crate::link::LinkError;
use crate::net::LookupError;
use crate::phase::Phase;
use crate::target::Family;
use crate::tls::TlsError;
pub(crate) use errno::Meaning;
pub use errno::{as_local_error, is_resource_shortage};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
pub use trace::{PhaseDurations, Timestamps, Trace};

/// A check that completed, or found the port open.
#[derive(Debug)]
pub enum Success {
    /// Connected, and the reply matched the pattern, if there is one.
    Completed {
        /// The response time: from the start until the quit string is with the kernel, or to the
        /// last step before, if there is none.
        elapsed: Duration,
        /// The reply; `None` without a pattern.
        reply: Option<Reply>,
    },
    /// The connection was established, although `-C` expects a closed port.
    PortOpen,
}

/// Returns the response time. A check has one if it completed or if its reply did not match.
pub fn response_time(outcome: &Result<Success, Failure>) -> Option<Duration> {
    match outcome {
        Ok(Success::Completed { elapsed, .. })
        | Err(Failure {
            cause: Cause::Unexpected { elapsed, .. },
            ..
        }) => Some(*elapsed),
        _ => None,
    }
}

/// Returns the state in which the check ended.
pub fn final_phase(outcome: &Result<Success, Failure>) -> Phase {
    match outcome {
        Ok(_) => Phase::Done,
        Err(failure) => failure.phase,
    }
}

/// A check that did not complete.
#[derive(Debug)]
pub struct Failure {
    /// The state in which it failed.
    pub phase: Phase,
    /// The cause.
    pub cause: Cause,
    /// The address connected to.
    pub peer: Option<SocketAddr>,
    /// The peer requested a client certificate, and there is none.
    pub certificate_requested: bool,
}

/// The cause of a failure.
#[derive(Debug)]
pub enum Cause {
    /// The lookup of the name failed.
    Lookup(LookupError),
    /// The name has no address of the requested family, or the literal address is of another.
    NoAddress(Family),
    /// No address connected.
    Unconnected(Vec<FailedAttempt>),
    /// The deadline passed while the peer did nothing.
    TimedOut,
    /// The peer closed before it sent anything.
    Closed,
    /// A system call failed.
    Io(io::Error),
    /// The TLS handshake or session failed.
    Tls(TlsError),
    /// The reply does not match.
    Unexpected {
        /// The reply.
        reply: Box<Reply>,
        /// The response time: from the start to the decision.
        elapsed: Duration,
        /// The pattern was still undecided at the deadline.
        open: bool,
    },
    /// The poll loop could not be created, or failed.
    Engine(io::Error),
    /// The run was interrupted before the check ended.
    Interrupted,
    /// The probe was stepped again after its end.
    Ended,
}

/// A local shortage that prevented a check and may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Of descriptors, buffers, memory or threads.
    Resources,
    /// Of a local address, or a free port of it.
    LocalAddress,
}

/// An address without a connection.
#[derive(Debug)]
pub struct FailedAttempt {
    /// The address; `None` for a Unix socket.
    pub address: Option<SocketAddr>,
    /// The outcome of the attempt.
    pub outcome: AttemptOutcome,
}

/// The outcome of one address.
#[derive(Debug)]
pub enum AttemptOutcome {
    /// The attempt failed.
    Failed(io::Error),
    /// No answer by the deadline.
    Silence,
    /// No answer for half of the time; its place was then given to another address.
    GivenUp,
    /// The deadline passed before it was tried.
    Untried,
}

/// The beginning of a reply, and its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    kept: InlineVec<u8, GREETING>,
    total: u64,
}

/// Bytes of a reply that are kept without an allocation: the length of most servers' greetings.
/// Dovecot's takes about 124.
const GREETING: usize = 134;

impl Reply {
    /// Most bytes of a reply that are kept.
    pub const KEPT: usize = 1024;

    /// Returns an empty reply.
    pub const fn empty() -> Self {
        Self {
            kept: InlineVec::new(0),
            total: 0,
        }
    }

    /// Counts `bytes`, and keeps them up to the limit.
    pub fn push(&mut self, bytes: &[u8]) {
        let spare = Self::KEPT.saturating_sub(self.kept().len());
        self.kept
            .extend_from_slice(bytes.get(..spare).unwrap_or(bytes));
        self.total += bytes.len() as u64;
    }

    /// Returns the first [`KEPT`](Self::KEPT) bytes.
    pub fn kept(&self) -> &[u8] {
        self.kept.as_slice()
    }

    /// Returns the number of bytes received.
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl Default for Reply {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<LinkError> for Cause {
    fn from(e: LinkError) -> Self {
        match e {
            LinkError::Io(e) => Self::Io(e),
            LinkError::Tls(e) => Self::Tls(e),
        }
    }
}

impl From<TlsError> for Cause {
    fn from(e: TlsError) -> Self {
        Self::Tls(e)
    }
}
