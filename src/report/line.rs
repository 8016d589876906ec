//! The line: one, printable, and 1,024 characters long at most, whatever came.

use super::message::{Message, width};
use super::sanitize::sanitize;
use crate::check::Check;
use crate::outcome::{Failure, Success, response_time};
use crate::status::Status;
use crate::target::Target;
use std::time::Duration;

/// How long the line may be, its newline included: Mackerel's limit.
pub const LONGEST: usize = 1024;

/// How much of it the name before the status may take.
const NAME: usize = 64;

/// The line of a check, newline included.
pub fn check(
    check: &Check,
    target: &Target,
    outcome: &Result<Success, Failure>,
    status: Status,
) -> String {
    let perfdata = match response_time(outcome) {
        Some(elapsed) if check.perfdata => perfdata(check, elapsed),
        _ => String::new(),
    };
    let message = Message::of(check, target, outcome);
    compose(&head(&check.name, status), &message, &perfdata)
}

/// The same without performance data.
pub fn bare(
    check: &Check,
    target: &Target,
    outcome: &Result<Success, Failure>,
    status: Status,
) -> String {
    let message = message(check, target, outcome, status);
    format!("{}{message}\n", head(&check.name, status))
}

/// What the line says behind `NAME STATUS: `, performance data and newline aside.
pub fn message(
    check: &Check,
    target: &Target,
    outcome: &Result<Success, Failure>,
    status: Status,
) -> String {
    let head = head(&check.name, status);
    Message::of(check, target, outcome).within(room(&head, ""))
}

/// The line of a usage error, newline included.
pub fn usage(name: &str, message: &str) -> String {
    let message = usage_message(name, message);
    format!("{}{message}\n", head(name, Status::Unknown))
}

/// What the line of a usage error says behind `NAME UNKNOWN: `.
pub fn usage_message(name: &str, message: &str) -> String {
    let head = head(name, Status::Unknown);
    Message::own(message.to_owned()).within(room(&head, ""))
}

/// The line of a whole run, newline included.
pub(super) fn of_run(name: &str, status: Status, message: String, perfdata: &str) -> String {
    compose(&head(name, status), &Message::own(message), perfdata)
}

/// The first word of a line.
pub(super) fn name(name: &str) -> String {
    sanitize(name.as_bytes(), NAME)
}

/// Monitoring Plugins Development Guidelines, "Performance data": a time in seconds.
pub(super) fn microseconds(elapsed: Duration) -> String {
    let elapsed = elapsed.saturating_add(Duration::from_nanos(500));
    format!("{}.{:06}s", elapsed.as_secs(), elapsed.subsec_micros())
}

fn head(name: &str, status: Status) -> String {
    [&self::name(name), " ", status.word(), ": "].concat()
}

fn compose(head: &str, message: &Message<'_>, perfdata: &str) -> String {
    let message = message.within(room(head, perfdata));
    [head, &message, perfdata, "\n"].concat()
}

/// What is left for the message.
fn room(head: &str, perfdata: &str) -> usize {
    LONGEST.saturating_sub(width(head) + width(perfdata) + width("\n"))
}

fn perfdata(check: &Check, elapsed: Duration) -> String {
    let limit = |limit: Option<Duration>| limit.map(seconds).unwrap_or_default();
    format!(
        "|time={};{};{};0;{}",
        microseconds(elapsed),
        limit(check.warning),
        limit(check.critical),
        seconds(check.timeout)
    )
}

