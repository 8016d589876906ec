//! `-e`, `--expect-pattern`: what the reply must match, in Go's dialect.

use support::*;

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
fn a_silent_close_is_an_empty_reply() {
    let server = Server::tcp(Peer::finish);
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^$").ok(timed(format!("on 127.0.0.1 port {port}")));
    check!("-H 127.0.0.1 -p {port} -e ^220").critical("closed by peer before it sent anything$");
}

#[test]
fn a_bad_pattern_is_a_usage_error_that_shows_the_place() {
    let run = check!(r"-H 127.0.0.1 -p 9 -e a{{1001}}");
    run.unknown("^-e: invalid regular expression: .*character 2: ");
}

#[test]
fn a_pattern_has_64_named_groups_at_most() {
    let groups = |count| -> String { (0..count).map(|n| format!("(?P<g{n}>a?)")).collect() };
    let closed = Refusing::new();
    let port = closed.port();
    let asked = |pattern: &str| program!("-H 127.0.0.1 -p {port} -e").arg(pattern).run();
    asked(&groups(64)).critical(REFUSED);
    // Those without a name are as many as one likes.
    asked(&"(x?)".repeat(1_000)).critical(REFUSED);
    let hidden = format!("(?:{}){{0}}", groups(65).replace("?P<", "?<"));
    let same = "(?P<n>a)".repeat(65);
    let never = r"(?P<n>[^\x00-\x{10FFFF}])".repeat(65);
    for bad in [groups(65), hidden, same, never] {
        let begins = bad.match_indices("(?P<").chain(bad.match_indices("(?<"));
        let at = begins.map(|(at, _)| at + 1).nth(64).expect("too many");
        let place = format!("more than 64 named groups at character {at}: ");
        asked(&bad).unknown(shows(&["regular expression", &place]));
    }
}
