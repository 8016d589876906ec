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
