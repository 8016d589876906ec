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

#[test]
fn what_is_no_port_is_a_usage_error() {
    for bad in [
        "0",
        "65536",
        "99999",
        "-1",
        "smtp",
        "25x",
        "1.5",
        "18446744073709551617",
    ] {
        check!("-H 127.0.0.1 -p {bad}").unknown(shows(&[bad]));
        check!("-H 127.0.0.1 --port={bad}").unknown(shows(&["port", bad, "65535"]));
    }
}

#[test]
fn without_a_port_there_is_nothing_to_check() {
    check!("-H 127.0.0.1").unknown("port");
    check!("").unknown("port");
}

#[test]
fn an_empty_port_counts_as_not_given() {
    for empty in ["-p ''", "-p=", "--port ''", "--port=", "-p 9 -p ''"] {
        check!("-H 127.0.0.1 {empty}").unknown("^--port is missing: ");
        let run = check!("-H 127.0.0.1 {empty} --service gearman -C").named("GEARMAN");
        assert!(run.line().contains("(port=7003)"), "{run}");
    }
}
