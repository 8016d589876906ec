//! TLS configuration of a check, the verification of certificates, and the text of failures.

mod adapted;
mod algorithms;
mod base64;
mod ca_files;
mod certificate;
mod client_key;
pub(crate) mod dates;
mod der;
mod diagnosis;
mod ecdsa;
mod explain;
mod facts;
mod fingerprint;
mod form;
mod identity;
mod issuer;
pub(crate) mod name;
mod name_mismatch;
mod oid;
mod p521_exchange;
mod path;
mod path_end;
mod path_limit;
mod pem;
mod read_facts;
mod recorder;
mod rsa;
mod rsa_pss;
pub(crate) mod search;
mod session;
mod signatures;
pub(crate) mod store;
mod store_path;
mod trust;
pub(crate) mod trust_error;
pub(crate) mod verify;
mod webpki_error;

use crate::target::Target;
pub use ca_files::CaFileError;
pub use facts::{CertificateFacts, WantedFacts};
pub use fingerprint::Fingerprint;
pub use identity::{ClientIdentity, IdentityError};
pub use path_end::PathEnd;
use recorder::Recorder;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
pub(crate) use session::ClientSession;
pub use session::{Presented, Session};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};
pub use store::StoreError;
use trust::Trust;
pub use trust::Version;

/// TLS settings of a check: TLS 1.2 or 1.3, without resumption, so that every check sees the
/// certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    trust: Result<Trust, TlsError>,
    name: Option<PeerName>,
    /// The name is verified.
    has_verified_name: bool,
    /// The protocols that are offered by ALPN (RFC 7301), in this order.
    alpn: Vec<Vec<u8>>,
    identity: Option<ClientIdentity>,
}

/// A DNS name or IP address that a certificate can be verified for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerName(ServerName<'static>);

/// The failure of a TLS session, in its handshake or later. Its text is for operators.
#[derive(Clone, Debug)]
pub enum TlsError {
    /// The peer closed the connection during the handshake.
    Closed,
    /// There is no trust store to verify with.
    Store(StoreError),
    /// The peer sent data in the clear that TLS would have to follow.
    ClearData,
    /// The host is not a name that a certificate can hold.
    Name,
    /// An error from rustls.
    Rustls(rustls::Error),
}

impl PeerName {
    /// Parses a DNS name or an IP address. Returns `None` for other text.
    pub fn parse(text: &str) -> Option<Self> {
        ServerName::try_from(text.to_owned()).ok().map(Self)
    }

    /// The name to verify for a target. An address has neither brackets nor a zone here.
    fn from_target(target: &Target) -> Option<Self> {
        match target {
            Target::Name { host, .. } => Self::parse(host),
            Target::Address { address, .. } => {
                Some(Self(ServerName::IpAddress(address.ip().into())))
            }
            Target::Socket(_) => None,
        }
    }

    /// Placeholder name for a certificate that is not verified. An IP address suppresses SNI.
    fn placeholder(peer: Option<SocketAddr>) -> Self {
        let ip = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
        Self(ServerName::IpAddress(ip.into()))
    }
}

impl Tls {
    /// Verifies chain, name and dates against the system's trust store, which is read here, once
    /// per process. `name` replaces the target's host, in SNI and in verification. Without a store
    /// every handshake fails.
    pub fn verified(name: Option<PeerName>) -> Self {
        static SYSTEM: OnceLock<Result<Trust, TlsError>> = OnceLock::new();
        let trust = SYSTEM.get_or_init(|| {
            let store = store::load_system().map_err(TlsError::Store)?;
            Trust::in_store(store)
        });
        Self::new(trust.clone(), name, true)
    }

    /// Verifies as [`verified`](Self::verified) does, against the certificates of a PEM file, which
    /// is read once per process.
    ///
    /// # Errors
    /// The file can't be read, has no certificate, or takes too much memory with those before it.
    pub fn verified_by(file: &Path, name: Option<PeerName>) -> Result<Self, CaFileError> {
        Ok(Self::new(ca_files::trust_in_file(file)?, name, true))
    }

