//! `-e`, `--expect-pattern`: what the reply must match, in Go's dialect.

use support::*;

#[track_caller]
fn matches(reply: &'static [u8], pattern: &str) {
    let server = Server::tcp(move |peer| {
        peer.say(reply);
        peer.finish();
    });
    let port = server.port();
    let run = program!("-H 127.0.0.1 -p {port} -e").arg(pattern).run();
    run.ok("^[0-9.]+ seconds response time on 127.0.0.1 port [0-9]+");
}

#[track_caller]
fn differs(reply: &'static [u8], pattern: &str) {
    let server = Server::tcp(move |peer| {
        peer.say(reply);
        peer.finish();
    });
    let port = server.port();
    let run = program!("-H 127.0.0.1 -p {port} -e").arg(pattern).run();
    run.critical("^Unexpected response from host/socket: ");
}

#[test]
fn the_reply_is_shown_where_it_matches_and_where_it_does_not() {
    let server = Server::saying("421 busy\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^421");
    run.ok(timed(format!("on 127.0.0.1 port {port} [421 busy]")));
    let run = check!("-H 127.0.0.1 -p {port} --expect-pattern=^220");
    run.critical(exact("Unexpected response from host/socket: 421 busy"));
}

#[test]
fn without_a_pattern_nothing_is_read() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
    check!("-H 127.0.0.1 -p {port} -e ''").ok(timed(format!("on 127.0.0.1 port {port}")));
}

#[test]
fn a_pattern_may_match_anywhere_unless_it_is_anchored() {
    matches(b"hello world", "lo w");
    matches(b"one\r\ntwo", "(?m)^two$");
    matches(b"HELLO", "(?i)hello");
    matches(b"OKOK", r"\A(OK)+\z");
    differs(b"hello world", "^world");
    differs(b"one\r\ntwo", "^two");
}

#[test]
fn classes_are_ascii_and_a_dot_is_a_character_or_a_stray_byte() {
    matches(b"7", r"^\d$");
    differs("\u{0667}".as_bytes(), r"^\d$");
    matches("\u{e9}".as_bytes(), "^.$");
    matches(b"\xff", "^.$");
    matches(b"a\0b", r"^a\x00b$");
    matches(b"a.b", r"^\Qa.b\E$");
    matches("\u{3b1}".as_bytes(), r"^\p{Greek}$");
}

#[test]
fn a_silent_close_is_an_empty_reply() {
    matches(b"", "^$");
    let server = Server::tcp(Peer::finish);
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^220").critical("(?i)closed by peer");
}

#[test]
fn a_bad_pattern_is_a_usage_error_that_shows_the_place() {
    for bad in [
        "a(", "a)", "[z-a]", "a**", "a{1001}", r"\8", "(?<n", "(?=a)",
    ] {
        let run = program!("-H 127.0.0.1 -p 9 -e").arg(bad).run();
        run.unknown(shows(&["-e", "regular expression", bad]));
    }
}

#[test]
fn a_pattern_has_64_named_groups_at_most() {
    let groups = |count| -> String { (0..count).map(|n| format!("(?P<g{n}>a?)")).collect() };
    matches(b"a", &format!("^{}$", groups(64)));
    let hidden = format!("(?:{}){{0}}", groups(65).replace("?P<", "?<"));
    let same = "(?P<n>a)".repeat(65);
    let never = r"(?P<n>[^\x00-\x{10FFFF}])".repeat(65);
    for bad in [groups(65), hidden, same, never] {
        let begins = bad.match_indices("(?P<").chain(bad.match_indices("(?<"));
        let at = begins.map(|(at, _)| at + 1).nth(64).expect("too many");
        let place = format!("more than 64 named groups at character {at}: ");
        let told = ["regular expression", &place];
        let run = program!("-H 127.0.0.1 -p 9 -e").arg(&bad).run();
        run.unknown(shows(&told));
        let listed = program!("--targets -").over(format!("127.0.0.1:9 -e '{bad}'\n"));
        listed.exits(3);
        let line = listed.lines().concat();
        assert!(told.iter().all(|told| line.contains(told)), "{line}");
    }
    // Those without a name are as many as one likes.
    matches(b"a", &format!("^{}a", "(x?)".repeat(1_000)));
}
