//! `--service`: a greeting is waited for to the end of its last line.

use std::time::Duration;
use support::*;

/// Longer than a program takes that says goodbye too early.
const MOMENT: Duration = Duration::from_millis(100);

/// Services, and greetings in several lines or with line ends of another kind.
const GREETINGS: [(&str, &str, &str); 7] = [
    (
        "SMTP",
        "220-mx.test ESMTP\r\n220-no spam\r\n220 mx.test ready\r\n",
        "QUIT\r\n",
    ),
    ("SMTP", "220-mx.test\n220\n", "QUIT\r\n"),
    (
        "FTP",
        "220-Welcome\r\nto\r\n 421 this\r\n4 servers\r\n\r\n220 ready\r\n",
        "QUIT\r\n",
    ),
    ("FTP", "220\r\n", "QUIT\r\n"),
    ("POP", "+OK ready\n", "QUIT\r\n"),
    ("IMAP", "* PREAUTH IMAP4rev1\r\n", "a1 LOGOUT\r\n"),
    ("IMAP", "* ok ready\n", "a1 LOGOUT\r\n"),
];

/// The greeting as the line shows it.
fn shown(greeting: &str) -> String {
    greeting.trim_end().escape_debug().to_string()
}

#[test]
fn a_greeting_is_read_to_its_end_wherever_it_is_cut() {
    for (name, greeting, goodbye) in GREETINGS {
        let mut cut = 0;
        let server = Server::tcp(move |peer| {
            cut += 1;
            let (first, second) = greeting.split_at(cut);
            peer.say_in_pieces(&[first, second]);
        });
        let port = server.port();
        for _ in 1..greeting.len() {
            let run = check!("--service {name} -H 127.0.0.1 -p {port}").named(name);
            let whole = format!("on 127.0.0.1 port {port} [{}]", shown(greeting));
            run.ok(timed(whole));
            let heard = server.heard();
            let goodbye = (goodbye.as_bytes().to_vec(), End::Fin);
            assert_eq!((heard.bytes, heard.end), goodbye, "{run}");
        }
    }
}

#[test]
fn a_greeting_is_read_to_its_end_byte_by_byte() {
    for (name, greeting, goodbye) in GREETINGS {
        let server = Server::tcp(move |peer| {
            let bytes: Vec<_> = greeting.bytes().map(|byte| [byte]).collect();
            peer.say_in_pieces(&bytes);
        });
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port} -t 60").named(name);
        let whole = format!("on 127.0.0.1 port {port} [{}]", shown(greeting));
        run.ok(timed(whole));
        assert_eq!(server.heard().bytes, goodbye.as_bytes());
    }
}

#[test]
fn nothing_is_said_into_a_greeting_and_its_pauses_count() {
    for (name, first, last) in [
        ("SMTP", "220-mx.test ESMTP\r\n", "220 mx.test ready\r\n"),
        ("SMTP", "220", "\r\n"),
        ("FTP", "220-Welcome\r\n220-to this\r\n", "220 server\r\n"),
        ("POP", "+OK", " ready\r\n"),
        ("IMAP", "* OK ready\r", "\n"),
    ] {
        let server = Server::tcp(move |peer| {
            peer.say(first);
            assert!(peer.stays_quiet(MOMENT), "spoke into the greeting");
            peer.say(last);
        });
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port}").named(name);
        run.ok("seconds response time");
        assert!(run.seconds() >= MOMENT.as_secs_f64(), "{run}");
    }
}

#[test]
fn under_tls_too_nothing_is_said_into_a_greeting() {
    let authority = Authority::new("Test Root");
    let (identity, store) = (authority.issue(Leaf::good()), authority.store());
    for (name, first, last, goodbye) in [
        ("SSMTP", "220-mx\r\n", "220 mx\r\n", "QUIT\r\n"),
        ("SPOP", "+OK", " ready\r\n", "QUIT\r\n"),
        ("SIMAP", "* PREAUTH", " ready\r\n", "a1 LOGOUT\r\n"),
    ] {
        let server = Server::tls(&identity, TLS13, move |peer| {
            peer.say(first);
            assert!(peer.stays_quiet(MOMENT), "spoke into the greeting");
            peer.say(last);
        });
        let port = server.port();
        let line = program!("--service {name} -H 127.0.0.1 -p {port}");
        let run = line.trusting(&store).run().named(name);
        let whole = shown(&[first, last].concat());
        run.ok(timed(format!("on 127.0.0.1 port {port} [{whole}]")));
        assert_eq!(server.heard().bytes, goodbye.as_bytes());
    }
}

