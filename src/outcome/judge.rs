//! What the facts mean: the one place that knows `-w -c -W -C --status-as`.

use super::{Came, Cause, Failure, Lacked, Report, Status, Tried};
use crate::check::Check;
use crate::net::LookupError;
use crate::tls::TlsError;
use rustix::io::Errno;
use std::io;
use std::time::Duration;

/// The verdict on a check: the table of the contract, then `--status-as`.
pub fn judge(check: &Check, outcome: &Result<Report, Failure>) -> Status {
    if let Err(Failure {
        cause: Cause::Interrupted,
        ..
    }) = outcome
    {
        // No verdict of the check: `--status-as` has nothing to replace.
        return Status::Unknown;
    }
    let error = if check.error_warning {
        Status::Warning
    } else {
        Status::Critical
    };
    let status = match outcome {
        Ok(Report::Open) => error,
        Ok(Report::Answered { elapsed, .. }) if is_over(*elapsed, check.critical) => {
            Status::Critical
        }
        Ok(Report::Answered { elapsed, .. }) if is_over(*elapsed, check.warning) => Status::Warning,
        Ok(Report::Answered { .. }) => Status::Ok,
        Err(failure) if failure.is_local() => Status::Unknown,
        Err(failure) if failure.verifies_closed(check) => Status::Ok,
        Err(_) => error,
    };
    check.status_as.apply(status)
}

impl Failure {
    /// Whether it was this machine, not the peer, that lacked something, at every address.
    pub fn is_local(&self) -> bool {
        match &self.cause {
            Cause::Lookup(LookupError::Lack(_)) | Cause::Engine(_) | Cause::Ended => true,
            Cause::Tls(TlsError::Store(_)) => true,
            Cause::Lookup(LookupError::Failed(e)) | Cause::Io(e) => is_local(e),
            Cause::Unconnected(tried) => tried
                .iter()
                .all(|tried| matches!(&tried.came, Came::Failed(e) if is_local(e))),
            _ => false,
        }
    }

    /// What this machine lacked and may have again: room at any address, for it may have been that
    /// one which would have answered; or a local address at all of them.
    pub fn lacked(&self) -> Option<Lacked> {
        match &self.cause {
            Cause::Lookup(LookupError::Lack(_)) => Some(Lacked::Room),
            Cause::Lookup(LookupError::Failed(e)) | Cause::Io(e) => {
                is_crowded(e).then_some(Lacked::Room)
            }
            Cause::Unconnected(tried) => {
                let came = |test: fn(&io::Error) -> bool| move |tried: &Tried| matches!(&tried.came, Came::Failed(e) if test(e));
                if tried.iter().any(came(is_crowded)) {
                    return Some(Lacked::Room);
                }
                (!tried.is_empty() && tried.iter().all(came(is_addressless)))
                    .then_some(Lacked::Address)
            }
            _ => None,
        }
    }

    /// The failure of a check that [lacked](Self::lacked) room to the last. What came of its other
    /// addresses does not count: the one that could not be tried might have answered.
    pub fn only_lack(mut self) -> Self {
        if let Cause::Unconnected(tried) = &mut self.cause {
            tried.retain(|tried| matches!(&tried.came, Came::Failed(e) if is_local(e)));
        }
        self
    }

    /// Whether this is what `-C` asks for: every address that this machine could try refused, could
    /// not be reached, or was silent.
    pub fn verifies_closed(&self, check: &Check) -> bool {
        let Cause::Unconnected(tried) = &self.cause else {
            return false;
        };
        let closed = |came: &Came| match came {
            Came::Failed(e) => is_local(e) || is_closed(e),
            Came::Silence | Came::GivenUp => true,
            Came::Untried => false,
        };
        check.expect_closed && !self.is_local() && tried.iter().all(|tried| closed(&tried.came))
    }
}

/// Whether a threshold is exceeded.
pub(super) fn is_over(elapsed: Duration, limit: Option<Duration>) -> bool {
    limit.is_some_and(|limit| elapsed > limit)
}

/// Whether the system's word is of a lack of its own.
pub(super) fn is_local(e: &io::Error) -> bool {
    let is_forbidden = matches!(
        Errno::from_io_error(e),
        Some(Errno::ACCESS | Errno::PERM | Errno::AFNOSUPPORT | Errno::PROTOTYPE)
    );
    is_crowded(e) || is_addressless(e) || is_forbidden
}

/// Descriptors, buffers or memory are used up.
fn is_crowded(e: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(e),
        Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)
    )
}

fn is_addressless(e: &io::Error) -> bool {
    Errno::from_io_error(e) == Some(Errno::ADDRNOTAVAIL)
}

