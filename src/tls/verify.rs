//! Verification of server certificates.

use super::certificate::Certificate;
use super::dates::{self, ValidityError};
use super::diagnosis;
use super::fingerprint::Fingerprint;
use super::issuer::{self, IssuerError};
use super::name::display_name;
use super::name_mismatch::{self, NameMismatch};
use super::path::{self, Candidates, PathLimit};
use super::path_end::PathEnd;
use super::signatures::SignatureBudget;
use super::store::TrustStore;
use super::webpki_error::to_certificate_error;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, OnceLock};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

/// Verifies chain, name and dates as webpki does, within limits on the cost. Also accepts a
/// certificate that is itself in the store: webpki alone rejects it if it says `CA:TRUE`, as those
/// made by `openssl req -x509` do.
#[derive(Debug)]
pub struct StoreVerifier {
    store: TrustStore,
    algorithms: WebPkiSupportedAlgorithms,
}

/// The reason why a chain is not trusted, in more detail than rustls gives.
#[derive(Debug, PartialEq, Eq)]
pub enum TrustError {
    /// The chain does not end in the store. The display name of the certificate's issuer.
    UnknownIssuer(Option<String>),
    /// It ends at an authority in the store that is outside its validity period. The display name
    /// of the authority.
    StoredIssuerValidity(Option<String>, ValidityError),
    /// An issuer's certificate is outside its validity period.
    IntermediateValidity(ValidityError),
    /// The certificate is self-signed and not in the store.
    SelfSigned,
    /// The certificate says CA:TRUE. webpki accepts no authority as a server.
    AuthorityCertificate,
    /// The chain ends in the store, but one of its certificates may not be an issuer there.
    InvalidIssuer(IssuerError),
    /// The search for a path would cost too much.
    PathLimit(PathLimit),
    /// None of very many names matches the host.
    NameMismatch(NameMismatch),
    /// The certificate has this fingerprint, which is none of those that are accepted.
    Fingerprint(Fingerprint),
}

/// Accepts any certificate and any signature of the handshake.
#[derive(Debug)]
pub(crate) struct AcceptAnyCertificate {
    schemes: Vec<SignatureScheme>,
}

