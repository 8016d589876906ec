//! Why a check ended as it did, in one word that programs can rely on.

use super::judge::{is_local, is_over};
use super::{Came, Cause, Failure, Report, Tried};
use crate::check::Check;
use crate::net::LookupError;
use crate::tls::TlsError;
use rustix::io::Errno;
use std::io;

/// Why, in one word of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// All that was asked held; with `-C`, nothing listens there.
    Ok,
    /// It held, but the response time is over `-w` or `-c`.
    Slow,
    /// The name was not found or not looked up, or has no address of the family asked for.
    Dns,
    /// The port, or the socket, refused the connection.
    Refused,
    /// No way led to the address.
    Unreachable,
    /// There is no such socket.
    Absent,
    /// The deadline passed over a peer that did nothing, or the system gave the peer up.
    Timeout,
    /// The connection was up and broke.
    Reset,
    /// The peer closed before it sent anything, or in mid-handshake.
    Eof,
    /// TLS did not come up, or broke.
    Tls,
    /// The peer's certificate is not believed, or there is no name to hold it against.
    Certificate,
    /// The reply does not match.
    Mismatch,
    /// With `-C`: something listens there.
    Open,
    /// This machine, not the peer, lacked something.
    Local,
    /// It could not be checked: a usage error.
    Usage,
    /// The run was broken off before the check had ended.
    Interrupted,
}

impl Reason {
    /// The whole list, in the order in which it is documented.
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

    /// The word.
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
}

/// Why a check ended as it did. It agrees with [`judge`](super::judge()) before `--status-as`:
/// `local` and `interrupted` are UNKNOWN, `ok` is OK, `slow` is what the threshold says, and all else
/// is what `-W` makes of an error.
pub fn reason(check: &Check, outcome: &Result<Report, Failure>) -> Reason {
    match outcome {
        Ok(Report::Open) => Reason::Open,
        Ok(Report::Answered { elapsed, .. })
            if is_over(*elapsed, check.critical) || is_over(*elapsed, check.warning) =>
        {
            Reason::Slow
        }
        Ok(Report::Answered { .. }) => Reason::Ok,
        Err(failure) if failure.is_local() => Reason::Local,
        Err(failure) if failure.verifies_closed(check) => Reason::Ok,
        Err(failure) => of(&failure.cause),
    }
}

fn of(cause: &Cause) -> Reason {
    match cause {
        Cause::Lookup(LookupError::Lack(_)) | Cause::Engine(_) | Cause::Ended => Reason::Local,
        Cause::Lookup(LookupError::Failed(_)) | Cause::NoAddress(_) => Reason::Dns,
        Cause::Unconnected(tried) => unconnected(tried),
        Cause::TimedOut => Reason::Timeout,
        Cause::Closed => Reason::Eof,
        // A connection that was up and whose end has another name is still one that broke.
        Cause::Io(e) => errno(e).unwrap_or(Reason::Reset),
        Cause::Tls(TlsError::Store(_)) => Reason::Local,
        Cause::Tls(TlsError::Closed) => Reason::Eof,
        Cause::Tls(e) if e.is_certificate() => Reason::Certificate,
        Cause::Tls(_) => Reason::Tls,
        Cause::Unexpected { .. } => Reason::Mismatch,
        Cause::Interrupted => Reason::Interrupted,
    }
}

/// What the last address said that this machine could try; where none had its turn, the time was
/// up.
fn unconnected(tried: &[Tried]) -> Reason {
    let said = tried.iter().rev().find_map(|tried| match &tried.came {
        Came::Silence | Came::GivenUp => Some(Reason::Timeout),
        Came::Untried => None,
        Came::Failed(e) if is_local(e) => None,
        // No attempt that fails otherwise (EINVAL: a link-local address without a zone) has found
        // a way.
        Came::Failed(e) => errno(e).or(Some(Reason::Unreachable)),
    });
    said.unwrap_or(Reason::Timeout)
}

