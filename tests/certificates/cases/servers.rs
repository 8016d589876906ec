//! Versions, cipher suites, groups and manners of servers.

use crate::case::{Case, Client, LEAF, Serving, Setup, leaf, root};
use crate::foreign::Foreign;
use crate::keys::Key;
use rustls::{CipherSuite as Suite, NamedGroup as Group};
use support::{TLS12, TLS13};

pub(crate) fn cases() -> Vec<Case> {
    let root = root();
    let own = root.issue(&leaf());
    let rsa = root.issue(&leaf().with(|it| it.key = Key::Rsa(2048)));
    let served = |what: &str, setup: Setup| Case::new(what, &root, &[&own]).set_up(setup);
    let mut cases = Vec::new();
    for (what, version) in [
        ("TLS 1.2 alone", Some(TLS12)),
        ("TLS 1.3 alone", Some(TLS13)),
        ("both versions", None),
    ] {
        cases.push(served(
            what,
            Setup {
                version,
                ..Setup::default()
            },
        ));
    }
    for suite in [
        Suite::TLS13_AES_128_GCM_SHA256,
        Suite::TLS13_AES_256_GCM_SHA384,
        Suite::TLS13_CHACHA20_POLY1305_SHA256,
        Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        Suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        Suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ] {
        let name = suite.as_str().expect("a name");
        let version = if name.starts_with("TLS13") {
            TLS13
        } else {
            TLS12
        };
        let setup = Setup {
            version: Some(version),
            suite: Some(suite),
            ..Setup::default()
        };
        let (der, key) = match name.contains("RSA_WITH") && !name.contains("ECDSA") {
            true => (&rsa, Key::Rsa(2048)),
            false => (&own, LEAF),
        };
        cases.push(Case::new(name, &root, &[der]).keyed(key).set_up(setup));
    }
    for group in [Group::X25519, Group::secp256r1, Group::secp384r1] {
        for (name, version) in [("1.2", TLS12), ("1.3", TLS13)] {
            let setup = Setup {
                version: Some(version),
                group: Some(group),
                ..Setup::default()
            };
            let what = format!(
                "the group {} alone, over TLS {name}",
                group.as_str().expect("a name")
            );
            cases.push(served(&what, setup));
        }
    }
    for (name, version) in [("1.2", TLS12), ("1.3", TLS13)] {
        for (what, client) in [("asks for", Client::Asked), ("requires", Client::Required)] {
            let setup = Setup {
                version: Some(version),
                client,
                ..Setup::default()
            };
            cases.push(served(
                &format!("{what} a client certificate, over TLS {name}"),
                setup,
            ));
        }
    }
    for (what, text) in [
        ("a greeting in the clear", &b"220 ready\r\n"[..]),
        (
            "a reply of HTTP in the clear",
            b"HTTP/1.0 400 Bad Request\r\n\r\n",
        ),
        (
            "an alert in place of a handshake",
            b"\x15\x03\x01\x00\x02\x02\x28",
        ),
    ] {
        cases.push(Case::of(what, &root, Serving::Clear(text)));
    }

    for (what, key, server) in [
        (
            "the group P-521 alone, over TLS 1.3",
            "rsa:2048",
            "-tls1_3 -groups P-521",
        ),
        (
            "the group P-521 alone, over TLS 1.2",
            "rsa:2048",
            "-tls1_2 -groups P-521",
        ),
        ("the group X448 alone", "rsa:2048", "-groups X448"),
        (
            "the group ffdhe2048 alone",
            "rsa:2048",
            "-tls1_3 -groups ffdhe2048",
        ),
        (
            "TLS 1.1 alone",
            "rsa:2048",
            "-tls1_1 -cipher DEFAULT@SECLEVEL=0",
        ),
        (
            "TLS 1.0 alone",
            "rsa:2048",
            "-tls1 -cipher DEFAULT@SECLEVEL=0",
        ),
        (
            "key exchange by RSA alone",
            "rsa:2048",
            "-tls1_2 -cipher AES128-GCM-SHA256",
        ),
        (
            "key exchange by DHE alone",
            "rsa:2048",
            "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256",
        ),
        (
            "CBC ciphers alone",
            "rsa:2048",
            "-tls1_2 -cipher ECDHE-RSA-AES128-SHA",
        ),
        (
            "CBC ciphers with SHA-256 alone",
            "rsa:2048",
            "-tls1_2 -cipher ECDHE-RSA-AES128-SHA256",
        ),
        (
            "CCM ciphers alone, over TLS 1.2",
            "ec -pkeyopt ec_paramgen_curve:P-256",
            "-tls1_2 -cipher ECDHE-ECDSA-AES128-CCM",
        ),
        (
            "CCM ciphers alone, over TLS 1.3",
            "rsa:2048",
            "-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256",
        ),
        (
            "no client's renegotiation",
            "rsa:2048",
            "-tls1_2 -no_renegotiation",
        ),
    ] {
        let foreign = Foreign {
            key,
            certificate: "",
            server,
        };
        cases.push(Case::of(what, &root, Serving::Foreign(foreign)));
    }
    cases
}
