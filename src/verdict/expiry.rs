//! The time that is left of a certificate path, held against `--expiry`.

use crate::record::Checked;
use std::time::Duration;

/// Returns true if a check is to be WARNING or CRITICAL for the end of its certificate path.
pub(super) fn ends_soon(checked: &Checked) -> bool {
    let expiry = checked.check.expiry;
    expiry.is_some_and(|expiry| ends_within(checked, expiry.warning.max(expiry.critical)))
}

/// Returns true if a check is to be CRITICAL for the end of its certificate path.
pub(super) fn ends_critically_soon(checked: &Checked) -> bool {
    let expiry = checked.check.expiry;
    expiry.is_some_and(|expiry| ends_within(checked, expiry.critical))
}

/// Returns true if a session came up whose certificate path had less left than this when the check
/// began, had ended, or has an end that can't be read.
fn ends_within(checked: &Checked, period: Duration) -> bool {
    let Some(session) = &checked.trace.session else {
        return false;
    };
    let end = session.path_end.as_ref();
    let left = end.and_then(|end| end.at.duration_since(checked.began).ok());
    left.is_none_or(|left| left < period)
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Check, Expiry};
    use crate::outcome::{Cause, Failure, Success};
    use crate::phase::Phase;
    use crate::reason::Reason;
    use crate::report::sample::{answered, checked, failed, reply};
    use crate::status::Status;
    use crate::tls::{PathEnd, Session};
    use crate::verdict::{Verdict, judge};
    use std::time::{SystemTime, UNIX_EPOCH};

    /// The start of the checks: 2027-01-15T08:00:00Z.
    const BEGAN: u64 = 1_800_000_000;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// A check with `--expiry 100s,40s`, and with `-w 1 -c 2`.
    fn check() -> Check {
        Check {
            expiry: Some(Expiry {
                warning: Duration::from_secs(100),
                critical: Duration::from_secs(40),
            }),
            warning: Some(Duration::from_secs(1)),
            critical: Some(Duration::from_secs(2)),
            ..Check::default()
        }
    }

    fn verdict(
        check: Check,
        outcome: Result<Success, Failure>,
        end: Option<SystemTime>,
    ) -> (Reason, Status) {
        let mut checked = checked(check, outcome);
        checked.began = at(BEGAN);
        checked.trace.session = Some(Session {
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            not_after: None,
            path_end: end.map(|at| PathEnd { at, issuer: None }),
        });
        let Verdict { reason, status } = judge(&checked);
        (reason, status)
    }

    #[test]
    fn a_path_that_ends_within_a_limit_is_told_by_the_second() {
        for (end, wanted) in [
            (BEGAN + 101, (Reason::Ok, Status::Ok)),
            (BEGAN + 100, (Reason::Ok, Status::Ok)),
            (BEGAN + 99, (Reason::Expiry, Status::Warning)),
            (BEGAN + 40, (Reason::Expiry, Status::Warning)),
            (BEGAN + 39, (Reason::Expiry, Status::Critical)),
            (BEGAN, (Reason::Expiry, Status::Critical)),
            (BEGAN - 1, (Reason::Expiry, Status::Critical)),
            (0, (Reason::Expiry, Status::Critical)),
        ] {
            let verdict = verdict(check(), answered(1, None), Some(at(end)));
            assert_eq!(verdict, wanted, "{end}");
        }
    }

    #[test]
    fn without_a_critical_limit_a_path_is_critical_once_it_has_ended() {
        for (end, wanted) in [
            (BEGAN + 100, (Reason::Ok, Status::Ok)),
            (BEGAN, (Reason::Expiry, Status::Warning)),
            (BEGAN - 1, (Reason::Expiry, Status::Critical)),
        ] {
            let mut check = check();
            let expiry = check.expiry.as_mut().expect("limits");
            expiry.critical = Duration::ZERO;
            let verdict = verdict(check, answered(1, None), Some(at(end)));
            assert_eq!(verdict, wanted, "{end}");
        }
    }

    #[test]
    fn an_end_that_cannot_be_read_is_critical() {
        let unread = verdict(check(), answered(1, None), None);
        assert_eq!(unread, (Reason::Expiry, Status::Critical));
        let in_the_clear = judge(&checked(check(), answered(1, None)));
        assert_eq!(in_the_clear.reason, Reason::Ok);
        let not_asked = Check {
            expiry: None,
            ..check()
        };
        let not_asked = verdict(not_asked, answered(1, None), None);
        assert_eq!(not_asked, (Reason::Ok, Status::Ok));
    }

    #[test]
    fn of_slowness_and_expiry_the_worse_counts() {
        let (soon, very_soon) = (BEGAN + 50, BEGAN + 5);
        for (ms, end, wanted) in [
            (1_500, soon, (Reason::Slow, Status::Warning)),
            (1_500, very_soon, (Reason::Expiry, Status::Critical)),
            (2_500, soon, (Reason::Slow, Status::Critical)),
            (2_500, very_soon, (Reason::Slow, Status::Critical)),
        ] {
            let verdict = verdict(check(), answered(ms, None), Some(at(end)));
            assert_eq!(verdict, wanted, "{ms} ms");
        }
    }

    #[test]
    fn status_as_replaces_the_status_of_expiry_and_does_not_hide_it() {
        let soon = Some(at(BEGAN + 50));
        let with = |reason, status| {
            let mut check = check();
            check.status_as.set_reason(reason, status);
            check
        };
        let ignored = with(Reason::Expiry, Status::Ok);
        let ignored = verdict(ignored, answered(1, None), soon);
        assert_eq!(ignored, (Reason::Expiry, Status::Ok));
        let slow = with(Reason::Expiry, Status::Ok);
        let slow = verdict(slow, answered(1_500, None), soon);
        assert_eq!(slow, (Reason::Slow, Status::Warning));
        let ended = verdict(with(Reason::Slow, Status::Ok), answered(2_500, None), soon);
        assert_eq!(ended, (Reason::Expiry, Status::Warning));
        // The check is not OK, so that the entry of OK is not its own.
        let mut from_ok = check();
        from_ok.status_as.set(Status::Ok, Status::Critical);
        let from_ok = verdict(from_ok, answered(1, None), soon);
        assert_eq!(from_ok, (Reason::Expiry, Status::Warning));
    }

    #[test]
    fn a_failure_stays_the_reason_unless_the_end_is_worse() {
        let mismatch = || {
            let reply = reply(b"421 busy").into();
            let elapsed = Duration::from_millis(1);
            let cause = Cause::Unexpected {
                reply,
                elapsed,
                open: false,
            };
            failed(Phase::Reading, cause)
        };
        let (soon, ended) = (Some(at(BEGAN + 50)), Some(at(BEGAN - 1)));
        let strict = verdict(check(), mismatch(), ended);
        assert_eq!(strict, (Reason::Mismatch, Status::Critical));
        let lax = || Check {
            error_warning: true,
            ..check()
        };
        let warned = verdict(lax(), mismatch(), soon);
        assert_eq!(warned, (Reason::Mismatch, Status::Warning));
        let worse = verdict(lax(), mismatch(), ended);
        assert_eq!(worse, (Reason::Expiry, Status::Critical));
        let interrupted = failed(Phase::Reading, Cause::Interrupted);
        let interrupted = verdict(check(), interrupted, ended);
        assert_eq!(interrupted, (Reason::Interrupted, Status::Unknown));
    }
}
