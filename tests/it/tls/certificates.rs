//! Certificates that hold, and the reasons for which others do not.

use super::{asked, greeting, refused};
use rcgen::ExtendedKeyUsagePurpose;
use support::*;

#[test]
fn an_address_is_verified_against_addresses_and_sends_no_name() {
    let authority = Authority::new("Test Root");
    let (identity, store) = (
        authority.issue(Leaf::named(&["127.0.0.1", "::1"])),
        authority.store(),
    );
    let server = greeting(&identity, TLS13);
    let port = server.port();
    program!("-S -H 127.0.0.1 -p {port}")
        .trusting(&store)
        .run()
        .ok("seconds response time");
    assert_eq!(server.heard().sni, None);
    let run = program!("-S -H localhost -p {port}").trusting(&store).run();
    refused(&run, &["127.0.0.1"]);

    if !has_ipv6() {
        return;
    }
    let listener = std::net::TcpListener::bind("[::1]:0").expect("a free port");
    let server = Server::tls_on(listener, &identity, TLS13, |_| ());
    let port = server.port();
    for host in ["::1", "[::1]"] {
        let run = program!("-S -H {host} -p {port}").trusting(&store).run();
        run.ok(timed(format!("on {host} port {port}")));
        assert_eq!(server.heard().sni, None);
    }
}

#[test]
fn addresses_are_shown_with_all_their_zeros() {
    let authority = Authority::new("Test Root");
    let names = [
        "192.0.2.1",
        "2001:db8::",
        "2001:db8::1:0:0:1",
        "::1:0:0:1",
        "::",
    ];
    let identity = authority.issue(Leaf::named(&names));
    let run = asked(&identity, &authority.store());
    run.critical(shows(&[&format!("it names {}", names.join(", "))]));
}

#[test]
fn an_address_among_the_dns_names_is_no_address() {
    let authority = Authority::new("Test Root");
    let server = greeting(&authority.issue(Leaf::named(&["localhost"])), TLS13);
    let port = server.port();
    let run = program!("-S -H 127.0.0.1 -p {port}")
        .trusting(&authority.store())
        .run();
    run.critical(r"certificate is not for 127\.0\.0\.1: it names localhost$");
    let server = greeting(
        &authority.issue(Leaf::with(Leaf::named(&[]), |params| {
            let name = "127.0.0.1".try_into().expect("ASCII");
            params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
        })),
        TLS13,
    );
    let port = server.port();
    let run = program!("-S -H 127.0.0.1 -p {port}")
        .trusting(&authority.store())
        .run();
    run.critical(shows(&[
        "127.0.0.1 stands there as a DNS name, not as an address",
    ]));
}

#[test]
fn a_wildcard_that_seems_to_match_is_told_why_it_does_not() {
    let authority = Authority::new("Test Root");
    let server = greeting(&authority.issue(Leaf::named(&["*.localhost"])), TLS13);
    let port = server.port();
    let run = program!("-S -H 127.0.0.1 -p {port} --sni foo.localhost")
        .trusting(&authority.store())
        .run();
    run.critical(shows(&[
        "it names *.localhost (a wildcard must stand before at least two labels: *.localhost)",
    ]));
}

#[test]
fn a_common_name_that_seems_to_match_is_told_why_it_does_not() {
    let authority = Authority::new("Test Root");
    let leaf = Leaf::named(&[]).with(|params| {
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "localhost");
    });
    let run = asked(&authority.issue(leaf), &authority.store());
    run.critical(shows(&[
        "it names no host (in its subjectAltName) (the common name localhost does not count",
    ]));
}

#[test]
fn a_wildcard_stands_for_one_label() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let server = greeting(&authority.issue(Leaf::named(&["*.example.com"])), TLS13);
    let port = server.port();
    let line = |name: &str| {
        program!("-S -H 127.0.0.1 -p {port} --sni {name}")
            .trusting(&store)
            .run()
    };
    line("www.example.com").ok("seconds response time");
    line("a.b.example.com").critical(shows(&["*.example.com", "one label only"]));
    line("example.com").critical(shows(&["*.example.com", "a label of its own"]));
}

