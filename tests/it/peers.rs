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
fn a_flood_takes_bounded_memory() {
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
fn a_peer_of_another_protocol_is_shown() {
    // TLS where clear text is expected: an alert.
    let run = mismatch(*b"\x15\x03\x03\x00\x02\x02\x28");
    assert!(run.message().contains('('), "{run}"); // 0x28; the rest is escapes
    // HTTP where SMTP is expected.
    let run = mismatch("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    run.critical("HTTP/1.1 400 Bad Request.+Connection: close$");
}

#[test]
fn a_long_reply_is_cut_to_the_length_of_a_line_and_the_cut_is_seen() {
    let replies = [b"x".repeat(100_000), b"|".repeat(5_000)];
    for reply in replies {
        for run in [
            mismatch(reply.clone()),
            matched([&reply[..], b"the end"].concat()),
        ] {
            // Within 1,024 characters, which is asserted of every run, but not far within.
            let length = run.line().chars().count();
            assert!(length > 250, "cut to {length}: {run}");
            assert!(run.message().contains("..."), "{run}");
        }
    }
}
