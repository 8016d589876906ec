//! Messages for certificates refused for rarer reasons, in words that an operator understands.

use super::{asked, greeting, refused};
use rcgen::{
    CustomExtension, DnType, DnValue, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    NameConstraints, string::BmpString,
};
use support::*;

const EXTENDED_KEY_USAGE: [u64; 4] = [2, 5, 29, 37];
const SUBJECT_ALT_NAME: [u64; 4] = [2, 5, 29, 17];
const CT_POISON: [u64; 10] = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 3];

/// The run of a check of this leaf, under a root that is trusted.
fn of_leaf(leaf: Leaf) -> Run {
    let root = Authority::new("Test Root");
    asked(&root.issue(leaf), &root.store())
}

/// The run of a check of a good leaf under this authority, where only `root` is trusted.
fn through(root: &Authority, issuer: &Authority) -> Run {
    asked(&issuer.issue(Leaf::good()).through(issuer), &root.store())
}

/// A critical extension that nobody here knows.
fn unknown() -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    extension.set_criticality(true);
    extension
}

#[test]
fn key_usages_are_reported_by_name() {
    let run = of_leaf(Leaf::good().with(|params| {
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::Other(vec![1, 3, 6, 1, 4, 1, 311, 99, 70_000]),
        ];
    }));
    run.critical(shows(&[
        "certificate is not for servers: it is for TLS client authentication \
         (1.3.6.1.5.5.7.3.2), 1.3.6.1.4.1.311.99.70000",
    ]));
    let any = |params: &mut rcgen::CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    };
    of_leaf(Leaf::good().with(any)).critical(shows(&[
        "it is for any purpose (2.5.29.37.0), which does not name servers",
    ]));
    let root = Authority::new("Test Root");
    let issuer = root.intermediate_with("Mail Root", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    });
    through(&root, &issuer).critical(shows(&[
        "certificate of the issuer Mail Root is not for servers: it is for e-mail protection",
    ]));
    // An identifier that is none.
    let run = of_leaf(Leaf::good().with(|params| {
        let usages = b"\x30\x04\x06\x02\x82\x82".to_vec();
        let extension = CustomExtension::from_oid_content(&EXTENDED_KEY_USAGE, usages);
        params.custom_extensions = vec![extension];
    }));
    run.critical("it is for an object identifier that can't be read$");
}

#[test]
fn constraints_of_issuers_are_reported_in_words() {
    let root = Authority::new("Test Root");
    let no_authority = root.intermediate_with("No Authority", |params| {
        params.is_ca = IsCa::ExplicitNoCa;
    });
    through(&root, &no_authority).critical(shows(&["no authority's (not CA:TRUE)"]));

    let constrained = root.intermediate_with("Constrained", |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("example.org".to_owned())],
            excluded_subtrees: Vec::new(),
        });
    });
    through(&root, &constrained).critical(shows(&["name constraints do not allow"]));

    let short = root.intermediate_with("Short", |params| {
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
    });
    let below = short.intermediate("Below");
    let chain = below.issue(Leaf::good()).through(&below).through(&short);
    asked(&chain, &root.store()).critical(shows(&["than one of them allows"]));

    let odd = root.intermediate_with("Odd", |params| {
        params.custom_extensions = vec![unknown()];
    });
    through(&root, &odd).critical(shows(&[
        "invalid certificate of the issuer Odd: it has a critical extension that is not supported: 1.2.3.4",
    ]));
}

#[test]
fn an_unknown_critical_extension_is_reported_in_words() {
    let leaf = Leaf::good().with(|params| params.custom_extensions = vec![unknown()]);
    of_leaf(leaf).critical(shows(&[
        "invalid certificate: it has a critical extension that is not supported: 1.2.3.4",
    ]));
    let mut poison = CustomExtension::from_oid_content(&CT_POISON, vec![5, 0]);
    poison.set_criticality(true);
    let leaf = Leaf::good().with(|params| params.custom_extensions = vec![poison]);
    of_leaf(leaf).critical(shows(&[
        "not supported: certificate transparency poison (1.3.6.1.4.1.11129.2.4.3)",
    ]));
}

