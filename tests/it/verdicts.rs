//! What happened, and what it is called: the table of verdicts row by row. Those rows that take a world of the test's own
//! (a name that is not found, a network that is not there) are in `tests/faults/`.

use std::os::unix::net::{UnixDatagram, UnixListener};
use std::time::Duration;
use support::*;

/// CRITICAL, and with `-W` WARNING; then whatever `--status-as` makes of it.
#[track_caller]
fn is_an_error(line: &str, message: &str) {
    check!("{line}").critical(message);
    check!("{line} -W").warning(message);
    check!("{line} --status-as critical=unknown").unknown(message);
    check!("{line} -W --status-as critical=unknown,warning=ok").ok(message);
}

#[test]
fn a_reply_as_expected_is_ok() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let line = format!("-H 127.0.0.1 -p {port} -e ^220 -w 60 -c 120");
    let message = timed(format!("on 127.0.0.1 port {port} [220 ready]"));
    check!("{line}").ok(&message);
    check!("{line} -W").ok(&message);
    check!("{line} --status-as ok=unknown").unknown(&message);
}

#[test]
fn a_connection_is_ok_where_no_more_is_asked() {
    let server = Server::saying("");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
}

#[test]
fn a_slow_reply_is_a_warning_or_critical() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let line = format!("-H 127.0.0.1 -p {port} -e ^220");
    let message = timed(format!("on 127.0.0.1 port {port} [220 ready]"));
    check!("{line} -w 1e-9").warning(&message);
    check!("{line} -c 1e-9").critical(&message);
    check!("{line} -w 1e-9 -c 1e-9 -W").critical(&message);
    check!("{line} -w 1e-9 --status-as warning=critical").critical(&message);
    check!("{line} -c 1e-9 --status-as critical=warning").warning(&message);
}

#[test]
fn a_port_that_refuses_is_an_error() {
    let closed = Refusing::new();
    let port = closed.port();
    is_an_error(&format!("-H 127.0.0.1 -p {port}"), REFUSED);
}

#[test]
fn a_socket_that_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s").display().to_string();
    is_an_error(&format!("-U {path}"), &shows(&[&path, "no such"]));
}

#[test]
fn a_socket_that_nobody_serves_is_an_error() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    drop(UnixListener::bind(&path).expect("a socket"));
    is_an_error(&format!("-U {}", path.display()), REFUSED);
}

#[test]
fn a_connection_that_does_not_come_up_in_time_is_an_error() {
    let full = Full::new();
    let port = full.port();
    is_an_error(&format!("-H 127.0.0.1 -p {port} -t 0.2"), TIMED_OUT);
}

#[test]
fn a_unix_backlog_that_stays_full_is_an_error() {
    let full = FullUnix::new();
    let path = full.path();
    is_an_error(&format!("-U {path} -t 0.2"), &shows(&[&path]));
}

#[test]
fn a_reply_that_does_not_come_in_time_is_an_error() {
    let server = Server::saying("");
    let port = server.port();
    is_an_error(&format!("-H 127.0.0.1 -p {port} -e ^220 -t 0.2"), TIMED_OUT);
}

#[test]
fn a_connection_that_is_reset_is_an_error() {
    let server = Server::tcp(|peer| {
        peer.hear(1);
        peer.reset();
    });
    let port = server.port();
    is_an_error(&format!("-H 127.0.0.1 -p {port} -s x -e ^220"), "(?i)reset");
}

#[test]
fn a_tls_session_that_does_not_come_up_is_an_error() {
    let server = Server::saying("220 no TLS here\r\n");
    let port = server.port();
    is_an_error(
        &format!("-S -H 127.0.0.1 -p {port} --no-check-certificate"),
        "(?i)tls",
    );
}

#[test]
fn a_certificate_that_does_not_hold_is_an_error() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let server = Server::tls(&authority.issue(Leaf::expired()), TLS13, |_| ());
    let port = server.port();
    let run = |flags: &str| {
        program!("-S -H localhost -p {port} {flags}")
            .trusting(&store)
            .run()
    };
    run("").critical("(?i)expired");
    run("-W").warning("(?i)expired");
}

#[test]
fn a_reply_that_does_not_match_is_an_error() {
    let server = Server::saying("421 busy\r\n");
    let port = server.port();
    let message = exact("Unexpected response from host/socket: 421 busy");
    is_an_error(&format!("-H 127.0.0.1 -p {port} -e ^220"), &message);
}

#[test]
fn a_peer_that_closes_early_is_an_error() {
    let server = Server::tcp(Peer::finish);
    let port = server.port();
    is_an_error(
        &format!("-H 127.0.0.1 -p {port} -e ^220"),
        "(?i)closed by peer",
    );
}

#[test]
fn a_closed_port_is_ok_where_it_is_to_be_closed() {
    let closed = Refusing::new();
    let port = closed.port();
    let message = exact(format!("Verified that the port is closed. (port={port})"));
    check!("-H 127.0.0.1 -p {port} -C").ok(&message);
    check!("-H 127.0.0.1 -p {port} -C -W").ok(&message);
    check!("-H 127.0.0.1 -p {port} -C --status-as ok=warning").warning(&message);
}

