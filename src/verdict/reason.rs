//! Classifies the outcome of a check.

use super::exceeds;
use crate::check::Check;
use crate::net::LookupError;
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Failure, Meaning, Shortage, Success};
use crate::phase::Phase;
use crate::reason::Reason;
use crate::tls::TlsError;
use std::io;

/// Classifies the outcome of a check.
pub(super) fn reason(check: &Check, outcome: &Result<Success, Failure>) -> Reason {
    match outcome {
        Ok(Success::PortOpen) => Reason::Open,
        Ok(Success::Completed { elapsed, .. })
            if exceeds(*elapsed, check.critical) || exceeds(*elapsed, check.warning) =>
        {
            Reason::Slow
        }
        Ok(Success::Completed { .. }) => Reason::Ok,
        Err(failure) if check.expect_closed => failure.reason_of_closed(),
        Err(failure) => failure.reason(),
    }
}

impl Failure {
    /// Classifies the failure with `-C`. Only a listener has a full backlog. If not all addresses
    /// of a name were tried, for want of time or resources, the port is not known to be closed.
    fn reason_of_closed(&self) -> Reason {
        let reason = self.reason();
        let (Cause::Unconnected(tried), true) = (&self.cause, reason.is_closed()) else {
            return reason;
        };
        let is_full = |tried: &FailedAttempt| match &tried.outcome {
            AttemptOutcome::Failed(e) => {
                tried.address.is_none() && e.kind() == io::ErrorKind::WouldBlock
            }
            AttemptOutcome::Silence | AttemptOutcome::GivenUp | AttemptOutcome::Untried => false,
        };
        let is_passed_over = |tried: &FailedAttempt| {
            matches!(tried.outcome, AttemptOutcome::Untried)
                || tried.meaning() == Some(Meaning::Shortage(Shortage::Resources))
        };
        match () {
            () if tried.iter().any(is_full) => Reason::Open,
            () if tried.iter().any(is_passed_over) => Reason::Local,
            () => Reason::Ok,
        }
    }

    fn reason(&self) -> Reason {
        match &self.cause {
            Cause::Lookup(LookupError::Local(_) | LookupError::NoSource) => Reason::Local,
            Cause::Lookup(LookupError::Failed(e)) => match Meaning::new(e) {
                Some(meaning) if meaning.is_local() => Reason::Local,
                _ => Reason::Dns,
            },
            Cause::NoAddress(_) => Reason::Dns,
            Cause::Unconnected(tried) => unconnected(tried),
            // The resolver did not answer, and the peer was not contacted.
            Cause::TimedOut if self.phase == Phase::Resolving => Reason::Dns,
            Cause::TimedOut => Reason::Timeout,
            Cause::Closed => Reason::Eof,
            Cause::Io(e) => Meaning::of_connection(e).reason(),
            Cause::Tls(TlsError::Store(_)) => Reason::Local,
            Cause::Tls(TlsError::Closed) => Reason::Eof,
            Cause::Tls(e) if e.is_certificate_error() => Reason::Certificate,
            Cause::Tls(_) => Reason::Tls,
            Cause::Unexpected { .. } => Reason::Mismatch,
            Cause::Engine(_) | Cause::Ended => Reason::Local,
            Cause::Interrupted => Reason::Interrupted,
        }
    }
}

impl Meaning {
    /// Returns the reason of an attempt or a connection that ended with this error.
    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::Shortage(_) | Self::Unable => Reason::Local,
            Self::Refused => Reason::Refused,
            Self::Unreachable => Reason::Unreachable,
            Self::Absent => Reason::Absent,
            Self::Timeout => Reason::Timeout,
            Self::Reset => Reason::Reset,
        }
    }
}

/// Classifies a race without a connection. The last address that could be tried counts, but for one
/// before it whose failure does not show that nothing listens. A timeout if the deadline passed
/// before any could be tried; a local failure if that prevented every attempt.
fn unconnected(tried: &[FailedAttempt]) -> Reason {
    let reason = |tried: &FailedAttempt| match tried.meaning() {
        Some(meaning) => Some(meaning.reason()),
        None if matches!(tried.outcome, AttemptOutcome::Untried) => None,
        None => Some(Reason::Timeout),
    };
    if tried
        .iter()
        .all(|tried| reason(tried) == Some(Reason::Local))
    {
        return Reason::Local;
    }
    let mut reasons = tried.iter().rev().filter_map(reason);
    let mut remote = reasons.by_ref().filter(|reason| *reason != Reason::Local);
    let Some(last) = remote.next() else {
        return Reason::Timeout;
    };
    remote.find(|reason| !reason.is_closed()).unwrap_or(last)
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