/// Seconds, as short as they can be written without loss.
fn seconds(duration: Duration) -> String {
    let digits = format!("{}.{:09}", duration.as_secs(), duration.subsec_nanos());
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::LookupError;
    use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Reply};
    use crate::phase::Phase;
    use std::io;

    fn name() -> Target {
        Target::Name {
            host: "mail.example".to_owned(),
            port: 25,
        }
    }

    fn reply(bytes: &[u8]) -> Reply {
        let mut reply = Reply::default();
        reply.push(bytes);
        reply
    }

    fn ok(reply: Option<Reply>) -> Result<Success, Failure> {
        Ok(Success::Completed {
            elapsed: Duration::from_micros(12_345),
            reply,
        })
    }

    fn err(phase: Phase, cause: Cause) -> Result<Success, Failure> {
        let connected = !matches!(phase, Phase::Resolving | Phase::Connecting);
        let peer = connected.then_some(([192, 0, 2, 1], 25).into());
        Err(Failure {
            phase,
            cause,
            peer,
            certificate_requested: false,
        })
    }

    #[test]
    fn the_messages_that_scripts_match_on_are_mackerels() {
        let plain = Check::default();
        let closed = Check {
            expect_closed: true,
            ..Check::default()
        };
        let refused = |address: Option<_>| -> Result<Success, Failure> {
            let outcome = AttemptOutcome::Failed(io::Error::from_raw_os_error(111));
            let cause = Cause::Unconnected(vec![FailedAttempt { address, outcome }]);
            Err(Failure {
                phase: Phase::Connecting,
                cause,
                peer: None,
                certificate_requested: false,
            })
        };
        let tcp = Some(([192, 0, 2, 1], 25).into());
        let socket = Target::Socket("/run/a|b".into());
        for (asked, target, outcome, line) in [
            (
                &plain,
                name(),
                ok(None),
                "TCP OK: 0.012 seconds response time on mail.example port 25\n",
            ),
            (
                &plain,
                name(),
                ok(Some(reply(b"\r\n220 a\r\nb\r\n"))),
                "TCP OK: 0.012 seconds response time on mail.example port 25 [220 a\\r\\nb]\n",
            ),
            (
                &plain,
                Target::Address {
                    host: "[::1]".to_owned(),
                    address: (std::net::Ipv6Addr::LOCALHOST, 25).into(),
                },
                ok(Some(Reply::empty())),
                "TCP OK: 0.012 seconds response time on [::1] port 25\n",
            ),
            (
                &plain,
                socket.clone(),
                ok(None),
                "TCP OK: 0.012 seconds response time on /run/a\\x7cb\n",
            ),
            (
                &closed,
                name(),
                refused(tcp),
                "TCP OK: Verified that the port is closed. (port=25)\n",
            ),
            (
                &closed,
                socket.clone(),
                refused(None),
                "TCP OK: Verified that the unixsock is closed. (sock=/run/a\\x7cb)\n",
            ),
            (
                &closed,
                name(),
                Ok(Success::PortOpen),
                "TCP OK: Unexpectedly open port. (port=25)\n",
            ),
            (
                &closed,
                socket,
                Ok(Success::PortOpen),
                "TCP OK: Unexpectedly open unixsock. (sock=/run/a\\x7cb)\n",
            ),
        ] {
            assert_eq!(check(asked, &target, &outcome, Status::Ok), line);
        }
    }

    #[test]
    fn every_other_failure_says_what_was_done_to_whom_and_what_came_of_it() {
        let refused = AttemptOutcome::Failed(io::Error::from_raw_os_error(111));
        let tried = vec![
            FailedAttempt {
                address: Some(([0, 0, 0, 0, 0, 0, 0, 1], 25).into()),
                outcome: refused,
            },
            FailedAttempt {
                address: Some(([192, 0, 2, 1], 25).into()),
                outcome: AttemptOutcome::Silence,
            },
        ];
        let said = "failed to lookup address information: Name or service not known";
        for (phase, cause, message) in [
            (
                Phase::Resolving,
                Cause::Lookup(LookupError::Failed(io::Error::other(said))),
                "looking up mail.example: Name or service not known",
            ),
            (
                Phase::Connecting,
                Cause::Unconnected(tried),
                "connecting to mail.example: [::1]:25: Connection refused; \
                 192.0.2.1:25: timed out after 10s",
            ),
            (
                Phase::Handshaking,
                Cause::TimedOut,
                "TLS handshake with mail.example (192.0.2.1:25): timed out after 10s",
            ),
            (
                Phase::Reading,
                Cause::Closed,
                "reading from mail.example (192.0.2.1:25): closed by peer before it sent anything",
            ),
            (
                Phase::Sending,
                Cause::Io(io::Error::from_raw_os_error(32)),
                "sending to mail.example (192.0.2.1:25): Broken pipe",
            ),
        ] {
            let line = check(
                &Check::default(),
                &name(),
                &err(phase, cause),
                Status::Critical,
            );
            assert_eq!(line, format!("TCP CRITICAL: {message}\n"));
        }
    }

    #[test]
    fn performance_data_stands_behind_whatever_has_a_response_time() {
        let asked = Check {
            perfdata: true,
            warning: Some(Duration::from_millis(500)),
            critical: Some(Duration::from_secs(3)),
            ..Check::default()
        };
        let elapsed = Duration::from_micros(12_345);
        let unexpected = Cause::Unexpected {
            reply: reply(b"421 busy").into(),
            elapsed,
            open: false,
        };
        let line = |outcome| check(&asked, &name(), &outcome, Status::Ok);
        assert!(line(ok(None)).ends_with("port 25|time=0.012345s;0.5;3;0;10\n"));
        assert_eq!(
            line(err(Phase::Reading, unexpected)),
            "TCP OK: Unexpected response from host/socket: 421 busy|time=0.012345s;0.5;3;0;10\n"
        );
        assert!(!line(err(Phase::Reading, Cause::TimedOut)).contains('|'));
        assert_eq!(seconds(Duration::from_nanos(1)), "0.000000001");
    }

    #[test]
    fn line_and_message_can_be_had_without_performance_data() {
        let asked = Check {
            perfdata: true,
            name: "SMTP".to_owned(),
            ..Check::default()
        };
        let (target, outcome) = (name(), ok(Some(reply(&[b'a'; 5000]))));
        let whole = check(&asked, &target, &outcome, Status::Warning);
        let bare = bare(&asked, &target, &outcome, Status::Warning);
        let message = message(&asked, &target, &outcome, Status::Warning);
        assert_eq!(bare, format!("SMTP WARNING: {message}\n"));
        assert_eq!((width(&whole), width(&bare)), (LONGEST, LONGEST));
        assert!(message.ends_with("aaa...]"), "{message}");
        assert_eq!(
            usage("TCP", &"x".repeat(5000)),
            format!("TCP UNKNOWN: {}\n", usage_message("TCP", &"x".repeat(5000)))
        );
    }

    #[test]
    fn whatever_makes_it_long_the_line_is_not_and_the_cut_shows() {
        let asked = Check {
            perfdata: true,
            name: "N".repeat(5000),
            ..Check::default()
        };
        let target = Target::Name {
            host: "h".repeat(5000),
            port: 25,
        };
        for bytes in [&[0u8; 5000][..], "é".repeat(3000).as_bytes(), &[b'a'; 1024]] {
            let line = check(&asked, &target, &ok(Some(reply(bytes))), Status::Ok);
            assert!(line.chars().count() <= LONGEST, "{}", line.chars().count());
            assert!(line.ends_with("...]|time=0.012345s;;;0;10\n"), "{line}");
        }
        let line = usage("TCP", &"x".repeat(5000));
        assert_eq!(line.chars().count(), LONGEST);
        assert!(line.ends_with("x...\n"));
    }

    #[test]
    fn a_mismatch_at_the_deadline_says_that_the_pattern_was_still_open() {
        let elapsed = Duration::from_secs(10);
        let cause = Cause::Unexpected {
            reply: reply(&[b'a'; 5000]).into(),
            elapsed,
            open: true,
        };
        let line = check(
            &Check::default(),
            &name(),
            &err(Phase::Reading, cause),
            Status::Ok,
        );
        assert!(
            line.ends_with("a... (the pattern was still open after 10s)\n"),
            "{line}"
        );
        assert_eq!(line.chars().count(), LONGEST);
    }
}
