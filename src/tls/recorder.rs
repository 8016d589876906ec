//! A record of what a verifier of certificates sees, for one connection.

use super::facts::WantedFacts;
use super::path_end::PathEnd;
use super::verify::ServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::iter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

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
    is_accepted: AtomicBool,
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

    /// The peer has the key of a certificate that was accepted, or else the handshake ends.
    fn accept(&self, verified: &Result<HandshakeSignatureValid, Error>) {
        let is_accepted = verified.is_ok();
        self.record
            .is_accepted
            .store(is_accepted, Ordering::Relaxed);
    }
}

impl PeerRecord {
    /// True if the certificates were accepted, verified or not, and the peer has shown that it has
    /// their key.
    pub(super) fn is_accepted(&self) -> bool {
        self.is_accepted.load(Ordering::Relaxed)
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
        self.accept(&verified);
        verified
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
        self.accept(&verified);
        verified
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::crypto::ring;

    #[test]
    fn certificates_are_accepted_when_the_peer_has_shown_their_key() {
        let verifier = Arc::new(ServerVerifier::in_any(&ring::default_provider()));
        let wanted = WantedFacts {
            path_end: true,
            chain: true,
        };
        let (recorder, record) = Recorder::new(verifier, wanted);
        let name = ServerName::try_from("localhost").expect("a name");
        let certificate = CertificateDer::from(vec![0x30, 0]);
        let now = UnixTime::since_unix_epoch(std::time::Duration::ZERO);
        let verified = recorder.verify_server_cert(&certificate, &[], &name, &[], now);
        assert!(verified.is_ok() && record.chain.get().is_some());
        assert!(!record.is_accepted());
        recorder.accept(&Ok(HandshakeSignatureValid::assertion()));
        assert!(record.is_accepted());
        recorder.accept(&Err(Error::DecryptError));
        assert!(!record.is_accepted());
    }
}
