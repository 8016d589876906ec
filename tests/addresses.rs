//! From hosts to addresses, and from addresses to one connection.

mod support;

use std::net::IpAddr;
use std::time::Duration;
use support::*;

const V4: &str = "127.0.0.1";
const V6: &str = "::1";

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

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// What answers at the IPv4 address, and what is at the same port of the IPv6 one.
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
fn an_ipv4_address_is_taken_as_it_is() {
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
fn a_link_local_address_needs_an_interface_that_is_there() {
    for host in [
        "fe80::c0:ffee%lo",
        "fe80::c0:ffee%nowhere0",
        "[fe80::c0:ffee%nowhere0]",
    ] {
        let run = check!("-H {host} -p 9 -t 1");
        assert!(matches!(run.code, Some(2 | 3)), "{run}");
        assert!(run.message().contains(host), "{run}");
    }
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
fn a_name_is_looked_up_in_the_hosts_file() {
    let Some(hosts) = Namespace::hosts(&[("mail.test", "127.0.0.3")]) else {
        return;
    };
    let server = Server::at(address("127.0.0.3"), |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    let run = program!("-H mail.test -p {port} -e ^220")
        .inside(&hosts)
        .run();
    run.ok(timed(format!("on mail.test port {port} [220 ready]")));
}

#[test]
fn a_name_that_is_not_found_is_shown() {
    let run = check!("-H name.invalid -p 9 -t 2");
    run.critical(r"name\.invalid")
        .within(Duration::from_secs(2));
    let Some(hosts) = Namespace::hosts(&[("localhost", V4)]) else {
        return;
    };
    let run = program!("-H name.test -p 9").inside(&hosts).run();
    run.critical(r"name\.test");
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
fn what_came_of_each_address_is_told() {
    let Some(hosts) = both() else { return };
    let closed = refusing(&[V6, V4]);
    let port = closed.first().expect("two").port();
    let run = program!("-H both.test -p {port}").inside(&hosts).run();
    run.critical("both.test")
        .critical(REFUSED)
        .critical(r"127\.0\.0\.1")
        .critical("::1");
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

#[test]
fn a_unix_backlog_that_is_full_is_tried_again_until_there_is_room() {
    let full = FullUnix::new();
    let path = full.path();
    let serving = std::thread::spawn(move || {
        // No event tells that the client was turned away; that it came too late for that harms nothing.
        std::thread::sleep(Duration::from_millis(200));
        full.serve(b"220 ready\r\n");
    });
    let run = check!("-U {path} -s hello -e ^220 -t 20");
    run.ok(timed(format!("on {path} [220 ready]")));
    serving.join().expect("the server saw its client off");
}
