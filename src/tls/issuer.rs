//! Checks on the certificates of issuers that webpki does not make. OpenSSL and Go both reject
//! everything that is rejected here.

use super::certificate::{Certificate, Extension};
use super::dates;
use super::der::{elements, read_sequence, read_tagged};
use super::name::display_name;
use super::oid::{
    ANY_EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, KEY_USAGE, NAME_CONSTRAINTS,
    Oid, SERVER_AUTH,
};
use super::store::TrustStore;
use rustls::pki_types::{TrustAnchor, UnixTime};
use std::fmt;
use std::time::SystemTime;
use webpki::VerifiedPath;

/// Arcs under id-ce (RFC 5280, section 4.2.1) that OpenSSL or Go know. Those that webpki does not
/// apply (mostly policies) can only restrict what an authority in the store is trusted for.
const KNOWN_ID_CE: [u8; 12] = [14, 15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54];

/// Arcs under id-pe: authorityInfoAccess, and the holder's IP addresses and AS numbers (RFC 3779).
const KNOWN_ID_PE: [u8; 3] = [1, 7, 8];

const NETSCAPE_CERT_TYPE: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 1, 1];

/// A certificate that may not be an issuer at its position in a path. All signatures of the path
/// are valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerError {
    /// The display name of its subject.
    issuer: Option<String>,
    /// True if it is in the trust store, false if the peer presented it.
    is_stored: bool,
    defect: Defect,
}

/// The reason why a certificate may not be an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Defect {
    /// It is not in the store any more.
    NotFound,
    /// It has a keyUsage without keyCertSign.
    KeyUsage,
    /// Its basicConstraints say CA:FALSE.
    NotAuthority,
    /// It is of version 3 and does not say that it is an authority's.
    NoBasicConstraints,
    /// There are more issuers below it than its pathLenConstraint allows.
    PathLength { allowed: usize, actual: usize },
    /// Its extended key usage excludes servers.
    ExtendedKeyUsage,
    /// It has this unknown critical extension.
    CriticalExtension(String),
}

/// Checks the issuers of a path that webpki has verified up to an anchor of `store`.
/// Returns `None` if all may be issuers.
pub(super) fn find_issuer_error(
    path: &VerifiedPath<'_>,
    store: &TrustStore,
    now: UnixTime,
) -> Option<IssuerError> {
    for intermediate in path.intermediate_certificates() {
        let der = intermediate.der();
        let certificate = Certificate::parse(&der);
        if !certificate.as_ref().is_some_and(is_allowed_to_sign) {
            return Some(IssuerError::new(
                intermediate.subject(),
                false,
                Defect::KeyUsage,
            ));
        }
    }
    let anchor = path.anchor();
    let below = count_issuers_below_anchor(path);
    let mut found = None;
    for held in anchor_certificates(anchor, store, now) {
        // One of several certificates with the same name and key suffices.
        let defect = anchor_defect(&held, below)?;
        found.get_or_insert_with(|| IssuerError::new(held.subject, true, defect));
    }
    // The anchor is one of them, unless its date has come meanwhile.
    found.or_else(|| Some(IssuerError::new(&anchor.subject, true, Defect::NotFound)))
}

/// Returns the end of the anchor of a verified path. Of several certificates with its name and key
/// that may end the path, the last to end counts: nobody is called for one that another replaces.
/// `None` if it can't be read.
pub(super) fn anchor_end(
    path: &VerifiedPath<'_>,
    store: &TrustStore,
    now: UnixTime,
) -> Option<SystemTime> {
    let anchor = path.anchor();
    let below = count_issuers_below_anchor(path);
    anchor_certificates(anchor, store, now)
        .filter(|held| anchor_defect(held, below).is_none())
        .filter_map(|held| dates::not_after(held.der))
        .max()
}

/// The contents of its name constraints (RFC 5280, section 4.2.1.10).
fn name_constraints<'a>(certificate: &Certificate<'a>) -> Option<&'a [u8]> {
    read_sequence(certificate.extension(NAME_CONSTRAINTS)?)
}

/// Returns the number of issuers in a path that count for the pathLenConstraint of its anchor.
fn count_issuers_below_anchor(path: &VerifiedPath<'_>) -> usize {
    let intermediates = path.intermediate_certificates();
    intermediates
        .filter(|one| one.subject() != one.issuer())
        .count()
}

/// The certificates in the store that are the same anchor: by name, key and name constraints.
fn anchor_certificates<'a>(
    anchor: &'a TrustAnchor<'_>,
    store: &'a TrustStore,
    now: UnixTime,
) -> impl Iterator<Item = Certificate<'a>> {
    store
        .authorities(&anchor.subject, now)
        .filter(|held| held.public_key == anchor.subject_public_key_info.as_ref())
        // webpki has checked the constraints of this anchor alone.
        .filter(|held| name_constraints(held) == anchor.name_constraints.as_deref())
}

