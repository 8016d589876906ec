//! The end of a check under TLS: first the session, then the connection, and never a reset.

use super::GREETING;
use rustls::SupportedProtocolVersion;
use support::*;

const VERSIONS: [&SupportedProtocolVersion; 2] = [TLS12, TLS13];

/// Checks a server that does this, over both versions, and asserts that it was left in good order.
#[track_caller]
fn left(flags: &str, message: &str, script: fn(&mut Peer), said: &[u8]) {
    let authority = Authority::new("Test Root");
    let (identity, store) = (authority.issue(Leaf::good()), authority.store());
    for version in VERSIONS {
        let server = Server::tls(&identity, version, script);
        let port = server.port();
        let line = program!("-S -H localhost -p {port} {flags}");
        line.trusting(&store).run().ok(message);
        let heard = server.heard();
        assert_eq!(heard.bytes, said, "{flags}");
        assert!(heard.close_notify, "{flags}: the session was not ended");
        assert_eq!(heard.end, End::Fin, "{flags}");
    }
}

#[test]
fn a_server_that_says_nothing_is_left_in_good_order() {
    // The tickets that it sends are bytes that nobody waits for.
    left("", "seconds response time", |_| (), b"");
}

#[test]
fn a_server_that_ends_when_the_client_does_is_left_in_good_order() {
    left("", "seconds response time", Peer::part, b"");
    let greeting = |peer: &mut Peer| {
        peer.say(GREETING);
        peer.part();
    };
    left("-e ^220", "220 ready", greeting, b"");
}

#[test]
fn a_server_that_was_answered_is_left_in_good_order() {
    let greeting = |peer: &mut Peer| peer.say(GREETING);
    left("-e ^220", "220 ready", greeting, b"");
    left("", "seconds response time", greeting, b"");
}

#[test]
fn a_server_that_says_more_than_was_asked_is_left_in_good_order() {
    let chatty = |peer: &mut Peer| {
        peer.say(GREETING);
        peer.say("x".repeat(100_000));
    };
    left("-e ^220", "220 ready", chatty, b"");
}

#[test]
fn the_answer_to_the_quit_string_is_waited_for() {
    left(
        "-e ^220 -q QUIT",
        "220",
        |peer| {
            peer.say(GREETING);
            answer_quit(peer);
        },
        b"QUIT\r\n",
    );
    left("-q QUIT", "seconds response time", answer_quit, b"QUIT\r\n");
}

#[test]
fn the_rest_of_the_greeting_is_not_the_answer_to_the_quit_string() {
    // The second record is longer than what is read at a time: the first matches before the second
    // is whole.
    left(
        "-e ^220 -q QUIT",
        "220-first",
        |peer| {
            let second = format!("220 {}\r\n", "x".repeat(6000));
            peer.say_in_records(&["220-first\r\n", &second]);
            answer_quit(peer);
        },
        b"QUIT\r\n",
    );
}

/// Answers `QUIT`.
fn answer_quit(peer: &mut Peer) {
    peer.hear("QUIT\r\n".len());
    peer.say("221 bye\r\n");
}
