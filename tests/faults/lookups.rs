//! Resolvers that do not answer.

use crate::support::*;
use std::time::Duration;

#[test]
fn literals_need_no_resolver() {
    let Some(deaf) = Namespace::deaf() else {
        return;
    };
    let server = Server::saying("");
    let port = server.port();
    let run = program!("-H 127.0.0.1 -p {port}").inside(&deaf).run();
    run.ok(timed(format!("on 127.0.0.1 port {port}")));
}

#[test]
fn a_resolver_that_never_answers_does_not_outlive_the_deadline() {
    let Some(deaf) = Namespace::deaf() else {
        return;
    };
    for flags in ["", "-C", "-S --no-check-certificate", "-d 60"] {
        let run = program!("-H mail.test -p 9 -t 0.3 {flags}")
            .inside(&deaf)
            .run();
        run.critical(r"mail\.test")
            .within(Duration::from_millis(300));
        assert!(
            run.elapsed >= Duration::from_millis(300),
            "ended early: {run}"
        );
    }
}
