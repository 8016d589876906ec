//! What certificates may be used for: basicConstraints, keyUsage and extKeyUsage.

use crate::case::{Case, HOST, leaf, root};
use crate::der::{Certificate, Party, authority, basic_constraints, extension, hosts, key_usage};
use crate::der::{oid, purposes};
use crate::keys::Key;

const SERVER: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const CLIENT: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 2];
const CODE: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 3];
const ANY: &[u64] = &[2, 5, 29, 37, 0];
const GATED: &[u64] = &[2, 16, 840, 1, 113730, 4, 1];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let usages: [(&str, &[u8]); 22] = [
        ("no extensions but names", &[]),
        ("basicConstraints: empty", &basic_constraints(&[])),
        (
            "basicConstraints: CA:FALSE, spelt out",
            &basic_constraints(&[1, 1, 0]),
        ),
        (
            "basicConstraints: CA:FALSE, pathlen:0",
            &basic_constraints(&[2, 1, 0]),
        ),
        ("basicConstraints: CA:TRUE", &authority(None)),
        ("basicConstraints: CA:TRUE, pathlen:0", &authority(Some(0))),
        (
            "basicConstraints: CA:TRUE, keyUsage keyCertSign",
            &[authority(None), key_usage(4)].concat(),
        ),
        ("keyUsage: digitalSignature", &key_usage(0x80)),
        ("keyUsage: keyEncipherment", &key_usage(0x20)),
        ("keyUsage: keyAgreement", &key_usage(0x08)),
        ("keyUsage: nonRepudiation", &key_usage(0x40)),
        ("keyUsage: keyCertSign and cRLSign", &key_usage(0x06)),
        (
            "keyUsage: no bits",
            &extension(&[2, 5, 29, 15], true, &[3, 1, 0]),
        ),
        ("extKeyUsage: serverAuth", &purposes(&[SERVER])),
        (
            "extKeyUsage: serverAuth and clientAuth",
            &purposes(&[SERVER, CLIENT]),
        ),
        ("extKeyUsage: clientAuth", &purposes(&[CLIENT])),
        ("extKeyUsage: codeSigning", &purposes(&[CODE])),
        ("extKeyUsage: anyExtendedKeyUsage", &purposes(&[ANY])),
        (
            "extKeyUsage: anyExtendedKeyUsage and clientAuth",
            &purposes(&[ANY, CLIENT]),
        ),
        (
            "extKeyUsage: Netscape's server-gated crypto",
            &purposes(&[GATED]),
        ),
        ("extKeyUsage: empty", &purposes(&[])),
        (
            "extKeyUsage: serverAuth, marked critical",
            &extension(&[2, 5, 29, 37], true, &crate::der::sequence(&[oid(SERVER)])),
        ),
    ];
    let root = root();
    for (what, extensions) in usages {
        let own = leaf().with(|it| it.extensions = vec![hosts(&[HOST]), extensions.to_vec()]);
        cases.push(Case::new(
            format!("server's: {what}"),
            &root,
            &[&root.issue(&own)],
        ));
    }
    for (what, extensions) in [
        ("no extensions", vec![]),
        ("basicConstraints: CA:FALSE", vec![basic_constraints(&[])]),
        ("CA:TRUE, no keyUsage", vec![authority(None)]),
        (
            "CA:TRUE, keyUsage without keyCertSign",
            vec![authority(None), key_usage(0x82)],
        ),
        (
            "keyUsage keyCertSign, no basicConstraints",
            vec![key_usage(0x06)],
        ),
        (
            "CA:TRUE, pathlen:0, before the server's",
            vec![authority(Some(0))],
        ),
        ("CA:TRUE, pathlen:1", vec![authority(Some(1))]),
        (
            "extKeyUsage: serverAuth",
            vec![authority(None), purposes(&[SERVER])],
        ),
        (
            "extKeyUsage: clientAuth",
            vec![authority(None), purposes(&[CLIENT])],
        ),
        (
            "extKeyUsage: anyExtendedKeyUsage",
            vec![authority(None), purposes(&[ANY])],
        ),
        (
            "extKeyUsage: Netscape's server-gated crypto",
            vec![authority(None), purposes(&[GATED])],
        ),
        (
            "CA:TRUE, keyCertSign among the unused bits of keyUsage",
            vec![
                authority(None),
                extension(&[2, 5, 29, 15], true, &[3, 2, 5, 0x84]),
            ],
        ),
        (
            "basicConstraints not marked critical",
            vec![extension(&[2, 5, 29, 19], false, &[0x30, 3, 1, 1, 0xff])],
        ),
    ] {
        let change = |it: &mut Certificate| it.extensions = extensions.clone();
        cases.extend(Case::of_authorities(what, &root, change));
    }
    // The lengths of paths.
    for (allowed, below) in [(0, 1), (1, 1), (1, 2), (2, 2)] {
        let limit = |it: &mut Certificate| it.extensions = vec![authority(Some(allowed))];
        let stored = Party::root("Test Root", Key::P256(1), limit);
        cases.push(below_of(
            &stored,
            &stored,
            below,
            &format!("root: pathlen:{allowed}"),
        ));
        let limited = root.authority("Limited", Key::P256(3), limit);
        let what = format!("intermediate: pathlen:{allowed}");
        cases.push(below_of(&root, &limited, below, &what));
    }
    let limit = |it: &mut Certificate| it.extensions = vec![authority(Some(0))];
    let limited = root.authority("Limited", Key::P256(3), limit);
    let itself = limited.authority("Limited", Key::P256(4), |_| ());
    let own = itself.issue(&leaf());
    cases.push(Case::new(
        "intermediate: pathlen:0, above a new key of its own name",
        &root,
        &[&own, &itself.der, &limited.der],
    ));
    cases
}

/// A server with so many issuers below this authority.
fn below_of(root: &Party, top: &Party, below: usize, what: &str) -> Case {
    let mut presented = vec![top.der.clone()];
    let mut last = top.clone();
    for n in 0..below {
        last = last.authority(&format!("Issuer {n}"), Key::P256(20 + n as u8), |_| ());
        presented.insert(0, last.der.clone());
    }
    let own = last.issue(&leaf());
    presented.insert(0, own);
    let presented: Vec<_> = presented.iter().map(Vec::as_slice).collect();
    Case::new(
        format!("{what}, {below} issuers below it"),
        root,
        &presented,
    )
}
