//! The verdict on a check: the reason follows from its outcome, and the status from the reason.

mod expiry;
mod reason;

use crate::outcome::{Failure, Success, response_time};
pub use crate::reason::Reason;
use crate::record::Checked;
use crate::status::Status;
use reason::reason;
use std::time::Duration;

/// The verdict on one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The reason, which does not depend on `--status-as`.
    pub reason: Reason,
    /// The status, after `--status-as`.
    pub status: Status,
}

/// Judges a check by its options `-w`, `-c`, `-W`, `-C`, `--expiry` and `--status-as`.
pub fn judge(checked: &Checked) -> Verdict {
    let first = match reason(&checked.check, &checked.outcome) {
        Reason::Mismatch if checked.is_negotiating() => Reason::Starttls,
        Reason::Ok if expiry::ends_soon(checked) => Reason::Expiry,
        reason => reason,
    };
    let further = further_reasons(checked, first).into_iter().flatten();
    let verdict = judge_reason(checked, first);
    further.fold(verdict, |verdict, reason| {
        verdict.or_worse(judge_reason(checked, reason))
    })
}

/// Returns the verdict on a check that has this reason.
fn judge_reason(checked: &Checked, reason: Reason) -> Verdict {
    let Checked { check, outcome, .. } = checked;
    let error = match check.error_warning {
        true => Status::Warning,
        false => Status::Critical,
    };
    let status = match reason {
        // An interrupted check has no verdict that `--status-as` could replace.
        Reason::Interrupted => {
            let status = Status::Unknown;
            return Verdict { reason, status };
        }
        Reason::Ok => Status::Ok,
        Reason::Slow if is_slower(outcome, check.critical) => Status::Critical,
        Reason::Expiry if expiry::ends_critically_soon(checked) => Status::Critical,
        Reason::Slow | Reason::Expiry => Status::Warning,
        Reason::Local | Reason::Usage => Status::Unknown,
        Reason::Dns
        | Reason::Refused
        | Reason::Unreachable
        | Reason::Absent
        | Reason::Timeout
        | Reason::Reset
        | Reason::Eof
        | Reason::Tls
        | Reason::Certificate
        | Reason::Starttls
        | Reason::Mismatch
        | Reason::Open => error,
    };
    let status = check.status_as.apply(reason, status);
    Verdict { reason, status }
}

/// Returns the reasons that count beside the first if their verdicts are worse. A mismatch that
/// `--status-as` replaces does not hide a response time over `-c`.
fn further_reasons(checked: &Checked, first: Reason) -> [Option<Reason>; 2] {
    let Checked { check, outcome, .. } = checked;
    let is_replaced = check.status_as.of_reason(first).is_some();
    let is_hidden = first == Reason::Mismatch && is_replaced;
    let is_slow = is_hidden && is_slower(outcome, check.critical);
    let ends_soon = first != Reason::Interrupted && expiry::ends_soon(checked);
    [
        is_slow.then_some(Reason::Slow),
        ends_soon.then_some(Reason::Expiry),
    ]
}

impl Verdict {
    /// Returns the worse of two verdicts; this one, unless the other is worse.
    fn or_worse(self, other: Self) -> Self {
        match other.status.is_worse_than(self.status) {
            true => other,
            false => self,
        }
    }
}

/// Returns true if the check has a response time that is greater than this threshold.
fn is_slower(outcome: &Result<Success, Failure>, threshold: Option<Duration>) -> bool {
    response_time(outcome).is_some_and(|elapsed| exceeds(elapsed, threshold))
}

