//! The race of a name's addresses.

use super::{V4, V6, address};
use std::time::Duration;
use support::*;

/// A name with both loopback addresses, IPv6 first, as `localhost` has on most machines.
fn both() -> Option<Namespace> {
    let names = [
        ("both.test", V6),
        ("both.test", V4),
        ("localhost", V6),
        ("localhost", V4),
    ];
    has_ipv6().then(|| Namespace::hosts(&names)).flatten()
}

/// A server at the IPv4 address, and another at the same port of the IPv6 one.
fn at_both<T>(
    script: impl FnMut(&mut Peer) + Send + 'static,
    six: impl FnOnce(std::net::TcpListener) -> T,
) -> (Server, T) {
    let mut listeners = same_port(&[address(V4), address(V6)]).into_iter();
    let (first, second) = (
        listeners.next().expect("two"),
        listeners.next().expect("two"),
    );
    (Server::on(first, script), six(second))
}

/// A listener at the IPv4 address; the same port of the IPv6 one refuses.
fn beside_refusing() -> (std::net::TcpListener, Refusing) {
    for _ in 0..100 {
        let six = Refusing::at(address(V6), 0).expect("a free port");
        if let Ok(four) = std::net::TcpListener::bind((address(V4), six.port())) {
            return (four, six);
        }
    }
    panic!("no port is free on both")
}

/// A port that refuses on all of these addresses.
fn refusing(addresses: &[&str]) -> Vec<Refusing> {
    for _ in 0..100 {
        let Some((first, rest)) = addresses.split_first() else {
            break;
        };
        let first = Refusing::at(address(first), 0).expect("a free port");
        let port = first.port();
        let rest: Option<Vec<_>> = rest
            .iter()
            .map(|ip| Refusing::at(address(ip), port))
            .collect();
        if let Some(rest) = rest {
            return [first].into_iter().chain(rest).collect();
        }
    }
    panic!("no port is free on all of {addresses:?}")
}

#[test]
fn an_address_that_refuses_gives_way_to_the_next_at_once() {
    let Some(hosts) = both() else { return };
    let (listener, _refusing) = beside_refusing();
    let server = Server::on(listener, |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    // A pause of 250 ms would be in every one of these; a busy machine is not.
    let quickest = (0..5).map(|_| {
        let run = program!("-H localhost -p {port} -e ^220")
            .inside(&hosts)
            .run();
        run.ok(timed(format!("on localhost port {port} [220 ready]")));
        run.seconds()
    });
    assert!(quickest.fold(f64::INFINITY, f64::min) < 0.25);
}

#[test]
fn an_address_that_is_silent_gives_way_after_a_moment() {
    let Some(hosts) = both() else { return };
    let (server, _silent) = at_both(|peer| peer.say("220 ready\r\n"), Full::of);
    let port = server.port();
    let run = program!("-H both.test -p {port} -e ^220")
        .inside(&hosts)
        .run();
    run.ok(timed(format!("on both.test port {port} [220 ready]")));
    assert!(
        run.seconds() >= 0.25,
        "no attempt starts before the first had 250 ms: {run}"
    );
}

#[test]
fn the_first_connection_wins_and_is_the_only_one() {
    let Some(hosts) = both() else { return };
    let six = |listener| Server::on(listener, |peer| peer.say("six"));
    let (four, six) = at_both(|peer| peer.say("four"), six);
    let port = four.port();
    let run = program!("-H both.test -p {port} -e .").inside(&hosts).run();
    run.ok(timed(format!("on both.test port {port} [six]")));
    assert_eq!((four.connections(), six.connections()), (0, 1));
}

#[test]
fn the_outcome_at_each_address_is_reported() {
    let Some(hosts) = both() else { return };
    let closed = refusing(&[V6, V4]);
    let port = closed.first().expect("two").port();
    let run = program!("-H both.test -p {port}").inside(&hosts).run();
    run.critical(exact(format!(
        "connecting to both.test: [::1]:{port}: Connection refused; \
         127.0.0.1:{port}: Connection refused"
    )));
}

#[test]
fn a_silent_address_beside_one_that_refuses_is_waited_for() {
    let Some(hosts) = both() else { return };
    let (listener, _refusing) = beside_refusing();
    let full = Full::of(listener);
    let port = full.port();
    let run = program!("-H both.test -p {port} -t 0.5")
        .inside(&hosts)
        .run();
    run.critical(TIMED_OUT)
        .critical(REFUSED)
        .within(Duration::from_millis(500));
    run.critical(r"127\.0\.0\.1").critical("::1");
    let run = program!("-H both.test -p {port} -t 0.5 -C")
        .inside(&hosts)
        .run();
    run.ok(exact(format!(
        "Verified that the port is closed. (port={port})"
    )));
}

#[test]
fn a_port_is_open_where_any_address_of_the_name_has_it() {
    let Some(hosts) = both() else { return };
    let (listener, _refusing) = beside_refusing();
    let server = Server::on(listener, |_| ());
    let port = server.port();
    let run = program!("-H both.test -p {port} -C").inside(&hosts).run();
    run.critical(exact(format!("Unexpectedly open port. (port={port})")));
}

#[test]
fn eight_addresses_of_a_name_are_tried_and_no_more() {
    let addresses: Vec<_> = (2..=12).map(|last| format!("127.0.0.{last}")).collect();
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    let names: Vec<_> = addresses
        .iter()
        .map(|address| ("many.test", *address))
        .collect();
    let Some(hosts) = Namespace::hosts(&names) else {
        return;
    };
    let closed = refusing(&addresses);
    let port = closed.first().expect("eleven").port();
    let run = program!("-H many.test -p {port}").inside(&hosts).run();
    run.critical(REFUSED);
    let shown = regex::Regex::new(r"127\.0\.0\.\d+").expect("a pattern");
    assert_eq!(shown.find_iter(run.message()).count(), 8, "{run}");
}
