//! `--service`: a greeting is waited for to the end of its last line.

use support::*;

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
