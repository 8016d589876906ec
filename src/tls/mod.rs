//! TLS configuration of a check, the verification of certificates, and the text of failures.

mod ca_files;
mod certificate;
pub(crate) mod dates;
mod der;
mod diagnosis;
mod explain;
mod issuer;
pub(crate) mod name;
mod name_mismatch;
mod oid;
mod path;
mod path_end;
mod pem;
mod rsa;
pub(crate) mod search;
mod session;
mod signatures;
pub(crate) mod store;
pub(crate) mod verify;
mod webpki_error;

use crate::target::Target;
pub use ca_files::CaFileError;
pub use path_end::PathEnd;
use path_end::PathRecorder;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
pub(crate) use session::ClientSession;
use session::PathEndSource;
pub use session::Session;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};
pub use store::StoreError;
use store::TrustStore;
use verify::{AcceptAnyCertificate, StoreVerifier};

/// TLS settings of a check: TLS 1.2 or 1.3, without resumption, so that every check sees the
/// certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    trust: Result<Trust, TlsError>,
    name: Option<PeerName>,
    is_verified: bool,
}

/// A configuration, and the verifier in it; without one any certificate is accepted.
#[derive(Clone, Debug)]
struct Trust {
    config: Arc<ClientConfig>,
    verifier: Option<Arc<StoreVerifier>>,
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
        Self {
            trust: trust.clone(),
            name,
            is_verified: true,
        }
    }

    /// Verifies as [`verified`](Self::verified) does, against the certificates of a PEM file, which
    /// is read once per process.
    ///
    /// # Errors
    /// The file can't be read, has no certificate, or takes too much memory with those before it.
    pub fn verified_by(file: &Path, name: Option<PeerName>) -> Result<Self, CaFileError> {
        Ok(Self {
            trust: ca_files::trust_in_file(file)?,
            name,
            is_verified: true,
        })
    }

    /// Accepts any certificate. The signature of the handshake is not verified either.
    pub fn unverified(name: Option<PeerName>) -> Self {
        static UNVERIFIED: OnceLock<Result<Trust, TlsError>> = OnceLock::new();
        let trust = UNVERIFIED.get_or_init(|| {
            Ok(Trust {
                config: build_config(Arc::new(AcceptAnyCertificate::new(&provider())))?,
                verifier: None,
            })
        });
        Self {
            trust: trust.clone(),
            name,
            is_verified: false,
        }
    }

    /// Returns true if the certificate is verified for the target's host, but the host is not a
    /// name that a certificate can hold. A Unix socket has no host at all.
    pub fn is_name_missing(&self, target: &Target) -> bool {
        self.is_verified && self.name.is_none() && PeerName::from_target(target).is_none()
    }

    /// Returns the name that is verified, or else the host: a DNS name or an IP address. Empty for a
    /// Unix socket without a name.
    pub(crate) fn name_text(&self, target: &Target) -> String {
        let name = self.name.clone().or_else(|| PeerName::from_target(target));
        name.map(|name| name.0.to_str().into_owned())
            .unwrap_or_default()
    }

    /// Creates the session for one connection to `target`; `peer` is `None` for a Unix socket. With
    /// `has_path_end` the session finds the end of its certificate path.
    ///
    /// # Errors
    /// There is no trust store, or no name to verify.
    pub(crate) fn new_connection(
        &self,
        target: &Target,
        peer: Option<SocketAddr>,
        has_path_end: bool,
    ) -> Result<ClientSession, TlsError> {
        let Trust { config, verifier } = self.trust.as_ref().map_err(TlsError::clone)?;
        let name = match self.name.clone().or_else(|| PeerName::from_target(target)) {
            Some(name) => name,
            None if self.is_verified => return Err(TlsError::Name),
            None => PeerName::placeholder(peer),
        };
        let mut config = ClientConfig::clone(config);
        let path_end = match verifier {
            _ if !has_path_end => PathEndSource::None,
            None => PathEndSource::Presented,
            Some(verifier) => {
                let (recorder, end) = PathRecorder::new(verifier.clone());
                let mut dangerous = config.dangerous();
                dangerous.set_certificate_verifier(Arc::new(recorder));
                PathEndSource::Verified(end)
            }
        };
        ClientSession::new(config, name.0, path_end)
    }
}

impl From<rustls::Error> for TlsError {
    fn from(e: rustls::Error) -> Self {
        Self::Rustls(e)
    }
}

impl Trust {
    fn in_store(store: TrustStore) -> Result<Self, TlsError> {
        let verifier = Arc::new(StoreVerifier::new(store, &provider()));
        Ok(Self {
            config: build_config(verifier.clone())?,
            verifier: Some(verifier),
        })
    }
}

fn provider() -> CryptoProvider {
    ring::default_provider()
}

fn build_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}
