//! `-t`, `-m`, `-d`: how long, how much, and how late.

use std::time::Duration;
use support::*;

#[test]
fn timeout_ends_the_check() {
    let server = Server::saying("");
    let port = server.port();
    for flag in ["-t 0.3", "--timeout 300ms", "-t=.3", "--timeout=3e-1"] {
        let run = check!("-H 127.0.0.1 -p {port} -e ^220 {flag}");
        run.critical(TIMED_OUT)
            .critical(shows(&["127.0.0.1", &port.to_string()]));
        run.within(Duration::from_millis(300));
        assert!(
            run.elapsed >= Duration::from_millis(300),
            "ended early: {run}"
        );
    }
}

#[test]
fn timeout_may_be_as_short_as_a_nanosecond() {
    let server = Server::saying("");
    let port = server.port();
    for shortest in ["1ns", "1e-9", "1e-30"] {
        let run = check!("-H 127.0.0.1 -p {port} -e ^220 -t {shortest}");
        run.critical(TIMED_OUT).within(Duration::ZERO);
    }
}

#[test]
fn maxbytes_limits_the_reply() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -m 3");
    run.ok(timed(format!("on 127.0.0.1 port {port} [220]")));
    assert_eq!(
        server.heard().end,
        End::Fin,
        "the rest is read away, not reset"
    );

    let run = check!("-H 127.0.0.1 -p {port} -e ready --maxbytes 5");
    run.critical(exact("Unexpected response from host/socket: 220 r"));
    let run = check!("-H 127.0.0.1 -p {port} -e '^220$' --maxbytes=3");
    run.ok(timed(format!("on 127.0.0.1 port {port} [220]")));
}

#[test]
fn maxbytes_counts_over_segments() {
    let server = Server::tcp(|peer| peer.say_in_pieces(&["ab", "cd", "ef"]));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e z -m 5");
    run.critical(exact("Unexpected response from host/socket: abcde"));
}

#[test]
fn maxbytes_0_is_no_limit() {
    let server = Server::tcp(|peer| peer.say_in_pieces(&["220 ", "ready"]));
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220.ready -m 0");
    run.ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
}

#[test]
fn delay_is_a_pause_that_counts_as_response_time() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    for line in ["-d 0.2 -e ^220", "--delay 200ms"] {
        let run = check!("-H 127.0.0.1 -p {port} {line}");
        run.ok("seconds response time on 127.0.0.1");
        assert!(run.seconds() >= 0.2, "{run}");
    }
}

#[test]
fn delay_moves_the_deadline_back_by_as_much() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -t 1 -d 1.2");
    run.ok("220 ready").within(Duration::from_millis(2200));

    let silent = Server::saying("");
    let port = silent.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -t 0.3 -d 0.4");
    run.critical(TIMED_OUT).within(Duration::from_millis(700));
    assert!(
        run.elapsed >= Duration::from_millis(700),
        "ended early: {run}"
    );
}

#[test]
fn timeout_0_is_a_usage_error() {
    check!("-H 127.0.0.1 -p 9 -t 0").unknown("^-t 0: expected a duration above 0 ");
}
