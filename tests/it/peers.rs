//! Peers that are slow, rude, broken or hostile, and what an operator sees of them.

use std::time::Duration;
use support::*;

/// The line for a reply of these bytes, closed over, that does not match.
#[track_caller]
fn mismatch(reply: impl Into<Vec<u8>>) -> Run {
    let reply = reply.into();
    let server = Server::tcp(move |peer| {
        peer.say(&reply);
        peer.finish();
    });
    let run = check!("-H 127.0.0.1 -p {} -e '^nothing like it'", server.port());
    run.critical("^Unexpected response from host/socket: ");
    run
}

/// The line for a reply of these bytes that matches to its end.
#[track_caller]
fn matched(reply: impl Into<Vec<u8>>) -> Run {
    let reply = reply.into();
    let server = Server::tcp(move |peer| {
        peer.say(&reply);
        peer.finish();
    });
    let run = check!(r"-H 127.0.0.1 -p {} -e '(?s)\A.*the end\z'", server.port());
    run.ok("seconds response time on 127.0.0.1 port");
    run
}

#[test]
fn a_reply_in_pieces_is_one_reply() {
    let server = Server::tcp(|peer| {
        let pieces: Vec<_> = "220 mail.example.com ESMTP\r\n"
            .bytes()
            .map(|byte| [byte])
            .collect();
        peer.say_in_pieces(&pieces);
    });
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e '^220 .*ESMTP'");
    run.ok(timed(format!(
        "on 127.0.0.1 port {port} [220 mail.example.com ESMTP]"
    )));
}

#[test]
fn a_character_in_pieces_is_one_character() {
    for pattern in ["^caf.!", "^café!", r"^caf\x{e9}!"] {
        let server = Server::tcp(|peer| peer.say_in_pieces(&[&b"caf\xc3"[..], b"\xa9", b"!"]));
        let port = server.port();
        let run = check!("-H 127.0.0.1 -p {port} -e '{pattern}'");
        run.ok(timed(format!("on 127.0.0.1 port {port} [café!]")));
    }
}

#[test]
fn a_character_that_stays_unfinished_is_stray_bytes() {
    let server = Server::tcp(|peer| {
        peer.say_in_pieces(&[&b"caf"[..], b"\xe2\x82"]);
        peer.finish();
    });
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e '^caf..$'").ok(r"\[caf.+\]$");
}

#[test]
fn what_can_never_match_is_told_at_the_first_byte() {
    let server = Server::saying("4");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -t 60");
    run.critical(exact("Unexpected response from host/socket: 4"));
}

#[test]
fn a_reply_that_drips_is_read_to_its_end() {
    let server = Server::tcp(|peer| {
        for byte in b"220 ready" {
            peer.say([*byte]);
            peer.wait_until_read();
        }
        peer.finish();
    });
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e '^220 ready$'").ok("220 ready");
}

#[test]
fn a_drip_does_not_outlive_the_deadline() {
    let server = Server::tcp(|peer| peer.drip(b'a', Duration::from_millis(20)));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e '^a*b' -t 0.5");
    run.critical("^Unexpected response from host/socket: a")
        .within(Duration::from_millis(500));
    assert!(
        run.elapsed >= Duration::from_millis(500),
        "ended early: {run}"
    );
}

#[test]
fn a_drip_after_the_match_does_not_hold_the_check_up() {
    let server = Server::tcp(|peer| {
        peer.say("220 ready\r\n");
        peer.drip(b'.', Duration::from_millis(1));
    });
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^220 -q QUIT").ok("220 ready");
}

#[test]
fn a_flood_does_not_outlive_the_deadline() {
    let server = Server::tcp(|peer| peer.flood(b'a', 1 << 30));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e b -t 0.5");
    run.critical("^Unexpected response from host/socket: aaa")
        .within(Duration::from_millis(500));
}

#[test]
fn a_flood_after_the_match_does_not_hold_the_check_up() {
    let server = Server::tcp(|peer| peer.flood(b'a', 1 << 30));
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^aaa -q QUIT").ok("aaa");
    check!("-H 127.0.0.1 -p {port} -e ^aaa -m 5").ok(r"\[aaaaa\]");
    check!("-H 127.0.0.1 -p {port}").ok("seconds response time");
}

#[test]
fn a_flood_is_not_kept() {
    const MEGABYTES: usize = 40;
    let server = Server::tcp(|peer| {
        peer.flood(b'a', MEGABYTES << 20);
        peer.finish();
    });
    // Less address space than there are bytes in the reply.
    let small = format!("ulimit -v {} && exec \"$@\"", (MEGABYTES - 8) << 10);
    let run = program!("-H 127.0.0.1 -p {} -e b -t 60", server.port())
        .shell(&small)
        .run();
    run.critical("^Unexpected response from host/socket: aaa");
}