#[test]
fn a_chain_is_followed() {
    let root = Authority::new("Test Root");
    let intermediate = root.intermediate("Test Intermediate");
    let whole = intermediate.issue(Leaf::good()).through(&intermediate);
    asked(&whole, &root.store()).ok("220 ready");
    let without = intermediate.issue(Leaf::good());
    refused(&asked(&without, &root.store()), &["unknown issuer"]);
}

#[test]
fn an_expired_certificate_is_reported_with_its_date() {
    let authority = Authority::new("Test Root");
    let run = asked(&authority.issue(Leaf::expired()), &authority.store());
    refused(&run, &["expired", "2020"]);
}

#[test]
fn a_certificate_not_yet_valid_is_reported_with_its_date() {
    let authority = Authority::new("Test Root");
    let run = asked(&authority.issue(Leaf::not_yet_valid()), &authority.store());
    refused(&run, &["not", "valid", "2098"]);
}

#[test]
fn an_unknown_issuer_is_reported() {
    let (ours, theirs) = (Authority::new("Our Root"), Authority::new("Their Root"));
    refused(
        &asked(&theirs.issue(Leaf::good()), &ours.store()),
        &["unknown issuer"],
    );
    // The same name with another key is another authority.
    let twin = Authority::new("Our Root");
    asked(&twin.issue(Leaf::good()), &ours.store())
        .critical("invalid certificate: a signature is wrong$");
}

#[test]
fn a_wrong_name_is_shown_beside_those_that_the_certificate_has() {
    let authority = Authority::new("Test Root");
    let identity = authority.issue(Leaf::named(&[
        "mail.example.com",
        "mx.example.com",
        "192.0.2.7",
    ]));
    let run = asked(&identity, &authority.store());
    for name in ["mail.example.com", "mx.example.com", "192.0.2.7"] {
        refused(&run, &[name]);
    }
}

#[test]
fn hostile_names_in_a_certificate_are_harmless_in_the_line() {
    let authority = Authority::new("Test Root");
    let names: Vec<_> = (0..200)
        .map(|number| format!("{}{number}.example.com", "x".repeat(40)))
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let run = asked(&authority.issue(Leaf::named(&names)), &authority.store());
    refused(&run, &["xxx", ".example.com"]);

    let run = asked(
        &authority.issue(Leaf::named(&["a|b\x1b[2J.example\nx"])),
        &authority.store(),
    );
    // That the line is harmless is asserted of every run.
    run.critical(r"it names a\\x7cb\\x1b\[2J\.example\\nx$");
}

#[test]
fn a_self_signed_certificate_holds_where_the_store_has_it() {
    for constraint in [Constraint::Ca, Constraint::NoCa] {
        for version in [TLS12, TLS13] {
            let identity = self_signed(Leaf::good(), constraint);
            let server = greeting(&identity, version);
            let port = server.port();
            let run = program!("-S -H localhost -p {port} -e ^220")
                .trusting(&identity.store())
                .run();
            run.ok(timed(format!("on localhost port {port} [220 ready]")));
        }
    }
}

#[test]
fn a_self_signed_certificate_does_not_hold_where_the_store_lacks_it() {
    let store = Authority::new("Test Root").store();
    for constraint in [Constraint::Ca, Constraint::NoCa] {
        let run = asked(&self_signed(Leaf::good(), constraint), &store);
        run.critical("unknown issuer: it is self-signed and not in the trust store$");
    }
}

#[test]
fn a_self_signed_certificate_is_told_as_one_beside_another_of_its_name() {
    let store = Authority::new("check-tcp test server").store();
    for constraint in [Constraint::Ca, Constraint::NoCa] {
        let run = asked(&self_signed(Leaf::good(), constraint), &store);
        run.critical("unknown issuer: it is self-signed and not in the trust store$");
    }
}

