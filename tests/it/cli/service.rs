//! `--service`: what a name stands for, unless the command line says otherwise.

use check_tcp::preset::{self, PRESETS};
use support::*;

/// A preset: its name, its port, a greeting that satisfies it and what it says before it goes.
const CLEAR: [(&str, u16, &str, &str); 11] = [
    ("FTP", 21, "220 (vsFTPd 3.0.3)\r\n", "QUIT\r\n"),
    ("POP", 110, "+OK POP3 ready\r\n", "QUIT\r\n"),
    (
        "IMAP",
        143,
        "* OK [CAPABILITY IMAP4rev1] ready\r\n",
        "a1 LOGOUT\r\n",
    ),
    ("SMTP", 25, "220 mail.example.com ESMTP\r\n", "QUIT\r\n"),
    (
        "SUBMISSION",
        587,
        "220 mail.example.com ESMTP\r\n",
        "QUIT\r\n",
    ),
    (
        "LMTP",
        24,
        "220 mail.example.com Dovecot ready.\r\n",
        "QUIT\r\n",
    ),
    ("SIEVE", 4190, "OK \"Dovecot ready.\"\r\n", "LOGOUT\r\n"),
    ("NNTP", 119, "200 news ready (posting ok)\r\n", "QUIT\r\n"),
    (
        "SSH",
        22,
        "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        "SSH-2.0-check-tcp\r\n",
    ),
    ("NATS", 4222, "INFO {\"server_id\":\"N\"}\r\n", ""),
    (
        "RSYNC",
        873,
        "@RSYNCD: 31.0 sha512 sha256\n",
        "@RSYNCD: EXIT\r\n",
    ),
];

const SECURE: [(&str, u16, &str, &str); 5] = [
    ("SPOP", 995, "+OK POP3 ready\r\n", "QUIT\r\n"),
    ("SIMAP", 993, "* OK ready\r\n", "a1 LOGOUT\r\n"),
    ("SSMTP", 465, "220 mail.example.com ESMTP\r\n", "QUIT\r\n"),
    (
        "SUBMISSIONS",
        465,
        "220 mail.example.com ESMTP\r\n",
        "QUIT\r\n",
    ),
    ("NNTPS", 563, "201 news ready (no posting)\r\n", "QUIT\r\n"),
];

/// A preset that asks: its name, its port, an answer that satisfies it and one that refuses.
const ASKING: [(&str, u16, &[u8], &[u8]); 12] = [
    (
        "IRC",
        6667,
        b":irc.local CAP * LS :sasl\r\n",
        b"ERROR :no\r\n",
    ),
    (
        "JABBER",
        5222,
        b"<?xml version='1.0'?><stream:stream id='1' version='1.0'>",
        b"<html>",
    ),
    (
        "REDIS",
        6379,
        b"+PONG\r\n",
        b"-LOADING Redis is loading\r\n",
    ),
    ("MEMCACHED", 11211, b"VERSION 1.6.18\r\n", b"ERROR\r\n"),
    ("CLAMD", 3310, b"PONG\n", b"UNKNOWN COMMAND\n"),
    (
        "ZOOKEEPER",
        2181,
        b"Zookeeper version: 3.8.0\nMode: standalone\nNode count: 5\n",
        b"This ZooKeeper instance is not currently serving requests\n",
    ),
    ("POSTGRES", 5432, b"N", b"E\0\0\0\x2e"),
    (
        "MYSQL",
        3306,
        b"\x64\0\0\0\x0a5.5.5-10.11-MariaDB\0\x03\0\0\0abcdefgh\0\xfe\xf7\x08\x02\0\xff\x81\x15\
          \0\0\0\0\0\0\x1d\0\0\0abcdefghijkl\0mysql_native_password\0",
        b"\x45\0\0\0\xff\x6a\x04Host is blocked",
    ),
    (
        "LDAP",
        389,
        b"0\x0c\x02\x01\x01a\x07\x0a\x01\0\x04\0\x04\0",
        b"0\x0c\x02\x01\x01a\x07\x0a\x01\x34\x04\0\x04\0",
    ),
    ("MQTT", 1883, b"\x20\x02\0\0", b"\x20\x02\0\x05"),
    (
        "AMQP",
        5672,
        b"\x01\0\0\0\0\x01\xff\0\x0a\0\x0a\0\x09en_US\xce",
        b"AMQP\0\0\x09\x01",
    ),
    ("GEARMAN", 7003, b"OK 1.1.20+ds\n", b"ERR unknown\n"),
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
fn a_preset_that_asks_is_satisfied_by_the_answer_and_not_by_a_refusal() {
    for (name, _, answer, refusal) in ASKING {
        let preset = preset::find(name).expect(name);
        let answered = |text: &'static [u8]| {
            let server = Server::tcp(move |peer| {
                peer.hear(preset.send.len());
                peer.say(text);
            });
            let port = server.port();
            let run = check!("--service {name} -H 127.0.0.1 -p {port}").named(name);
            (run, server.heard().bytes)
        };
        let (run, heard) = answered(answer);
        run.ok("seconds response time on 127.0.0.1");
        assert_eq!(
            heard,
            [preset.send, &preset.quit_bytes(false)].concat(),
            "{name}"
        );
        let (run, _) = answered(refusal);
        run.critical("Unexpected response from host/socket");
    }
}

#[test]
fn a_preset_knows_its_port() {
    let asking = ASKING.map(|(name, port, ..)| (name, port));
    let greeting = CLEAR.into_iter().chain(SECURE);
    let greeting = greeting.map(|(name, port, ..)| (name, port));
    let all = || greeting.clone().chain(asking);
    for preset in PRESETS {
        let is_here = all().any(|(name, _)| name == preset.name);
        assert!(is_here, "{} has no test here", preset.name);
    }
    for (name, port) in all() {
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
