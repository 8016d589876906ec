//! The trust store: where it is, what is in it, and what of that vouches for anybody.

use crate::support::*;
use crate::{asked, greeting, refused};
use std::process::Command;
use std::time::Duration;

#[test]
fn the_store_may_be_a_file_or_a_directory() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let port = server.port();
    let line = || program!("-S -H localhost -p {port} -e ^220");
    line()
        .env("SSL_CERT_FILE", store.file())
        .run()
        .ok("220 ready");
    line()
        .env("SSL_CERT_DIR", store.directory())
        .run()
        .ok("220 ready");
    let other = Authority::new("Other Root").store();
    let both = line()
        .env("SSL_CERT_FILE", other.file())
        .env("SSL_CERT_DIR", store.directory());
    both.run().ok("220 ready");
}

#[test]
fn a_store_may_hold_more_than_certificates_that_can_be_read() {
    let authority = Authority::new("Test Root");
    let junk = "# a comment\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let store = Store::of(&[junk.to_owned(), authority.pem()]);
    asked(&authority.issue(Leaf::good()), &store).ok("220 ready");
}

#[test]
fn a_store_that_is_a_pipe_is_no_store_and_not_waited_for() {
    let dir = tempfile::tempdir().expect("a directory");
    let pipe = dir.path().join("bundle.pem");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    let server = greeting(&Authority::new("Test Root").issue(Leaf::good()), TLS13);
    let port = server.port();
    let run = program!("-S -H localhost -p {port}")
        .env("SSL_CERT_FILE", &pipe)
        .run();
    run.unknown("(?i)trust|certificate").within(Duration::ZERO);
}

#[test]
fn an_expired_root_vouches_for_nobody_and_is_said_to_be_why() {
    let root = Authority::expired("Old Root");
    let run = asked(&root.issue(Leaf::good()), &root.store());
    refused(&run, &["issued by Old Root", "store"]);
    refused(&run, &["expired", "2020-04-05"]);
    // So it does for nobody that it vouches for by way of another.
    let intermediate = root.intermediate("Test Intermediate");
    let chain = intermediate.issue(Leaf::good()).through(&intermediate);
    refused(&asked(&chain, &root.store()), &["expired", "2020-04-05"]);
}

#[test]
fn a_root_of_tomorrow_vouches_for_nobody_and_is_said_to_be_why() {
    let root = Authority::not_yet_valid("New Root");
    let run = asked(&root.issue(Leaf::good()), &root.store());
    refused(&run, &["issued by New Root", "store"]);
    refused(&run, &["not", "valid", "2098-07-06"]);
}

#[test]
fn an_expired_root_does_no_harm_beside_its_successor() {
    let old = Authority::expired("Test Root");
    let new = old.renewed("Test Root");
    for certificates in [[old.pem(), new.pem()], [new.pem(), old.pem()]] {
        asked(&old.issue(Leaf::good()), &Store::of(&certificates)).ok("220 ready");
    }
}
