//! The end of a certificate path.

use super::certificate::Certificate;
use super::dates;
use super::issuer;
use super::name::display_name;
use super::store::TrustStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::time::SystemTime;
use webpki::VerifiedPath;

/// The end of the certificate in a path that ends first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathEnd {
    /// The end of its validity period.
    pub at: SystemTime,
    /// The display name of its holder, empty if it has none; `None` if it is the server's own.
    pub issuer: Option<String>,
}

impl PathEnd {
    /// Returns the end of all certificates that a peer presented, its own first. `None` if its own
    /// date can't be read.
    pub(super) fn of_presented(own: &[u8], issuers: &[CertificateDer<'_>]) -> Option<Self> {
        let issuers = issuers.iter().filter_map(|der| {
            let subject = Certificate::parse(der).map(|issuer| issuer.subject);
            Some((subject.unwrap_or_default(), dates::not_after(der)?))
        });
        Self::first(own, issuers)
    }

    /// Returns the end of the path of `own` that was verified up to an anchor of `store`, the anchor
    /// included.
    pub(super) fn of_verified(
        path: &VerifiedPath<'_>,
        own: &Certificate<'_>,
        store: &TrustStore,
        now: UnixTime,
    ) -> Option<Self> {
        let issuers = path
            .intermediate_certificates()
            .filter_map(|issuer| Some((issuer.subject(), dates::not_after(&issuer.der())?)));
        let anchor = issuer::anchor_end(path, store, now);
        let anchor = anchor.map(|at| (path.anchor().subject.as_ref(), at));
        Self::first(own.der, issuers.chain(anchor))
    }

    /// Returns the first end of the server's own certificate and those of issuers, given by subject
    /// and end. Of several the one nearest to the server counts.
    fn first<'a>(
        own: &[u8],
        issuers: impl Iterator<Item = (&'a [u8], SystemTime)>,
    ) -> Option<Self> {
        let own = (None, dates::not_after(own)?);
        let issuers = issuers.map(|(subject, at)| (Some(subject), at));
        let (subject, at) = [own].into_iter().chain(issuers).min_by_key(|(_, at)| *at)?;
        let issuer = subject.map(|subject| display_name(subject).unwrap_or_default());
        Some(Self { at, issuer })
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