#[test]
fn a_silent_port_is_closed_too() {
    let full = Full::new();
    let port = full.port();
    let run = check!("-H 127.0.0.1 -p {port} -C -t 0.3");
    run.ok(exact(format!(
        "Verified that the port is closed. (port={port})"
    )));
    run.within(Duration::from_millis(300));
}

#[test]
fn a_socket_that_is_not_there_is_closed() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s").display().to_string();
    let run = check!("-U {path} -C");
    run.ok(exact(format!(
        "Verified that the unixsock is closed. (sock={path})"
    )));
}

#[test]
fn an_open_port_is_an_error_where_it_is_to_be_closed() {
    let server = Server::saying("");
    let port = server.port();
    let message = exact(format!("Unexpectedly open port. (port={port})"));
    is_an_error(&format!("-H 127.0.0.1 -p {port} -C"), &message);
}

#[test]
fn a_full_unix_backlog_proves_that_someone_listens() {
    let full = FullUnix::new();
    let path = full.path();
    let message = exact(format!("Unexpectedly open unixsock. (sock={path})"));
    is_an_error(&format!("-U {path} -C"), &message);
}

#[test]
fn descriptors_that_ran_out_are_our_own_lack() {
    let server = Server::saying("");
    let port = server.port();
    // The loader needs one more than stdin, stdout and stderr; so few leave none for a socket.
    let few = |flags: &str| {
        program!("-H 127.0.0.1 -p {port} {flags}").shell("ulimit -n 4 && exec \"$@\"")
    };
    is_our_own_lack(few, "(?i)too many open files");
}

#[test]
fn descriptors_that_run_out_amid_a_look_up_are_no_error_of_the_name() {
    let server = Server::at("127.0.0.1".parse().expect("an address"), |_| ());
    let port = server.port();
    // Each number ends the check at another file or socket; the last is enough for all of them.
    let codes = (4..=16).map(|limit| {
        let few = format!("ulimit -n {limit} && exec \"$@\"");
        let run = program!("-H localhost -p {port}").shell(&few).run();
        match run.code {
            Some(0) => run.ok(timed(format!("on localhost port {port}"))),
            _ => run.unknown("(?i)too many open files|localhost"),
        };
        run.code
    });
    let codes: Vec<_> = codes.collect();
    assert_eq!(codes.first(), Some(&Some(3)), "{codes:?}");
    assert_eq!(codes.last(), Some(&Some(0)), "{codes:?}");
}

#[test]
fn a_socket_of_another_kind_is_our_own_lack() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    let _datagram = UnixDatagram::bind(&path).expect("a socket");
    let path = path.display().to_string();
    is_our_own_lack(
        |flags| program!("-U {path} {flags}"),
        &shows(&[&path, "wrong type"]),
    );
}

#[test]
fn permission_that_is_missing_is_our_own_lack() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    let _listener = UnixListener::bind(&path).expect("a socket");
    let nobody = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    std::fs::set_permissions(&path, nobody).expect("our own file");
    // Root may do all: it becomes someone else first, if the program can be reached from there.
    let root = std::os::unix::net::UnixStream::connect(&path).is_ok();
    let other = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    let other = if root { other } else { "env" };
    if program!("")
        .shell(&format!("exec {other} test -x \"$1\""))
        .run()
        .code
        != Some(0)
    {
        return skip("root, and no way to run the program as someone else");
    }
    let script = format!("exec {other} \"$@\"");
    let path = path.display().to_string();
    let denied = |flags: &str| program!("-U {path} {flags}").shell(&script);
    is_our_own_lack(denied, &shows(&[&path, "permission denied"]));
}

#[test]
fn a_trust_store_that_is_missing_is_our_own_lack() {
    let authority = Authority::new("Test Root");
    let server = Server::tls(&authority.issue(Leaf::good()), TLS13, |_| ());
    let port = server.port();
    let blind = |flags: &str| {
        let program = program!("-S -H localhost -p {port} {flags}");
        program
            .env("SSL_CERT_FILE", "/nonexistent/f")
            .env("SSL_CERT_DIR", "/nonexistent/d")
    };
    for flags in ["", "-W", "--status-as critical=ok"] {
        blind(flags).run().unknown("(?i)trust|certificate");
    }
    blind("--status-as unknown=warning")
        .run()
        .warning("(?i)trust|certificate");
    // Where none is needed, none is missed.
    blind("--no-check-certificate")
        .run()
        .ok(timed(format!("on localhost port {port}")));
    blind("-C").run().critical("Unexpectedly open port");
}

#[test]
fn a_usage_error_is_unknown_whatever_is_asked() {
    for flags in [
        "",
        "-W",
        "-C",
        "--status-as unknown=ok",
        "--status-as unknown=ok -W -C",
    ] {
        check!("-H 127.0.0.1 -p 99999 {flags}").unknown("99999");
        check!("{flags} -H 127.0.0.1 -p 9 -t 0").unknown("0");
    }
}