/// Returns true if there is an extended key usage (RFC 5280, section 4.2.1.12) with neither
/// serverAuth nor anyExtendedKeyUsage.
pub(super) fn is_limited_to_other_purposes(certificate: &Certificate<'_>) -> bool {
    let Some(value) = certificate.extension(EXTENDED_KEY_USAGE) else {
        return false;
    };
    let mut purposes = elements(read_sequence(value).unwrap_or_default());
    !purposes.any(|(_, purpose)| purpose == SERVER_AUTH || purpose == ANY_EXTENDED_KEY_USAGE)
}

/// Returns the reason why the certificate of an authority in the store may not end a path. `below`
/// is the number of issuers between it and the server.
fn anchor_defect(certificate: &Certificate<'_>, below: usize) -> Option<Defect> {
    // Versions before 3 have no extensions that could say what they are for. An administrator put
    // them into the store for this purpose.
    if !certificate.is_v3 {
        return None;
    }
    if !is_allowed_to_sign(certificate) {
        return Some(Defect::KeyUsage);
    }
    match certificate.extension(BASIC_CONSTRAINTS) {
        Some(value) => {
            let (is_authority, length) = parse_basic_constraints(value);
            if !is_authority {
                return Some(Defect::NotAuthority);
            }
            if let Some(allowed) = length.filter(|allowed| below > *allowed) {
                return Some(Defect::PathLength {
                    allowed,
                    actual: below,
                });
            }
        }
        // OpenSSL accepts a keyUsage or a Netscape certificate type in place of basicConstraints.
        None if certificate.extension(KEY_USAGE).is_none()
            && certificate.extension(NETSCAPE_CERT_TYPE).is_none() =>
        {
            return Some(Defect::NoBasicConstraints);
        }
        None => {}
    }
    if is_limited_to_other_purposes(certificate) {
        return Some(Defect::ExtendedKeyUsage);
    }
    let mut critical = certificate.extensions().filter(Extension::is_critical);
    let unknown = critical.find(|extension| !is_known(extension.oid))?;
    Some(Defect::CriticalExtension(Oid(unknown.oid).to_string()))
}

/// Returns true if the key may sign certificates (RFC 5280, section 4.2.1.3): keyUsage is absent,
/// or has keyCertSign, which is bit 5.
fn is_allowed_to_sign(certificate: &Certificate<'_>) -> bool {
    let Some(value) = certificate.extension(KEY_USAGE) else {
        return true;
    };
    // The first byte is the number of unused bits in the last one (X.690, section 8.6.2).
    match read_tagged(value, 0x03) {
        Some(([unused @ 0..=7, bits], _)) => bits & (0xff << unused) & 0x04 != 0,
        Some(([_, bits, ..], _)) => bits & 0x04 != 0,
        _ => false,
    }
}

/// Parses basicConstraints (RFC 5280, section 4.2.1.9). Returns the cA flag and the
/// pathLenConstraint, which limits the number of issuers below.
fn parse_basic_constraints(value: &[u8]) -> (bool, Option<usize>) {
    let fields = read_sequence(value).unwrap_or_default();
    let Some((flag, rest)) = read_tagged(fields, 0x01) else {
        return (false, None);
    };
    let length = match read_tagged(rest, 0x02) {
        Some((&[length @ 0..=0x7f], _)) => Some(usize::from(length)),
        // Absent, or longer than any path can be.
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

impl IssuerError {
    fn new(subject: &[u8], is_stored: bool, defect: Defect) -> Self {
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
        f.write_str(match &self.defect {
            Defect::NotFound => " may not be trusted now",
            Defect::KeyUsage => " may not sign certificates (its keyUsage lacks keyCertSign)",
            Defect::NotAuthority => {
                " may not sign certificates (its basicConstraints say CA:FALSE)"
            }
            Defect::NoBasicConstraints => " may not sign certificates (it has no basicConstraints)",
            Defect::PathLength { allowed, actual } => {
                return write!(
                    f,
                    " has more issuers below it ({actual}) than its pathLenConstraint allows \
                     ({allowed})"
                );
            }
            Defect::ExtendedKeyUsage => {
                " may not vouch for servers (its extendedKeyUsage lacks serverAuth)"
            }
            Defect::CriticalExtension(extension) => {
                return write!(
                    f,
                    " has a critical extension that is not known here: {extension}"
                );
            }
        })
    }
}
