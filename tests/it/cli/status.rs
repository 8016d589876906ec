//! `--status-as` and `-W`: what a verdict is to be called.

use support::*;

#[test]
fn status_as_replaces_the_final_status() {
    let closed = Refusing::new();
    let port = closed.port();
    let line = format!("-H 127.0.0.1 -p {port}");
    check!("{line} --status-as critical=warning").warning(REFUSED);
    check!("{line} --status-as=CRITICAL=Unknown").unknown(REFUSED);
    check!("{line} --status-as ok=warning,critical=ok").ok(REFUSED);
    check!("{line} --status-as unknown=ok,warning=ok").critical(REFUSED);
    check!("{line} --status-as ''").critical(REFUSED);
}

#[test]
fn status_as_replaces_ok_and_warning_too() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let line = format!("-H 127.0.0.1 -p {port} -e ^220");
    check!("{line} --status-as ok=critical").critical("220 ready");
    check!("{line} -w 1e-9 --status-as warning=ok").ok("220 ready");
}

#[test]
fn status_as_is_applied_once() {
    let closed = Refusing::new();
    let port = closed.port();
    check!("-H 127.0.0.1 -p {port} --status-as critical=warning,warning=ok").warning(REFUSED);
    check!("-H 127.0.0.1 -p {port} -W --status-as critical=unknown,warning=ok").ok(REFUSED);
}

#[test]
fn status_as_replaces_the_status_of_a_reason() {
    let (closed, server) = (Refusing::new(), Server::saying("421 busy\r\n"));
    let (nobody, port) = (closed.port(), server.port());
    let map = "refused=ok,mismatch=warning";
    check!("-H 127.0.0.1 -p {nobody} --status-as {map}").ok(REFUSED);
    check!("-H 127.0.0.1 -p {port} -e ^220 --status-as {map}").warning("421 busy");
    check!("-H 127.0.0.1 -p {port} -e ^421 --status-as {map}").ok("421 busy");
    check!("-H 127.0.0.1 -p {nobody} --status-as critical=ok,refused=unknown").unknown(REFUSED);
    check!("-H 127.0.0.1 -p {nobody} -W --status-as critical=ok,warning=unknown,refused=critical")
        .critical(REFUSED);
    check!("-H 127.0.0.1 -p {port} -w 1e-9 --status-as slow=ok").ok("seconds response time");
}

#[test]
fn a_pattern_that_must_not_match_is_a_map() {
    let closed = Refusing::new();
    let (good, bad) = (
        Server::saying("220 ready\r\n"),
        Server::saying("220 TEST\r\n"),
    );
    let [nobody, good, bad] = [closed.port(), good.port(), bad.port()];
    let line = r"-e 'TEST' -m 10 --status-as ok=critical,mismatch=ok -H 127.0.0.1";
    check!("{line} -p {good}").ok("220 ready");
    check!("{line} -p {bad}").critical("220 TEST");
    check!("{line} -p {nobody}").critical(REFUSED);
}

#[test]
fn a_replaced_mismatch_is_slow_if_it_took_longer_than_critical() {
    let server = Server::saying("421 busy\r\n");
    let port = server.port();
    let line = format!("-H 127.0.0.1 -p {port} -e ^220 -c 1e-9");
    check!("{line} --status-as mismatch=ok").critical("421 busy");
    check!("{line} --status-as mismatch=ok,slow=warning").warning("421 busy");
    check!("{line} -W").warning("421 busy");
}

#[test]
fn error_warning_makes_a_failure_a_warning() {
    let (closed, server) = (Refusing::new(), Server::saying("421 busy\r\n"));
    let (nobody, port) = (closed.port(), server.port());
    for flag in ["-W", "--error-warning"] {
        check!("-H 127.0.0.1 -p {nobody} {flag}").warning(REFUSED);
        check!("-H 127.0.0.1 -p {port} -e ^220 {flag}").warning("421 busy");
        check!("-H 127.0.0.1 -p {port} -C {flag}").warning("Unexpectedly open port");
    }
}

#[test]
fn error_warning_leaves_the_threshold_critical() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^220 -W -c 1e-9").critical("220 ready");
}
