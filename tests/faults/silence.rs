//! Names with more silent addresses than are tried at a time, and with less time than all of them
//! need.

use super::address;
use std::net::TcpListener;
use std::time::Duration;
use support::*;

/// A name of so many loopback addresses, and a listener on the same port of each, in the order of
/// the hosts file.
fn name_of(count: usize) -> Option<(Namespace, Vec<TcpListener>)> {
    let addresses: Vec<_> = (1..=count).map(|last| format!("127.0.1.{last}")).collect();
    let names: Vec<_> = addresses
        .iter()
        .map(|address| ("many.test", address.as_str()))
        .collect();
    let hosts = Namespace::hosts(&names)?;
    let addresses: Vec<_> = addresses.iter().map(|text| address(text)).collect();
    Some((hosts, same_port(&addresses)))
}

/// The port of these listeners, none of which answers any more.
fn silenced(listeners: Vec<TcpListener>) -> (Vec<Full>, u16) {
    let silent: Vec<_> = listeners.into_iter().map(Full::of).collect();
    let port = silent.first().expect("at least one").port();
    (silent, port)
}

#[test]
fn four_silent_addresses_leave_time_for_the_fifth() {
    let Some((hosts, mut listeners)) = name_of(5) else {
        return;
    };
    let last = listeners.pop().expect("five");
    let (_silent, port) = silenced(listeners);
    let server = Server::on(last, |peer| peer.say("220 ready\r\n"));
    let run = program!("-H many.test -p {port} -e ^220 -t 4")
        .inside(&hosts)
        .run();
    run.ok(timed(format!("on many.test port {port} [220 ready]")));
    assert!(run.seconds() < 3.5, "at the last moment: {run}");
    assert_eq!(server.connections(), 1);
}

#[test]
fn races_of_a_list_fit_into_few_descriptors() {
    const LINES: usize = 30;
    let Some((hosts, mut listeners)) = name_of(4) else {
        return;
    };
    let last = listeners.pop().expect("four");
    let (_silent, port) = silenced(listeners);
    let server = Server::on(last, |peer| peer.say("220 ready\r\n"));
    let program = program!("--targets - -e ^220 -t 5").inside(&hosts);
    let listed = program
        .shell("ulimit -n 64 && exec \"$@\"")
        .over(format!("many.test:{port}\n").repeat(LINES));
    listed.exits(0);
    assert_eq!(listed.answers().len(), LINES, "{listed}");
    assert_eq!(server.connections(), LINES, "{listed}");
}

#[test]
fn a_port_is_closed_where_more_addresses_are_silent_than_are_tried_at_a_time() {
    let Some((hosts, listeners)) = name_of(6) else {
        return;
    };
    let (_silent, port) = silenced(listeners);
    let run = program!("-H many.test -p {port} -C -t 2")
        .inside(&hosts)
        .run();
    run.ok(exact(format!(
        "Verified that the port is closed. (port={port})"
    )));
    run.within(Duration::from_secs(2));
}

#[test]
fn an_untried_address_is_reported_and_not_taken_for_closed() {
    let Some((hosts, listeners)) = name_of(2) else {
        return;
    };
    let (_silent, port) = silenced(listeners);
    // Less than the first address has for itself.
    let told = |flags: &str| {
        let run = program!("-H many.test -p {port} -t .2 --format json {flags}")
            .inside(&hosts)
            .run();
        run.within(Duration::from_millis(200));
        json::object(String::from_utf8_lossy(&run.stdout).trim_end())
    };
    for (flags, status, reason) in [("", "CRITICAL", "timeout"), ("-C", "UNKNOWN", "local")] {
        let told = told(flags);
        assert_eq!(told["status"], status, "{told}");
        assert_eq!(told["reason"], reason, "{told}");
        let message = told["message"].as_str().expect("a message");
        assert!(message.contains("127.0.1.1:"), "{told}");
        assert!(message.ends_with(": not tried"), "{told}");
    }
}
