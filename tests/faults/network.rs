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