/// Refused, unreachable, silent, or no such socket.
fn is_closed(e: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(e),
        Some(
            Errno::CONNREFUSED
                | Errno::HOSTUNREACH
                | Errno::NETUNREACH
                | Errno::HOSTDOWN
                | Errno::NETDOWN
                | Errno::TIMEDOUT
                | Errno::NOENT
                | Errno::NOTDIR
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Family;
    use crate::state::Phase;

    fn answered(ms: u64) -> Result<Report, Failure> {
        Ok(Report::Answered {
            elapsed: Duration::from_millis(ms),
            reply: None,
        })
    }

    fn unconnected(errnos: &[Option<Errno>]) -> Result<Report, Failure> {
        let error = |errno: Errno| io::Error::from_raw_os_error(errno.raw_os_error());
        let came = |errno: &Option<Errno>| match errno {
            Some(errno) => Came::Failed(error(*errno)),
            None => Came::Silence,
        };
        let tried = errnos
            .iter()
            .map(|errno| Tried {
                address: None,
                came: came(errno),
            })
            .collect();
        let cause = Cause::Unconnected(tried);
        Err(Failure {
            phase: Phase::Connecting,
            cause,
            peer: None,
        })
    }

    fn failed(cause: Cause) -> Result<Report, Failure> {
        Err(Failure {
            phase: Phase::Reading,
            cause,
            peer: None,
        })
    }

    #[test]
    fn thresholds_are_exceeded_by_what_is_greater() {
        let ms = |ms| Some(Duration::from_millis(ms));
        let check = Check {
            warning: ms(10),
            critical: ms(20),
            ..Check::default()
        };
        for (took, status) in [
            (10, Status::Ok),
            (11, Status::Warning),
            (20, Status::Warning),
            (21, Status::Critical),
        ] {
            assert_eq!(judge(&check, &answered(took)), status, "{took} ms");
        }
        let only_errors = Check {
            error_warning: true,
            critical: ms(20),
            ..Check::default()
        };
        assert_eq!(judge(&only_errors, &answered(21)), Status::Critical);
    }

    #[test]
    fn errors_are_critical_and_with_w_a_warning() {
        let lax = Check {
            error_warning: true,
            ..Check::default()
        };
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
            assert_eq!(
                judge(&Check::default(), &outcome),
                Status::Critical,
                "{outcome:?}"
            );
            assert_eq!(judge(&lax, &outcome), Status::Warning, "{outcome:?}");
        }
    }

    #[test]
    fn a_lack_of_this_machine_is_unknown_only_where_it_was_met_at_every_address() {
        let check = Check {
            error_warning: true,
            ..Check::default()
        };
        let none = unconnected(&[Some(Errno::ADDRNOTAVAIL), Some(Errno::MFILE)]);
        assert_eq!(judge(&check, &none), Status::Unknown);
        let one = unconnected(&[Some(Errno::ADDRNOTAVAIL), Some(Errno::CONNREFUSED)]);
        assert_eq!(judge(&check, &one), Status::Warning);
        let silent = unconnected(&[Some(Errno::ADDRNOTAVAIL), None]);
        assert_eq!(judge(&check, &silent), Status::Warning);
    }

    #[test]
    fn a_lack_that_may_pass_is_told_from_a_verdict() {
        let lacked = |outcome: Result<Report, Failure>| match outcome {
            Err(failure) => failure.lacked(),
            Ok(_) => None,
        };
        let (room, address) = (Some(Lacked::Room), Some(Lacked::Address));
        let (lacking, refused) = (Some(Errno::ADDRNOTAVAIL), Some(Errno::CONNREFUSED));
        for (errnos, wanted) in [
            (&[Some(Errno::MFILE)][..], room),
            (&[refused, Some(Errno::NFILE)], room),
            (&[Some(Errno::NOBUFS), None], room),
            (&[lacking, lacking], address),
            (&[lacking, refused], None),
            (&[lacking, None], None),
            (&[Some(Errno::ACCESS)], None),
            (&[refused], None),
            (&[], None),
        ] {
            assert_eq!(lacked(unconnected(errnos)), wanted, "{errnos:?}");
        }
        let Err(mixed) = unconnected(&[refused, Some(Errno::MFILE), None]) else {
            panic!("it failed");
        };
        assert!(!mixed.is_local());
        assert!(mixed.only_lack().is_local());
        let lack = LookupError::Lack(io::Error::other("no thread"));
        assert_eq!(lacked(failed(Cause::Lookup(lack))), room);
        for (errno, wanted) in [(Errno::MFILE, room), (Errno::CONNRESET, None)] {
            let asked = LookupError::Failed(errno.into());
            assert_eq!(lacked(failed(Cause::Lookup(asked))), wanted, "{errno:?}");
            assert_eq!(lacked(failed(Cause::Io(errno.into()))), wanted, "{errno:?}");
        }
        assert_eq!(lacked(failed(Cause::TimedOut)), None);
    }

    #[test]
    fn a_port_is_closed_where_it_was_seen_to_be() {
        let check = Check {
            expect_closed: true,
            ..Check::default()
        };
        let lacking = Some(Errno::ADDRNOTAVAIL);
        let tried = [Came::Silence, Came::Untried].map(|came| Tried {
            address: None,
            came,
        });
        let cause = Cause::Unconnected(tried.into());
        let untried = Err(Failure {
            phase: Phase::Connecting,
            cause,
            peer: None,
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
                Status::Critical,
            ),
            (Ok(Report::Open), Status::Critical),
            (untried, Status::Critical),
            (failed(Cause::TimedOut), Status::Critical),
        ] {
            assert_eq!(judge(&check, &outcome), status, "{outcome:?}");
        }
    }

    #[test]
    fn status_as_comes_last() {
        let mut check = Check::default();
        check.status_as.set(Status::Ok, Status::Unknown);
        check.status_as.set(Status::Critical, Status::Ok);
        assert_eq!(judge(&check, &answered(1)), Status::Unknown);
        assert_eq!(judge(&check, &failed(Cause::TimedOut)), Status::Ok);
    }
}
