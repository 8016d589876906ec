//! The fields of a record, as JSON has them.

use super::line::push_reply;
use super::sanitize::sanitize;
use crate::expect::Group;
use crate::outcome::{
    AttemptOutcome, Cause, FailedAttempt, Failure, Reply, Success, response_time,
};
use crate::phase::Phase;
use crate::record::Checked;
use crate::target::Target;
use std::net::SocketAddr;
use std::time::Duration;

/// Returns untrusted bytes, sanitized and not truncated.
pub(super) fn sanitize_all(bytes: &[u8]) -> String {
    sanitize(bytes, usize::MAX)
}

/// Returns the host as written, without brackets.
pub(super) fn host(target: &Target) -> Option<String> {
    match target {
        Target::Name { host, .. } => Some(sanitize_all(host.as_bytes())),
        Target::Address { host, .. } => {
            Some(sanitize_all(host.trim_matches(['[', ']']).as_bytes()))
        }
        Target::Socket(_) => None,
    }
}

/// Returns the path of a Unix socket.
pub(super) fn socket(target: &Target) -> Option<String> {
    match target {
        Target::Socket(path) => Some(sanitize_all(path.as_os_str().as_encoded_bytes())),
        Target::Name { .. } | Target::Address { .. } => None,
    }
}

/// Returns the address connected to, or else the last one tried, with its zone and without a port.
pub(super) fn address(checked: &Checked) -> Option<String> {
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

/// Returns the response time, or else the duration of the check.
pub(super) fn elapsed(checked: &Checked) -> Duration {
    response_time(&checked.outcome).unwrap_or(checked.trace.total)
}

/// Returns the reply of a check that waited for one. `None` if reading was aborted, since the
/// number of bytes is not known.
pub(super) fn reply(checked: &Checked) -> Option<&Reply> {
    static EMPTY: Reply = Reply::empty();
    match &checked.outcome {
        Ok(Success::Completed { reply, .. }) => reply.as_ref(),
        Ok(Success::PortOpen) => None,
        Err(failure) => match (&failure.cause, failure.phase) {
            (Cause::Unexpected { reply, .. }, _) => Some(reply),
            // On the way to TLS no reply of the check has been awaited.
            (Cause::TimedOut, Phase::Reading) if checked.is_negotiating() => None,
            // With `--idle` a reply may have begun, whose length is not known.
            (Cause::TimedOut, Phase::Reading)
                if checked.check.idle.is_some() && checked.trace.phases.first_byte.is_some() =>
            {
                None
            }
            (Cause::Closed | Cause::TimedOut, Phase::Reading) => Some(&EMPTY),
            _ => None,
        },
    }
}

/// Returns the text of a reply, without the line ends around it.
pub(super) fn reply_text(reply: &Reply) -> String {
    let mut text = String::new();
    push_reply(&mut text, reply, usize::MAX);
    text
}

/// Returns the matches of the named groups of the pattern, or of the patterns of its steps.
pub(super) fn captures(checked: &Checked) -> Option<Vec<Group<'_, '_>>> {
    let captured = &checked.trace.captured;
    if !captured.is_empty() {
        let groups = captured.iter().map(|captured| Group {
            name: &captured.name,
            text: captured.text.as_deref(),
        });
        return Some(groups.collect());
    }
    let pattern = checked.check.expect.as_ref()?;
    let reply = reply(checked)?;
    let complete = reply.total() == reply.kept().len() as u64;
    pattern.captures(reply.kept(), complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::record::{Event, Record};
    use crate::report::sample::{change, failed, record};
    use std::io;
    use std::net::SocketAddrV6;

    fn field<T>(record: &Record, field: impl FnOnce(&Checked) -> T) -> T {
        match &record.event {
            Event::Checked(checked) => field(checked),
            Event::NotChecked { .. } => panic!("it was not checked"),
        }
    }

    #[test]
    fn address_is_the_peer_or_else_the_last_one_tried() {
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
        assert_eq!(field(&record, address).as_deref(), Some("192.0.2.2"));
        for (peer, shown) in [
            (v4(9), "192.0.2.9"),
            (zone.into(), "::1%2"),
            ((std::net::Ipv6Addr::LOCALHOST, 25).into(), "::1"),
        ] {
            change(&mut record, |checked| checked.trace.peer = Some(peer));
            assert_eq!(field(&record, address).as_deref(), Some(shown));
        }
    }

    #[test]
    fn a_reply_that_was_still_coming_at_the_deadline_has_no_length() {
        let check = Check {
            idle: Some(Duration::from_secs(1)),
            ..Check::default()
        };
        let mut record = record(check, failed(Phase::Reading, Cause::TimedOut));
        let length = |record: &Record| field(record, |checked| reply(checked).map(Reply::total));
        assert_eq!(length(&record), Some(0), "nothing came");
        change(&mut record, |checked| {
            checked.trace.phases.first_byte = Some(Duration::ZERO);
        });
        assert_eq!(length(&record), None);
    }

    #[test]
    fn host_has_no_brackets_and_a_socket_has_no_host() {
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
}
