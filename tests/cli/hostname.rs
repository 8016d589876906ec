//! `-H`, `--hostname`: whom to ask.

use crate::support::*;

#[test]
fn a_host_is_asked_and_shown_as_written() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^220")
        .ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    check!("--hostname 127.0.0.1 -p {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
    check!("-H LocalHost -p {port}").ok(timed(format!("on LocalHost port {port}")));
}

#[test]
fn without_it_the_host_is_localhost() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-p {port} -e ^220").ok(timed(format!("on localhost port {port} [220 ready]")));
}

#[test]
fn an_empty_host_counts_as_not_given() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-H '' -p {port}").ok(timed(format!("on localhost port {port}")));
}

#[test]
fn what_is_no_host_is_refused_as_usage_or_not_found() {
    for host in ["[::1", "[127.0.0.1]", "[]"] {
        let run = check!("-H '{host}' -p 9 -t 5");
        assert_ne!(run.code, Some(0), "{run}");
        assert!(run.line().contains(host), "{run}");
    }
}
