//! A record of what a verifier of certificates sees, for one connection.

use super::facts::WantedFacts;
use super::path_end::PathEnd;
use super::verify::ServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::iter;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Most certificates that are kept of a chain.
const MAX_CHAIN: usize = 16;

/// Verifies as another verifier does, and records.
#[derive(Debug)]
pub(super) struct Recorder {
    verifier: Arc<ServerVerifier>,
    wanted: WantedFacts,
    record: Arc<PeerRecord>,
}

/// The certificates that a peer presented, and what became of them.
#[derive(Debug, Default)]
pub(super) struct PeerRecord {
    /// The certificates as presented, the peer's own first, [`MAX_CHAIN`] at most.
    pub(super) chain: OnceLock<Vec<CertificateDer<'static>>>,
    /// The end of the path that was verified; of all that were presented, if nothing is.
    pub(super) path_end: OnceLock<PathEnd>,
    /// True if they were accepted, verified or not, and the peer has their key.
    is_accepted: Mutex<Option<bool>>,
}

impl Recorder {
    /// Creates a recorder, and the record of its connection.
    pub(super) fn new(
        verifier: Arc<ServerVerifier>,
        wanted: WantedFacts,
    ) -> (Self, Arc<PeerRecord>) {
        let record = Arc::new(PeerRecord::default());
        let recorder = Self {
            verifier,
            wanted,
            record: record.clone(),
        };
        (recorder, record)
    }

    fn accept(&self, is_accepted: bool) {
        *self.record.lock_accepted() = Some(is_accepted);
    }
}

impl PeerRecord {
    /// True if the certificates were accepted; `None` before that is known.
    pub(super) fn is_accepted(&self) -> Option<bool> {
        *self.lock_accepted()
    }

    fn lock_accepted(&self) -> MutexGuard<'_, Option<bool>> {
        self.is_accepted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.wanted.chain {
            let chain = iter::once(end_entity).chain(intermediates).take(MAX_CHAIN);
            let chain = chain.map(|der| der.clone().into_owned());
            self.record.chain.get_or_init(|| chain.collect());
        }
        let wanted = self.wanted.path_end;
        let verified = self
            .verifier
            .verify(end_entity, intermediates, server_name, now, wanted);
        self.accept(verified.is_ok());
        if let Some(end) = verified? {
            self.record.path_end.get_or_init(|| end);
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verified = self
            .verifier
            .verify_tls12_signature(message, certificate, signed);
        verified.inspect_err(|_| self.accept(false))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verified = self
            .verifier
            .verify_tls13_signature(message, certificate, signed);
        verified.inspect_err(|_| self.accept(false))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
