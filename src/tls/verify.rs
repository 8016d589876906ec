//! Verification of server certificates.

use super::adapted::adapt_own;
use super::algorithms::UNVERIFIED;
use super::certificate::Certificate;
use super::dates::{self, ValidityError};
use super::diagnosis;
use super::fingerprint::Fingerprint;
use super::form;
use super::name_mismatch;
use super::path_end::PathEnd;
use super::rsa_pss::RESTRICTED;
use super::store::TrustStore;
use super::store_path::StorePath;
use super::trust_error::TrustError;
use super::webpki_error::to_certificate_error;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use webpki::EndEntityCert;

/// Decides which certificates of servers are accepted.
#[derive(Debug)]
pub struct ServerVerifier {
    rule: Rule,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug)]
enum Rule {
    /// Chain, name and dates are verified against a store.
    Store(TrustStore),
    /// These are accepted, whoever issued them and whatever their names are, inside their validity
    /// periods.
    Fingerprints(Vec<Fingerprint>),
    /// Any certificate and any signature of the handshake is accepted.
    Any,
}

/// A certificate to be verified, with those that were presented behind it.
struct Chain<'a> {
    own: &'a CertificateDer<'a>,
    issuers: &'a [CertificateDer<'a>],
    server_name: &'a ServerName<'a>,
    now: UnixTime,
    is_end_wanted: bool,
}

impl ServerVerifier {
    /// Verifies chain, name and dates against `store`, with the algorithms of `provider`.
    pub fn in_store(store: TrustStore, provider: &CryptoProvider) -> Self {
        Self::new(Rule::Store(store), provider)
    }

    /// Accepts the certificates of these fingerprints inside their validity periods.
    pub(super) fn in_fingerprints(
        fingerprints: Vec<Fingerprint>,
        provider: &CryptoProvider,
    ) -> Self {
        Self::new(Rule::Fingerprints(fingerprints), provider)
    }

    /// Accepts any certificate and any signature of the handshake.
    pub(super) fn in_any(provider: &CryptoProvider) -> Self {
        Self::new(Rule::Any, provider)
    }

    fn new(rule: Rule, provider: &CryptoProvider) -> Self {
        Self {
            rule,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    /// Returns true unless any certificate is accepted.
    pub(super) fn is_verifying(&self) -> bool {
        !matches!(self.rule, Rule::Any)
    }

    /// Verifies a certificate, given with those that were presented behind it. Returns the end of its
    /// path, if it is wanted and can be read.
    ///
    /// # Errors
    /// The certificate is not accepted.
    pub(super) fn verify(
        &self,
        own: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
        is_end_wanted: bool,
    ) -> Result<Option<PathEnd>, Error> {
        let chain = Chain {
            own,
            issuers,
            server_name,
            now,
            is_end_wanted,
        };
        let of_presented = |issuers| match is_end_wanted {
            true => PathEnd::of_presented(own, issuers),
            false => None,
        };
        match &self.rule {
            Rule::Store(store) => self
                .verify_in_store(store, &chain)
                .map_err(|error| diagnosis::diagnose_path_error(error, own, issuers, store, now)),
            Rule::Fingerprints(accepted) => {
                verify_fingerprint(accepted, own, now)?;
                Ok(of_presented(&[]))
            }
            Rule::Any => Ok(of_presented(issuers)),
        }
    }

    fn verify_in_store(
        &self,
        store: &TrustStore,
        chain: &Chain<'_>,
    ) -> Result<Option<PathEnd>, Error> {
        let Some(own) = Certificate::parse(chain.own) else {
            let unread = EndEntityCert::try_from(chain.own).err();
            return Err(to_certificate_error(unread.unwrap_or(webpki::Error::BadDer)).into());
        };
        let path = StorePath {
            store,
            algorithms: self.algorithms.all,
            own: &own,
            now: chain.now,
            is_end_wanted: chain.is_end_wanted,
        };
        let end = path.verify(chain.issuers)?;
        if let Some(mismatch) = name_mismatch::find_mismatch(&own, chain.server_name) {
            return Err(TrustError::NameMismatch(mismatch).into());
        }
        let given = adapt_own(&own);
        verify_server_name(&ParsedCertificate::try_from(&given)?, chain.server_name)?;
        // Last: any other reason says more.
        if let Some(error) = form::find_form_error(&own, chain.issuers) {
            return Err(TrustError::Form(error).into());
        }
        Ok(end)
    }

    /// Verifies the signature of a handshake by a function of rustls.
    fn verify_signature(
        &self,
        certificate: &CertificateDer<'_>,
        verify: impl FnOnce(&CertificateDer<'_>) -> Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        if !self.is_verifying() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let own = Certificate::parse(certificate).map(|own| adapt_own(&own));
        verify(own.as_ref().unwrap_or(certificate))
            .map_err(|error| diagnosis::diagnose_signature_error(error, certificate))
    }
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify(end_entity, intermediates, server_name, now, false)
            .map(|_| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_signature(certificate, |own| {
            verify_tls12_signature(message, own, signed, &self.algorithms)
        })
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_signature(certificate, |own| {
            match verify_tls13_signature(message, own, signed, &self.algorithms) {
                Err(e) if is_about_key(&e) => {
                    verify_tls13_signature(message, own, signed, &RESTRICTED).map_err(|_| e)
                }
                verified => verified,
            }
        })
    }

    /// Those that can be verified. A certificate that is not verified may use others too.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        if !self.is_verifying() {
            schemes.extend(UNVERIFIED);
        }
        schemes
    }
}

fn verify_fingerprint(
    accepted: &[Fingerprint],
    own: &CertificateDer<'_>,
    now: UnixTime,
) -> Result<(), Error> {
    let fingerprint = Fingerprint::of(own);
    if !accepted.contains(&fingerprint) {
        return Err(TrustError::Fingerprint(fingerprint).into());
    }
    if dates::validity(own).is_none() {
        return Err(CertificateError::BadEncoding.into());
    }
    let time = now;
    let error = match dates::validity_error(own, now) {
        None => return Ok(()),
        Some(ValidityError::Expired(not_after)) => {
            CertificateError::ExpiredContext { time, not_after }
        }
        Some(ValidityError::NotYetValid(not_before)) => {
            CertificateError::NotValidYetContext { time, not_before }
        }
    };
    Err(error.into())
}

/// Returns true if a signature is by another kind of key than was tried.
fn is_about_key(error: &Error) -> bool {
    use CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext as OtherKey;
    matches!(error, Error::InvalidCertificate(OtherKey { .. }))
}
