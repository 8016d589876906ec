//! TLS with a name that has several addresses.

use support::*;

#[test]
fn a_failure_in_tls_is_final_for_every_address_of_the_name() {
    if !has_ipv6() {
        return;
    }
    let Some(hosts) = Namespace::hosts(&[("both.test", "::1"), ("both.test", "127.0.0.1")]) else {
        return;
    };
    let addresses = ["::1", "127.0.0.1"].map(|address| address.parse().expect("an address"));
    let mut listeners = same_port(&addresses).into_iter();
    let (first, second) = (
        listeners.next().expect("two"),
        listeners.next().expect("two"),
    );
    let authority = Authority::new("Test Root");
    let unknown = self_signed(Leaf::named(&["both.test"]), Constraint::NoCa);
    let bad = Server::tls_on(first, &unknown, TLS13, |_| ());
    let good = Server::tls_on(
        second,
        &authority.issue(Leaf::named(&["both.test"])),
        TLS13,
        |_| (),
    );
    let port = bad.port();
    let store = authority.store();
    let line = program!("-S -H both.test -p {port}").trusting(&store);
    line.inside(&hosts).run().critical(r"both\.test");
    assert_eq!(good.connections(), 0);
}