/// Returns true if a response time is greater than its threshold.
fn exceeds(elapsed: Duration, threshold: Option<Duration>) -> bool {
    threshold.is_some_and(|threshold| elapsed > threshold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::net::LookupError;
    use crate::outcome::{AttemptOutcome, Cause, FailedAttempt};
    use crate::phase::Phase;
    use crate::report::sample::checked;
    use crate::target::Family;
    use crate::tls::TlsError;
    use rustix::io::Errno;
    use std::io;
    use std::sync::Arc;

    fn judge(check: &Arc<Check>, outcome: Result<Success, Failure>) -> Verdict {
        super::judge(&checked(check.clone(), outcome))
    }

    fn answered(ms: u64) -> Result<Success, Failure> {
        Ok(Success::Completed {
            elapsed: Duration::from_millis(ms),
            reply: None,
        })
    }

    fn unconnected(errnos: &[Option<Errno>]) -> Result<Success, Failure> {
        let error = |errno: Errno| io::Error::from_raw_os_error(errno.raw_os_error());
        let outcome = |errno: &Option<Errno>| match errno {
            Some(errno) => AttemptOutcome::Failed(error(*errno)),
            None => AttemptOutcome::Silence,
        };
        let tried = errnos
            .iter()
            .map(|errno| FailedAttempt {
                address: None,
                outcome: outcome(errno),
            })
            .collect();
        let cause = Cause::Unconnected(tried);
        Err(Failure {
            phase: Phase::Connecting,
            cause,
            peer: None,
            certificate_requested: false,
        })
    }

    fn failed(cause: Cause) -> Result<Success, Failure> {
        Err(Failure {
            phase: Phase::Reading,
            cause,
            peer: None,
            certificate_requested: false,
        })
    }

    #[test]
    fn thresholds_are_exceeded_by_what_is_greater() {
        let ms = |ms| Some(Duration::from_millis(ms));
        let check = Arc::new(Check {
            warning: ms(10),
            critical: ms(20),
            ..Check::default()
        });
        for (took, status) in [
            (10, Status::Ok),
            (11, Status::Warning),
            (20, Status::Warning),
            (21, Status::Critical),
        ] {
            assert_eq!(judge(&check, answered(took)).status, status, "{took} ms");
        }
        let only_errors = Arc::new(Check {
            error_warning: true,
            critical: ms(20),
            ..Check::default()
        });
        assert_eq!(judge(&only_errors, answered(21)).status, Status::Critical);
    }

    #[test]
    fn errors_are_critical_and_with_w_a_warning() {
        let lax = Arc::new(Check {
            error_warning: true,
            ..Check::default()
        });
        for outcome in [
            unconnected(&[Some(Errno::CONNREFUSED)]),
            unconnected(&[None]),
            failed(Cause::TimedOut),
            failed(Cause::Closed),
            failed(Cause::Io(io::Error::from_raw_os_error(
                Errno::CONNRESET.raw_os_error(),
            ))),
            failed(Cause::Lookup(LookupError::Failed(io::Error::other(
                "not found",
            )))),
            failed(Cause::NoAddress(Family::V4)),
            failed(Cause::Tls(TlsError::Closed)),
        ] {
            let mut checked = checked(Check::default(), outcome);
            let status = |checked: &Checked| super::judge(checked).status;
            assert_eq!(status(&checked), Status::Critical, "{checked:?}");
            checked.check = lax.clone();
            assert_eq!(status(&checked), Status::Warning, "{checked:?}");
        }
    }

    #[test]
    fn a_local_failure_is_unknown_only_if_it_was_met_at_every_address() {
        let check = Arc::new(Check {
            error_warning: true,
            ..Check::default()
        });
        let none = unconnected(&[Some(Errno::ADDRNOTAVAIL), Some(Errno::MFILE)]);
        assert_eq!(judge(&check, none).status, Status::Unknown);
        let one = unconnected(&[Some(Errno::ADDRNOTAVAIL), Some(Errno::CONNREFUSED)]);
        assert_eq!(judge(&check, one).status, Status::Warning);
        let silent = unconnected(&[Some(Errno::ADDRNOTAVAIL), None]);
        assert_eq!(judge(&check, silent).status, Status::Warning);
    }

    #[test]
    fn expect_closed_is_ok_only_if_nothing_was_seen_to_listen() {
        let check = Arc::new(Check {
            expect_closed: true,
            ..Check::default()
        });
        let lacking = Some(Errno::ADDRNOTAVAIL);
        let tried =
            [AttemptOutcome::Silence, AttemptOutcome::Untried].map(|outcome| FailedAttempt {
                address: None,
                outcome,
            });
        let cause = Cause::Unconnected(tried.into());
        let untried = Err(Failure {
            phase: Phase::Connecting,
            cause,
            peer: None,
            certificate_requested: false,
        });
        for (outcome, status) in [
            (unconnected(&[Some(Errno::CONNREFUSED)]), Status::Ok),
            (unconnected(&[Some(Errno::HOSTUNREACH), None]), Status::Ok),
            (unconnected(&[Some(Errno::NOENT)]), Status::Ok),
            (
                unconnected(&[lacking, Some(Errno::CONNREFUSED)]),
                Status::Ok,
            ),
            (unconnected(&[lacking]), Status::Unknown),
            (unconnected(&[Some(Errno::AGAIN)]), Status::Critical),
            (
                unconnected(&[Some(Errno::CONNREFUSED), Some(Errno::INVAL)]),
                Status::Ok,
            ),
            (unconnected(&[Some(Errno::CONNABORTED)]), Status::Critical),
            (unconnected(&[Some(Errno::IO)]), Status::Unknown),
            (Ok(Success::PortOpen), Status::Critical),
            (untried, Status::Unknown),
            (failed(Cause::TimedOut), Status::Critical),
        ] {
            let checked = checked(check.clone(), outcome);
            assert_eq!(super::judge(&checked).status, status, "{checked:?}");
        }
    }

    #[test]
    fn status_as_comes_last() {
        let mut check = Check::default();
        check.status_as.set(Status::Ok, Status::Unknown);
        check.status_as.set(Status::Critical, Status::Ok);
        let check = Arc::new(check);
        assert_eq!(judge(&check, answered(1)).status, Status::Unknown);
        assert_eq!(judge(&check, failed(Cause::TimedOut)).status, Status::Ok);
    }
}
