//! Resources that this machine lacks: UNKNOWN, whatever the peer would have said. Those that take a
//! namespace or a control group are in `tests/faults/`.

use std::os::unix::net::{UnixDatagram, UnixListener};
use support::*;

#[test]
fn lack_of_descriptors_is_a_local_failure() {
    let server = Server::saying("");
    let port = server.port();
    // The loader needs one more than stdin, stdout and stderr; so few leave none for a socket.
    let few = |flags: &str| {
        program!("-H 127.0.0.1 -p {port} {flags}").shell("ulimit -n 4 && exec \"$@\"")
    };
    is_local_failure(few, "Too many open files");
}

#[test]
fn lack_of_descriptors_during_a_lookup_is_a_local_failure() {
    let server = Server::at("127.0.0.1".parse().expect("an address"), |_| ());
    let port = server.port();
    // Each number ends the check at another file or socket; the last is enough for all of them.
    let codes = (4..=16).map(|limit| {
        let few = format!("ulimit -n {limit} && exec \"$@\"");
        let run = program!("-H localhost -p {port}").shell(&few).run();
        match run.code {
            Some(0) => run.ok(timed(format!("on localhost port {port}"))),
            _ => run.unknown("^(looking up|connecting to) localhost: .*Too many open files"),
        };
        run.code
    });
    let codes: Vec<_> = codes.collect();
    assert_eq!(codes.first(), Some(&Some(3)), "{codes:?}");
    assert_eq!(codes.last(), Some(&Some(0)), "{codes:?}");
}

#[test]
fn a_socket_of_another_type_is_a_local_failure() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    let _datagram = UnixDatagram::bind(&path).expect("a socket");
    let path = path.display().to_string();
    is_local_failure(
        |flags| program!("-U {path} {flags}"),
        &shows(&[&path, "wrong type"]),
    );
}

#[test]
fn missing_permission_is_a_local_failure() {
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
    is_local_failure(denied, &shows(&[&path, "permission denied"]));
}

#[test]
fn a_missing_trust_store_is_a_local_failure() {
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
        blind(flags)
            .run()
            .unknown("no trusted certificate found in /nonexistent/f, /nonexistent/d$");
    }
    blind("--status-as unknown=warning")
        .run()
        .warning("no trusted certificate found in /nonexistent/f, /nonexistent/d$");
    // Where none is needed, none is missed.
    blind("--no-check-certificate")
        .run()
        .ok(timed(format!("on localhost port {port}")));
    blind("-C").run().critical("Unexpectedly open port");
}
