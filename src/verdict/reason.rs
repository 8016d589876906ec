//! The reason of a verdict, as one word of a closed list that programs can rely on.

use super::exceeds;
use crate::check::Check;
use crate::net::LookupError;
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Failure, Meaning, Shortage, Success};
use crate::phase::Phase;
use crate::tls::TlsError;
use std::io;

/// The reason of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The check succeeded; with `-C`, nothing listens there.
    Ok,
    /// The check succeeded, but its response time is over `-w` or `-c`.
    Slow,
    /// The name was not found or not looked up, or has no address of the requested family.
    Dns,
    /// The port or the socket refused the connection.
    Refused,
    /// No route led to the address.
    Unreachable,
    /// The socket does not exist.
    Absent,
    /// The deadline passed while the peer did nothing, or the system timed out.
    Timeout,
    /// An established connection was lost.
    Reset,
    /// The peer closed before it sent anything, or during the handshake.
    Eof,
    /// The TLS handshake or session failed.
    Tls,
    /// The peer's certificate was not accepted, or there is no name to verify it for.
    Certificate,
    /// The reply does not match the pattern.
    Mismatch,
    /// With `-C`: something listens there.
    Open,
    /// A local failure, not one of the peer; with `-C` also if time or resources did not suffice
    /// for each address.
    Local,
    /// A usage error.
    Usage,
    /// The run was interrupted before the check ended.
    Interrupted,
}

impl Reason {
    /// All reasons, in the order of their documentation.
    pub const ALL: [Self; 16] = [
        Self::Ok,
        Self::Slow,
        Self::Dns,
        Self::Refused,
        Self::Unreachable,
        Self::Absent,
        Self::Timeout,
        Self::Reset,
        Self::Eof,
        Self::Tls,
        Self::Certificate,
        Self::Mismatch,
        Self::Open,
        Self::Local,
        Self::Usage,
        Self::Interrupted,
    ];

