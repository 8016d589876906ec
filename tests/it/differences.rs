//! Intended differences from Mackerel's check-tcp (`docs/mackerel.md`). Those that one option makes
//! have their tests in `cli/`: `-t 0` in `timeout`, GEARMAN in `service`, escapes in `send`, hosts
//! and paths that are shown in `hostname` and `unix_sock`.

use std::time::Duration;
use support::*;

#[test]
fn the_whole_reply_is_matched_not_its_first_segment() {
    let server = Server::tcp(|peer| peer.say_in_pieces(&["SS", "H", "_", "9", ".2p1\r\n"]));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e '^SSH_9\\.'");
    run.ok("port [0-9]+ \\[SSH_9\\.");
}

#[test]
fn an_unanchored_pattern_waits_for_what_may_still_come() {
    let server = Server::tcp(|peer| peer.say_in_pieces(&["one\r\n", "two\r\n", "ready\r\n"]));
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ready").ok("seconds response time");
}

#[test]
fn an_unanchored_pattern_fails_when_nothing_more_can_come() {
    let mismatch = exact("Unexpected response from host/socket: busy");
    // The peer closes.
    let server = Server::tcp(|peer| {
        peer.say("busy\r\n");
        peer.finish();
    });
    check!("-H 127.0.0.1 -p {} -e ready", server.port()).critical(&mismatch);
    // As much as is wanted has come.
    let server = Server::saying("busy\r\n");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ready -m 4").critical(&mismatch);
    // The deadline passes; the message says that it was still open.
    let run = check!("-H 127.0.0.1 -p {port} -e ready -t 0.3");
    run.critical("^Unexpected response from host/socket: busy");
    assert!(
        run.elapsed >= Duration::from_millis(300),
        "ended early: {run}"
    );
    // It can't match any more: an anchor says so at the first byte.
    check!("-H 127.0.0.1 -p {port} -e ^ready").critical(&mismatch);
}

#[test]
fn a_preset_waits_for_the_whole_greeting() {
    let server = Server::tcp(|peer| peer.say_in_pieces(&["220-mx ESMTP\r\n", "421 busy\r\n"]));
    let run = check!("--service SMTP -H 127.0.0.1 -p {}", server.port()).named("SMTP");
    run.critical("^Unexpected response from host/socket: 220-mx ESMTP.+4");
    let server = Server::tcp(|peer| peer.say_in_pieces(&["220-mx ESMTP\r\n", "220 mx\r\n"]));
    let port = server.port();
    let run = check!("--service SMTP -H 127.0.0.1 -p {port}").named("SMTP");
    run.ok("220-mx ESMTP.+220 mx\\]$");
    check!("--service SMTP -H 127.0.0.1 -p {port} -m 10")
        .named("SMTP")
        .critical("^Unexpected response from host/socket: 220-mx ESM$");
}

#[test]
fn one_deadline_spans_the_whole_check() {
    let server = Server::tcp(|peer| peer.drip(b'x', Duration::from_millis(20)));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ready -t 0.5");
    run.critical("^Unexpected response from host/socket: x");
    run.within(Duration::from_millis(500));
}

#[test]
fn the_delay_is_between_send_and_read() {
    // Not before connecting: a port that refuses is known at once.
    let closed = Refusing::new();
    let port = closed.port();
    check!("-H 127.0.0.1 -p {port} -d 60")
        .critical(REFUSED)
        .within(Duration::ZERO);
    // After sending, and fractions of a second count.
    let server = Server::tcp(|peer| {
        peer.hear(4);
        peer.say("pong");
    });
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -s ping -e ^pong$ -d 0.3");
    run.ok(timed(format!("on 127.0.0.1 port {port} [pong]")));
    assert!(run.seconds() >= 0.3, "{run}");
}

#[test]
fn an_unknown_name_is_no_closed_port() {
    check!("-H name.invalid -p 9 -C -t 2").critical(r"name\.invalid");
}

#[test]
fn a_usage_error_is_unknown() {
    for (wrong, message) in [
        ("-p 99999", "^-p 99999: "),
        ("-p 9 stray", "^unexpected argument 'stray'; "),
        ("-p 9 -w NaN", "^-w NaN: "),
        ("-p 9 -w=-1", "^-w -1: "),
        ("-p 9 --bogus", "^unknown option --bogus; "),
        ("", "^--port is missing: "),
    ] {
        check!("-H 127.0.0.1 {wrong}").unknown(message);
    }
    assert_eq!(check!("-h").code, Some(3));
}

#[test]
fn a_usage_error_is_never_renamed() {
    for flags in ["--status-as unknown=ok", "--status-as unknown=ok -W -C"] {
        check!("-p 99999 {flags}").unknown("^-p 99999: ");
        check!("{flags} -p 99999").unknown("^-p 99999: ");
    }
}

#[test]
fn a_reply_is_shown_in_one_harmless_line() {
    let server = Server::saying("220-first\r\n220 \x1b[2Jsecond|x=1\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -d 0.1");
    // That it is one line, without controls or bars, is asserted of every run.
    run.ok("\\[220-first.+220 .+\\[2Jsecond.+x=1\\]$");
}

#[test]
fn the_name_over_a_unix_socket_is_that_of_sni_or_host() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let identity = authority.issue(Leaf::named(&["mail.example.com"]));
    let server = Server::unix_tls(&identity, TLS13, |_| ());
    let path = server.path();
    for name in [
        "--sni mail.example.com",
        "-H mail.example.com",
        "-H other --sni mail.example.com",
    ] {
        let run = program!("-S -U {path} {name}").trusting(&store).run();
        run.ok(timed(format!("on {path}")));
        assert_eq!(server.heard().sni.as_deref(), Some("mail.example.com"));
    }
    let run = program!("-S -U {path} -H other.example.com")
        .trusting(&store)
        .run();
    run.critical(shows(&["mail.example.com"]));
}
