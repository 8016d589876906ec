//! Where this program means to differ from Mackerel's check-tcp: one test for each row of the table in the README.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
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
fn imap_is_well_where_nobody_needs_to_log_in() {
    let server = Server::saying("* preauth IMAP4rev1 ready\r\n");
    let run = check!("--service IMAP -H 127.0.0.1 -p {}", server.port());
    run.named("IMAP").ok("preauth");
}

#[test]
fn one_deadline_holds_for_all() {
    let server = Server::tcp(|peer| peer.drip(b'x', Duration::from_millis(20)));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ready -t 0.5");
    run.critical("^Unexpected response from host/socket: x");
    run.within(Duration::from_millis(500));
}

#[test]
fn a_check_without_an_end_is_a_usage_error() {
    check!("-H 127.0.0.1 -p 9 -t 0").unknown("0");
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
fn closed_is_what_was_seen_to_be_closed() {
    check!("-H name.invalid -p 9 -C -t 2").critical(r"name\.invalid");
}

#[test]
fn a_command_line_that_means_nothing_is_unknown() {
    for wrong in [
        "-p 99999",
        "-p 9 stray",
        "-p 9 -w NaN",
        "-p 9 -w=-1",
        "-p 9 --bogus",
        "",
    ] {
        check!("-H 127.0.0.1 {wrong}").unknown(".");
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
fn a_bare_ipv6_address_works() {
    if !has_ipv6() {
        return;
    }
    let server = Server::at("::1".parse().expect("an address"), |peer| {
        peer.say("220 ready\r\n")
    });
    let port = server.port();
    let run = check!("-H ::1 -p {port} -e ^220");
    run.ok(timed(format!("on ::1 port {port} [220 ready]")));
}

#[test]
fn the_host_is_shown_though_none_was_given() {
    let server = Server::saying("");
    let port = server.port();
    check!("-p {port}").ok(timed(format!("on localhost port {port}")));
}

#[test]
fn the_path_of_a_unix_socket_is_shown() {
    let server = Server::unix(|peer| peer.say("220 ready\r\n"));
    let path = server.path();
    check!("-U {path} -e ^220").ok(timed(format!("on {path} [220 ready]")));
}

#[test]
fn escapes_leave_other_bytes_alone_and_know_hexadecimal() {
    let server = Server::saying("ok");
    let port = server.port();
    let bytes = b"\xe3\x81\x82\xff\\x41\\x00\\n";
    let run = program!("-H 127.0.0.1 -p {port} -e ^ok -E -s")
        .arg(OsStr::from_bytes(bytes))
        .run();
    run.ok(timed(format!("on 127.0.0.1 port {port} [ok]")));
    assert_eq!(server.heard().bytes, b"\xe3\x81\x82\xffA\0\n");
}

#[test]
fn gearman_is_known_as_distributions_ship_it() {
    for version in ["OK 1.1.20+ds\n", "1.1.18\n"] {
        let server = Server::tcp(move |peer| {
            peer.hear("version\n".len());
            peer.say(version);
        });
        let run = check!("--service GEARMAN -H 127.0.0.1 -p {}", server.port());
        run.named("GEARMAN").ok(regex::escape(version.trim_end()));
    }
}

/// rustls with ring verifies neither, be they in the trust store; to accept any certificate is to accept these.
#[track_caller]
fn what_is_weak_is_refused(weak: Weak, why: &str) {
    let Some(server) = Openssl::serve(weak) else {
        return;
    };
    let port = server.port();
    let line = format!("-S -H localhost -p {port}");
    let run = program!("{line}")
        .env("SSL_CERT_FILE", server.certificate())
        .run();
    run.critical(why);
    check!("{line} --no-check-certificate").ok(timed(format!("on localhost port {port}")));
}

#[test]
fn rsa_under_2048_bits_is_refused() {
    what_is_weak_is_refused(Weak::Rsa1024, "RSA key of 1024 bits: under 2,048$");
}

#[test]
fn p521_is_refused() {
    what_is_weak_is_refused(Weak::P521, "handshake_failure");
}

#[test]
fn x509_version_1_is_refused() {
    what_is_weak_is_refused(Weak::Version1, "not of X.509 version 3");
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

#[test]
fn kept_though_odd_escapes_take_the_line_end_from_the_quit_string_of_a_preset() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("--service SMTP -E -H 127.0.0.1 -p {port}")
        .named("SMTP")
        .ok("220 ready");
    assert_eq!(server.heard().bytes, b"QUIT");
}