    /// Returns the word in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Slow => "slow",
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Absent => "absent",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Eof => "eof",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Mismatch => "mismatch",
            Self::Open => "open",
            Self::Local => "local",
            Self::Usage => "usage",
            Self::Interrupted => "interrupted",
        }
    }

    /// Returns true if the reason shows that nothing listens, which makes `-C` OK.
    fn is_closed(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Unreachable | Self::Absent | Self::Timeout
        )
    }
}

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
            Cause::Tls(e) if e.is_certificate() => Reason::Certificate,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::is_resource_shortage;
    use crate::status::Status;
    use crate::target::Family;
    use crate::verdict::judge;
    use rustix::io::Errno;
    use std::time::Duration;

    fn io(errno: Errno) -> io::Error {
        errno.into()
    }

    fn failed(cause: Cause) -> Result<Success, Failure> {
        Err(Failure {
            phase: Phase::Reading,
            cause,
            peer: None,
            certificate_requested: false,
        })
    }

    fn unconnected(came: impl IntoIterator<Item = AttemptOutcome>) -> Result<Success, Failure> {
        let tried = came.into_iter().map(|outcome| FailedAttempt {
            address: None,
            outcome,
        });
        failed(Cause::Unconnected(tried.collect()))
    }

    fn unable(errno: Errno) -> Result<Success, Failure> {
        unconnected([AttemptOutcome::Failed(io(errno))])
    }

    fn answered(ms: u64) -> Result<Success, Failure> {
        Ok(Success::Completed {
            elapsed: Duration::from_millis(ms),
            reply: None,
        })
    }

    fn unexpected(open: bool) -> Result<Success, Failure> {
        failed(Cause::Unexpected {
            reply: Box::default(),
            elapsed: Duration::ZERO,
            open,
        })
    }

    fn silent_resolver() -> Result<Success, Failure> {
        Err(Failure {
            phase: Phase::Resolving,
            cause: Cause::TimedOut,
            peer: None,
            certificate_requested: false,
        })
    }

    /// An outcome a row, with `-w 0.01 -c 0.02`.
    fn table() -> Vec<(Result<Success, Failure>, Reason)> {
        let local = || AttemptOutcome::Failed(io(Errno::ADDRNOTAVAIL));
        let refused = || AttemptOutcome::Failed(io(Errno::CONNREFUSED));
        let lookup = |e| failed(Cause::Lookup(e));
        vec![
            (answered(10), Reason::Ok),
            (answered(11), Reason::Slow),
            (answered(21), Reason::Slow),
            (Ok(Success::PortOpen), Reason::Open),
            (
                lookup(LookupError::Failed(io::Error::other("no such name"))),
                Reason::Dns,
            ),
            (lookup(LookupError::Failed(io(Errno::MFILE))), Reason::Local),
            (
                lookup(LookupError::Local(io::Error::other("memory"))),
                Reason::Local,
            ),
            (lookup(LookupError::NoSource), Reason::Local),
            (failed(Cause::NoAddress(Family::V6)), Reason::Dns),
            (silent_resolver(), Reason::Dns),
            (unable(Errno::CONNREFUSED), Reason::Refused),
            (unable(Errno::NOPROTOOPT), Reason::Unreachable),
            (unable(Errno::NOENT), Reason::Absent),
            (unable(Errno::TIMEDOUT), Reason::Timeout),
            (unable(Errno::AGAIN), Reason::Timeout),
            (unable(Errno::CONNABORTED), Reason::Reset),
            (unable(Errno::NOSPC), Reason::Local),
            (
                unconnected([AttemptOutcome::Failed(io(Errno::CONNABORTED)), refused()]),
                Reason::Reset,
            ),
            (
                unconnected([AttemptOutcome::Failed(io::ErrorKind::WouldBlock.into())]),
                Reason::Timeout,
            ),
            (unconnected([AttemptOutcome::Silence]), Reason::Timeout),
            (
                unconnected([refused(), AttemptOutcome::GivenUp]),
                Reason::Timeout,
            ),
            (
                unconnected([AttemptOutcome::Silence, refused()]),
                Reason::Refused,
            ),
            (unconnected([refused(), local()]), Reason::Refused),
            (
                unconnected([AttemptOutcome::Failed(io(Errno::MFILE)), refused()]),
                Reason::Refused,
            ),
            (
                unconnected([refused(), local(), AttemptOutcome::Untried]),
                Reason::Refused,
            ),
            (
                unconnected([local(), AttemptOutcome::Untried]),
                Reason::Timeout,
            ),
            (unconnected([local(), local()]), Reason::Local),
            (failed(Cause::TimedOut), Reason::Timeout),
            (failed(Cause::Closed), Reason::Eof),
            (failed(Cause::Io(io(Errno::CONNRESET))), Reason::Reset),
            (failed(Cause::Io(io(Errno::PIPE))), Reason::Reset),
            (failed(Cause::Io(io(Errno::CONNABORTED))), Reason::Reset),
            (failed(Cause::Io(io(Errno::TIMEDOUT))), Reason::Timeout),
            (
                failed(Cause::Io(io(Errno::HOSTUNREACH))),
                Reason::Unreachable,
            ),
            (
                failed(Cause::Io(io::ErrorKind::WriteZero.into())),
                Reason::Reset,
            ),
            (failed(Cause::Io(io(Errno::NOBUFS))), Reason::Local),
            (failed(Cause::Tls(TlsError::Closed)), Reason::Eof),
            (failed(Cause::Tls(TlsError::Name)), Reason::Certificate),
            (failed(Cause::Ended), Reason::Local),
            (unexpected(false), Reason::Mismatch),
            (unexpected(true), Reason::Mismatch),
            (failed(Cause::Engine(io(Errno::MFILE))), Reason::Local),
            (failed(Cause::Interrupted), Reason::Interrupted),
        ]
    }

    fn thresholds() -> Check {
        Check {
            warning: Some(Duration::from_millis(10)),
            critical: Some(Duration::from_millis(20)),
            ..Check::default()
        }
    }

    #[test]
    fn every_outcome_has_its_reason() {
        for (outcome, expected) in table() {
            assert_eq!(reason(&thresholds(), &outcome), expected, "{outcome:?}");
        }
    }

    #[test]
    fn expect_closed_is_ok_only_for_a_failure_that_shows_that_nothing_listens() {
        let check = Check {
            expect_closed: true,
            ..Check::default()
        };
        for (outcome, plain) in table() {
            let Err(failure) = &outcome else { continue };
            let came = |what: fn(&AttemptOutcome) -> bool| match &failure.cause {
                Cause::Unconnected(tried) => tried.iter().any(|tried| what(&tried.outcome)),
                _ => false,
            };
            let is_full = |came: &AttemptOutcome| match came {
                AttemptOutcome::Failed(e) => e.kind() == io::ErrorKind::WouldBlock,
                _ => false,
            };
            let is_passed_over = |came: &AttemptOutcome| match came {
                AttemptOutcome::Failed(e) => is_resource_shortage(e),
                came => matches!(came, AttemptOutcome::Untried),
            };
            let expected = match &failure.cause {
                Cause::Unconnected(_) if !plain.is_closed() => plain,
                Cause::Unconnected(_) if came(is_full) => Reason::Open,
                Cause::Unconnected(_) if came(is_passed_over) => Reason::Local,
                Cause::Unconnected(_) => Reason::Ok,
                _ => plain,
            };
            assert_eq!(reason(&check, &outcome), expected, "{outcome:?}");
            let is_ok = judge(&check, &outcome).status == Status::Ok;
            assert_eq!(is_ok, expected == Reason::Ok, "{outcome:?}");
        }
        assert_eq!(reason(&check, &Ok(Success::PortOpen)), Reason::Open);
    }

    #[test]
    fn the_words_are_those_of_the_documentation() {
        let words = Reason::ALL.map(Reason::word).join(" ");
        assert_eq!(
            words,
            "ok slow dns refused unreachable absent timeout reset eof tls certificate mismatch \
             open local usage interrupted"
        );
    }
}
