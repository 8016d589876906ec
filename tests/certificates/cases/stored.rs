//! Certificates that vouch for themselves, and those that the store has.

use crate::case::{Case, LEAF, leaf, root};
use crate::der::{Party, authority, hosts, key_usage, name};

pub(crate) fn cases() -> Vec<Case> {
    let of = |extensions: &[Vec<u8>]| {
        Party::root("server", LEAF, |it| {
            it.extensions = [&[hosts(&["www.example.com"])], extensions].concat();
        })
    };
    let root = root();
    let mut cases = Vec::new();
    for (what, extensions) in [
        ("self-signed", vec![]),
        ("self-signed with CA:TRUE", vec![authority(None)]),
        (
            "self-signed with CA:TRUE and keyUsage keyCertSign",
            vec![authority(None), key_usage(4)],
        ),
        (
            "self-signed with keyUsage digitalSignature",
            vec![key_usage(0x80)],
        ),
    ] {
        let own = of(&extensions);
        let stored = Case::new(format!("{what}, in the store"), &own, &[&own.der]);
        cases.push(stored);
        cases.push(Case::new(
            format!("{what}, not in the store"),
            &root,
            &[&own.der],
        ));
    }
    let forged = Party::root("server", LEAF, |it| {
        it.extensions = vec![hosts(&["www.example.com"])];
        it.is_forged = true;
    });
    cases.push(Case::new(
        "self-signed with a wrong signature, in the store",
        &forged,
        &[&forged.der],
    ));
    let old = Party::root("server", LEAF, |it| {
        it.extensions = vec![hosts(&["www.example.com"])];
        it.serial = vec![1];
    });
    let old_ca = Party::root("server", LEAF, |it| {
        it.extensions = vec![hosts(&["www.example.com"]), authority(None)];
        it.serial = vec![1];
    });
    let own = of(&[authority(None)]);
    cases.push(Case::new(
        "self-signed with CA:TRUE, and an older one of its key in the store",
        &old_ca,
        &[&own.der],
    ));
    let own = of(&[]);
    cases.push(Case::new(
        "self-signed, and an older one of its key in the store",
        &old,
        &[&own.der],
    ));
    let issued = Party {
        name: name("server"),
        key: LEAF,
        der: root.issue(&leaf()),
    };
    cases.push(Case::new(
        "issued by an unknown root, and itself in the store",
        &issued,
        &[&issued.der],
    ));
    cases
}
