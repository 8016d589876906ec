//! Who is believed.

use super::certificate::Certificate;
use super::dates::{self, ValidityError};
use super::fault;
use super::issuer::{self, Unfit};
use super::many_names::{self, OtherNames};
use super::name::known_by;
use super::path::{self, Candidates, Excess};
use super::signatures::Ledger;
use super::store::Store;
use super::webpki_error::certificate_error;
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
use std::sync::Arc;
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

/// Chain, name and dates as webpki has them, and a self-signed certificate that is itself in the
/// store, which webpki alone refuses when it says `CA:TRUE` (`openssl req -x509` makes such).
#[derive(Debug)]
pub struct Trusting {
    store: Store,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Why a chain is not believed, in more words than rustls has.
#[derive(Debug, PartialEq, Eq)]
pub enum Untrusted {
    /// It ends at nobody in the store; who issued the certificate, where that can be said.
    Issuer(Option<String>),
    /// It ends at an authority in the store whose dates do not hold.
    StoredIssuerValidity(Option<String>, ValidityError),
    /// The dates of a certificate do not hold that vouches for the server's.
    IntermediateValidity(ValidityError),
    /// It vouches for itself alone.
    SelfSigned,
    /// It is an authority's certificate, which webpki takes for a server's from nobody.
    Authority,
    /// It ends at the store, by way of a certificate that may not stand there.
    Unfit(Unfit),
    /// To look for a path would cost too much.
    Excess(Excess),
    /// None of very many names is the wanted one.
    OtherNames(OtherNames),
}

/// Accepts anything.
#[derive(Debug)]
pub struct Blind {
    schemes: Vec<SignatureScheme>,
}

impl Trusting {
    /// Trusts `store`, with the algorithms of `provider`.
    pub fn new(store: Store, provider: &CryptoProvider) -> Self {
        Self {
            store,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    fn chain(
        &self,
        own: &Certificate<'_>,
        end_entity: &CertificateDer<'_>,
        presented: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let candidates = path::candidates(own, presented, &self.store.roots, now);
        let candidates = candidates.map_err(Untrusted::Excess)?;
        let issuers = &candidates.issuers;
        let Err(e) = self.path(end_entity, &candidates, now)? else {
            return Ok(());
        };
        let e = certificate_error(e);
        let untrusted = match &e {
            CertificateError::UnknownIssuer => self.unknown(end_entity, issuers),
            CertificateError::Other(OtherError(other))
                if other.downcast_ref() == Some(&webpki::Error::CaUsedAsEndEntity) =>
            {
                // webpki has checked the dates before it says so.
                if self
                    .store
                    .certificates
                    .iter()
                    .any(|held| held == end_entity)
                {
                    // So far it has not looked for whom the certificate is.
                    return match issuer::is_for_others(own) {
                        false => Ok(()),
                        true => Err(CertificateError::InvalidPurpose.into()),
                    };
                }
                match self.unknown(end_entity, issuers) {
                    Untrusted::SelfSigned => Untrusted::SelfSigned,
                    _ => Untrusted::Authority,
                }
            }
            CertificateError::ExpiredContext { not_after, .. } => {
                Untrusted::IntermediateValidity(ValidityError::Expired(*not_after))
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                Untrusted::IntermediateValidity(ValidityError::NotYetValid(*not_before))
            }
            _ => return Err(e.into()),
        };
        if let Untrusted::IntermediateValidity(error) = &untrusted
            && dates::validity_error(end_entity, now).as_ref() == Some(error)
        {
            return Err(e.into());
        }
        Err(untrusted.into())
    }

    /// What webpki says of a path through these issuers to the store.
    ///
    /// # Errors
    /// There is a reason that webpki does not know.
    fn path(
        &self,
        end_entity: &CertificateDer<'_>,
        candidates: &Candidates<'_>,
        now: UnixTime,
    ) -> Result<Result<(), webpki::Error>, Untrusted> {
        let ledger = Ledger::new(candidates.namesakes);
        let metered = ledger.meter(self.algorithms.all);
        let algorithms: Vec<_> = metered.iter().map(|one| one as _).collect();
        let refused = RefCell::new(None);
        let fits = |path: &VerifiedPath<'_>| match issuer::unfit(path, &self.store, now) {
            None => Ok(()),
            Some(unfit) => {
                refused.borrow_mut().get_or_insert(unfit);
                Err(webpki::Error::UnknownIssuer)
            }
        };
        let verified = EndEntityCert::try_from(end_entity).and_then(|own| {
            let (roots, usage) = (&self.store.roots.roots, KeyUsage::server_auth());
            let issuers = &candidates.issuers;
            own.verify_for_usage(&algorithms, roots, issuers, now, usage, None, Some(&fits))
                .map(|_| ())
        });
        if verified.is_ok() {
            return Ok(Ok(()));
        }
        if let Some(unfit) = refused.into_inner() {
            return Err(Untrusted::Unfit(unfit));
        }
        let is_unknown = matches!(
            verified,
            Err(webpki::Error::UnknownIssuer | webpki::Error::InvalidSignatureForPublicKey)
        );
        let is_over = verified == Err(webpki::Error::MaximumSignatureChecksExceeded);
        if is_over || is_unknown && ledger.is_exhausted() {
            return Err(Untrusted::Excess(Excess::Signatures));
        }
        if is_unknown && candidates.is_cut {
            return Err(Untrusted::Excess(Excess::Issuers));
        }
        Ok(verified)
    }

    /// Why nobody vouches for the certificate.
    fn unknown(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> Untrusted {
        let Ok(own) = EndEntityCert::try_from(end_entity) else {
            return Untrusted::Issuer(None);
        };
        let others = intermediates
            .iter()
            .filter_map(|der| EndEntityCert::try_from(der).ok());
        let issuers = [own.issuer().to_vec()].into_iter();
        for issuer in issuers.chain(others.map(|other| other.issuer().to_vec())) {
            let invalid = self
                .store
                .outside_validity
                .iter()
                .find(|(subject, _)| *subject == issuer);
            if let Some((_, error)) = invalid {
                return Untrusted::StoredIssuerValidity(known_by(&issuer), *error);
            }
        }
        if own.issuer() == own.subject() {
            return Untrusted::SelfSigned;
        }
        Untrusted::Issuer(known_by(own.issuer()))
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer(None) => write!(f, "certificate from an unknown issuer"),
            Self::Issuer(Some(name)) => write!(f, "certificate from an unknown issuer: {name}"),
            Self::StoredIssuerValidity(name, error) => {
                let name = name.as_deref().unwrap_or("an issuer without a name");
                let is = if let ValidityError::NotYetValid(_) = error {
                    "is "
                } else {
                    ""
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
            Self::Authority => write!(f, "invalid certificate: it is an authority's (CA:TRUE)"),
            Self::Unfit(unfit) => write!(f, "{unfit}"),
            Self::Excess(excess) => write!(f, "{excess}"),
            Self::OtherNames(others) => write!(f, "{others}"),
        }
    }
}

impl std::error::Error for Untrusted {}

impl From<Untrusted> for Error {
    fn from(untrusted: Untrusted) -> Self {
        CertificateError::Other(OtherError(Arc::new(untrusted))).into()
    }
}

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = || {
            let Some(own) = Certificate::parse(end_entity) else {
                let unread = EndEntityCert::try_from(end_entity).err();
                return Err(certificate_error(unread.unwrap_or(webpki::Error::BadDer)).into());
            };
            self.chain(&own, end_entity, intermediates, now)?;
            if let Some(others) = many_names::none_fits(&own, server_name) {
                return Err(Untrusted::OtherNames(others).into());
            }
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)
        };
        match verify() {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(error) => Err(fault::of_a_path(
                error,
                end_entity,
                intermediates,
                &self.store,
            )),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
            .map_err(|error| fault::of_a_handshake(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
            .map_err(|error| fault::of_a_handshake(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl Blind {
    /// Offers what `provider` can verify, and what only a certificate that nobody verifies can have.
    pub fn new(provider: &CryptoProvider) -> Self {
        let mut schemes = provider
            .signature_verification_algorithms
            .supported_schemes();
        schemes.extend([
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::ED448,
            SignatureScheme::ECDSA_SHA1_Legacy,
            SignatureScheme::RSA_PKCS1_SHA1,
        ]);
        Self { schemes }
    }
}

impl ServerCertVerifier for Blind {
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
