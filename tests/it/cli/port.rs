//! `-p`, `--port`: where it listens.

use support::*;

#[test]
fn a_port_is_connected_to() {
    let server = Server::saying("");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
    check!("-H 127.0.0.1 --port {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_port_that_refuses_is_critical() {
    let closed = Refusing::new();
    let port = closed.port();
    let run = check!("-H 127.0.0.1 -p {port}");
    run.critical(REFUSED)
        .critical(shows(&["127.0.0.1", &port.to_string()]));
}
