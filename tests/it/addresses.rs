//! From hosts to addresses, and from addresses to one connection. Names with more than one address
//! are in `tests/faults/several_addresses.rs`.

use std::net::IpAddr;
use std::time::Duration;
use support::*;

const V4: &str = "127.0.0.1";
const V6: &str = "::1";

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn an_ipv4_address_needs_no_lookup() {
    for host in [V4, "127.0.0.2"] {
        let server = Server::at(address(host), |peer| peer.say("220 ready\r\n"));
        let port = server.port();
        let run = check!("-H {host} -p {port} -e ^220");
        run.ok(timed(format!("on {host} port {port} [220 ready]")));
    }
}

#[test]
fn an_ipv6_address_may_be_bare_or_in_brackets_and_have_a_zone() {
    if !has_ipv6() {
        return;
    }
    let server = Server::at(address(V6), |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    for host in [
        "::1",
        "[::1]",
        "0:0:0:0:0:0:0:1",
        "::1%lo",
        "[::1%lo]",
        "::1%1",
    ] {
        let run = check!("-H {host} -p {port} -e ^220");
        run.ok(timed(format!("on {host} port {port} [220 ready]")));
    }
}

#[test]
fn a_zone_that_is_no_interface_is_a_usage_error() {
    for host in ["fe80::c0:ffee%nowhere0", "[fe80::c0:ffee%nowhere0]"] {
        let run = check!("-H {host} -p 9 -t 1");
        run.unknown(exact(format!(
            "-H {host}: the zone is no interface of this machine"
        )));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_local_address_that_no_host_of_its_interface_has_is_critical() {
    if !has_ipv6() {
        return;
    }
    let index = std::fs::read_to_string("/sys/class/net/lo/ifindex").expect("Linux has lo");
    let run = check!("-H fe80::c0:ffee%lo -p 9 -t 1");
    run.critical(format!(
        r"^connecting to fe80::c0:ffee%lo \(\[fe80::c0:ffee%{}\]:9\): ",
        index.trim()
    ));
}

#[test]
fn a_link_local_address_without_a_zone_is_a_local_failure() {
    if !has_ipv6() {
        return;
    }
    let alone = |flags: &str| program!("-H fe80::c0:ffee -p 9 -t 1 {flags}");
    is_local_failure(alone, r"connecting to \[fe80::c0:ffee\]:9: ");
}

#[test]
fn a_name_that_is_not_found_is_shown() {
    let run = check!("-H name.invalid -p 9 -t 2");
    run.critical(r"name\.invalid")
        .within(Duration::from_secs(2));
}

#[test]
fn a_unix_backlog_that_is_full_is_tried_again_until_there_is_room() {
    let full = FullUnix::new();
    let path = full.path();
    let running = program!("-U {path} -s hello -e ^220 -t 20").start();
    running.wait_until_asleep(); // it was turned away, and waits for its next try
    full.serve(b"220 ready\r\n");
    let listed = running.end();
    listed.exits(0);
    let line = format!(" seconds response time on {path} [220 ready]\n");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(text.ends_with(&line), "{listed}");
}
