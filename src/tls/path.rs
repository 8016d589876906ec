//! Selection of the presented certificates that webpki may build a path from. It bounds the work of
//! a path, because webpki tries all orders of issuers that have the same name.

use super::certificate::Certificate;
use super::dates;
use super::der::{elements, read_sequence};
use super::oid::NAME_CONSTRAINTS;
use super::path_limit::{self, MAX_EXTENSIONS, MAX_ISSUERS, MAX_NAME_COMPARISONS, PathLimit};
use super::store::TrustStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::cmp::Reverse;

/// Maximum number of selected issuers that were issued by a name as near to the server as their own
/// or nearer. A presented root is one, and so is an authority's new key signed by its old key.
const MAX_BACKWARD: usize = 2;

/// The presented certificates that may be part of a path.
#[derive(Debug)]
pub(super) struct Candidates<'a> {
    /// At most [`MAX_ISSUERS`], in the order in which webpki shall try them.
    pub issuers: Vec<Certificate<'a>>,
    /// The limit, if there are more certificates that could be part of a path.
    pub truncated: Option<PathLimit>,
    /// The number of roots beyond the first for each name of an issuer. A signature may have to be
    /// verified with the key of each, and is invalid for all but one.
    pub same_name_roots: usize,
}

/// A name that a selected certificate has as its issuer.
struct RequiredIssuer<'a> {
    name: &'a [u8],
    /// The identifier of its key, according to the certificate that names it.
    key_id: Option<&'a [u8]>,
    /// The number of issuers between it and the server.
    depth: usize,
    /// The number of roots in the trust store with this name.
    roots: usize,
    /// True if it is in the trust store, or an issuer with this name has been selected.
    is_found: bool,
}

/// A presented certificate.
struct PresentedCertificate<'a> {
    certificate: Certificate<'a>,
    key_id: Option<&'a [u8]>,
    is_valid_now: bool,
    /// The end of its validity period, where that matters.
    ends: Option<UnixTime>,
}

/// The rank of a certificate among those that could be selected next. The least is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_found: bool,
    key: KeyIdMatch,
    is_outside_validity: bool,
    is_backward: bool,
    /// The index of its name among the required issuers, which are in the order of discovery.
    required_index: usize,
    /// Of copies the last to end goes first, since it is the path's end that is told.
    ends: Reverse<Option<UnixTime>>,
    pool_index: usize,
}

/// The result of comparing an issuer's key identifier with the one in the certificate it issued.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum KeyIdMatch {
    Equal,
    Unknown,
    Different,
}

/// Selects, beginning at the server's certificate, those whose subject is the issuer of one already
/// selected. An issuer that has none of its name yet, in the selection or the trust store, goes
/// before another of the same name. Among those, a matching key identifier goes first, then valid
/// dates, then one that does not lead back, then the order of discovery, then the last to end, then
/// the order of presentation.
///
/// # Errors
/// The server's certificate has too many extensions, or an issuer too many name constraints.
pub(super) fn select_candidates<'a>(
    own: &Certificate<'a>,
    presented: &'a [CertificateDer<'_>],
    store: &TrustStore,
    now: UnixTime,
) -> Result<Candidates<'a>, PathLimit> {
    if has_too_many_extensions(own) {
        return Err(PathLimit::Extensions);
    }
    // Dates matter only if some certificates have to be left out.
    let are_left_out = presented.len() > MAX_ISSUERS;
    let is_valid_now = |der: &[u8]| !are_left_out || dates::validity_error(der, now).is_none();
    let ends = |der: &[u8]| dates::validity(der).filter(|_| are_left_out);
    let parsed = presented.iter().filter_map(|der| Certificate::parse(der));
    let mut pool: Vec<_> = parsed
        .filter(|certificate| !has_too_many_extensions(certificate) && !is_self_signed(certificate))
        .map(|certificate| PresentedCertificate {
            key_id: certificate.key_id(),
            is_valid_now: is_valid_now(certificate.der),
            ends: ends(certificate.der).map(|(_, until)| until),
            certificate,
        })
        .collect();
    let mut required = vec![RequiredIssuer::new(own, 0, store, now)];
    let mut chosen: Vec<Certificate<'_>> = Vec::new();
    let mut truncated = None;
    let mut backward = 0;
    loop {
        pool.retain(|other| chosen.last().unwrap_or(own).der != other.certificate.der);
        let ranks = pool.iter().enumerate();
        let best = ranks.filter_map(|(index, one)| one.rank(index, &required, backward));
        let Some(best) = best.min() else {
            let is_left_out = |one: &PresentedCertificate<'_>| one.rank(0, &required, 0).is_some();
            if pool.iter().any(is_left_out) {
                truncated = Some(PathLimit::Issuers);
            }
            break;
        };
        if chosen.len() == MAX_ISSUERS {
            truncated = Some(path_limit::find(own, presented, store, now));
            break;
        }
        let certificate = pool.remove(best.pool_index).certificate;
        let mut depth = 0;
        if let Some(issuer) = required.get_mut(best.required_index) {
            issuer.is_found = true;
            depth = issuer.depth + 1;
        }
        if !required.iter().any(|one| one.name == certificate.issuer) {
            required.push(RequiredIssuer::new(&certificate, depth, store, now));
        }
        backward += usize::from(best.is_backward);
        chosen.push(certificate);
    }
    let comparisons = count_name_comparisons(own, &chosen, &required, store, now);
    if comparisons > MAX_NAME_COMPARISONS {
        return Err(PathLimit::NameComparisons(comparisons));
    }
    let same_name_roots = required.iter().map(|one| one.roots.saturating_sub(1)).sum();
    Ok(Candidates {
        issuers: chosen,
        truncated,
        same_name_roots,
    })
}

