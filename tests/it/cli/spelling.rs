//! The ways to write an option and its value.

use support::*;

#[test]
fn a_value_may_be_joined_or_apart() {
    let server = Server::saying("");
    let port = server.port();
    for spelt in ["-p", "-p=", "-p ", "--port=", "--port "] {
        check!("-H 127.0.0.1 {spelt}{port}").ok(timed(format!("on 127.0.0.1 port {port}")));
    }
}

#[test]
fn short_flags_may_stand_together() {
    let authority = Authority::new("Test Root");
    let server = Server::tls(&authority.issue(Leaf::good()), TLS13, |_| ());
    let port = server.port();
    let run = program!(r"-H localhost -SEp{port} -q a\n")
        .trusting(&authority.store())
        .run();
    run.ok(timed(format!("on localhost port {port}")));
    assert_eq!(server.heard().bytes, b"a\n");

    check!("-H 127.0.0.1 -4WCp {port}").warning("Unexpectedly open port");
}

#[test]
fn the_last_of_a_repeated_option_counts() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-p 1 -H name.invalid -e ^421 -H 127.0.0.1 -e ^220 --port={port} -t 1 -t 20");
    run.ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    check!("-H 127.0.0.1 -p {port} -W -W -e ^421").warning("220 ready");
}

#[test]
fn a_value_may_begin_with_a_dash_or_an_equals_sign() {
    let server = Server::saying("=-ok");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e==-ok").ok("=-ok");
    check!("-H 127.0.0.1 -p {port} --expect-pattern==-ok -s=-x").ok("=-ok");
}

#[test]
fn empty_values_count_as_not_given() {
    let server = Server::saying("");
    let port = server.port();
    let run = check!(
        "-H '' -U '' -s '' -e '' -q '' --service '' --status-as '' --sni '' --name '' -p {port}"
    );
    run.ok(timed(format!("on localhost port {port}")));
    assert_eq!(server.heard().bytes, b"");
    for empty in ["-w", "-c", "-t", "-d", "-m", "--warning", "--maxbytes"] {
        for value in [" ''", "=", "='' -E"] {
            check!("-H 127.0.0.1 -p {port} {empty}{value}")
                .ok(timed(format!("on 127.0.0.1 port {port}")));
        }
    }
    // What Debian's command definitions make of arguments that are left out.
    check!("-H '127.0.0.1' -p '{port}' -w '' -c '' -t ''")
        .ok(timed(format!("on 127.0.0.1 port {port}")));
}

#[test]
fn durations_are_seconds_or_spelt_out() {
    let server = Server::saying("");
    let port = server.port();
    let seconds = ["3", "0.25", ".5", "5.", "1e1", "31622400"];
    let spelt_out = ["500ms", "1m 30s", "1min", "2h", "366d"];
    for duration in seconds.into_iter().chain(spelt_out) {
        let run = check!("-H 127.0.0.1 -p {port} -w '{duration}' '--critical={duration}'");
        run.line();
        assert_ne!(run.code, Some(3), "{run}");
    }
}
