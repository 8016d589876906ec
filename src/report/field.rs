//! What a record says, one fact at a time.

use super::line::push_reply;
use super::sanitize::sanitize;
use crate::expect::Group;
use crate::outcome::{
    AttemptOutcome, Cause, FailedAttempt, Failure, Reply, Success, final_phase, response_time,
};
use crate::phase::Phase;
use crate::record::Checked;
use crate::target::Target;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes of strangers made harmless, and not cut.
pub fn text(bytes: &[u8]) -> String {
    sanitize(bytes, usize::MAX)
}

/// The host as written, without brackets.
pub fn host(target: &Target) -> Option<String> {
    match target {
        Target::Name { host, .. } => Some(text(host.as_bytes())),
        Target::Address { host, .. } => Some(text(host.trim_matches(['[', ']']).as_bytes())),
        Target::Socket(_) => None,
    }
}

/// The path of a Unix socket.
pub fn socket(target: &Target) -> Option<String> {
    match target {
        Target::Socket(path) => Some(text(path.as_os_str().as_encoded_bytes())),
        Target::Name { .. } | Target::Address { .. } => None,
    }
}

/// The address connected to, or last tried, with its zone and without a port.
pub fn address(checked: &Checked) -> Option<String> {
    let tried = match &checked.outcome {
        Err(Failure {
            cause: Cause::Unconnected(tried),
            ..
        }) => tried.as_slice(),
        _ => &[],
    };
    let was_tried = |tried: &&FailedAttempt| !matches!(tried.outcome, AttemptOutcome::Untried);
    let last = || tried.iter().rev().find(was_tried)?.address;
    Some(match checked.trace.peer.or_else(last)? {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        address => address.ip().to_string(),
    })
}

/// The state it ended in.
pub fn phase(checked: &Checked) -> Phase {
    final_phase(&checked.outcome)
}

/// The response time; where there is none, how long the check took.
pub fn elapsed(checked: &Checked) -> Duration {
    response_time(&checked.outcome).unwrap_or(checked.trace.total)
}

/// What was read, where anything was read for; of a reading that broke off nothing is known.
pub fn reply(checked: &Checked) -> Option<&Reply> {
    static NOTHING: Reply = Reply::empty();
    match &checked.outcome {
        Ok(Success::Completed { reply, .. }) => reply.as_ref(),
        Ok(Success::PortOpen) => None,
        Err(failure) => match (&failure.cause, failure.phase) {
            (Cause::Unexpected { reply, .. }, _) => Some(reply),
            (Cause::Closed | Cause::TimedOut, Phase::Reading) => Some(&NOTHING),
            _ => None,
        },
    }
}

/// What is shown of a reply.
pub fn reply_text(reply: &Reply) -> String {
    let mut text = String::new();
    push_reply(&mut text, reply, usize::MAX);
    text
}

/// What the named groups of the pattern matched.
pub fn captures(checked: &Checked) -> Option<Vec<Group<'_, '_>>> {
    let pattern = checked.check.expect.as_ref()?;
    let reply = reply(checked)?;
    let complete = reply.total() == reply.kept().len() as u64;
    pattern.captures(reply.kept(), complete)
}

/// RFC 3339 in UTC, with milliseconds; `None` for what is not in the years 1970 to 9999.
pub fn rfc3339_millis(time: SystemTime) -> Option<String> {
    let time = in_range(time)?;
    Some(humantime::format_rfc3339_millis(time).to_string())
}

/// The same in seconds.
pub fn rfc3339_seconds(time: SystemTime) -> Option<String> {
    let time = in_range(time)?;
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

/// What humantime can write.
fn in_range(time: SystemTime) -> Option<SystemTime> {
    let age = time.duration_since(UNIX_EPOCH).ok()?;
    (age.as_secs() < 253_402_300_800).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::record::{Event, Record};
    use crate::report::sample::{change, failed, record};
    use std::io;
    use std::net::SocketAddrV6;

    fn of<T>(record: &Record, fact: impl FnOnce(&Checked) -> T) -> T {
        match &record.event {
            Event::Checked(checked) => fact(checked),
            Event::NotChecked { .. } => panic!("it was not checked"),
        }
    }

    #[test]
    fn the_address_is_the_one_connected_to_or_the_last_that_was_tried() {
        let zone = SocketAddrV6::new(std::net::Ipv6Addr::LOCALHOST, 25, 0, 2);
        let v4 = |n| SocketAddr::from(([192, 0, 2, n], 25));
        let tried = |address, outcome| FailedAttempt {
            address: Some(address),
            outcome,
        };
        let unconnected = Cause::Unconnected(vec![
            tried(v4(1), AttemptOutcome::Silence),
            tried(
                v4(2),
                AttemptOutcome::Failed(io::ErrorKind::ConnectionRefused.into()),
            ),
            tried(v4(3), AttemptOutcome::Untried),
        ]);
        let mut record = record(Check::default(), failed(Phase::Connecting, unconnected));
        assert_eq!(of(&record, address).as_deref(), Some("192.0.2.2"));
        for (peer, shown) in [
            (v4(9), "192.0.2.9"),
            (zone.into(), "::1%2"),
            ((std::net::Ipv6Addr::LOCALHOST, 25).into(), "::1"),
        ] {
            change(&mut record, |checked| checked.trace.peer = Some(peer));
            assert_eq!(of(&record, address).as_deref(), Some(shown));
        }
    }

    #[test]
    fn a_host_stands_without_brackets_and_a_socket_has_none() {
        for (written, shown) in [
            ("[::1]", "::1"),
            ("::1", "::1"),
            ("fe80::1%2", "fe80::1%2"),
            ("192.0.2.1", "192.0.2.1"),
            ("Mail.Example", "Mail.Example"),
        ] {
            let target = Target::host(written, 25).expect("a target");
            assert_eq!(host(&target).as_deref(), Some(shown));
            assert_eq!(socket(&target), None);
        }
        let target = Target::socket("/run/a|b").expect("a target");
        assert_eq!(host(&target), None);
        assert_eq!(socket(&target).as_deref(), Some("/run/a\\x7cb"));
    }

    #[test]
    fn a_time_that_cannot_be_written_is_left_out() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(
            rfc3339_seconds(at(253_402_300_799)).as_deref(),
            Some("9999-12-31T23:59:59Z")
        );
        assert_eq!(rfc3339_seconds(at(253_402_300_800)), None);
        assert_eq!(rfc3339_millis(UNIX_EPOCH - Duration::from_millis(1)), None);
        assert_eq!(
            rfc3339_millis(at(1) + Duration::from_nanos(999_999)).as_deref(),
            Some("1970-01-01T00:00:01.000Z")
        );
    }
}
