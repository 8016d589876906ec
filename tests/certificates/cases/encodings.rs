//! Versions, serial numbers, extensions and odd encodings.

use crate::case::{Case, HOST, leaf, root};
use crate::der::{Certificate, Party, element, extension, hosts, name, oid, sequence};
use crate::keys::{Hash, Key};

/// Extensions about policies, with values that make no demand.
const POLICIES: [(&str, u64, &[u8]); 4] = [
    (
        "certificatePolicies",
        32,
        b"\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00",
    ),
    (
        "policyMappings",
        33,
        b"\x30\x0c\x30\x0a\x06\x03\x2a\x03\x04\x06\x03\x2a\x03\x05",
    ),
    ("policyConstraints", 36, b"\x30\x03\x80\x01\x03"),
    ("inhibitAnyPolicy", 54, b"\x02\x01\x04"),
];

pub(crate) fn cases() -> Vec<Case> {
    let root = root();
    let mut cases = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut Certificate)| {
        let own = root.issue(&leaf().with(|it| change(it)));
        cases.push(Case::new(format!("server's: {what}"), &root, &[&own]));
    };
    add("version 1, with extensions", &|it| it.version = Vec::new());
    add("version 1, spelt out", &|it| {
        it.version = element(0xa0, &[2, 1, 0]);
    });
    add("version 2", &|it| it.version = element(0xa0, &[2, 1, 1]));
    add("version 4", &|it| it.version = element(0xa0, &[2, 1, 3]));
    add(
        "version 1, without extensions, named by its common name",
        &|it| {
            it.version = Vec::new();
            it.subject = name(HOST);
            it.extensions = Vec::new();
        },
    );
    for (what, serial) in [
        ("0", vec![0]),
        ("negative", vec![0xff]),
        ("of 20 bytes", vec![0x7f; 20]),
        ("of 21 bytes", vec![0x7f; 21]),
        ("of 40 bytes", vec![0x7f; 40]),
        ("with a needless zero", vec![0, 0x4e]),
        ("empty", vec![]),
    ] {
        add(&format!("serial number {what}"), &|it| {
            it.serial.clone_from(&serial);
        });
    }
    let push = |of: &'static [u64], is_critical: bool, value: &[u8]| {
        let extension = extension(of, is_critical, value);
        move |it: &mut Certificate| it.extensions.push(extension.clone())
    };
    const UNKNOWN: &[u64] = &[1, 2, 3, 4];
    add("an unknown extension", &push(UNKNOWN, false, &[5, 0]));
    add(
        "an unknown critical extension",
        &push(UNKNOWN, true, &[5, 0]),
    );
    add("an unknown extension twice", &|it| {
        it.extensions.push(extension(UNKNOWN, false, &[5, 0]));
        it.extensions.push(extension(UNKNOWN, false, &[5, 0]));
    });
    add("subjectAltName twice", &|it| {
        it.extensions.push(hosts(&["mail.example.com"]));
    });
    add("20 unknown extensions", &|it| {
        it.extensions
            .extend((0..20).map(|n| extension(&[1, 2, 3, n], false, &[5, 0])));
    });
    add("40 unknown extensions", &|it| {
        it.extensions
            .extend((0..40).map(|n| extension(&[1, 2, 3, n], false, &[5, 0])));
    });
    for (what, arc, value) in POLICIES {
        add(&format!("{what}, critical"), &|it| {
            it.extensions.push(extension(&[2, 5, 29, arc], true, value));
        });
    }
    let key_id = element(4, b"server");
    add(
        "subjectKeyIdentifier, critical",
        &push(&[2, 5, 29, 14], true, &key_id),
    );
    let issuer_key_id = element(0x30, &element(0x80, b"root"));
    add(
        "authorityKeyIdentifier, critical",
        &push(&[2, 5, 29, 35], true, &issuer_key_id),
    );
    let access = [
        oid(&[1, 3, 6, 1, 5, 5, 7, 48, 1]),
        element(0x86, b"http://a.example/"),
    ];
    let access = sequence(&[sequence(&access)]);
    add(
        "authorityInfoAccess",
        &push(&[1, 3, 6, 1, 5, 5, 7, 1, 1], false, &access),
    );
    add(
        "authorityInfoAccess, critical",
        &push(&[1, 3, 6, 1, 5, 5, 7, 1, 1], true, &access),
    );
    let staple = sequence(&[&[2, 1, 5][..]]);
    add(
        "TLS feature (OCSP must staple)",
        &push(&[1, 3, 6, 1, 5, 5, 7, 1, 24], false, &staple),
    );
    add(
        "TLS feature, critical",
        &push(&[1, 3, 6, 1, 5, 5, 7, 1, 24], true, &staple),
    );
    const POISON: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 4, 3];
    add(
        "a precertificate (certificate transparency poison)",
        &push(POISON, true, &[5, 0]),
    );
    let point = element(
        0xa0,
        &element(0xa0, &element(0x86, b"http://a.example/crl")),
    );
    let points = sequence(&[element(0x30, &point)]);
    add(
        "cRLDistributionPoints",
        &push(&[2, 5, 29, 31], false, &points),
    );
    add(
        "cRLDistributionPoints, critical",
        &push(&[2, 5, 29, 31], true, &points),
    );
    add(
        "keyUsage that can't be read",
        &push(&[2, 5, 29, 15], false, &[4, 1, 0]),
    );
    add(
        "basicConstraints that can't be read",
        &push(&[2, 5, 29, 19], false, &[4, 1, 0]),
    );
    add(
        "extKeyUsage that can't be read",
        &push(&[2, 5, 29, 37], false, &[4, 1, 0]),
    );
    add("nameConstraints, though it is no authority's", &|it| {
        let permitted = element(0xa0, &element(0x30, &element(0x82, b"example.com")));
        it.extensions
            .push(extension(&[2, 5, 29, 30], true, &element(0x30, &permitted)));
    });
    add("a flag `critical` that is spelt out as false", &|it| {
        let fields = [oid(UNKNOWN), vec![1, 1, 0], element(4, &[5, 0])];
        it.extensions.push(sequence(&fields));
    });
    add("a flag `critical` of value 1", &|it| {
        let fields = [oid(UNKNOWN), vec![1, 1, 1], element(4, &[5, 0])];
        it.extensions.push(sequence(&fields));
    });
    add(
        "an algorithm of its signature that is told in two ways",
        &|it| {
            it.outer_algorithm = Some(it.key.algorithm(Hash::Sha384));
        },
    );
    add("a unique identifier of its holder", &|it| {
        let extensions = element(0xa3, &sequence(&it.extensions));
        it.extensions = Vec::new();
        it.tail = [element(0x82, &[0, 1]), extensions].concat();
    });
    add("bytes behind its last field", &|it| {
        it.tail = element(0xa4, &[5, 0]);
    });
    add("bytes behind it", &|it| it.trailing = vec![5, 0]);
    // Issuers.
    for (what, arc, value) in POLICIES {
        let change = |it: &mut Certificate| {
            it.extensions.push(extension(&[2, 5, 29, arc], true, value));
        };
        let issuer = root.authority("Test Issuer", Key::P256(2), change);
        let own = issuer.issue(&leaf());
        let what_of = format!("intermediate: {what}, critical");
        cases.push(Case::new(what_of, &root, &[&own, &issuer.der]));
        let stored = Party::root("Test Root", Key::P256(1), change);
        let own = stored.issue(&leaf());
        cases.push(Case::new(
            format!("root: {what}, critical"),
            &stored,
            &[&own],
        ));
    }
    let demanding = |it: &mut Certificate| {
        it.extensions
            .push(extension(&[2, 5, 29, 36], true, b"\x30\x03\x80\x01\x00"));
    };
    let issuer = root.authority("Test Issuer", Key::P256(2), demanding);
    let own = issuer.issue(&leaf());
    cases.push(Case::new(
        "intermediate: policyConstraints that ask for a policy, and the server's has none",
        &root,
        &[&own, &issuer.der],
    ));
    for (what, change) in [
        (
            "an unknown critical extension",
            &unknown as &dyn Fn(&mut Certificate),
        ),
        ("version 1", &|it| {
            it.version = Vec::new();
            it.extensions = Vec::new();
        }),
        ("serial number 0", &|it| it.serial = vec![0]),
        ("serial number negative", &|it| it.serial = vec![0xff]),
        ("serial number of 21 bytes", &|it| {
            it.serial = vec![0x7f; 21];
        }),
    ] {
        cases.extend(Case::of_authorities(what, &root, change));
    }
    cases
}

fn unknown(certificate: &mut Certificate) {
    certificate
        .extensions
        .push(extension(&[1, 2, 3, 4], true, &[5, 0]));
}
