//! rustls configuration: what a check asks of TLS, and what it says of a failure.

mod certificate;
pub mod dates;
mod der;
mod diagnosis;
mod explain;
mod issuer;
pub mod name;
mod name_mismatch;
mod oid;
mod path;
mod pem;
mod rsa;
pub mod search;
mod session;
mod signatures;
pub mod store;
pub mod verify;
mod webpki_error;

use crate::target::Target;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
pub use session::Session;
pub(crate) use session::{ClientSession, negotiated_session};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
pub use store::StoreError;

/// How a check speaks TLS: 1.2 or 1.3, without resumption, so that every check sees the
/// certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Result<Arc<ClientConfig>, TlsError>,
    name: Option<PeerName>,
    is_verified: bool,
}

/// A name that a certificate can be asked for: a DNS name or an IP address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerName(ServerName<'static>);

/// Why there is no TLS session, or no longer one. Its text says what came of it.
#[derive(Clone, Debug)]
pub enum TlsError {
    /// The peer closed the connection in mid-handshake.
    Closed,
    /// There is no trust store to verify with.
    Store(StoreError),
    /// The host is no name that a certificate could hold.
    Name,
    /// What rustls says.
    Rustls(rustls::Error),
}

impl PeerName {
    /// `None` where the text is neither a DNS name nor an IP address.
    pub fn parse(text: &str) -> Option<Self> {
        ServerName::try_from(text.to_owned()).ok().map(Self)
    }

    /// The name in certificates for a target; for one with an address, without brackets and zone.
    fn from_target(target: &Target) -> Option<Self> {
        match target {
            Target::Name { host, .. } => Self::parse(host),
            Target::Address { address, .. } => {
                Some(Self(ServerName::IpAddress(address.ip().into())))
            }
            Target::Socket(_) => None,
        }
    }

    /// Stands where no name is needed. An address, so that no SNI is sent.
    fn placeholder(peer: Option<SocketAddr>) -> Self {
        let ip = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
        Self(ServerName::IpAddress(ip.into()))
    }
}

impl Tls {
    /// Chain, name and dates are verified against the system's trust store, which is read here,
    /// once a process. `name` is asked for and verified in place of the target's host. Without a
    /// store every handshake fails.
    pub fn verified(name: Option<PeerName>) -> Self {
        static SYSTEM: OnceLock<Result<Arc<ClientConfig>, TlsError>> = OnceLock::new();
        let config = SYSTEM.get_or_init(|| {
            let store = store::load_system().map_err(TlsError::Store)?;
            build_config(Arc::new(verify::StoreVerifier::new(store, &provider())))
        });
        Self {
            config: config.clone(),
            name,
            is_verified: true,
        }
    }

    /// Any certificate is accepted, and its handshake signature is not checked either.
    pub fn unverified(name: Option<PeerName>) -> Self {
        static UNVERIFIED: OnceLock<Result<Arc<ClientConfig>, TlsError>> = OnceLock::new();
        let config = UNVERIFIED
            .get_or_init(|| build_config(Arc::new(verify::AcceptAnyCertificate::new(&provider()))));
        Self {
            config: config.clone(),
            name,
            is_verified: false,
        }
    }

    /// Whether a certificate must have the name of the target's host, and that is no name that one
    /// can have: a Unix socket has none at all.
    pub fn is_name_missing(&self, target: &Target) -> bool {
        self.is_verified && self.name.is_none() && PeerName::from_target(target).is_none()
    }

    /// A session for one connection to `target`, at `peer` where that is an address.
    ///
    /// # Errors
    /// There is no trust store, or verification lacks a name.
    pub(crate) fn new_connection(
        &self,
        target: &Target,
        peer: Option<SocketAddr>,
    ) -> Result<ClientSession, TlsError> {
        let config = self.config.as_ref().map_err(TlsError::clone)?;
        let name = match self.name.clone().or_else(|| PeerName::from_target(target)) {
            Some(name) => name,
            None if self.is_verified => return Err(TlsError::Name),
            None => PeerName::placeholder(peer),
        };
        ClientSession::new(config, name.0)
    }
}

impl From<rustls::Error> for TlsError {
    fn from(e: rustls::Error) -> Self {
        Self::Rustls(e)
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
