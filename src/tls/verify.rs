//! Who is believed.

use super::name;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use std::fmt;
use std::sync::Arc;
use webpki::EndEntityCert;

/// Chain, name and dates as webpki has them, and a self-signed certificate that is itself in the
/// store, which webpki alone refuses when it says `CA:TRUE` (`openssl req -x509` makes such).
#[derive(Debug)]
pub struct Trusting {
    roots: Arc<RootCertStore>,
    webpki: Arc<WebPkiServerVerifier>,
}

/// Why a chain is not believed, in more words than rustls has.
#[derive(Debug)]
pub enum Untrusted {
    /// It ends at nobody in the store; who issued the certificate, where that can be said.
    Issuer(Option<String>),
    /// It vouches for itself alone.
    SelfSigned,
    /// It is an authority's certificate, which webpki takes for a server's from nobody.
    Authority,
}

/// Accepts anything.
#[derive(Debug)]
pub struct Blind {
    schemes: Vec<SignatureScheme>,
}

impl Trusting {
    /// Trusts `roots`, with the algorithms of `provider`.
    ///
    /// # Errors
    /// There are no roots.
    pub fn new(roots: RootCertStore, provider: Arc<CryptoProvider>) -> Result<Self, Error> {
        let roots = Arc::new(roots);
        let webpki = WebPkiServerVerifier::builder_with_provider(roots.clone(), provider)
            .build()
            .map_err(|e| Error::General(e.to_string()))?;
        Ok(Self { roots, webpki })
    }

    /// Whether the certificate has the subject and the key of an anchor. Its holder, who proves to
    /// have the key by the handshake's signature, could sign any certificate that this store
    /// accepts.
    fn holds(&self, certificate: &CertificateDer<'_>) -> bool {
        let mut alone = RootCertStore::empty();
        if alone.add(certificate.clone()).is_err() {
            return false;
        }
        let is_own = |root: &TrustAnchor<'_>| {
            alone.roots.iter().any(|own| {
                own.subject == root.subject
                    && own.subject_public_key_info == root.subject_public_key_info
            })
        };
        self.roots.roots.iter().any(is_own)
    }
}

impl Untrusted {
    fn of(certificate: &CertificateDer<'_>, otherwise: Option<Self>) -> Error {
        let why = match EndEntityCert::try_from(certificate) {
            Ok(parsed) if parsed.issuer() == parsed.subject() => Self::SelfSigned,
            Ok(parsed) => otherwise.unwrap_or_else(|| {
                let name = name::known_by(parsed.issuer());
                Self::Issuer(name.map(|name| String::from_utf8_lossy(name).into_owned()))
            }),
            Err(_) => Self::Issuer(None),
        };
        CertificateError::Other(OtherError(Arc::new(why))).into()
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer(None) => write!(f, "certificate from an unknown issuer"),
            Self::Issuer(Some(name)) => write!(f, "certificate from an unknown issuer: {name}"),
            Self::SelfSigned => write!(
                f,
                "certificate from an unknown issuer: it is self-signed and not in the trust store"
            ),
            Self::Authority => write!(f, "invalid certificate: it is an authority's (CA:TRUE)"),
        }
    }
}

impl std::error::Error for Untrusted {}

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.webpki.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            Err(Error::InvalidCertificate(CertificateError::Other(OtherError(e))))
                if e.downcast_ref() == Some(&webpki::Error::CaUsedAsEndEntity) =>
            {
                if !self.holds(end_entity) {
                    return Err(Untrusted::of(end_entity, Some(Untrusted::Authority)));
                }
                // webpki has checked the dates before it says so.
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                Err(Untrusted::of(end_entity, None))
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

impl Blind {
    /// Offers what `provider` can verify, and what only a certificate that nobody verifies can
    /// have.
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
