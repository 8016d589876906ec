//! What the certificate of an issuer must allow, where webpki does not look: as OpenSSL and Go,
//! which agree on all that is refused here.

use super::certificate::Certificate;
use super::dates;
use super::der::{elements, read_sequence, read_tagged};
use super::name::display_name;
use super::oid::{ANY_EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE, SERVER_AUTH};
use super::store::TrustStore;
use rustls::pki_types::{TrustAnchor, UnixTime};
use std::fmt;
use std::ptr;
use webpki::{Cert, VerifiedPath};

/// Arcs under id-ce (RFC 5280, section 4.2.1) that OpenSSL or Go know. What webpki does not apply
/// of them (policies, mostly) can only take from what an authority of the store was trusted with.
const KNOWN_ID_CE: [u8; 12] = [14, 15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54];

/// authorityInfoAccess, and addresses and systems that are the holder's (RFC 3779).
const KNOWN_ID_PE: [u8; 3] = [1, 7, 8];

const KEY_USAGE: &[u8] = &[0x55, 29, 15];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 29, 19];
const NETSCAPE_CERT_TYPE: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 1, 1];

/// A certificate that may not stand where it stands in a path whose signatures are all right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerError {
    /// What its subject is known by, where that can be said.
    issuer: Option<String>,
    /// Whether it is of the trust store, and not presented by the peer.
    is_stored: bool,
    defect: IssuerDefect,
}

/// What a certificate lacks to be that of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IssuerDefect {
    /// Its keyUsage is there, and lacks keyCertSign.
    KeyUsage,
    /// Its basicConstraints say that it is no authority's.
    NotAuthority,
    /// It is of version 3, and nothing in it says that it is an authority's.
    NoBasicConstraints,
    /// Its pathLenConstraint allows so many issuers below it, and there are more.
    PathLength { allowed: usize, actual: usize },
    /// Its extended key usage leaves servers out.
    ExtendedKeyUsage,
    /// It has a critical extension that nobody here knows.
    CriticalExtension,
}

/// What is wrong with a path that webpki takes, in a trust store. `None` where nothing is.
pub fn find_issuer_error(
    path: &VerifiedPath<'_>,
    store: &TrustStore,
    now: UnixTime,
) -> Option<IssuerError> {
    let mut below = 0;
    for intermediate in path.intermediate_certificates() {
        let der = intermediate.der();
        let certificate = Certificate::parse(&der);
        if !certificate.as_ref().is_some_and(may_sign) {
            return Some(IssuerError::new(
                intermediate.subject(),
                false,
                IssuerDefect::KeyUsage,
            ));
        }
        below += usize::from(intermediate.subject() != intermediate.issuer());
    }
    let anchor = path.anchor();
    if is_stored(path.end_entity(), anchor, store) {
        return None;
    }
    let roots = &store.roots.roots;
    let at = roots.iter().position(|root| ptr::eq(root, anchor));
    // They stand in the order of the anchors, but for those whose dates do not hold.
    let (before, behind) = store.certificates.split_at_checked(at.unwrap_or(0))?;
    let mut found = None;
    for der in behind.iter().chain(before) {
        let held = Certificate::parse(der).filter(|held| is_of(held, anchor));
        if let Some(held) = held
            && dates::validity_error(der, now).is_none()
        {
            // One of several for the same name and key is enough.
            let defect = anchor_defect(&held, below)?;
            found.get_or_insert_with(|| IssuerError::new(held.subject, true, defect));
        }
    }
    found
}

/// Whether an extended key usage (RFC 5280, section 4.2.1.12) is there and has neither serverAuth
/// nor any.
pub fn is_limited_to_other_purposes(certificate: &Certificate<'_>) -> bool {
    let Some(value) = certificate.extension(EXTENDED_KEY_USAGE) else {
        return false;
    };
    let mut purposes = elements(read_sequence(value).unwrap_or_default());
    !purposes.any(|(_, purpose)| purpose == SERVER_AUTH || purpose == ANY_EXTENDED_KEY_USAGE)
}

/// Whether the server's certificate is itself the anchor: it is believed for what it is then.
fn is_stored(own: &Cert<'_>, anchor: &TrustAnchor<'_>, store: &TrustStore) -> bool {
    own.subject() == anchor.subject.as_ref()
        && Certificate::parse(&own.der()).is_some_and(|own| is_of(&own, anchor))
        && store.certificates.contains(&own.der())
}

