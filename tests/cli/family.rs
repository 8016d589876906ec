//! `-4`, `-6`: addresses of that family only.

use crate::support::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

#[test]
fn a_family_leaves_out_the_other() {
    if !has_ipv6() {
        return;
    }
    let Some(hosts) = Namespace::hosts(&[("both.test", "::1"), ("both.test", "127.0.0.1")]) else {
        return;
    };
    for (flag, other, wanted) in [
        ("-4", V6, V4),
        ("-6", V4, V6),
        ("--use-ipv4", V6, V4),
        ("--use-ipv6", V4, V6),
    ] {
        let mut listeners = same_port(&[wanted, other]).into_iter();
        let wanted = listeners
            .next()
            .map(|listener| Server::on(listener, |peer| peer.say("wanted")));
        let other = listeners
            .next()
            .map(|listener| Server::on(listener, |peer| peer.say("other")));
        let (wanted, other) = (wanted.expect("the first"), other.expect("the second"));
        let port = wanted.port();
        let run = program!("-H both.test -p {port} -e . {flag}")
            .inside(&hosts)
            .run();
        run.ok(timed(format!("on both.test port {port} [wanted]")));
        assert_eq!(other.connections(), 0, "{flag}");
    }
}

#[test]
fn a_family_that_a_name_lacks_is_a_name_not_found() {
    let Some(hosts) = Namespace::hosts(&[("four.test", "127.0.0.1"), ("six.test", "::1")]) else {
        return;
    };
    program!("-H four.test -p 9 -6")
        .inside(&hosts)
        .run()
        .critical("four.test");
    program!("-H six.test -p 9 -4")
        .inside(&hosts)
        .run()
        .critical("six.test");
}

#[test]
fn both_families_at_once_are_a_usage_error() {
    check!("-H 127.0.0.1 -p 9 -4 -6").unknown("(?i)ipv4|-4");
    check!("-H 127.0.0.1 -p 9 -64").unknown("(?i)ipv4|-4");
}
