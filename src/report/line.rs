//! The line: one, printable, and 1,024 characters long at most, whatever came.

use super::failure::{describe, place, span};
use super::harmless;
use super::trim::between_line_ends;
use crate::check::Check;
use crate::outcome::{Cause, Failure, Reply, Report, Status};
use crate::target::Target;
use std::fmt::Write;
use std::time::Duration;

/// How long the line may be, its newline included: Mackerel's limit.
pub const LONGEST: usize = 1024;

/// How much of it the name before the status may take.
const NAME: usize = 64;

/// The line of a check, newline included.
pub fn check(
    check: &Check,
    target: &Target,
    outcome: &Result<Report, Failure>,
    status: Status,
) -> String {
    let mut message = match outcome {
        Ok(Report::Answered { elapsed, reply }) => answered(target, *elapsed, reply.as_ref()),
        Ok(Report::Open) => Message::own(about_port(target, "Unexpectedly open", "")),
        Err(failure) if failure.verifies_closed(check) => {
            Message::own(about_port(target, "Verified that the", " is closed"))
        }
        Err(Failure {
            cause: Cause::Unexpected { reply, open, .. },
            ..
        }) => Message {
            own: "Unexpected response from host/socket: ".to_owned(),
            reply: Some(reply),
            behind: match open {
                true => format!(
                    " (the pattern was still open after {})",
                    span(check.timeout)
                ),
                false => String::new(),
            },
            ..Message::default()
        },
        Err(failure) => Message::own(describe(check, target, failure)),
    };
    if let Some(elapsed) = response_time(outcome).filter(|_| check.perfdata) {
        message.perfdata = perfdata(check, elapsed);
    }
    message.line(&check.name, status)
}

/// The line of a usage error, newline included.
pub fn usage(name: &str, message: &str) -> String {
    Message::own(message.to_owned()).line(name, Status::Unknown)
}

/// The parts of a message. All that strangers may have chosen is made harmless when the line is put
/// together; the reply gives way where the line would get too long.
#[derive(Default)]
struct Message<'a> {
    own: String,
    reply: Option<&'a Reply>,
    behind: String,
    perfdata: String,
}

impl Message<'_> {
    fn own(own: String) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    fn line(&self, name: &str, status: Status) -> String {
        let mut line = harmless::text(name.as_bytes(), NAME);
        let _ = write!(line, " {}: ", status.word());
        let fixed = width(&line) + width(&self.behind) + width(&self.perfdata) + width("\n");
        let room = LONGEST.saturating_sub(fixed);
        let own = harmless::text(self.own.as_bytes(), room);
        line.push_str(&own);
        if let Some(reply) = self.reply {
            let more = reply.total() > reply.kept().len() as u64;
            let text = between_line_ends(reply.kept(), more);
            harmless::push(&mut line, text, room.saturating_sub(width(&own)), more);
        }
        line.push_str(&self.behind);
        line.push_str(&self.perfdata);
        line.push('\n');
        line
    }
}

fn answered<'a>(target: &Target, elapsed: Duration, reply: Option<&'a Reply>) -> Message<'a> {
    let read = reply.filter(|reply| reply.total() > 0);
    let (before, behind) = if read.is_some() {
        (" [", "]")
    } else {
        ("", "")
    };
    let port = match target {
        Target::Name { port, .. } => format!(" port {port}"),
        Target::Address { address, .. } => format!(" port {}", address.port()),
        Target::Socket(_) => String::new(),
    };
    let place = place(target);
    let elapsed = elapsed.saturating_add(Duration::from_micros(500));
    let (seconds, millis) = (elapsed.as_secs(), elapsed.subsec_millis());
    Message {
        own: format!("{seconds}.{millis:03} seconds response time on {place}{port}{before}"),
        reply: read,
        behind: behind.to_owned(),
        ..Message::default()
    }
}

fn about_port(target: &Target, before: &str, behind: &str) -> String {
    match target {
        Target::Name { port, .. } => format!("{before} port{behind}. (port={port})"),
        Target::Address { address, .. } => {
            format!("{before} port{behind}. (port={})", address.port())
        }
        Target::Socket(_) => format!("{before} unixsock{behind}. (sock={})", place(target)),
    }
}

/// What has one: a check that went all its way, and one whose reply was decided against.
fn response_time(outcome: &Result<Report, Failure>) -> Option<Duration> {
    match outcome {
        Ok(Report::Answered { elapsed, .. })
        | Err(Failure {
            cause: Cause::Unexpected { elapsed, .. },
            ..
        }) => Some(*elapsed),
        _ => None,
    }
}

/// Monitoring Plugins Development Guidelines, "Performance data".
fn perfdata(check: &Check, elapsed: Duration) -> String {
    let limit = |limit: Option<Duration>| limit.map(seconds).unwrap_or_default();
    let elapsed = elapsed.saturating_add(Duration::from_nanos(500));
    format!(
        "|time={}.{:06}s;{};{};0;{}",
        elapsed.as_secs(),
        elapsed.subsec_micros(),
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

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::LookupError;
    use crate::outcome::{Came, Tried};
    use crate::state::Phase;
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

    fn ok(reply: Option<Reply>) -> Result<Report, Failure> {
        Ok(Report::Answered {
            elapsed: Duration::from_micros(12_345),
            reply,
        })
    }

    fn err(phase: Phase, cause: Cause) -> Result<Report, Failure> {
        let connected = !matches!(phase, Phase::Resolving | Phase::Connecting);
        let peer = connected.then_some(([192, 0, 2, 1], 25).into());
        Err(Failure { phase, cause, peer })
    }

    #[test]
    fn the_messages_that_scripts_match_on_are_mackerels() {
        let plain = Check::default();
        let closed = Check {
            expect_closed: true,
            ..Check::default()
        };
        let refused = |address: Option<_>| -> Result<Report, Failure> {
            let came = Came::Failed(io::Error::from_raw_os_error(111));
            let cause = Cause::Unconnected(vec![Tried { address, came }]);
            Err(Failure {
                phase: Phase::Connecting,
                cause,
                peer: None,
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
                Ok(Report::Open),
                "TCP OK: Unexpectedly open port. (port=25)\n",
            ),
            (
                &closed,
                socket,
                Ok(Report::Open),
                "TCP OK: Unexpectedly open unixsock. (sock=/run/a\\x7cb)\n",
            ),
        ] {
            assert_eq!(check(asked, &target, &outcome, Status::Ok), line);
        }
    }

    #[test]
    fn every_other_failure_says_what_was_done_to_whom_and_what_came_of_it() {
        let refused = Came::Failed(io::Error::from_raw_os_error(111));
        let tried = vec![
            Tried {
                address: Some(([0, 0, 0, 0, 0, 0, 0, 1], 25).into()),
                came: refused,
            },
            Tried {
                address: Some(([192, 0, 2, 1], 25).into()),
                came: Came::Silence,
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
            reply: reply(b"421 busy"),
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
            reply: reply(&[b'a'; 5000]),
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
