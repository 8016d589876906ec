//! Resolvers that do not answer.

use crate::support::*;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::time::Duration;

/// Set where this very program is started once more, to serve names in a namespace.
const SERVES: &str = "CHECK_TCP_SERVES_NAMES";
const NAME_SERVER: &str = "lookups::serves_names";

/// Serves names inside a namespace, where it is asked to.
///
/// Every name has the IPv4 loopback address, and a question for IPv6 addresses is never answered. Greets at port 25 too.
#[test]
#[ignore = "started by the tests that ask it"]
fn serves_names() {
    const A: [u8; 2] = [0, 1];
    if std::env::var_os(SERVES).is_none() {
        return;
    }
    let mail = TcpListener::bind((Ipv4Addr::LOCALHOST, 25)).expect("the port for mail");
    let names = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53)).expect("the port for names");
    names.set_read_timeout(Some(PATIENCE)).expect("a limit");
    println!("serving");
    let _greeting = Server::on(mail, |peer| peer.say("220 ready\r\n"));
    let mut buffer = [0; 512];
    while let Ok((length, client)) = names.recv_from(&mut buffer) {
        // RFC 1035, section 4: a header of 12 bytes, then the name in labels up to an empty one, its type and its class.
        let (header, question) = buffer[..length].split_at(12);
        let name = question.iter().position(|byte| *byte == 0).expect("a name");
        let question = &question[..name + 5];
        if question[name + 1..name + 3] != A {
            continue;
        }
        // A response without an error, with one question and one answer; which is for the name at byte 12, for a minute.
        let counts = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        let answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1];
        let message = [&header[..2], &counts, question, &answer].concat();
        names.send_to(&message, client).expect("the client listens");
    }
}

#[test]
fn who_wants_ipv4_does_not_wait_for_ipv6_addresses() {
    let this = std::env::current_exe().expect("the path of this program");
    let this = this.display();
    let server = format!("env {SERVES}=1 '{this}' --ignored --exact --nocapture {NAME_SERVER}");
    let Some(world) = Namespace::asking(&server) else {
        return;
    };
    let run = program!("-H mail.test -p 25 -e ^220 -4 -t 4")
        .inside(&world)
        .run();
    run.ok(timed("on mail.test port 25 [220 ready]"));
    assert!(run.seconds() < 1.0, "waited: {run}");
    // Who wants both does, so there was something to wait for.
    let run = program!("-H mail.test -p 25 -t 0.5").inside(&world).run();
    run.critical(TIMED_OUT).critical(r"looking up mail\.test");
}

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
