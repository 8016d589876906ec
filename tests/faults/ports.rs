//! Ports that connections are begun at, and nobody listens on.

use crate::support::*;

/// Both ports of the world that is tried, so that one of them is the first choice of the system for the other's end.
const PORTS: [u16; 2] = [50000, 50001];

/// Runs a check of a closed port from which connections are begun too, often enough to meet itself.
///
/// TCP connects two sockets that connect to each other at once; so it does with one that meets itself.
fn often(asked: &str, seen: impl Fn(&Run, u16)) {
    let Some(world) = Namespace::two_ports(PORTS[0]) else {
        return;
    };
    let hosts: &[&str] = if has_ipv6() {
        &["127.0.0.1", "::1"]
    } else {
        &["127.0.0.1"]
    };
    for host in hosts {
        for port in PORTS.repeat(25) {
            let run = program!("-H {host} -p {port} {asked} -t 2")
                .inside(&world)
                .run();
            seen(&run, port);
        }
    }
}

#[test]
fn a_check_is_never_answered_by_itself() {
    often("-s 220hello -e ^220", |run, _| {
        run.critical(REFUSED);
    });
}

#[test]
fn a_check_does_not_take_itself_for_a_connection() {
    often("", |run, _| {
        run.critical(REFUSED);
    });
}

#[test]
fn a_check_does_not_take_itself_for_a_listener() {
    often("-C", |run, port| {
        run.ok(exact(format!(
            "Verified that the port is closed. (port={port})"
        )));
    });
}