#[test]
fn a_silent_peer_is_waited_for_until_the_deadline() {
    let server = Server::saying("");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -t 0.3");
    run.critical(TIMED_OUT).within(Duration::from_millis(300));
    run.critical(shows(&["127.0.0.1", &port.to_string()]));
    assert!(
        run.elapsed >= Duration::from_millis(300),
        "ended early: {run}"
    );
}

#[test]
fn a_peer_of_another_protocol_is_shown() {
    // TLS where clear text is expected: an alert.
    let run = mismatch(*b"\x15\x03\x03\x00\x02\x02\x28");
    assert!(run.message().contains('('), "{run}"); // 0x28; the rest is escapes
    // HTTP where SMTP is expected.
    let run = mismatch("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    run.critical("HTTP/1.1 400 Bad Request.+Connection: close$");
}

/// What a terminal, an agent or a reader could take for something else, with its neighbours.
const HOSTILE: [(&str, &[u8]); 16] = [
    ("NUL", b"a\0b"),
    ("ESC", b"a\x1b[31mb"),
    ("bell", b"a\x07b"),
    ("backspace", b"a\x08b"),
    ("tab", b"a\tb"),
    ("newline", b"a\nb"),
    ("carriage return", b"a\rb"),
    ("DEL", b"a\x7fb"),
    ("bar", b"a|b"),
    ("next line, C1", b"a\xc2\x85b"),
    ("control sequence introducer, C1", b"a\xc2\x9bb"),
    ("right-to-left override", "a\u{202e}b".as_bytes()),
    ("left-to-right isolate", "a\u{2066}b".as_bytes()),
    ("line separator", "a\u{2028}b".as_bytes()),
    ("paragraph separator", "a\u{2029}b".as_bytes()),
    ("invalid UTF-8", b"a\xff\xc3b"),
];

#[test]
fn hostile_characters_are_shown_as_escapes() {
    for (name, bytes) in HOSTILE {
        // That none of them is in the line as it is, is asserted of every run.
        for run in [mismatch(bytes), matched([bytes, b" the end"].concat())] {
            let message = run.message();
            let (_, rest) = message.split_once("a\\").unwrap_or_default();
            let shown = rest.ends_with('b') || rest.ends_with("b the end]");
            assert!(shown, "{name}: {run}");
        }
    }
}

#[test]
fn what_is_harmless_is_shown_as_it_is() {
    let run = mismatch("naïve 日本語 \u{1f600} ~!@#$%^&*(){}<>;:'\"`");
    run.critical(exact(
        "Unexpected response from host/socket: naïve 日本語 \u{1f600} ~!@#$%^&*(){}<>;:'\"`",
    ));
}

#[test]
fn line_ends_around_a_reply_are_cut() {
    mismatch("\r\n\r\nbusy\r\n").critical(exact("Unexpected response from host/socket: busy"));
}

#[test]
fn a_long_reply_is_cut_to_the_length_of_a_line_and_the_cut_is_seen() {
    let replies: [Vec<u8>; 5] = [
        b"x".repeat(100_000),
        b"\x01".repeat(5_000),
        b"\xff".repeat(5_000),
        b"|".repeat(5_000),
        "\u{1f600}".repeat(5_000).into_bytes(),
    ];
    for reply in replies {
        for run in [
            mismatch(reply.clone()),
            matched([&reply[..], b"the end"].concat()),
        ] {
            // Within 1,024 characters, which is asserted of every run, but not far within.
            let length = run.line().chars().count();
            assert!(length > 250, "cut to {length}: {run}");
            assert!(
                run.message().contains("...") || run.message().contains('…'),
                "{run}"
            );
        }
    }
}

#[test]
fn a_cut_in_mid_character_leaves_nothing_of_it() {
    for character in ["é", "日", "\u{1f600}"] {
        // So that the cut falls at every byte of a character, wherever it falls.
        for before in 0..character.len() {
            let reply = "x".repeat(before) + &character.repeat(2_000);
            let (unexpected, expected) = (mismatch(&*reply), matched(reply + "the end"));
            for run in [unexpected, expected] {
                let shown = run.message();
                assert!(shown.contains(character), "{run}");
                assert!(
                    !shown.contains('\\') && !shown.contains('\u{fffd}'),
                    "{run}"
                );
                assert!(shown.contains("...") || shown.contains('…'), "{run}");
            }
        }
    }
}

#[test]
fn long_arguments_are_cut_too() {
    let long = "x".repeat(3_000);
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H {long}.invalid -p {port} -t 5");
    assert!(run.line().contains("xxx"), "{run}");
    assert_ne!(run.code, Some(0), "{run}");
    let bars = "|".repeat(2_000);
    let run = check!("-H '{bars}' -p {port} -t 5");
    run.line();
    assert_ne!(run.code, Some(0), "{run}");
}
