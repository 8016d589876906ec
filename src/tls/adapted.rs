//! Certificates in a form that webpki takes. It refuses some that OpenSSL and Go accept, for a flag of
//! an extension or a date that makes no difference here. A copy of such a certificate has another in
//! its place, and signatures are verified over the certificate as it was presented.

use super::certificate::{Certificate, Extension};
use super::dates;
use super::der::{read_sequence, read_tagged};
use super::oid::{BASIC_CONSTRAINTS, Oid};
use rustls::pki_types::CertificateDer;
use std::borrow::Cow;

/// A DER BOOLEAN that is true.
const TRUE: u8 = 0xff;

/// Arcs under id-ce (RFC 5280, section 4.2.1) of certificatePolicies, policyMappings,
/// policyConstraints and inhibitAnyPolicy. No policy is asked for, as OpenSSL does unless told.
const POLICIES: [u8; 4] = [32, 33, 36, 54];

/// Arcs of the extensions that webpki applies: keyUsage, subjectAltName, basicConstraints,
/// nameConstraints, cRLDistributionPoints and extKeyUsage.
const APPLIED: [u8; 6] = [15, 17, 19, 30, 31, 37];

/// A server's certificate and its issuers, and what webpki is given in their place.
#[derive(Debug, Default)]
pub(super) struct AdaptedPath<'a> {
    presented: Vec<&'a [u8]>,
    /// In the same order and of the same lengths.
    given: Vec<CertificateDer<'a>>,
}

impl<'a> AdaptedPath<'a> {
    /// Adapts these certificates. One is copied only if that is necessary.
    pub(super) fn new(own: &Certificate<'a>, issuers: &[Certificate<'a>]) -> Self {
        let given = issuers.iter().map(|issuer| adapt(issuer, None));
        Self {
            presented: [own]
                .into_iter()
                .chain(issuers)
                .map(|one| one.der)
                .collect(),
            given: [adapt_own(own)].into_iter().chain(given).collect(),
        }
    }

    /// The certificates for webpki: the server's own, and the issuers.
    pub(super) fn given(&self) -> Option<(&CertificateDer<'a>, &[CertificateDer<'a>])> {
        self.given.split_first()
    }

    /// Returns what was presented in the place of a part of a certificate for webpki. `None` for
    /// other bytes.
    pub(super) fn presented_part(&self, part: &[u8]) -> Option<&'a [u8]> {
        let mut both = self.presented.iter().zip(&self.given);
        both.find_map(|(presented, given)| {
            let at = part.as_ptr().addr().checked_sub(given.as_ptr().addr())?;
            presented.get(at..at.checked_add(part.len())?)
        })
    }
}

/// Returns the first critical extension for which a presented certificate is refused, for display.
pub(super) fn unknown_critical_extension(certificate: &Certificate<'_>) -> Option<String> {
    let is_known = |oid: &[u8]| matches!(oid, [0x55, 29, arc] if APPLIED.contains(arc) || POLICIES.contains(arc));
    let mut critical = certificate.extensions().filter(Extension::is_critical);
    let unknown = critical.find(|extension| !is_known(extension.oid))?;
    Some(Oid(unknown.oid).to_string())
}

/// Adapts a server's own certificate, which may say that it is an authority's.
pub(super) fn adapt_own<'a>(own: &Certificate<'a>) -> CertificateDer<'a> {
    adapt(own, authority_flag(own))
}

fn adapt<'a>(certificate: &Certificate<'a>, other_flag: Option<&'a [u8]>) -> CertificateDer<'a> {
    let flags = policy_flags(certificate).chain(other_flag);
    let flags = flags
        .filter(|flag| *flag == [TRUE])
        .map(|flag| (flag, &[0][..]));
    let mut given = Cow::Borrowed(certificate.der);
    for (part, other) in flags.chain(dates::begin_before_1970(certificate.der)) {
        let at = part.as_ptr().addr() - certificate.der.as_ptr().addr();
        // Of another length, nothing is replaced, and webpki refuses the certificate.
        if part.len() == other.len()
            && let Some(place) = given.to_mut().get_mut(at..at + other.len())
        {
            place.copy_from_slice(other);
        }
    }
    match given {
        Cow::Borrowed(der) => der.into(),
        Cow::Owned(der) => der.into(),
    }
}

/// The flags `critical` of the extensions about policies.
fn policy_flags<'a>(certificate: &Certificate<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let policies = certificate
        .extensions()
        .filter(|extension| matches!(extension.oid, [0x55, 29, arc] if POLICIES.contains(arc)));
    policies.map(|extension| extension.critical)
}

/// The flag cA of basicConstraints (RFC 5280, section 4.2.1.9).
fn authority_flag<'a>(certificate: &Certificate<'a>) -> Option<&'a [u8]> {
    let constraints = read_sequence(certificate.extension(BASIC_CONSTRAINTS)?)?;
    Some(read_tagged(constraints, 0x01)?.0)
}
