//! Issuers that may not be what they are in a path whose signatures are all right.

use super::{asked, refused};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose,
};
use support::*;

/// A change to an issuer's certificate, and the reason that is told; `None` where it does no harm.
type Change = (fn(&mut CertificateParams), Option<&'static str>);

const KEY_USAGE: [Change; 4] = [
    (
        |params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature],
        Some("may not sign certificates (its keyUsage lacks keyCertSign)"),
    ),
    (
        |params| params.key_usages = vec![KeyUsagePurpose::CrlSign],
        Some("may not sign certificates (its keyUsage lacks keyCertSign)"),
    ),
    (
        |params| {
            params.key_usages = vec![
                KeyUsagePurpose::KeyCertSign,
                KeyUsagePurpose::CrlSign,
                KeyUsagePurpose::DecipherOnly,
            ];
        },
        None,
    ),
    (|params| params.key_usages = vec![], None),
];

/// Parts of a certificate that webpki looks at in an intermediate, and not in a root.
const ROOT: [Change; 12] = [
    (
        |params| params.is_ca = IsCa::ExplicitNoCa,
        Some("may not sign certificates (its basicConstraints say CA:FALSE)"),
    ),
    (
        |params| params.is_ca = IsCa::NoCa,
        Some("may not sign certificates (it has no basicConstraints)"),
    ),
    // OpenSSL takes it, though Go does not.
    (
        |params| {
            params.is_ca = IsCa::NoCa;
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        },
        None,
    ),
    (
        |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
        Some("has more issuers below it (1) than its pathLenConstraint allows (0)"),
    ),
    (
        |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1)),
        None,
    ),
    (
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection],
        Some("may not vouch for servers (its extendedKeyUsage lacks serverAuth)"),
    ),
    (
        |params| {
            params.extended_key_usages = vec![
                ExtendedKeyUsagePurpose::ClientAuth,
                ExtendedKeyUsagePurpose::ServerAuth,
            ];
        },
        None,
    ),
    (
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
        None,
    ),
    (
        |params| params.custom_extensions = vec![extension(&[1, 2, 3, 4], true)],
        Some("has a critical extension that is not known here"),
    ),
    (
        |params| params.custom_extensions = vec![extension(&[2, 5, 29, 99], true)],
        Some("has a critical extension that is not known here"),
    ),
    (
        |params| params.custom_extensions = vec![extension(&[1, 2, 3, 4], false)],
        None,
    ),
    // certificatePolicies, which webpki knows no more than the other.
    (
        |params| params.custom_extensions = vec![extension(&[2, 5, 29, 32], true)],
        None,
    ),
];

#[test]
fn an_issuer_must_be_allowed_to_sign_certificates() {
    for (change, said) in KEY_USAGE {
        let root = Authority::new("Case Root");
        let issuer = root.intermediate_with("Case Issuer", change);
        let chain = issuer.issue(Leaf::good()).through(&issuer);
        judged(
            &asked(&chain, &root.store()),
            "certificate of the issuer Case Issuer",
            said,
        );
    }
}

#[test]
fn a_root_must_be_allowed_to_sign_certificates() {
    for (change, said) in KEY_USAGE {
        let root = Authority::changed("Case Root", change);
        judged(
            &asked(&root.issue(Leaf::good()), &root.store()),
            "certificate of the issuer Case Root in the trust store",
            said,
        );
    }
}

#[test]
fn a_root_of_the_store_must_be_one_for_this_path() {
    for (change, said) in KEY_USAGE.into_iter().chain(ROOT) {
        let root = Authority::changed("Case Root", change);
        let issuer = root.intermediate("Case Issuer");
        let chain = issuer.issue(Leaf::good()).through(&issuer);
        judged(
            &asked(&chain, &root.store()),
            "certificate of the issuer Case Root in the trust store",
            said,
        );
    }
}

#[test]
fn a_root_that_allows_no_issuer_below_it_may_vouch_for_a_server() {
    let root = Authority::changed("Case Root", |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    });
    asked(&root.issue(Leaf::good()), &root.store()).ok("220 ready");
}

#[test]
fn one_certificate_of_a_root_that_fits_is_enough() {
    let bad = Authority::changed("Case Root", |params| params.is_ca = IsCa::ExplicitNoCa);
    let good = bad.remade("Case Root", |_| ());
    let other = Authority::new("Other Root");
    let identity = bad.issue(Leaf::good());
    for order in [[&bad, &good, &other], [&other, &good, &bad]] {
        let store = Store::of(&order.map(Authority::pem));
        asked(&identity, &store).ok("220 ready");
    }
    // One that does not hold any more is none of them.
    let expired = bad.remade("Case Root", |params| {
        params.not_after = rcgen::date_time_ymd(2020, 4, 5);
    });
    for order in [[&expired, &bad], [&bad, &expired]] {
        let store = Store::of(&order.map(Authority::pem));
        refused(&asked(&identity, &store), &["Case Root", "CA:FALSE"]);
    }
}

#[test]
fn another_path_is_taken_where_one_ends_at_an_issuer_that_may_not_sign() {
    let (bad, good) = (
        Authority::changed("Bad Root", |params| params.is_ca = IsCa::ExplicitNoCa),
        Authority::new("Good Root"),
    );
    let by_bad = bad.intermediate("Case Issuer");
    let by_good = by_bad.cross_signed_by("Case Issuer", &good);
    let store = Store::of(&[bad.pem(), good.pem()]);
    let leaf = || by_bad.issue(Leaf::good());
    let both = leaf().through(&by_bad).through(&by_good);
    asked(&both, &store).ok("220 ready");
    asked(&leaf().through(&by_good).through(&by_bad), &store).ok("220 ready");
    refused(
        &asked(&leaf().through(&by_bad), &store),
        &["Bad Root", "CA:FALSE"],
    );
}

#[test]
fn a_refused_issuer_has_the_reason_certificate() {
    let root = Authority::new("Case Root");
    let issuer = root.intermediate_with("Case\u{202e}Issuer|", KEY_USAGE[0].0);
    let chain = issuer.issue(Leaf::good()).through(&issuer);
    let server = super::greeting(&chain, TLS13);
    let port = server.port();
    let run = program!("-S -H localhost -p {port} --format json")
        .trusting(&root.store())
        .run();
    let json = String::from_utf8_lossy(&run.stdout);
    assert!(json.contains(r#""reason":"certificate""#), "{run}");
    let run = asked(&chain, &root.store());
    refused(&run, &["Case", "Issuer", "keyCertSign"]);
}

fn extension(oid: &[u64], is_critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(oid, vec![0x30, 0]);
    extension.set_criticality(is_critical);
    extension
}

#[track_caller]
fn judged(run: &Run, whose: &str, said: Option<&str>) {
    match said {
        None => _ = run.ok("220 ready"),
        Some(said) => refused(run, &[&format!("{whose} {said}")]),
    }
}
