//! Ports that connections are begun at, and nobody listens on.

use crate::lookups;
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

#[test]
fn a_list_waits_for_ports_that_ran_out_and_blames_nobody_for_them() {
    let few = format!(
        "echo {} {} > /proc/sys/net/ipv4/ip_local_port_range",
        PORTS[0], PORTS[1]
    );
    let Some(world) = lookups::served_after(&few) else {
        return;
    };
    // Two connections are begun at a time, if that: what is closed keeps its port for a while.
    let list = "127.0.0.1:25\n".repeat(6);
    let program = program!("--targets - -e ^220 -t 20 --format json").inside(&world);
    let listed = program.over(list);
    let objects = listed.objects();
    let of = |reason: &str| objects.iter().filter(|it| it["reason"] == reason).count();
    let (ok, local) = (of("ok"), of("local"));
    assert_eq!((objects.len(), ok + local), (6, 6), "{listed}");
    assert!(ok > 0, "{listed}");
    listed.exits(if local > 0 { 3 } else { 0 });
    // Given up after two seconds, and not before.
    assert!(local == 0 || listed.elapsed.as_secs_f64() > 1.5, "{listed}");
    for object in objects.iter().filter(|it| it["reason"] == "local") {
        let message = object["message"].as_str().unwrap_or_default();
        assert!(message.contains("assign requested address"), "{object}");
    }
}
