//! `--perfdata`: the figures at the end of the line. `tests/it/output.rs` has every form.

use support::*;

#[test]
fn perfdata_ends_the_line() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 --perfdata");
    run.ok(format!(
        "^[0-9.]+ seconds response time on 127.0.0.1 port {port} \\[220 ready\\][|]time=[0-9]+[.][0-9]{{6}}s;;;0;10([.]0+)?$"
    ));
}

#[test]
fn without_it_there_is_none() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220");
    assert!(!run.line().contains("time="), "{run}");
}