/// What the system's word means wherever it is said; `None` where that depends.
fn errno(e: &io::Error) -> Option<Reason> {
    // A Unix listener whose backlog is full to the deadline: not everywhere with an errno.
    if e.kind() == io::ErrorKind::WouldBlock {
        return Some(Reason::Timeout);
    }
    Some(match Errno::from_io_error(e)? {
        Errno::CONNREFUSED => Reason::Refused,
        Errno::HOSTUNREACH | Errno::NETUNREACH | Errno::HOSTDOWN | Errno::NETDOWN => {
            Reason::Unreachable
        }
        Errno::NOENT | Errno::NOTDIR => Reason::Absent,
        Errno::TIMEDOUT => Reason::Timeout,
        Errno::CONNRESET | Errno::PIPE | Errno::CONNABORTED => Reason::Reset,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Family;
    use crate::outcome::{Status, judge};
    use crate::state::Phase;
    use std::time::Duration;

    fn io(errno: Errno) -> io::Error {
        errno.into()
    }

    fn failed(cause: Cause) -> Result<Report, Failure> {
        Err(Failure {
            phase: Phase::Reading,
            cause,
            peer: None,
        })
    }

    fn unconnected(came: impl IntoIterator<Item = Came>) -> Result<Report, Failure> {
        let tried = came.into_iter().map(|came| Tried {
            address: None,
            came,
        });
        failed(Cause::Unconnected(tried.collect()))
    }

    fn unable(errno: Errno) -> Result<Report, Failure> {
        unconnected([Came::Failed(io(errno))])
    }

    fn answered(ms: u64) -> Result<Report, Failure> {
        Ok(Report::Answered {
            elapsed: Duration::from_millis(ms),
            reply: None,
        })
    }

    fn unexpected(open: bool) -> Result<Report, Failure> {
        failed(Cause::Unexpected {
            reply: Box::default(),
            elapsed: Duration::ZERO,
            open,
        })
    }

    /// One line an outcome, with `-w 0.01 -c 0.02`.
    fn table() -> Vec<(Result<Report, Failure>, Reason)> {
        let local = || Came::Failed(io(Errno::ADDRNOTAVAIL));
        let refused = || Came::Failed(io(Errno::CONNREFUSED));
        let lookup = |e| failed(Cause::Lookup(e));
        vec![
            (answered(10), Reason::Ok),
            (answered(11), Reason::Slow),
            (answered(21), Reason::Slow),
            (Ok(Report::Open), Reason::Open),
            (
                lookup(LookupError::Failed(io::Error::other("no such name"))),
                Reason::Dns,
            ),
            (lookup(LookupError::Failed(io(Errno::MFILE))), Reason::Local),
            (
                lookup(LookupError::Lack(io::Error::other("memory"))),
                Reason::Local,
            ),
            (failed(Cause::NoAddress(Family::V6)), Reason::Dns),
            (unable(Errno::CONNREFUSED), Reason::Refused),
            (unable(Errno::HOSTUNREACH), Reason::Unreachable),
            (unable(Errno::NETUNREACH), Reason::Unreachable),
            (unable(Errno::HOSTDOWN), Reason::Unreachable),
            (unable(Errno::NETDOWN), Reason::Unreachable),
            (unable(Errno::INVAL), Reason::Unreachable),
            (unable(Errno::NOENT), Reason::Absent),
            (unable(Errno::NOTDIR), Reason::Absent),
            (unable(Errno::TIMEDOUT), Reason::Timeout),
            (unable(Errno::AGAIN), Reason::Timeout),
            (unable(Errno::CONNRESET), Reason::Reset),
            (unable(Errno::MFILE), Reason::Local),
            (unable(Errno::ACCESS), Reason::Local),
            (unable(Errno::PROTOTYPE), Reason::Local),
            (
                unconnected([Came::Failed(io::ErrorKind::WouldBlock.into())]),
                Reason::Timeout,
            ),
            (unconnected([Came::Silence]), Reason::Timeout),
            (unconnected([refused(), Came::GivenUp]), Reason::Timeout),
            (unconnected([Came::Silence, refused()]), Reason::Refused),
            (unconnected([refused(), local()]), Reason::Refused),
            (
                unconnected([refused(), local(), Came::Untried]),
                Reason::Refused,
            ),
            (unconnected([local(), Came::Untried]), Reason::Timeout),
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
    fn what_verifies_a_closed_port_is_ok() {
        let check = Check {
            expect_closed: true,
            ..Check::default()
        };
        for (errno, expected) in [
            (Errno::CONNREFUSED, Reason::Ok),
            (Errno::NOENT, Reason::Ok),
            (Errno::TIMEDOUT, Reason::Ok),
            (Errno::ADDRNOTAVAIL, Reason::Local),
            (Errno::INVAL, Reason::Unreachable),
        ] {
            assert_eq!(reason(&check, &unable(errno)), expected, "{errno:?}");
        }
        assert_eq!(reason(&check, &unconnected([Came::Silence])), Reason::Ok);
    }

    #[test]
    fn the_reason_agrees_with_the_verdict() {
        for closed in [false, true] {
            let check = Check {
                expect_closed: closed,
                ..thresholds()
            };
            for (outcome, _) in table() {
                let reason = reason(&check, &outcome);
                let statuses: &[Status] = match reason {
                    Reason::Ok => &[Status::Ok],
                    Reason::Slow => &[Status::Warning, Status::Critical],
                    Reason::Local | Reason::Interrupted => &[Status::Unknown],
                    _ => &[Status::Critical],
                };
                let status = judge(&check, &outcome);
                assert!(
                    statuses.contains(&status),
                    "{reason:?} is {status:?}: {outcome:?}"
                );
            }
        }
    }

    #[test]
    fn the_list_is_that_of_the_contract() {
        let words = Reason::ALL.map(Reason::word).join(" ");
        assert_eq!(
            words,
            "ok slow dns refused unreachable absent timeout reset eof tls certificate mismatch \
             open local usage interrupted"
        );
    }
}