/// Why the certificate of an authority in the store, with so many issuers below it, is none to end
/// a path at.
fn anchor_defect(certificate: &Certificate<'_>, below: usize) -> Option<IssuerDefect> {
    // Others than version 3 have no way to say what they are; who put them there knew it.
    if !certificate.is_v3 {
        return None;
    }
    if !may_sign(certificate) {
        return Some(IssuerDefect::KeyUsage);
    }
    match certificate.extension(BASIC_CONSTRAINTS) {
        Some(value) => {
            let (is_authority, length) = basic_constraints(value);
            if !is_authority {
                return Some(IssuerDefect::NotAuthority);
            }
            if let Some(allowed) = length.filter(|allowed| below > *allowed) {
                return Some(IssuerDefect::PathLength {
                    allowed,
                    actual: below,
                });
            }
        }
        // OpenSSL takes what says so in another way.
        None if certificate.extension(KEY_USAGE).is_none()
            && certificate.extension(NETSCAPE_CERT_TYPE).is_none() =>
        {
            return Some(IssuerDefect::NoBasicConstraints);
        }
        None => {}
    }
    if is_limited_to_other_purposes(certificate) {
        return Some(IssuerDefect::ExtendedKeyUsage);
    }
    let mut critical = certificate.extensions().filter(|e| e.is_critical);
    critical
        .any(|e| !is_known(e.oid))
        .then_some(IssuerDefect::CriticalExtension)
}

/// Whether the key may sign certificates (RFC 5280, section 4.2.1.3): keyUsage is absent, or has
/// keyCertSign, the bit 5.
fn may_sign(certificate: &Certificate<'_>) -> bool {
    let Some(value) = certificate.extension(KEY_USAGE) else {
        return true;
    };
    let bits = read_tagged(value, 0x03).and_then(|(bits, _)| bits.get(1));
    bits.is_some_and(|bits| bits & 0x04 != 0)
}

/// Whether it is an authority's, and how many issuers may stand below it (RFC 5280, section
/// 4.2.1.9).
fn basic_constraints(value: &[u8]) -> (bool, Option<usize>) {
    let fields = read_sequence(value).unwrap_or_default();
    let Some((flag, rest)) = read_tagged(fields, 0x01) else {
        return (false, None);
    };
    let length = match read_tagged(rest, 0x02) {
        Some((&[length @ 0..=0x7f], _)) => Some(usize::from(length)),
        // No path is so long.
        _ => None,
    };
    (flag != [0], length)
}

fn is_known(oid: &[u8]) -> bool {
    match oid {
        [0x55, 29, arc] => KNOWN_ID_CE.contains(arc),
        [0x2b, 6, 1, 5, 5, 7, 1, arc] => KNOWN_ID_PE.contains(arc),
        oid => oid == NETSCAPE_CERT_TYPE,
    }
}

fn is_of(certificate: &Certificate<'_>, anchor: &TrustAnchor<'_>) -> bool {
    certificate.subject == anchor.subject.as_ref()
        && certificate.public_key == anchor.subject_public_key_info.as_ref()
}

impl IssuerError {
    fn new(subject: &[u8], is_stored: bool, defect: IssuerDefect) -> Self {
        Self {
            issuer: display_name(subject),
            is_stored,
            defect,
        }
    }
}

impl fmt::Display for IssuerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.issuer.as_deref().unwrap_or("without a name");
        write!(f, "certificate of the issuer {name}")?;
        if self.is_stored {
            write!(f, " in the trust store")?;
        }
        match self.defect {
            IssuerDefect::KeyUsage => write!(
                f,
                " may not sign certificates (its keyUsage lacks keyCertSign)"
            ),
            IssuerDefect::NotAuthority => write!(
                f,
                " may not sign certificates (its basicConstraints say CA:FALSE)"
            ),
            IssuerDefect::NoBasicConstraints => {
                write!(f, " may not sign certificates (it has no basicConstraints)")
            }
            IssuerDefect::PathLength { allowed, actual } => write!(
                f,
                " has more issuers below it ({actual}) than its pathLenConstraint allows ({allowed})"
            ),
            IssuerDefect::ExtendedKeyUsage => write!(
                f,
                " may not vouch for servers (its extendedKeyUsage lacks serverAuth)"
            ),
            IssuerDefect::CriticalExtension => {
                write!(f, " has a critical extension that is not known here")
            }
        }
    }
}
