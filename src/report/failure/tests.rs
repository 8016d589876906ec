use super::*;
use crate::tls::TlsError;
use std::net::SocketAddr;

fn host(host: &str) -> Target {
    Target::host(host, 25).expect("a target")
}

fn socket() -> Target {
    Target::Socket("/run/mail".into())
}

fn message(check: &Check, target: &Target, phase: Phase, cause: Cause) -> String {
    let connected = !matches!(phase, Phase::Resolving | Phase::Connecting);
    let address = match target {
        Target::Name { .. } => Some(([192, 0, 2, 1], 25).into()),
        Target::Address { address, .. } => Some(*address),
        Target::Socket(_) => None,
    };
    let peer = address.filter(|_| connected);
    let failure = Failure {
        phase,
        cause,
        peer,
        certificate_requested: false,
    };
    describe(check, target, &failure, None)
}

fn default_message(target: &Target, phase: Phase, cause: Cause) -> String {
    message(&Check::default(), target, phase, cause)
}

fn unconnected(address: Option<SocketAddr>, outcome: AttemptOutcome) -> Cause {
    Cause::Unconnected(vec![FailedAttempt { address, outcome }])
}

#[test]
fn the_message_names_the_operation_of_every_phase() {
    let polite = Check {
        quit: b"QUIT".to_vec(),
        ..Check::default()
    };
    let name = host("mail.example");
    for (phase, doing) in [
        (Phase::Connecting, "connecting to mail.example"),
        (
            Phase::Handshaking,
            "TLS handshake with mail.example (192.0.2.1:25)",
        ),
        (Phase::Sending, "sending to mail.example (192.0.2.1:25)"),
        (Phase::Delay, "reading from mail.example (192.0.2.1:25)"),
        (Phase::Reading, "reading from mail.example (192.0.2.1:25)"),
        (
            Phase::Quitting,
            "sending the quit string to mail.example (192.0.2.1:25)",
        ),
    ] {
        let line = message(&polite, &name, phase, Cause::TimedOut);
        assert_eq!(line, format!("{doing}: timed out after 10s"));
    }
    assert_eq!(
        default_message(&name, Phase::Quitting, Cause::TimedOut),
        "closing the connection to mail.example (192.0.2.1:25): timed out after 10s"
    );
    assert_eq!(
        default_message(&name, Phase::Resolving, Cause::TimedOut),
        "looking up mail.example: timed out after 10s: no answer from the resolver"
    );
    assert_eq!(
        default_message(
            &name,
            Phase::Resolving,
            Cause::Lookup(LookupError::NoSource)
        ),
        "looking up mail.example: \
         neither /etc/hosts nor /etc/resolv.conf exists"
    );
}

#[test]
fn an_address_has_its_port_and_a_zone_its_name_too() {
    let closed = |target: &Target| default_message(target, Phase::Reading, Cause::Closed);
    let error = "closed by peer before it sent anything";
    assert_eq!(
        closed(&host("192.0.2.1")),
        format!("reading from 192.0.2.1:25: {error}")
    );
    assert_eq!(
        closed(&host("::1")),
        format!("reading from [::1]:25: {error}")
    );
    assert_eq!(
        closed(&host("fe80::1%2")),
        format!("reading from fe80::1%2 ([fe80::1%2]:25): {error}")
    );
    assert_eq!(
        closed(&socket()),
        format!("reading from /run/mail: {error}")
    );
}

#[test]
fn an_address_of_the_other_family_is_not_looked_up() {
    let only = |family, target: &Target| {
        let check = Check {
            family,
            ..Check::default()
        };
        message(&check, target, Phase::Resolving, Cause::NoAddress(family))
    };
    assert_eq!(
        only(Family::V4, &host("::1")),
        "connecting to [::1]:25: only IPv4 addresses were asked for"
    );
    assert_eq!(
        only(Family::V6, &host("mail.example")),
        "looking up mail.example: it has no IPv6 addresses"
    );
    assert_eq!(
        only(Family::Any, &host("mail.example")),
        "looking up mail.example: it has no addresses"
    );
}

#[test]
fn the_message_names_the_only_family_that_was_requested() {
    let message_of = |family| {
        let check = Check {
            family,
            ..Check::default()
        };
        let e = io::Error::other("Name or service not known");
        let cause = Cause::Lookup(LookupError::Failed(e));
        message(&check, &host("mail.example"), Phase::Resolving, cause)
    };
    let unknown = "looking up mail.example: Name or service not known";
    assert_eq!(message_of(Family::Any), unknown);
    assert_eq!(
        message_of(Family::V4),
        format!("{unknown} (only IPv4 addresses were asked for)")
    );
}

#[test]
fn failed_attempts_have_the_message_of_the_system() {
    let failed = |errno: Errno| AttemptOutcome::Failed(errno.into());
    for (target, outcome, error) in [
        ("v4", failed(Errno::CONNREFUSED), "Connection refused"),
        (
            "v4",
            failed(Errno::AGAIN),
            "Resource temporarily unavailable",
        ),
        ("v4", failed(Errno::NOSPC), EPOLL_LIMIT),
        ("name", AttemptOutcome::GivenUp, "192.0.2.1:25: no answer"),
        ("name", AttemptOutcome::Untried, "192.0.2.1:25: not tried"),
        ("unix", failed(Errno::NOENT), "No such file or directory"),
        ("unix", AttemptOutcome::Silence, "timed out after 10s"),
        (
            "unix",
            failed(Errno::AGAIN),
            "timed out after 10s: its backlog is full",
        ),
    ] {
        let v4 = Some(([192, 0, 2, 1], 25).into());
        let (target, address, place) = match target {
            "v4" => (host("192.0.2.1"), v4, "192.0.2.1:25"),
            "name" => (host("a.example"), v4, "a.example"),
            _ => (socket(), None, "/run/mail"),
        };
        let line = default_message(&target, Phase::Connecting, unconnected(address, outcome));
        assert_eq!(line, format!("connecting to {place}: {error}"));
    }
}

#[test]
fn a_requested_client_certificate_is_the_likely_reason_of_a_failure() {
    let alert = |number: u8| {
        let alert = rustls::AlertDescription::from(number);
        Cause::Tls(rustls::Error::AlertReceived(alert).into())
    };
    let suffix = |certificate_requested, cause| {
        let failure = Failure {
            phase: Phase::Reading,
            cause,
            peer: None,
            certificate_requested,
        };
        guess_suffix(&failure)
    };
    let requested = " (the server asked for a client certificate)";
    assert_eq!(suffix(true, alert(40)), requested);
    assert_eq!(suffix(true, Cause::Closed), requested);
    assert_eq!(suffix(true, Cause::Io(Errno::CONNRESET.into())), requested);
    assert_eq!(suffix(true, Cause::TimedOut), requested);
    assert_eq!(suffix(true, Cause::Interrupted), "");
    assert_eq!(suffix(true, Cause::Tls(TlsError::Name)), "");
    assert!(suffix(false, alert(40)).starts_with(": no cipher"));
    assert_eq!(suffix(false, alert(116)), "");
    assert_eq!(suffix(false, Cause::Closed), "");
}

#[test]
fn an_error_of_the_poll_loop_names_no_target() {
    let cause = Cause::Engine(Errno::MFILE.into());
    assert_eq!(
        default_message(&host("::1"), Phase::Connecting, cause),
        "the poll loop failed: Too many open files"
    );
}
