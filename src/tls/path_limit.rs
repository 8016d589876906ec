//! Limits on the search for a path, which bound its cost.

use super::certificate::Certificate;
use super::store::TrustStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::fmt;

/// Maximum number of issuers in a path between the server and the trust store, as in webpki.
pub(super) const MAX_ISSUERS: usize = 6;

/// Maximum number of extensions in a certificate. webpki reads them again at each step of a path.
pub(super) const MAX_EXTENSIONS: usize = 32;

/// Maximum number of comparisons of names with name constraints. They take about a millisecond.
pub(super) const MAX_NAME_COMPARISONS: usize = 10_000;

/// The limit that stopped the search for a path, because it would cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathLimit {
    /// The server's certificate has more than [`MAX_EXTENSIONS`].
    Extensions,
    /// There is no path through the selected issuers, and others were not selected.
    Issuers,
    /// The shortest path to an authority in the store, by its names, has this number of issuers.
    Length(usize),
    /// Too many signatures are invalid.
    Signatures,
    /// Too many signatures are invalid, mostly for authorities in the store of one name, of which
    /// there are more than this number.
    Namesakes(usize),
    /// This number of comparisons of names with name constraints is too large.
    NameComparisons(usize),
}

/// The limit that keeps a path from an authority in the store: its length, if every path is too long.
pub(super) fn find(
    own: &Certificate<'_>,
    presented: &[CertificateDer<'_>],
    store: &TrustStore,
    now: UnixTime,
) -> PathLimit {
    let mut others: Vec<_> = presented
        .iter()
        .filter_map(|der| Certificate::parse(der))
        .collect();
    let mut reached = vec![*own];
    for length in 0.. {
        let is_anchored =
            |one: &Certificate<'_>| store.authorities(one.issuer, now).next().is_some();
        if reached.iter().any(is_anchored) {
            return match length > MAX_ISSUERS {
                true => PathLimit::Length(length),
                false => PathLimit::Issuers,
            };
        }
        let is_next = |one: &Certificate<'_>| reached.iter().any(|it| it.issuer == one.subject);
        let (next, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(is_next);
        if next.is_empty() {
            break;
        }
        (reached, others) = (next, rest);
    }
    PathLimit::Issuers
}

impl fmt::Display for PathLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extensions => write!(
                f,
                "invalid certificate: it has more than {MAX_EXTENSIONS} extensions"
            ),
            Self::Issuers => write!(
                f,
                "certificate from an unknown issuer: more than {MAX_ISSUERS} of the certificates \
                 that the peer presents could be between it and the trust store"
            ),
            Self::Length(length) => write!(
                f,
                "certificate from an unknown issuer: {length} issuers stand between it and the trust \
                 store, and at most {MAX_ISSUERS} are followed"
            ),
            Self::Signatures => write!(
                f,
                "certificate from an unknown issuer: too many of the certificates that the peer \
                 presents have a wrong signature"
            ),
            Self::Namesakes(number) => write!(
                f,
                "certificate from an unknown issuer: more than {number} authorities in the trust \
                 store have the name of an issuer, and not all of them were tried"
            ),
            Self::NameComparisons(comparisons) => write!(
                f,
                "certificate not checked: its names and the name constraints of its issuers make \
                 {comparisons} comparisons, and {MAX_NAME_COMPARISONS} are allowed"
            ),
        }
    }
}
