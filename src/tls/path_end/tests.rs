//! Certificates around every threshold, to the second, on a wall clock of the tests' own.

use super::*;
use crate::check::{Check, Expiry};
use crate::reason::Reason;
use crate::report::sample::{answered, checked};
use crate::status::Status;
use crate::tls::Session;
use crate::tls::verify::ServerVerifier;
use crate::verdict::judge;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use std::time::{Duration, UNIX_EPOCH};

const DAY: u64 = 24 * 60 * 60;
/// 2027-01-15T08:00:00Z: the first end in each path.
const FIRST: u64 = 1_800_000_000;
const LATER: u64 = FIRST + 400 * DAY;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn params(name: &str, end: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = at(FIRST - 1000 * DAY).into();
    params.not_after = at(end).into();
    params
}

fn authority(name: &str, end: u64) -> CertificateParams {
    let mut params = params(name, end);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn root(end: u64) -> Authority {
    CertifiedIssuer::self_signed(authority("Root", end), key()).expect("a root")
}

/// What a server shows, its own certificate first, and the roots that are trusted.
struct Shown {
    chain: Vec<CertificateDer<'static>>,
    roots: Vec<CertificateDer<'static>>,
}

impl Shown {
    /// The server's certificate, an issuer's and a root's with these ends.
    fn new(leaf: u64, issuer: u64, root: u64) -> Self {
        let root = self::root(root);
        let issuer = CertifiedIssuer::signed_by(authority("Issuer", issuer), key(), &root);
        let issuer = issuer.expect("an issuer");
        Self {
            chain: vec![own(leaf, &issuer), issuer.der().clone()],
            roots: vec![root.der().clone()],
        }
    }

    /// The reason and status of a check with `--expiry 21,7` that begins then, and whose end counts.
    /// `None` if the path is not verified.
    fn judged(&self, now: u64) -> Option<(Reason, Status, Option<String>)> {
        let store = TrustStore::of(self.roots.clone());
        let verifier = ServerVerifier::in_store(store, &ring::default_provider());
        let name = ServerName::try_from("a.example").expect("a name");
        let time = UnixTime::since_unix_epoch(Duration::from_secs(now));
        let (own, issuers) = self.chain.split_first()?;
        let end = verifier.verify(own, issuers, &name, time, true).ok()?;
        let check = Check {
            expiry: Some(Expiry {
                warning: Duration::from_secs(21 * DAY),
                critical: Duration::from_secs(7 * DAY),
            }),
            ..Check::default()
        };
        let mut checked = checked(check, answered(1, None));
        checked.began = at(now);
        checked.trace.session = Some(Session {
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            not_after: None,
            path_end: end.clone(),
        });
        let verdict = judge(&checked);
        Some((verdict.reason, verdict.status, end?.issuer))
    }
}

fn own(end: u64, issuer: &Authority) -> CertificateDer<'static> {
    let mut params = params("Server", end);
    let name = "a.example".try_into().expect("a name");
    params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
    let own = params.signed_by(&key(), issuer).expect("a certificate");
    own.der().clone()
}

#[test]
fn the_first_to_end_is_held_against_every_threshold_to_the_second() {
    for (shown, whose) in [
        (Shown::new(FIRST, LATER, LATER), None),
        (Shown::new(LATER, FIRST, LATER), Some("Issuer")),
        (Shown::new(LATER, LATER, FIRST), Some("Root")),
        // Of those that end at once the one nearest to the server.
        (Shown::new(FIRST, FIRST, FIRST), None),
        (Shown::new(LATER, FIRST, FIRST), Some("Issuer")),
    ] {
        for (left, reason, status) in [
            (400 * DAY, Reason::Ok, Status::Ok),
            (21 * DAY + 1, Reason::Ok, Status::Ok),
            (21 * DAY, Reason::Ok, Status::Ok),
            (21 * DAY - 1, Reason::Expiry, Status::Warning),
            (7 * DAY + 1, Reason::Expiry, Status::Warning),
            (7 * DAY, Reason::Expiry, Status::Warning),
            (7 * DAY - 1, Reason::Expiry, Status::Critical),
            (1, Reason::Expiry, Status::Critical),
            (0, Reason::Expiry, Status::Critical),
        ] {
            let wanted = (reason, status, whose.map(str::to_owned));
            assert_eq!(shown.judged(FIRST - left), Some(wanted), "{whose:?} {left}");
        }
        assert_eq!(shown.judged(FIRST + 1), None, "{whose:?}");
    }
}

#[test]
fn what_nobody_needs_is_no_reason_in_any_order() {
    let (old, long) = (root(FIRST), root(LATER));
    let renewed = CertifiedIssuer::self_signed(authority("Root", LATER), key_of(&old));
    let renewed = renewed.expect("a root");
    let crossed = CertifiedIssuer::signed_by(authority("Root", LATER), key_of(&old), &long);
    let crossed = crossed.expect("an issuer");
    let leaf = own(LATER, &old);
    let ders = [
        old.der().clone(),
        renewed.der().clone(),
        crossed.der().clone(),
    ];
    let [old, renewed, crossed] = ders;
    let long = long.der().clone();
    for (chain, roots) in [
        // Two roots with one key.
        (vec![], vec![old.clone(), renewed.clone()]),
        (vec![], vec![renewed.clone(), old.clone()]),
        // An expired copy is presented of the root that is in the store.
        (vec![old.clone()], vec![renewed.clone()]),
        (vec![crossed.clone(), old.clone()], vec![renewed.clone()]),
        // The root that ends was cross-signed by one that lasts.
        (vec![crossed.clone()], vec![old.clone(), long.clone()]),
        (vec![crossed.clone()], vec![long.clone(), old.clone()]),
        (
            vec![old.clone(), crossed.clone()],
            vec![long.clone(), old.clone()],
        ),
    ] {
        let chain = [vec![leaf.clone()], chain].concat();
        let shown = Shown { chain, roots };
        for now in [
            FIRST - 30 * DAY,
            FIRST - 1,
            FIRST,
            FIRST + 1,
            FIRST + 30 * DAY,
        ] {
            let judged = shown.judged(now);
            let is_well = matches!(judged, Some((Reason::Ok, Status::Ok, _)));
            assert!(is_well, "{} {now}: {judged:?}", shown.chain.len());
        }
    }
}

fn key_of(authority: &Authority) -> KeyPair {
    let key = authority.key().serialize_der();
    KeyPair::try_from(key).expect("the same key")
}
