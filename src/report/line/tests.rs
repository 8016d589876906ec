use super::*;
use crate::check::{Check, Expiry};
use crate::net::LookupError;
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Reply};
use crate::phase::Phase;
use crate::report::sample::checked;
use crate::tls::{PathEnd, Session};
use crate::verdict::judge;
use std::io;
use std::sync::Arc;

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

/// The line of a check with another status than its verdict has.
fn line_with_status(
    check: &Arc<Check>,
    target: &Target,
    outcome: Result<Success, Failure>,
    status: Status,
) -> String {
    let target = target.clone();
    let checked = Checked {
        target,
        ..checked(check.clone(), outcome)
    };
    check_line(&checked, with_status(&checked, status))
}

fn with_status(checked: &Checked, status: Status) -> Verdict {
    Verdict {
        status,
        ..judge(checked)
    }
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
fn messages_that_scripts_match_on_are_those_of_mackerel() {
    let plain = Arc::new(Check::default());
    let closed = Arc::new(Check {
        expect_closed: true,
        ..Check::default()
    });
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
    for (check, target, outcome, line) in [
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
        assert_eq!(line_with_status(check, &target, outcome, Status::Ok), line);
    }
}

#[test]
fn other_failures_name_the_operation_the_peer_and_the_error() {
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
    let error = "failed to lookup address information: Name or service not known";
    for (phase, cause, message) in [
        (
            Phase::Resolving,
            Cause::Lookup(LookupError::Failed(io::Error::other(error))),
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
        let line = line_with_status(
            &Arc::new(Check::default()),
            &name(),
            err(phase, cause),
            Status::Critical,
        );
        assert_eq!(line, format!("TCP CRITICAL: {message}\n"));
    }
}

#[test]
fn every_response_time_gives_performance_data() {
    let check = Arc::new(Check {
        perfdata: true,
        warning: Some(Duration::from_millis(500)),
        critical: Some(Duration::from_secs(3)),
        ..Check::default()
    });
    let elapsed = Duration::from_micros(12_345);
    let unexpected = Cause::Unexpected {
        reply: reply(b"421 busy").into(),
        elapsed,
        open: false,
    };
    let line = |outcome| line_with_status(&check, &name(), outcome, Status::Ok);
    assert!(line(ok(None)).ends_with("port 25|time=0.012345s;0.5;3;0;10\n"));
    assert_eq!(
        line(err(Phase::Reading, unexpected)),
        "TCP OK: Unexpected response from host/socket: 421 busy|time=0.012345s;0.5;3;0;10\n"
    );
    assert!(!line(err(Phase::Reading, Cause::TimedOut)).contains('|'));
    assert_eq!(shortest_seconds(Duration::from_nanos(1)), "0.000000001");
}

#[test]
fn message_and_line_without_performance_data_are_truncated_alike() {
    let check = Arc::new(Check {
        perfdata: true,
        name: "SMTP".to_owned(),
        ..Check::default()
    });
    let checked = checked(check, ok(Some(reply(&[b'a'; 5000]))));
    let verdict = with_status(&checked, Status::Warning);
    let whole = check_line(&checked, verdict);
    let line = OutputLine::of_check(&checked, verdict);
    let (bare, message) = (line.render(""), line.message());
    assert_eq!(bare, format!("SMTP WARNING: {message}\n"));
    assert_eq!(
        (width(&whole), width(&bare)),
        (MAX_LINE_CHARS, MAX_LINE_CHARS)
    );
    assert!(message.ends_with("aaa...]"), "{message}");
}

#[test]
fn a_line_that_would_be_too_long_is_visibly_truncated() {
    let check = Arc::new(Check {
        perfdata: true,
        name: "N".repeat(5000),
        ..Check::default()
    });
    let target = Target::Name {
        host: "h".repeat(5000),
        port: 25,
    };
    for bytes in [&[0u8; 5000][..], "é".repeat(3000).as_bytes(), &[b'a'; 1024]] {
        let line = line_with_status(&check, &target, ok(Some(reply(bytes))), Status::Ok);
        assert!(
            line.chars().count() <= MAX_LINE_CHARS,
            "{}",
            line.chars().count()
        );
        assert!(line.ends_with("...]|time=0.012345s;;;0;10\n"), "{line}");
    }
    let line = OutputLine::new("TCP", Status::Unknown, "x".repeat(5000)).render("");
    assert_eq!(line.chars().count(), MAX_LINE_CHARS);
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
    let line = line_with_status(
        &Arc::new(Check::default()),
        &name(),
        err(Phase::Reading, cause),
        Status::Ok,
    );
    assert!(
        line.ends_with("a... (the pattern was still open after 10s)\n"),
        "{line}"
    );
    assert_eq!(line.chars().count(), MAX_LINE_CHARS);
}

#[test]
fn a_reply_is_hidden_where_the_check_says_so() {
    let check = Arc::new(Check {
        hide_reply: true,
        ..Check::default()
    });
    let line = |outcome| line_with_status(&check, &name(), outcome, Status::Ok);
    let matched = line(ok(Some(reply(b"secret"))));
    let text = "0.012 seconds response time on mail.example port 25";
    assert_eq!(matched, format!("TCP OK: {text}\n"));
    let unexpected = |open| Cause::Unexpected {
        reply: reply(b"secret").into(),
        elapsed: Duration::ZERO,
        open,
    };
    let text = "TCP OK: Unexpected response from host/socket";
    assert_eq!(
        line(err(Phase::Reading, unexpected(false))),
        format!("{text}\n")
    );
    let open = " (the pattern was still open after 10s)";
    assert_eq!(
        line(err(Phase::Reading, unexpected(true))),
        format!("{text}{open}\n")
    );
}

#[test]
fn the_end_of_a_certificate_path_stands_behind_the_time_or_in_front_as_the_reason() {
    let day = Duration::from_secs(24 * 60 * 60);
    let check = |perfdata| {
        Arc::new(Check {
            expiry: Some(Expiry {
                warning: 21 * day,
                critical: 7 * day,
            }),
            warning: Some(Duration::from_millis(10)),
            perfdata,
            ..Check::default()
        })
    };
    let line = |check, millis, reply, days, issuer: Option<&str>| {
        let elapsed = Duration::from_millis(millis);
        let mut checked = checked(check, Ok(Success::Completed { elapsed, reply }));
        checked.trace.session = Some(Session {
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            not_after: None,
            path_end: Some(PathEnd {
                at: checked.began + days * day,
                issuer: issuer.map(str::to_owned),
            }),
        });
        check_line(&checked, judge(&checked))
    };
    let time = "seconds response time on mail.example port 25";
    assert_eq!(
        line(check(true), 1, Some(reply(b"220 a")), 54, None),
        format!(
            "TCP OK: 0.001 {time}, certificate ends in 54 days (1970-02-24) [220 a]\
             |time=0.001000s;0.01;;0;10 certificate_days=54.0;21:;7:;;\n"
        )
    );
    assert_eq!(
        line(check(false), 1, Some(reply(b"220 a")), 13, None),
        format!("TCP WARNING: certificate ends in 13 days (1970-01-14), 0.001 {time} [220 a]\n")
    );
    assert_eq!(
        line(check(false), 1, None, 3, Some("Some CA")),
        format!(
            "TCP CRITICAL: certificate of the issuer Some CA ends in 3 days (1970-01-04), \
             0.001 {time}\n"
        )
    );
    // Both are told, and the reason is in front.
    assert_eq!(
        line(check(false), 11, None, 13, None),
        format!("TCP WARNING: 0.011 {time}, certificate ends in 13 days (1970-01-14)\n")
    );
    assert_eq!(
        line(check(false), 11, None, 3, None),
        format!("TCP CRITICAL: certificate ends in 3 days (1970-01-04), 0.011 {time}\n")
    );
}