#[test]
fn a_greeting_that_turns_into_a_refusal_is_one_at_once() {
    for (name, reply) in [
        ("SMTP", "220-mx.test ESMTP\r\n421 Too many connections\r\n"),
        ("SMTP", "220-mx.test ESMTP\r\n554 no\r\n"),
        ("SMTP", "220-mx.test ESMTP\r\n521 no mail here\r\n"),
        ("SMTP", "220-mx.test ESMTP\r\n221 bye\r\n"),
        ("FTP", "220-Welcome\r\n421 Too many connections\r\n"),
        ("FTP", "220-Welcome\r\nto this server\r\n530 not you\r\n"),
        ("FTP", "220-Welcome\r\n421-Too many\r\n421 connections\r\n"),
        ("FTP", "220-Welcome\n500 OOPS: no\n"),
        ("POP", "-ERR not now\r\n"),
        ("IMAP", "* BYE not now\r\n"),
        ("IMAP", "* NO\r\n"),
    ] {
        let server = Server::saying(reply);
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port} -t 60").named(name);
        let refusal = format!("Unexpected response from host/socket: {}", shown(reply));
        run.critical(exact(refusal));
        let goodbye = match name {
            "IMAP" => "a1 LOGOUT\r\n",
            _ => "QUIT\r\n",
        };
        assert_eq!(server.heard().bytes, goodbye.as_bytes(), "{run}");
    }
}

#[test]
fn a_greeting_that_ends_too_early_does_not_match() {
    for (name, reply) in [
        ("SMTP", "220-mx.test ESMTP\r\n"),
        ("SMTP", "220 mx.test ESMTP"),
        ("FTP", "220-Welcome\r\n220-to this\r\n"),
        ("FTP", "220-Welcome\r\n221 to that\r\n"),
        ("POP", "+OK"),
        ("IMAP", "* OK"),
    ] {
        let server = Server::tcp(move |peer| {
            peer.say(reply);
            peer.finish();
        });
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port} -t 60").named(name);
        let cut = format!("Unexpected response from host/socket: {}", shown(reply));
        run.critical(exact(cut));
    }
}

#[test]
fn a_greeting_without_an_end_is_left_without_a_word() {
    for (name, reply) in [
        ("SMTP", "220-mx.test ESMTP\r\n"),
        ("FTP", "220-Welcome\r\nto this server\r\n"),
        ("POP", "+OK"),
        ("IMAP", "* OK"),
    ] {
        let server = Server::saying(reply);
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port} -t 0.3").named(name);
        run.critical(exact(format!(
            "Unexpected response from host/socket: {} (the pattern was still open after 300ms)",
            shown(reply)
        )));
        let heard = server.heard();
        assert_eq!((heard.bytes, heard.end), (Vec::new(), End::Fin), "{run}");
    }
}

#[test]
fn a_greeting_longer_than_maxbytes_does_not_match() {
    let server = Server::saying("220-mx.test ESMTP\r\n220 mx.test ready\r\n");
    let port = server.port();
    let run = check!("--service SMTP -H 127.0.0.1 -p {port} -m 19 -t 60").named("SMTP");
    run.critical(exact(
        "Unexpected response from host/socket: 220-mx.test ESMTP",
    ));
    let heard = server.heard();
    assert_eq!((heard.bytes, heard.end), (Vec::new(), End::Fin), "{run}");
    check!("--service SMTP -H 127.0.0.1 -p {port} -m 38")
        .named("SMTP")
        .ok("ready");
}
