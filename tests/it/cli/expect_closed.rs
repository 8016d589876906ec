//! `-C`, `--expect-closed`: OK when nothing listens there.

use std::time::Duration;
use support::*;

#[test]
fn a_refused_port_is_ok() {
    let closed = Refusing::new();
    let port = closed.port();
    for flag in ["-C", "--expect-closed"] {
        let run = check!("-H 127.0.0.1 -p {port} {flag}");
        run.ok(exact(format!(
            "Verified that the port is closed. (port={port})"
        )));
    }
}

#[test]
fn an_open_port_is_critical() {
    let server = Server::saying("");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -C");
    run.critical(exact(format!("Unexpectedly open port. (port={port})")));
}

#[test]
fn a_port_that_stays_silent_is_closed() {
    let full = Full::new();
    let port = full.port();
    let run = check!("-H 127.0.0.1 -p {port} -C -t 0.4");
    run.ok(exact(format!(
        "Verified that the port is closed. (port={port})"
    )));
    run.within(Duration::from_millis(400));
}

#[test]
fn an_absent_or_unserved_unix_socket_is_closed() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    let shown = path.display();
    let message = exact(format!(
        "Verified that the unixsock is closed. (sock={shown})"
    ));
    check!("-U {shown} -C").ok(&message);
    refusing_unix(&path);
    check!("-U {shown} -C").ok(&message);
}

#[test]
fn a_unix_socket_that_answers_is_open() {
    let server = Server::unix(|_| ());
    let path = server.path();
    let run = check!("-U {path} -C");
    run.critical(exact(format!("Unexpectedly open unixsock. (sock={path})")));
}

#[test]
fn expect_closed_skips_tls_and_dialogue() {
    let server = Server::saying("");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -C -S -s hi -e ^220 -q QUIT -d 60");
    run.critical(exact(format!("Unexpectedly open port. (port={port})")));
    assert_eq!(server.heard().bytes, b"", "neither TLS nor a word");
}