impl<'a> RequiredIssuer<'a> {
    fn new(certificate: &Certificate<'a>, depth: usize, store: &TrustStore, now: UnixTime) -> Self {
        let name = certificate.issuer;
        let roots = store.authorities(name, now).count();
        Self {
            name,
            key_id: certificate.issuer_key_id(),
            depth,
            roots,
            is_found: roots > 0,
        }
    }
}

impl PresentedCertificate<'_> {
    /// Returns `None` if no selected certificate has it as issuer, or if it leads back towards the
    /// server and [`MAX_BACKWARD`] do so already.
    fn rank(
        &self,
        pool_index: usize,
        required: &[RequiredIssuer<'_>],
        backward: usize,
    ) -> Option<Rank> {
        let Certificate {
            subject, issuer, ..
        } = self.certificate;
        let required_index = required.iter().position(|one| one.name == subject)?;
        let wanted = required.get(required_index)?;
        let is_backward = required
            .iter()
            .any(|one| one.name == issuer && one.depth <= wanted.depth);
        if is_backward && backward == MAX_BACKWARD {
            return None;
        }
        let key = match (wanted.key_id, self.key_id) {
            (Some(required), Some(own)) if required == own => KeyIdMatch::Equal,
            (Some(_), Some(_)) => KeyIdMatch::Different,
            _ => KeyIdMatch::Unknown,
        };
        Some(Rank {
            is_found: wanted.is_found,
            key,
            is_outside_validity: !self.is_valid_now,
            is_backward,
            required_index,
            ends: Reverse(self.ends),
            pool_index,
        })
    }
}

/// Returns true if a certificate says that its own key has signed it. What is below it leads to the
/// store without it, if anything does.
fn is_self_signed(certificate: &Certificate<'_>) -> bool {
    let key_id = certificate.key_id();
    certificate.subject == certificate.issuer
        && key_id.is_some()
        && certificate.issuer_key_id() == key_id
}

fn has_too_many_extensions(certificate: &Certificate<'_>) -> bool {
    certificate.extensions().nth(MAX_EXTENSIONS).is_some()
}

