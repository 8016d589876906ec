//! The end of a certificate path.

use super::certificate::Certificate;
use super::dates;
use super::issuer::is_for_anchor;
use super::name::display_name;
use super::store::TrustStore;
use super::verify::StoreVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
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
    /// Returns the end of the certificates that a peer presented, its own first. `None` if no date
    /// can be read.
    pub(super) fn of_presented(certificates: &[CertificateDer<'_>]) -> Option<Self> {
        let ends = certificates.iter().enumerate().filter_map(|(index, der)| {
            let at = dates::not_after(der)?;
            Some((at, (index > 0).then_some(&**der)))
        });
        Self::earliest(ends)
    }

    /// Returns the end of a path that was verified up to an anchor of `store`, the anchor included.
    pub(super) fn of_verified(
        path: &VerifiedPath<'_>,
        store: &TrustStore,
        now: UnixTime,
    ) -> Option<Self> {
        let own = path.end_entity().der();
        let issuers: Vec<_> = path
            .intermediate_certificates()
            .map(|cert| cert.der())
            .collect();
        let issuers = issuers
            .iter()
            .map(|der| (dates::not_after(der), Some(&**der)));
        let path_ends = [(dates::not_after(&own), None)].into_iter().chain(issuers);
        let path_ends = path_ends.filter_map(|(at, issuer)| Some((at?, issuer)));
        // The server's own certificate may be the anchor.
        let anchor = anchor_end(path.anchor(), store, now);
        let anchor = anchor.filter(|(_, der)| **der != *own);
        Self::earliest(path_ends.chain(anchor.map(|(at, der)| (at, Some(der)))))
    }

    /// The first of those that end first.
    fn earliest<'c>(ends: impl Iterator<Item = (SystemTime, Option<&'c [u8]>)>) -> Option<Self> {
        let (at, issuer) = ends.min_by_key(|(at, _)| *at)?;
        let issuer = issuer.map(|der| {
            let certificate = Certificate::parse(der);
            certificate
                .and_then(|issuer| display_name(issuer.subject))
                .unwrap_or_default()
        });
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

/// Returns the end of an anchor. Of several certificates with its name and key the one that ends
/// last counts: nobody is called for one that another replaces.
fn anchor_end<'s>(
    anchor: &TrustAnchor<'_>,
    store: &'s TrustStore,
    now: UnixTime,
) -> Option<(SystemTime, &'s [u8])> {
    let certificates = store.certificates.iter().filter_map(|der| {
        let held = Certificate::parse(der).filter(|held| is_for_anchor(held, anchor))?;
        let is_valid = dates::validity_error(der, now).is_none();
        is_valid.then_some((dates::not_after(der)?, held.der))
    });
    certificates.max_by_key(|(at, _)| *at)
}
