//! A machine without a network.

use crate::support::*;

#[test]
fn a_network_that_is_unreachable_is_an_error() {
    let Some(nowhere) = Namespace::no_network() else {
        return;
    };
    let run = |flags: &str| program!("-H 127.0.0.1 -p 9 {flags}").inside(&nowhere).run();
    run("").critical("(?i)127.0.0.1.*unreachable");
    run("-W").warning("(?i)unreachable");
}

#[test]
fn a_local_address_that_is_missing_is_our_own_lack() {
    let Some(nowhere) = Namespace::no_network() else {
        return;
    };
    if !has_ipv6() {
        return;
    }
    let alone = |flags: &str| program!("-H ::1 -p 9 {flags}").inside(&nowhere);
    is_our_own_lack(alone, "(?i)::1.*assign requested address");
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
fn a_list_says_what_was_out_of_reach_and_what_was_lacking() {
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
    // Tried again for two seconds, then it is our own lack.
    let program = program!("--targets - -t 20 --format json").inside(&nowhere);
    let listed = program.over("[::1]:9\n");
    listed.exits(3);
    assert_eq!(listed.object(1)["reason"], "local", "{listed}");
    assert!(listed.elapsed.as_secs_f64() > 1.5, "{listed}");
}
