//! Verification of a certificate's path to the trust store.

use super::adapted::{AdaptedPath, adapt_own};
use super::certificate::Certificate;
use super::dates::{self, ValidityError};
use super::issuer;
use super::name::display_name;
use super::path::{self, Candidates};
use super::path_end::PathEnd;
use super::path_limit::PathLimit;
use super::signatures::SignatureBudget;
use super::store::TrustStore;
use super::trust_error::TrustError;
use super::webpki_error::to_certificate_error;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use rustls::{CertificateError, Error};
use std::cell::RefCell;
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

/// The path of a server's certificate to a trust store.
pub(super) struct StorePath<'a> {
    pub store: &'a TrustStore,
    pub algorithms: &'a [&'static dyn SignatureVerificationAlgorithm],
    pub own: &'a Certificate<'a>,
    pub now: UnixTime,
    /// The end of the path is computed.
    pub is_end_wanted: bool,
}

impl StorePath<'_> {
    /// Verifies the path as webpki does, within limits on the cost. Also accepts a certificate that
    /// is itself in the store. Returns the end of the path, if it is wanted and can be read.
    ///
    /// # Errors
    /// The path is not trusted.
    pub(super) fn verify(
        &self,
        presented: &[CertificateDer<'_>],
    ) -> Result<Option<PathEnd>, Error> {
        if self.store.holds(self.own.der) {
            return self.verify_stored();
        }
        let candidates = path::select_candidates(self.own, presented, self.store, self.now);
        let candidates = candidates.map_err(TrustError::PathLimit)?;
        let e = match self.verify_candidates(&candidates)? {
            Ok(end) => return Ok(end),
            Err(e) => e,
        };
        let e = to_certificate_error(e);
        let trust_error = match &e {
            CertificateError::UnknownIssuer => self.unknown_issuer(&candidates),
            // Another certificate of the name is in the store.
            CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
                if self.own.subject == self.own.issuer =>
            {
                TrustError::SelfSigned
            }
            CertificateError::BadSignature => match self.expired_issuer(&candidates) {
                Some(error) => error,
                None => return Err(e.into()),
            },
            CertificateError::ExpiredContext { not_after, .. } => {
                TrustError::IntermediateValidity(ValidityError::Expired(*not_after))
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                TrustError::IntermediateValidity(ValidityError::NotYetValid(*not_before))
            }
            _ => return Err(e.into()),
        };
        if let TrustError::IntermediateValidity(error) = &trust_error
            && dates::validity_error(self.own.der, self.now).as_ref() == Some(error)
        {
            return Err(e.into());
        }
        Err(trust_error.into())
    }

    /// Verifies a certificate that is itself in the store: its dates and usages.
    fn verify_stored(&self) -> Result<Option<PathEnd>, Error> {
        let own = adapt_own(self.own);
        let verified = EndEntityCert::try_from(&own).and_then(|own| {
            let usage = KeyUsage::server_auth();
            own.verify_for_usage(&[], &[], &[], self.now, usage, None, None)
                .map(|_| ())
        });
        match verified {
            // webpki looks for an issuer after it has checked the certificate, and is given none.
            Ok(()) | Err(webpki::Error::UnknownIssuer) => {
                Ok(self.when_wanted(|| PathEnd::of_presented(self.own.der, &[])))
            }
            Err(e) => Err(to_certificate_error(e).into()),
        }
    }

    /// Lets webpki verify a path through these issuers to the store. Returns its result.
    ///
    /// # Errors
    /// The path fails for a reason that webpki does not report.
    fn verify_candidates(
        &self,
        candidates: &Candidates<'_>,
    ) -> Result<Result<Option<PathEnd>, webpki::Error>, TrustError> {
        let adapted = AdaptedPath::new(self.own, &candidates.issuers);
        let Some((own, issuers)) = adapted.given() else {
            return Ok(Err(webpki::Error::UnknownIssuer));
        };
        let names: Vec<_> = self.issued(candidates).map(|one| one.issuer).collect();
        let key_ids = self
            .issued(candidates)
            .filter_map(|one| one.issuer_key_id());
        let key_ids: Vec<_> = key_ids.collect();
        let anchors = self.store.anchors(&names, &key_ids, self.now);
        let budget = SignatureBudget::new(candidates.same_name_roots, &adapted);
        let limited = budget.limit_algorithms(self.algorithms);
        let algorithms: Vec<_> = limited.iter().map(|one| one as _).collect();
        let issuer_error = RefCell::new(None);
        let end = RefCell::new(None);
        let check = |path: &VerifiedPath<'_>| {
            // Another certificate of the same name and key is no authority for this one.
            let anchor = path.anchor();
            if anchor.subject.as_ref() == self.own.subject
                && anchor.subject_public_key_info.as_ref() == self.own.public_key
            {
                return Err(webpki::Error::UnknownIssuer);
            }
            if let Some(error) = issuer::find_issuer_error(path, self.store, self.now) {
                issuer_error.borrow_mut().get_or_insert(error);
                return Err(webpki::Error::UnknownIssuer);
            }
            if !self.is_end_wanted {
                return Ok(());
            }
            // The path that lasts longest counts, so the search goes on.
            let of_path = PathEnd::of_verified(path, self.own, self.store, self.now);
            let lasts_longer = |known: &Option<PathEnd>| {
                known.as_ref().map(|end| end.at) < of_path.as_ref().map(|end| end.at)
            };
            if end.borrow().as_ref().is_none_or(lasts_longer) {
                *end.borrow_mut() = Some(of_path);
            }
            Err(webpki::Error::UnknownIssuer)
        };
        let verified = EndEntityCert::try_from(own).and_then(|own| {
            let usage = KeyUsage::server_auth();
            own.verify_for_usage(
                &algorithms,
                &anchors,
                issuers,
                self.now,
                usage,
                None,
                Some(&check),
            )
            .map(|_| ())
        });
        if let Some(end) = end.into_inner() {
            return Ok(Ok(end));
        }
        if verified.is_ok() {
            return Ok(Ok(None));
        }
        // A path failed on this alone, so it says more than the last error of webpki.
        if let Some(error) = issuer_error.into_inner() {
            return Err(TrustError::InvalidIssuer(error));
        }
        let is_unknown = matches!(
            verified,
            Err(webpki::Error::UnknownIssuer | webpki::Error::InvalidSignatureForPublicKey)
        );
        // The path may be valid if a signature was not verified or a certificate not selected.
        let is_over = verified == Err(webpki::Error::MaximumSignatureChecksExceeded);
        if is_over || is_unknown && budget.is_exhausted() {
            let limit = match candidates.same_name_roots {
                roots if roots > candidates.issuers.len() => PathLimit::Namesakes(roots),
                _ => PathLimit::Signatures,
            };
            return Err(TrustError::PathLimit(limit));
        }
        if is_unknown && let Some(limit) = candidates.truncated {
            return Err(TrustError::PathLimit(limit));
        }
        Ok(verified.map(|()| None))
    }

    fn when_wanted(&self, end: impl FnOnce() -> Option<PathEnd>) -> Option<PathEnd> {
        self.is_end_wanted.then(end).flatten()
    }

    /// The certificates whose issuers a path needs.
    fn issued<'a>(
        &'a self,
        candidates: &'a Candidates<'_>,
    ) -> impl Iterator<Item = &'a Certificate<'a>> {
        [self.own].into_iter().chain(&candidates.issuers)
    }

    /// Finds an issuer whose certificate in the store is outside its validity period, where another
    /// of its name is not and has not signed.
    fn expired_issuer(&self, candidates: &Candidates<'_>) -> Option<TrustError> {
        self.issued(candidates).find_map(|one| {
            let key_id = one.issuer_key_id()?;
            let error = self
                .store
                .validity_error_of_key(one.issuer, key_id, self.now)?;
            let name = display_name(one.issuer);
            Some(TrustError::StoredIssuerValidity(name, error))
        })
    }

    /// Finds the reason why the certificate has no path to the store.
    fn unknown_issuer(&self, candidates: &Candidates<'_>) -> TrustError {
        for certificate in self.issued(candidates) {
            let issuer = certificate.issuer;
            if let Some(error) = self.store.validity_error(issuer, self.now) {
                return TrustError::StoredIssuerValidity(display_name(issuer), error);
            }
        }
        if self.own.issuer == self.own.subject {
            return TrustError::SelfSigned;
        }
        TrustError::UnknownIssuer(display_name(self.own.issuer))
    }
}