#[test]
fn a_self_signed_certificate_in_the_store_must_be_one_for_servers() {
    for constraint in [Constraint::Ca, Constraint::NoCa] {
        let leaf = Leaf::good().with(|params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        let identity = self_signed(leaf, constraint);
        refused(
            &asked(&identity, &identity.store()),
            &["not for servers", "TLS client authentication"],
        );
    }
}

#[test]
fn a_self_signed_certificate_in_the_store_needs_dates_and_names_that_hold() {
    for constraint in [Constraint::Ca, Constraint::NoCa] {
        let identity = self_signed(Leaf::expired(), constraint);
        refused(&asked(&identity, &identity.store()), &["expired", "2020"]);
        let identity = self_signed(Leaf::not_yet_valid(), constraint);
        refused(
            &asked(&identity, &identity.store()),
            &["not", "valid", "2098"],
        );
        let identity = self_signed(Leaf::named(&["mail.example.com"]), constraint);
        refused(&asked(&identity, &identity.store()), &["mail.example.com"]);
    }
}

#[test]
fn an_authority_certificate_is_accepted_for_a_server() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    for version in [TLS12, TLS13] {
        let server = greeting(&authority.issue(Leaf::authority()), version);
        let port = server.port();
        program!("-S -H localhost -p {port} -e ^220")
            .trusting(&store)
            .run()
            .ok("220 ready");
    }
    // What is signed is the certificate as it was presented.
    let identity = authority.issue(Leaf::authority());
    let forged = identity.forged(b"\x30\x03\x01\x01\xff", b"\x30\x03\x01\x01\x00");
    refused(&asked(&forged, &store), &["a signature is wrong"]);
    let issued = Authority::new("Other Root").issue(Leaf::authority());
    refused(&asked(&issued, &store), &["unknown issuer: Other Root"]);
}

#[test]
fn a_certificate_that_is_itself_in_the_store_holds_whoever_issued_it() {
    let authority = Authority::new("Test Root");
    for leaf in [Leaf::good, Leaf::authority] {
        let identity = authority.issue(leaf());
        asked(&identity, &identity.store()).ok("220 ready");
    }
    let expired = authority.issue(Leaf::expired());
    refused(&asked(&expired, &expired.store()), &["expired", "2020"]);
}

#[test]
fn any_certificate_is_accepted_where_none_is_checked() {
    let authority = Authority::new("Test Root");
    let identities = [
        authority.issue(Leaf::expired()),
        authority.issue(Leaf::not_yet_valid()),
        authority.issue(Leaf::named(&["mail.example.com"])),
        self_signed(Leaf::good(), Constraint::Ca),
        self_signed(Leaf::good(), Constraint::NoCa),
    ];
    for identity in &identities {
        for version in [TLS12, TLS13] {
            let server = greeting(identity, version);
            let port = server.port();
            let run = check!("-S -H localhost -p {port} -e ^220 --no-check-certificate");
            run.ok(timed(format!("on localhost port {port} [220 ready]")));
            assert_eq!(server.heard().sni.as_deref(), Some("localhost"));
        }
    }
}

#[test]
fn names_that_no_host_has_are_not_shown() {
    let authority = Authority::new("Test Root");
    let (email, uri) = ("ops@mail.example", "https://uri.example/x");
    let names = ["mail.example.com", "192.0.2.7", "::1", "2001:db8::7"];
    let leaf = Leaf::named(&names).and_no_host(email, uri);
    let run = asked(&authority.issue(leaf), &authority.store());
    refused(
        &run,
        &["mail.example.com", "192.0.2.7", " ::1", "2001:db8::7"],
    );
    assert!(!run.message().contains("ops@"), "{run}");
    assert!(!run.message().contains("uri.example"), "{run}");

    let leaf = Leaf::named(&[]).and_no_host(email, uri);
    let run = asked(&authority.issue(leaf), &authority.store());
    refused(&run, &["certificate"]);
    assert!(!run.message().contains("ops@"), "{run}");
    assert!(!run.message().contains("uri.example"), "{run}");
}
