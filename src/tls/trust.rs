//! What a check trusts: a verifier of certificates, and the configuration with it.

use super::fingerprint::Fingerprint;
use super::store::TrustStore;
use super::verify::ServerVerifier;
use super::{TlsError, provider};
use rustls::client::Resumption;
use rustls::{ClientConfig, SupportedProtocolVersion, version};
use std::sync::Arc;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// A verifier, and a configuration with it.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    pub(super) config: Arc<ClientConfig>,
    pub(super) verifier: Arc<ServerVerifier>,
}

impl Trust {
    /// Trusts the authorities of a store.
    ///
    /// # Errors
    /// rustls rejects the configuration.
    pub(super) fn in_store(store: TrustStore) -> Result<Self, TlsError> {
        let verifier = ServerVerifier::in_store(store, &provider());
        Self::new(Arc::new(verifier), &ALL_VERSIONS)
    }

    /// Trusts the certificates of these fingerprints.
    ///
    /// # Errors
    /// rustls rejects the configuration.
    pub(super) fn in_fingerprints(fingerprints: Vec<Fingerprint>) -> Result<Self, TlsError> {
        let verifier = ServerVerifier::in_fingerprints(fingerprints, &provider());
        Self::new(Arc::new(verifier), &ALL_VERSIONS)
    }

    /// Trusts anybody.
    ///
    /// # Errors
    /// rustls rejects the configuration.
    pub(super) fn in_anybody() -> Result<Self, TlsError> {
        let verifier = ServerVerifier::in_any(&provider());
        Self::new(Arc::new(verifier), &ALL_VERSIONS)
    }

    /// Returns the same trust with these versions.
    ///
    /// # Errors
    /// rustls rejects the configuration.
    pub(super) fn with_versions(&self, min: Version, max: Version) -> Result<Self, TlsError> {
        let versions: Vec<_> = ALL_VERSIONS
            .into_iter()
            .zip([Version::Tls12, Version::Tls13])
            .filter(|(_, version)| (min..=max).contains(version))
            .map(|(version, _)| version)
            .collect();
        Self::new(self.verifier.clone(), &versions)
    }

    fn new(
        verifier: Arc<ServerVerifier>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<Self, TlsError> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider()))
            .with_protocol_versions(versions)?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok(Self {
            config: Arc::new(config),
            verifier,
        })
    }
}

const ALL_VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS12, &version::TLS13];