#[test]
fn critical_policies_are_no_reason() {
    let policies = |params: &mut rcgen::CertificateParams| {
        // certificatePolicies: anyPolicy; policyConstraints: requireExplicitPolicy 3; inhibitAnyPolicy 4.
        let values: [(u64, &[u8]); 3] = [
            (32, b"\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00"),
            (36, b"\x30\x03\x80\x01\x03"),
            (54, b"\x02\x01\x04"),
        ];
        params.custom_extensions = values
            .map(|(arc, value)| {
                let value = value.to_vec();
                let mut policy = CustomExtension::from_oid_content(&[2, 5, 29, arc], value);
                policy.set_criticality(true);
                policy
            })
            .into();
    };
    for version in [TLS12, TLS13] {
        let root = Authority::new("Test Root");
        let issuer = root.intermediate_with("Test Issuer", policies);
        let chain = issuer.issue(Leaf::good().with(policies)).through(&issuer);
        let server = greeting(&chain, version);
        let port = server.port();
        let run = program!("-S -H localhost -p {port} -e ^220")
            .trusting(&root.store())
            .run();
        run.ok("220 ready");
    }
}

#[test]
fn a_period_may_begin_before_1970_but_not_end_there() {
    let from = |year| {
        move |params: &mut rcgen::CertificateParams| {
            params.not_before = rcgen::date_time_ymd(year, 2, 3);
        }
    };
    for year in [1969, 1955, 1800] {
        of_leaf(Leaf::good().with(from(year))).ok("220 ready");
    }
    let ended = Leaf::good().with(|params| {
        params.not_before = rcgen::date_time_ymd(1955, 2, 3);
        params.not_after = rcgen::date_time_ymd(1969, 4, 5);
    });
    of_leaf(ended).critical(shows(&["certificate expired at 1969-04-05T00:00:00Z"]));
    let root = Authority::new("Test Root");
    let issuer = root.intermediate_with("Old", from(1960));
    through(&root, &issuer).ok("220 ready");
    let ended = root.intermediate_with("Old", |params| {
        params.not_after = rcgen::date_time_ymd(1969, 4, 5);
    });
    through(&root, &ended).critical(shows(&[
        "certificate of an intermediate issuer: expired at 1969-04-05",
    ]));
    // webpki does not ask for those of a root.
    let root = Authority::with("Test Root", from(1960));
    asked(&root.issue(Leaf::good()), &root.store()).ok("220 ready");
}

#[test]
fn a_validity_that_ends_before_it_begins_is_told() {
    let leaf = Leaf::good().with(|params| {
        params.not_before = rcgen::date_time_ymd(2090, 1, 1);
        params.not_after = rcgen::date_time_ymd(2080, 1, 1);
    });
    refused(&of_leaf(leaf), &["validity ends before it begins"]);
}

#[test]
fn a_wrong_signature_is_reported() {
    let root = Authority::new("Test Root");
    let forged = root
        .issue(Leaf::good())
        .forged(b"check-tcp test server", b"check-tcp tesT server");
    let run = asked(&forged, &root.store());
    run.critical("invalid certificate: a signature is wrong$");
}

#[test]
fn names_of_issuers_are_told_in_any_alphabet_and_bytes_that_are_no_text_as_such() {
    let ours = Authority::new("Our Root").store();
    let said = |name: DnValue| {
        let theirs = Authority::with("", |params| {
            params.distinguished_name.push(DnType::CommonName, name);
        });
        asked(&theirs.issue(Leaf::good()), &ours)
    };
    let name = BmpString::try_from("日本 Root").expect("UCS-2");
    said(DnValue::BmpString(name)).critical("unknown issuer: 日本 Root$");
    said(DnValue::Utf8String("Ünter Root".to_owned())).critical("unknown issuer: Ünter Root$");

    let theirs = Authority::new("Their Root").issue(Leaf::good());
    let forged = theirs.forged(b"Their Root", b"Th\xffir\xc3Root");
    asked(&forged, &ours).critical(r"unknown issuer: Th\\xffir\\xc3Root$");
}

#[test]
fn a_host_that_is_no_text_is_told_as_bytes() {
    let leaf = Leaf::named(&[]).with(|params| {
        let names = b"\x30\x0d\x82\x0bb\xfcr.example".to_vec();
        let extension = CustomExtension::from_oid_content(&SUBJECT_ALT_NAME, names);
        params.custom_extensions = vec![extension];
    });
    of_leaf(leaf).critical(r"it names b\\xfcr\.example$");
}

#[test]
fn an_unreadable_name_is_not_shown() {
    let ours = Authority::new("Our Root").store();
    let theirs = Authority::with("Their Root", |params| {
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Acme");
    });
    let leaf = theirs.issue(Leaf::good());
    // The length of the common name is one too many.
    let forged = leaf.forged(b"\x0c\x0aTheir Root", b"\x0c\x0bTheir Root");
    let server = greeting(&forged, TLS13);
    let port = server.port();
    let run = program!("-S -H localhost -p {port} -e ^220")
        .trusting(&ours)
        .run();
    run.critical("certificate from an unknown issuer$");
    assert!(!run.message().contains("Acme"), "{run}");
}
