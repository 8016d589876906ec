use super::*;
use crate::outcome::is_resource_shortage;
use crate::report::sample::checked;
use crate::status::Status;
use crate::target::Family;
use crate::verdict::judge;
use rustix::io::Errno;
use std::sync::Arc;
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
    let check = Arc::new(Check {
        expect_closed: true,
        ..Check::default()
    });
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
        let checked = checked(check.clone(), outcome);
        let is_ok = judge(&checked).status == Status::Ok;
        assert_eq!(is_ok, expected == Reason::Ok, "{checked:?}");
    }
    assert_eq!(reason(&check, &Ok(Success::PortOpen)), Reason::Open);
}

#[test]
fn the_words_are_those_of_the_documentation() {
    let words = Reason::ALL.map(Reason::word).join(" ");
    assert_eq!(
        words,
        "ok slow expiry dns refused unreachable absent timeout reset eof tls certificate \
         starttls mismatch open local usage interrupted"
    );
}
