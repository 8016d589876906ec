//! Ports that connections are begun at, and nobody listens on.

use crate::faults::law::FaultList;
use crate::faults::resolvers;
use support::*;

/// Both ports of the world that is tried, so that one of them is the first choice of the system for
/// the other's end.
const PORTS: [u16; 2] = [50000, 50001];

/// Runs a check of a closed port from which connections are begun too, often enough to meet itself.
///
/// TCP connects two sockets that connect to each other at once; so it does with one that meets
/// itself.
fn often(asked: &str, seen: impl Fn(&Run, u16)) {
    let Some(world) = Namespace::few_ports(PORTS[0], 2) else {
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
fn a_self_connection_is_no_answer() {
    often("-s 220hello -e ^220", |run, _| {
        run.critical(REFUSED);
    });
}

#[test]
fn a_self_connection_is_refused() {
    often("", |run, _| {
        run.critical(REFUSED);
    });
}

#[test]
fn a_self_connection_is_a_closed_port() {
    often("-C", |run, port| {
        run.ok(exact(format!(
            "Verified that the port is closed. (port={port})"
        )));
    });
}

#[test]
fn a_list_waits_for_local_ports_that_ran_out() {
    let few = format!(
        "echo {} {} > /proc/sys/net/ipv4/ip_local_port_range",
        PORTS[0], PORTS[1]
    );
    let Some(world) = resolvers::served_after(&few) else {
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

#[test]
fn no_target_is_critical_for_lack_of_local_ports() {
    let Some(world) = Namespace::few_ports(PORTS[0], 100) else {
        return;
    };
    world.play("faults::ports::a_hundred_ports");
}

#[test]
#[ignore = "run in a namespace by the test above"]
fn a_hundred_ports() {
    const LINES: usize = 300;
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    // One after the other, they take no more than there are; nor do they leave any behind.
    let greets = Fleet::new(Manner::Greets);
    let row = |flags: &str| (format!("127.0.0.1:{} {flags}", greets.port()), "OK");
    let asked = FaultList::of(&[row("")], LINES);
    let program = program!("--targets - -e ^220 -t 20 --format json --parallel 20");
    let listed = program.over(asked.list());
    let came = asked.holds(&listed.stdout, listed.code, &listed);
    assert_eq!(came.right, LINES, "{listed}");

    // All at once they do, and those that find none are tried again once others have ended.
    let held = Fleet::new(Manner::Held);
    let row = |flags: &str| (format!("127.0.0.1:{} {flags}", held.port()), "OK");
    let asked = FaultList::of(&[row("")], LINES);
    let mut running = program!("--targets - -e ^220 -t 20 --format json").start();
    running.pour(asked.list());
    held.wait_for(90);
    held.release();
    let listed = running.end();
    let came = asked.holds(&listed.stdout, listed.code, &listed);
    assert!(came.right > 100, "{came:?}: {listed}");

    // While nobody lets go of one, that is what is told of all others, and of nobody's service.
    let held = Fleet::new(Manner::Held);
    let row = |flags: &str, status| (format!("127.0.0.1:{} {flags}", held.port()), status);
    let asked = FaultList::of(&[row("", "OK"), row("-C", "CRITICAL")], LINES);
    let hold = FaultList::of(&[row("", "OK")], 120);
    let mut holding = program!("--targets - -e ^220 -t 1h --format json").start();
    holding.pour(hold.list());
    // As many as found no port have been told so, once no check is tried again any more.
    let lacking = holding.lines(15);
    assert!(
        lacking.iter().all(|line| line.contains("local")),
        "{lacking:?}"
    );
    let one = |flags: &str| program!("-H 127.0.0.1 -p {} {flags}", held.port());
    is_local_failure(one, "assign requested address");
    let program = program!("--targets - -e ^220 -t 20 --format json");
    let listed = program.over(asked.list());
    let came = asked.holds(&listed.stdout, listed.code, &listed);
    assert_eq!(came.lacking, LINES, "{listed}");
    held.release();
    let listed = holding.end();
    let came = hold.holds(&listed.stdout, listed.code, &listed);
    assert!(came.right >= 90 && came.lacking >= 15, "{came:?}: {listed}");
}
