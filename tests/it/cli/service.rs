//! `--service`: what a name stands for, unless the command line says otherwise.

use check_tcp::preset::PRESETS;
use support::*;

/// A preset: its name, its port, a greeting that satisfies it and what it says before it goes.
const CLEAR: [(&str, u16, &str, &str); 4] = [
    ("FTP", 21, "220 (vsFTPd 3.0.3)\r\n", "QUIT\r\n"),
    ("POP", 110, "+OK POP3 ready\r\n", "QUIT\r\n"),
    (
        "IMAP",
        143,
        "* OK [CAPABILITY IMAP4rev1] ready\r\n",
        "a1 LOGOUT\r\n",
    ),
    ("SMTP", 25, "220 mail.example.com ESMTP\r\n", "QUIT\r\n"),
];

const SECURE: [(&str, u16, &str, &str); 3] = [
    ("SPOP", 995, "+OK POP3 ready\r\n", "QUIT\r\n"),
    ("SIMAP", 993, "* OK ready\r\n", "a1 LOGOUT\r\n"),
    ("SSMTP", 465, "220 mail.example.com ESMTP\r\n", "QUIT\r\n"),
];

#[test]
fn a_preset_has_a_greeting_and_a_quit_string() {
    for (name, _, greeting, goodbye) in CLEAR {
        let server = Server::saying(greeting);
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port}").named(name);
        is_well(&run, &server, greeting, goodbye);
    }
}

#[test]
fn a_preset_refuses_another_greeting() {
    for (name, ..) in CLEAR {
        let server = Server::saying("500 no\r\n");
        let port = server.port();
        let run = check!("--service {name} -H 127.0.0.1 -p {port}").named(name);
        run.critical(exact("Unexpected response from host/socket: 500 no"));
    }
}

#[test]
fn a_secure_preset_speaks_tls() {
    let authority = Authority::new("Test Root");
    let (identity, store) = (authority.issue(Leaf::good()), authority.store());
    for (name, _, greeting, goodbye) in SECURE {
        let server = Server::tls(&identity, TLS13, move |peer| peer.say(greeting));
        let port = server.port();
        let run = program!("--service {name} -H 127.0.0.1 -p {port}")
            .trusting(&store)
            .run();
        let run = run.named(name);
        is_well(&run, &server, greeting, goodbye);
    }
}

/// The greeting is in the line, and the goodbye has come to the server.
#[track_caller]
fn is_well(run: &Run, server: &Server, greeting: &str, goodbye: &str) {
    let (port, greeting) = (server.port(), greeting.trim_end());
    run.ok(timed(format!("on 127.0.0.1 port {port} [{greeting}]")));
    let heard = server.heard();
    let goodbye = (goodbye.as_bytes().to_vec(), End::Fin);
    assert_eq!((heard.bytes, heard.end), goodbye, "{run}");
}

#[test]
fn gearman_is_asked_for_its_version() {
    for answer in ["1.1.20\n", "OK 1.1.20+ds\n", "0.33\n"] {
        let server = Server::tcp(move |peer| {
            peer.hear("version\n".len());
            peer.say(answer);
        });
        let port = server.port();
        let run = check!("--service gearman -H 127.0.0.1 -p {port}").named("GEARMAN");
        run.ok(timed(format!(
            "on 127.0.0.1 port {port} [{}]",
            answer.trim_end()
        )));
        assert_eq!(server.heard().bytes, b"version\n");
    }
}

#[test]
fn a_preset_knows_its_port() {
    let gearman = [("GEARMAN", 7003, "", "")];
    let all = || CLEAR.into_iter().chain(SECURE).chain(gearman);
    for preset in PRESETS {
        let is_here = all().any(|(name, ..)| name == preset.name);
        assert!(is_here, "{} has no test here", preset.name);
    }
    for (name, port, ..) in all() {
        // Whether anyone listens there is this machine's affair.
        let run = check!("--service {name} -H 127.0.0.1 -C -t 2");
        let line = run.line();
        let ports = [
            format!("{name} OK: Verified that the port is closed. (port={port})"),
            format!("{name} CRITICAL: Unexpectedly open port. (port={port})"),
        ];
        assert!(ports.contains(&line.to_owned()), "{run}");
    }
}

#[test]
fn options_override_the_preset() {
    let server = Server::saying("hello\r\n");
    let port = server.port();
    let run = check!("--service SMTP -H 127.0.0.1 -p {port} -e ^hello -q BYE -s hi");
    run.named("SMTP")
        .ok(timed(format!("on 127.0.0.1 port {port} [hello]")));
    assert_eq!(server.heard().bytes, b"hiBYE\r\n");
}

#[test]
fn a_service_may_be_behind_a_unix_socket() {
    let server = Server::unix(|peer| peer.say("220 ready\r\n"));
    let path = server.path();
    let run = check!("--service SMTP -U {path}").named("SMTP");
    run.ok(timed(format!("on {path} [220 ready]")));
}
