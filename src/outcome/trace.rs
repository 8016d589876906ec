//! How a check went on the way.

use crate::state::Phase;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

/// What is known of the way of one check, whatever came of it.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The state it ended in.
    pub phase: Phase,
    /// From the start of the check to its end.
    pub total: Duration,
    /// How long each part took.
    pub phases: Phases,
    /// The address connected to.
    pub peer: Option<SocketAddr>,
    /// What TLS came to; `None` in the clear, and where it did not come up.
    pub session: Option<Session>,
}

/// How long each part of a check took; `None` for one that was not there, or did not come to its
/// end. They follow one another without a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// The look-up of a name.
    pub resolve: Option<Duration>,
    /// To the connection.
    pub connect: Option<Duration>,
    /// The handshake.
    pub tls: Option<Duration>,
    /// From the connection, or the handshake, to the first byte of the reply.
    pub first_byte: Option<Duration>,
}

/// What was agreed upon under TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite as IANA names it.
    pub cipher: &'static str,
    /// When the peer's certificate ends, where that can be read.
    pub not_after: Option<SystemTime>,
}