impl StoreVerifier {
    /// Creates a verifier that trusts `store` and uses the algorithms of `provider`.
    pub fn new(store: TrustStore, provider: &CryptoProvider) -> Self {
        Self {
            store,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    fn verify_chain(
        &self,
        own: &Certificate<'_>,
        end_entity: &CertificateDer<'_>,
        presented: &[CertificateDer<'_>],
        now: UnixTime,
        path_end: Option<&OnceLock<PathEnd>>,
    ) -> Result<(), Error> {
        let candidates = path::select_candidates(own, presented, &self.store.roots, now);
        let candidates = candidates.map_err(TrustError::PathLimit)?;
        let issuers = &candidates.issuers;
        let Err(e) = self.verify_path(end_entity, &candidates, now, path_end)? else {
            return Ok(());
        };
        let e = to_certificate_error(e);
        let trust_error = match &e {
            CertificateError::UnknownIssuer => self.issuer_trust_error(end_entity, issuers),
            CertificateError::Other(OtherError(other))
                if other.downcast_ref() == Some(&webpki::Error::CaUsedAsEndEntity) =>
            {
                // webpki checks dates before it returns this error, so they are valid here.
                if self.store.certificates.contains(end_entity) {
                    // webpki has not checked the extended key usage yet.
                    if issuer::is_limited_to_other_purposes(own) {
                        return Err(CertificateError::InvalidPurpose.into());
                    }
                    record(path_end, || PathEnd::of_presented(end_entity, &[]));
                    return Ok(());
                }
                match self.issuer_trust_error(end_entity, issuers) {
                    TrustError::SelfSigned => TrustError::SelfSigned,
                    _ => TrustError::AuthorityCertificate,
                }
            }
            CertificateError::ExpiredContext { not_after, .. } => {
                TrustError::IntermediateValidity(ValidityError::Expired(*not_after))
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                TrustError::IntermediateValidity(ValidityError::NotYetValid(*not_before))
            }
            _ => return Err(e.into()),
        };
        if let TrustError::IntermediateValidity(error) = &trust_error
            && dates::validity_error(end_entity, now).as_ref() == Some(error)
        {
            return Err(e.into());
        }
        Err(trust_error.into())
    }

    /// Lets webpki verify a path through these issuers to the store. Returns its result. Records the
    /// end of the path in `path_end`.
    ///
    /// # Errors
    /// The path fails for a reason that webpki does not report.
    fn verify_path(
        &self,
        end_entity: &CertificateDer<'_>,
        candidates: &Candidates<'_>,
        now: UnixTime,
        path_end: Option<&OnceLock<PathEnd>>,
    ) -> Result<Result<(), webpki::Error>, TrustError> {
        let budget = SignatureBudget::new(candidates.same_name_roots);
        let limited = budget.limit_algorithms(self.algorithms.all);
        let algorithms: Vec<_> = limited.iter().map(|one| one as _).collect();
        let issuer_error = RefCell::new(None);
        let check =
            |path: &VerifiedPath<'_>| match issuer::find_issuer_error(path, &self.store, now) {
                None => {
                    record(path_end, || PathEnd::of_verified(path, &self.store, now));
                    Ok(())
                }
                Some(error) => {
                    issuer_error.borrow_mut().get_or_insert(error);
                    Err(webpki::Error::UnknownIssuer)
                }
            };
        let verified = EndEntityCert::try_from(end_entity).and_then(|own| {
            let (roots, usage) = (&self.store.roots.roots, KeyUsage::server_auth());
            let issuers = &candidates.issuers;
            own.verify_for_usage(&algorithms, roots, issuers, now, usage, None, Some(&check))
                .map(|_| ())
        });
        if verified.is_ok() {
            return Ok(Ok(()));
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
            return Err(TrustError::PathLimit(PathLimit::Signatures));
        }
        if is_unknown && candidates.is_truncated {
            return Err(TrustError::PathLimit(PathLimit::Issuers));
        }
        Ok(verified)
    }

    /// Finds the reason why a certificate has no path to the store.
    fn issuer_trust_error(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> TrustError {
        let Ok(own) = EndEntityCert::try_from(end_entity) else {
            return TrustError::UnknownIssuer(None);
        };
        let others = intermediates
            .iter()
            .filter_map(|der| EndEntityCert::try_from(der).ok());
        let issuers = [own.issuer().to_vec()].into_iter();
        for issuer in issuers.chain(others.map(|other| other.issuer().to_vec())) {
            let mut invalid = self.store.outside_validity.iter();
            let invalid = invalid.find(|(subject, _)| *subject == issuer);
            if let Some((_, error)) = invalid {
                return TrustError::StoredIssuerValidity(display_name(&issuer), *error);
            }
        }
        if own.issuer() == own.subject() {
            return TrustError::SelfSigned;
        }
        TrustError::UnknownIssuer(display_name(own.issuer()))
    }
}

/// Records the end of a path if it is wanted; it is computed only then.
fn record(place: Option<&OnceLock<PathEnd>>, end: impl FnOnce() -> Option<PathEnd>) {
    if let Some(place) = place
        && let Some(end) = end()
    {
        place.get_or_init(|| end);
    }
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer(None) => write!(f, "certificate from an unknown issuer"),
            Self::UnknownIssuer(Some(name)) => {
                write!(f, "certificate from an unknown issuer: {name}")
            }
            Self::StoredIssuerValidity(name, error) => {
                let name = name.as_deref().unwrap_or("an issuer without a name");
                let is = match error {
                    ValidityError::NotYetValid(_) => "is ",
                    ValidityError::Expired(_) => "",
                };
                write!(
                    f,
                    "certificate issued by {name}, whose own in the trust store {is}{error}"
                )
            }
            Self::IntermediateValidity(error) => {
                write!(f, "certificate of an intermediate issuer: {error}")
            }
            Self::SelfSigned => write!(
                f,
                "certificate from an unknown issuer: it is self-signed and not in the trust store"
            ),
            Self::AuthorityCertificate => {
                write!(f, "invalid certificate: it is an authority's (CA:TRUE)")
            }
            Self::InvalidIssuer(error) => write!(f, "{error}"),
            Self::PathLimit(error) => write!(f, "{error}"),
            Self::NameMismatch(error) => write!(f, "{error}"),
            Self::Fingerprint(fingerprint) => write!(
                f,
                "certificate is not one that is known by its fingerprint; its SHA-256 is {fingerprint}"
            ),
        }
    }
}

impl std::error::Error for TrustError {}

impl From<TrustError> for Error {
    fn from(trust_error: TrustError) -> Self {
        CertificateError::Other(OtherError(Arc::new(trust_error))).into()
    }
}

impl StoreVerifier {
    /// Verifies a certificate. Records the end of the path in `path_end`.
    ///
    /// # Errors
    /// The certificate is not trusted.
    pub(super) fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
        path_end: Option<&OnceLock<PathEnd>>,
    ) -> Result<ServerCertVerified, Error> {
        let verify = || {
            let Some(own) = Certificate::parse(end_entity) else {
                let unread = EndEntityCert::try_from(end_entity).err();
                return Err(to_certificate_error(unread.unwrap_or(webpki::Error::BadDer)).into());
            };
            self.verify_chain(&own, end_entity, intermediates, now, path_end)?;
            if let Some(mismatch) = name_mismatch::find_mismatch(&own, server_name) {
                return Err(TrustError::NameMismatch(mismatch).into());
            }
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)
        };
        match verify() {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(error) => Err(diagnosis::diagnose_path_error(
                error,
                end_entity,
                intermediates,
                &self.store,
            )),
        }
    }
}

impl ServerCertVerifier for StoreVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify(end_entity, intermediates, server_name, now, None)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
            .map_err(|error| diagnosis::diagnose_signature_error(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
            .map_err(|error| diagnosis::diagnose_signature_error(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl AcceptAnyCertificate {
    /// Creates a verifier that offers the signature schemes of `provider`, and those that it can't
    /// verify: a certificate that is not verified may use them.
    pub(crate) fn new(provider: &CryptoProvider) -> Self {
        let mut schemes = provider
            .signature_verification_algorithms
            .supported_schemes();
        schemes.extend([
            SignatureScheme::ED448,
            SignatureScheme::ECDSA_SHA1_Legacy,
            SignatureScheme::RSA_PKCS1_SHA1,
        ]);
        Self { schemes }
    }
}

impl ServerCertVerifier for AcceptAnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