    /// Accepts the certificates of these fingerprints and no other, whoever issued them and whatever
    /// their names are, inside their validity periods.
    pub fn known_by(fingerprints: Vec<Fingerprint>, name: Option<PeerName>) -> Self {
        Self::new(Trust::in_fingerprints(fingerprints), name, false)
    }

    /// Accepts any certificate. The signature of the handshake is not verified either.
    pub fn unverified(name: Option<PeerName>) -> Self {
        static UNVERIFIED: OnceLock<Result<Trust, TlsError>> = OnceLock::new();
        let trust = UNVERIFIED.get_or_init(Trust::in_anybody);
        Self::new(trust.clone(), name, false)
    }

    fn new(
        trust: Result<Trust, TlsError>,
        name: Option<PeerName>,
        has_verified_name: bool,
    ) -> Self {
        Self {
            trust,
            name,
            has_verified_name,
            alpn: Vec::new(),
            identity: None,
        }
    }

    /// Offers the versions from `min` to `max` only.
    #[must_use]
    pub fn with_versions(mut self, min: Version, max: Version) -> Self {
        if (min, max) != (Version::Tls12, Version::Tls13) {
            self.trust = self.trust.and_then(|trust| trust.with_versions(min, max));
        }
        self
    }

    /// Offers these protocols by ALPN (RFC 7301), in this order.
    #[must_use]
    pub fn with_alpn(self, alpn: Vec<Vec<u8>>) -> Self {
        Self { alpn, ..self }
    }

    /// Shows a certificate to servers that ask for one.
    #[must_use]
    pub fn with_identity(self, identity: Option<ClientIdentity>) -> Self {
        Self { identity, ..self }
    }

    /// Returns true if the certificate is verified for the target's host, but the host is not a
    /// name that a certificate can hold. A Unix socket has no host at all.
    pub fn is_name_missing(&self, target: &Target) -> bool {
        self.has_verified_name && self.name.is_none() && PeerName::from_target(target).is_none()
    }

    /// Returns the name that is verified, or else the host: a DNS name or an IP address. Empty for a
    /// Unix socket without a name.
    pub(crate) fn name_text(&self, target: &Target) -> String {
        let name = self.name.clone().or_else(|| PeerName::from_target(target));
        name.map(|name| name.0.to_str().into_owned())
            .unwrap_or_default()
    }

    /// Creates the session for one connection to `target`; `peer` is `None` for a Unix socket. The
    /// session records the facts that are `wanted`.
    ///
    /// # Errors
    /// There is no trust store, or no name to verify.
    pub(crate) fn new_connection(
        &self,
        target: &Target,
        peer: Option<SocketAddr>,
        wanted: WantedFacts,
    ) -> Result<ClientSession, TlsError> {
        let Trust { config, verifier } = self.trust.as_ref().map_err(TlsError::clone)?;
        let name = match self.name.clone().or_else(|| PeerName::from_target(target)) {
            Some(name) => name,
            None if self.has_verified_name => return Err(TlsError::Name),
            None => PeerName::placeholder(peer),
        };
        let mut config = ClientConfig::clone(config);
        config.alpn_protocols.clone_from(&self.alpn);
        let mut record = None;
        if wanted != WantedFacts::default() {
            let (recorder, recorded) = Recorder::new(verifier.clone(), wanted);
            let mut dangerous = config.dangerous();
            dangerous.set_certificate_verifier(Arc::new(recorder));
            record = Some(recorded);
        }
        let is_verified = verifier.is_verifying();
        ClientSession::new(config, name.0, self.identity.clone(), record, is_verified)
    }
}

impl From<rustls::Error> for TlsError {
    fn from(e: rustls::Error) -> Self {
        Self::Rustls(e)
    }
}

fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.signature_verification_algorithms = algorithms::VERIFIED;
    // Last: a server that has another takes that.
    provider.kx_groups.push(&p521_exchange::P521);
    provider
}
