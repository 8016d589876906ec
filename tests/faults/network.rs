//! A machine without a network.

use support::*;

#[test]
fn a_network_that_is_unreachable_is_an_error() {
    let Some(nowhere) = Namespace::no_network() else {
        return;
    };
    let run = |flags: &str| program!("-H 127.0.0.1 -p 9 {flags}").inside(&nowhere).run();
    run("").critical(r"^connecting to 127\.0\.0\.1:[0-9]+: Network is unreachable$");
    run("-W").warning("Network is unreachable$");
}

#[test]
fn a_missing_local_address_is_a_local_failure() {
    let Some(nowhere) = Namespace::no_network() else {
        return;
    };
    if !has_ipv6() {
        return;
    }
    let alone = |flags: &str| program!("-H ::1 -p 9 {flags}").inside(&nowhere);
    is_local_failure(alone, r"\[::1\]:[0-9]+: Cannot assign requested address$");
}

#[test]
fn a_port_of_an_unreachable_network_is_closed() {
    let Some(nowhere) = Namespace::no_network() else {
        return;
    };
    let run = program!("-H 127.0.0.1 -p 9 -C").inside(&nowhere).run();
    run.ok(exact("Verified that the port is closed. (port=9)"));
}

#[test]
fn an_unreachable_route_is_a_closed_port_and_a_prohibited_one_a_local_failure() {
    let mut routes = vec![
        ("blackhole", "192.0.2.1"),
        ("unreachable", "192.0.2.2"),
        ("throw", "192.0.2.3"),
        ("prohibit", "192.0.2.4"),
    ];
    if has_ipv6() {
        routes.extend([
            ("blackhole", "2001:db8::1"),
            ("unreachable", "2001:db8::2"),
            ("throw", "2001:db8::3"),
            ("prohibit", "2001:db8::4"),
        ]);
    }
    let Some(nowhere) = Namespace::routes(&routes) else {
        return;
    };
    for (kind, to) in routes {
        let told = |flags: &str| {
            let program = program!("-H {to} -p 9 --format json {flags}");
            let run = program.inside(&nowhere).run();
            json::object(String::from_utf8_lossy(&run.stdout).trim_end())
        };
        let (plain, closed, reason) = match kind {
            "prohibit" => ("UNKNOWN", "UNKNOWN", "local"),
            _ => ("CRITICAL", "OK", "unreachable"),
        };
        let plainly = told("");
        assert_eq!(plainly["status"], plain, "{kind}: {plainly}");
        assert_eq!(plainly["reason"], reason, "{kind}: {plainly}");
        let told = told("-C");
        assert_eq!(told["status"], closed, "{kind}: {told}");
        let reason = if closed == "OK" { "ok" } else { reason };
        assert_eq!(told["reason"], reason, "{kind}: {told}");
    }
}

#[test]
fn a_list_tells_unreachable_targets_from_local_failures() {
    let Some(nowhere) = Namespace::no_network() else {
        return;
    };
    let list = "127.0.0.1:9\n127.0.0.1:9 -C\n";
    let program = program!("--targets - -t 20 --format json").inside(&nowhere);
    let listed = program.over(list);
    listed.exits(2);
    for (line, status, reason) in [(1, "CRITICAL", "unreachable"), (2, "OK", "ok")] {
        let object = listed.object(line);
        assert_eq!(object["status"], status, "{object}");
        assert_eq!(object["reason"], reason, "{object}");
    }
    if !has_ipv6() {
        return;
    }
    // Tried again for two seconds, then it is a local failure.
    let program = program!("--targets - -t 20 --format json").inside(&nowhere);
    let listed = program.over("[::1]:9\n");
    listed.exits(3);
    assert_eq!(listed.object(1)["reason"], "local", "{listed}");
    assert!(listed.elapsed.as_secs_f64() > 1.5, "{listed}");
}
