//! The end of a certificate path.

use super::certificate::Certificate;
use super::dates;
use super::issuer;
use super::name::display_name;
use super::store::TrustStore;
use super::verify::StoreVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::sync::{Arc, OnceLock};
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

/// Verifies as a [`StoreVerifier`] does, for one connection, and records the end of the path.
#[derive(Debug)]
pub(super) struct PathRecorder {
    verifier: Arc<StoreVerifier>,
    end: Arc<OnceLock<PathEnd>>,
}

impl PathEnd {
    /// Returns the end of all certificates that a peer presented, its own first. `None` if its own
    /// date can't be read.
    pub(super) fn of_presented(presented: &[CertificateDer<'_>]) -> Option<Self> {
        let (own, issuers) = presented.split_first()?;
        let issuers = issuers.iter().filter_map(|der| {
            let subject = Certificate::parse(der).map(|issuer| issuer.subject);
            Some((subject.unwrap_or_default(), dates::not_after(der)?))
        });
        Self::first(own, issuers)
    }

    /// Returns the end of a path that was verified up to an anchor of `store`, the anchor included.
    pub(super) fn of_verified(
        path: &VerifiedPath<'_>,
        store: &TrustStore,
        now: UnixTime,
    ) -> Option<Self> {
        let issuers = path
            .intermediate_certificates()
            .filter_map(|issuer| Some((issuer.subject(), dates::not_after(&issuer.der())?)));
        let anchor = issuer::anchor_end(path, store, now);
        let anchor = anchor.map(|at| (path.anchor().subject.as_ref(), at));
        Self::first(&path.end_entity().der(), issuers.chain(anchor))
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

impl PathRecorder {
    /// Creates a recorder, and the place where the end of the path will be once it is verified.
    pub(super) fn new(verifier: Arc<StoreVerifier>) -> (Self, Arc<OnceLock<PathEnd>>) {
        let end = Arc::new(OnceLock::new());
        let recorder = Self {
            verifier,
            end: end.clone(),
        };
        (recorder, end)
    }
}

impl ServerCertVerifier for PathRecorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let end = Some(&*self.end);
        self.verifier
            .verify(end_entity, intermediates, server_name, now, end)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
