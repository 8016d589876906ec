//! The facts of a finished check.

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

/// A check that got to its end: what was asked was done, or the port was found open.
#[derive(Debug)]
pub enum Success {
    /// Connected, and where asked matched.
    Completed {
        /// From the start to the quit string being with the kernel, or to the last thing before.
        elapsed: Duration,
        /// What was read; `None` where nothing was asked.
        reply: Option<Reply>,
    },
    /// The connection came up, and no more was asked.
    PortOpen,
}

/// The response time, for what has one: a check that went all its way, and one whose reply was
/// decided against.
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

/// A check that did not.
#[derive(Debug)]
pub struct Failure {
    /// The state it died in.
    pub phase: Phase,
    /// What came of it.
    pub cause: Cause,
    /// The address connected to.
    pub peer: Option<SocketAddr>,
    /// The peer asked for a client certificate, and there was none to give.
    pub certificate_requested: bool,
}

/// What came of a check that did not go all its way.
#[derive(Debug)]
pub enum Cause {
    /// The name has no addresses.
    Lookup(LookupError),
    /// The name, or the literal, has none of the family asked for.
    NoAddress(Family),
    /// No address connected.
    Unconnected(Vec<FailedAttempt>),
    /// The deadline passed over a peer that did nothing.
    TimedOut,
    /// The peer closed before it sent anything.
    Closed,
    /// The system refused.
    Io(io::Error),
    /// TLS did not come up, or broke.
    Tls(TlsError),
    /// The reply does not match.
    Unexpected {
        /// The reply.
        reply: Box<Reply>,
        /// From the start to the decision.
        elapsed: Duration,
        /// The pattern could still have matched when the deadline came.
        open: bool,
    },
    /// The poll loop could not be set up, or failed.
    Engine(io::Error),
    /// The run was broken off before the check had ended.
    Interrupted,
    /// Stepped again after its end.
    Ended,
}

/// What this machine lacked for a check, and may have again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Descriptors, buffers, memory or a thread.
    Resources,
    /// A local address, or a free port of it.
    LocalAddress,
}

/// One address that did not connect.
#[derive(Debug)]
pub struct FailedAttempt {
    /// The address; `None` for a Unix socket.
    pub address: Option<SocketAddr>,
    /// What came of it.
    pub outcome: AttemptOutcome,
}

/// What came of one address.
#[derive(Debug)]
pub enum AttemptOutcome {
    /// The attempt failed.
    Failed(io::Error),
    /// Nothing, by the deadline.
    Silence,
    /// Nothing for half of the time; it then gave its place to another address.
    GivenUp,
    /// The deadline came before its turn.
    Untried,
}

/// What is kept of a reply: its first bytes, and how many there were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    kept: InlineVec<u8, GREETING>,
    total: u64,
}

/// As long as a server's greeting mostly is, in bytes; Dovecot's takes about 124.
const GREETING: usize = 134;

impl Reply {
    /// How many bytes of a reply are kept.
    pub const KEPT: usize = 1024;

    /// A reply of which nothing has come.
    pub const fn nothing() -> Self {
        Self {
            kept: InlineVec::new(0),
            total: 0,
        }
    }

    /// Counts `bytes`, and keeps what there is room for.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = Self::KEPT.saturating_sub(self.kept().len());
        self.kept
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.total += bytes.len() as u64;
    }

    /// The first [`KEPT`](Self::KEPT) bytes.
    pub fn kept(&self) -> &[u8] {
        self.kept.as_slice()
    }

    /// How many bytes came.
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl Default for Reply {
    fn default() -> Self {
        Self::nothing()
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