/// The number of comparisons that webpki may have to make of names with the name constraints of
/// issuers (RFC 5280, section 4.2.1.10), each with each.
fn count_name_comparisons(
    own: &Certificate<'_>,
    chosen: &[Certificate<'_>],
    required: &[RequiredIssuer<'_>],
    store: &TrustStore,
    now: UnixTime,
) -> usize {
    let names = required.iter().map(|one| one.name);
    let stored = names.flat_map(|name| store.authorities(name, now));
    let issuers = chosen.iter().copied().chain(stored);
    let constraints = issuers.filter_map(|one| {
        Some(count_subtrees(read_sequence(
            one.extension(NAME_CONSTRAINTS)?,
        )?))
    });
    let constraints: usize = constraints.sum();
    if constraints == 0 {
        return 0;
    }
    // webpki also compares the subject of each certificate.
    let names = chosen
        .iter()
        .chain([own])
        .map(|one| one.names().count() + 1);
    constraints.saturating_mul(names.sum())
}

/// The number of names that the contents of name constraints permit and exclude.
fn count_subtrees(constraints: &[u8]) -> usize {
    elements(constraints)
        .map(|(_, subtrees)| elements(subtrees).count())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, CertifiedIssuer, DnType, Issuer, KeyPair};

    type Party = CertifiedIssuer<'static, KeyPair>;

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params
    }

    fn key() -> KeyPair {
        KeyPair::generate().expect("a key")
    }

    fn root(name: &str) -> Party {
        CertifiedIssuer::self_signed(params(name), key()).expect("a root")
    }

    /// A certificate for `subject`, issued by a new key with the name `issuer`.
    fn issued(subject: &str, issuer: &str) -> CertificateDer<'static> {
        let issuer = Issuer::new(params(issuer), key());
        let issued = CertifiedIssuer::signed_by(params(subject), key(), &issuer);
        issued.expect("a certificate").der().clone()
    }

    /// The indices of those selected for a certificate issued by `A`, with `R` in the store, and
    /// whether there were more.
    fn chosen(presented: &[CertificateDer<'static>]) -> (Vec<usize>, bool) {
        let store = TrustStore::of([root("R").der().clone()]);
        let own = issued("own", "A");
        let own = Certificate::parse(&own).expect("a certificate");
        let found =
            select_candidates(&own, presented, &store, UnixTime::now()).expect("not too much");
        let place = |one: &Certificate<'_>| presented.iter().position(|other| **other == *one.der);
        let places = found.issuers.iter().filter_map(place);
        (places.collect(), found.truncated.is_some())
    }

    #[test]
    fn only_certificates_named_as_issuers_are_selected() {
        let mut presented: Vec<_> = (0..50).map(|n| issued(&n.to_string(), "R")).collect();
        presented.push(issued("B", "R"));
        presented.push(issued("A", "B"));
        assert_eq!(chosen(&presented), (vec![51, 50], false));
        assert_eq!(chosen(&presented[..50]), (vec![], false));
    }

    #[test]
    fn a_certificate_presented_twice_is_selected_once() {
        let (first, second) = (issued("A", "B"), issued("B", "R"));
        let twice = [&first, &first, &second, &first, &second].map(Clone::clone);
        assert_eq!(chosen(&twice), (vec![0, 2], false));
    }

    #[test]
    fn an_issuer_towards_the_store_goes_before_more_of_one_name() {
        let mut presented: Vec<_> = (0..20).map(|_| issued("A", "B")).collect();
        presented.extend([issued("B", "C"), issued("C", "R")]);
        let (places, is_truncated) = chosen(&presented);
        assert_eq!(places, [0, 20, 21, 1, 2, 3]);
        assert!(is_truncated);
    }

    #[test]
    fn certificates_that_lead_back_are_limited() {
        let mut presented: Vec<_> = (0..20).map(|_| issued("A", "A")).collect();
        assert_eq!(chosen(&presented).0, [0, 1]);
        presented.extend((0..20).map(|_| issued("A", "B")));
        presented.extend((0..20).map(|_| issued("B", "A")));
        let (places, _) = chosen(&presented);
        let back = places.iter().filter(|place| !(20..40).contains(*place));
        assert_eq!(places.len(), MAX_ISSUERS);
        assert!(back.count() <= MAX_BACKWARD, "{places:?}");
    }

    #[test]
    fn malformed_certificates_are_skipped() {
        let junk = [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            &[0x30, 2, 0x30, 0],
            &[0xff; 40],
        ];
        let mut presented: Vec<_> = junk.map(|junk| junk.to_vec().into()).into();
        presented.push(issued("A", "R"));
        assert_eq!(chosen(&presented), (vec![5], false));
    }
}
