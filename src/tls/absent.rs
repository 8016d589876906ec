//! TLS without the feature `tls`: types that have no value, so that what needs one is not built in.

#[path = "facts.rs"]
mod facts;

use crate::target::Target;
pub use facts::{CertificateFacts, WantedFacts};
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::time::SystemTime;

/// TLS settings of a check: there are none.
#[derive(Clone, Debug)]
pub enum Tls {}

/// The client side of one connection.
#[derive(Debug)]
pub(crate) enum ClientSession {}

/// The negotiated parameters of a TLS connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The version.
    pub version: &'static str,
    /// The cipher suite.
    pub cipher: &'static str,
    /// The end of the validity period of the peer's certificate.
    pub not_after: Option<SystemTime>,
    /// The end of the certificate path.
    pub path_end: Option<PathEnd>,
    never: Infallible,
}

/// The end of the certificate in a path that ends first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathEnd {
    /// The end of its validity period.
    pub at: SystemTime,
    /// The display name of its holder.
    pub issuer: Option<String>,
    never: Infallible,
}

/// The certificates that a peer presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The certificates in DER.
    pub chain: Vec<Vec<u8>>,
    /// Whether they were verified.
    pub is_verified: Option<bool>,
    /// The end of the certificate path.
    pub path_end: Option<PathEnd>,
    /// The version.
    pub version: Option<&'static str>,
    /// The cipher suite.
    pub cipher: Option<&'static str>,
    /// The protocol that the server chose by ALPN.
    pub alpn: Option<Vec<u8>>,
    never: Infallible,
}

/// The failure of a TLS session.
#[derive(Clone, Debug)]
pub enum TlsError {
    /// The peer closed the connection during the handshake.
    Closed,
    /// There is no trust store to verify with.
    Store(Infallible),
    /// The peer sent data in the clear that TLS would have to follow.
    ClearData,
}

impl Tls {
    /// Returns true if there is no name to verify.
    pub fn is_name_missing(&self, _: &Target) -> bool {
        match *self {}
    }

    pub(crate) fn name_text(&self, _: &Target) -> String {
        match *self {}
    }

    pub(crate) fn new_connection(
        &self,
        _: &Target,
        _: Option<SocketAddr>,
        _: WantedFacts,
    ) -> Result<ClientSession, TlsError> {
        match *self {}
    }
}

impl ClientSession {
    pub(crate) fn negotiated(&self) -> Option<Session> {
        match *self {}
    }

    pub(crate) fn presented(&self) -> Option<Presented> {
        match *self {}
    }

    pub(crate) fn is_certificate_requested(&self) -> bool {
        match *self {}
    }

    pub(crate) fn is_certificate_missing(&self) -> bool {
        match *self {}
    }
}

impl CertificateFacts {
    /// Reads nothing.
    pub fn read(_: &[u8]) -> Self {
        Self::default()
    }
}

impl TlsError {
    /// Returns true if the peer sent something other than a TLS record.
    pub fn is_not_tls_record(&self) -> bool {
        false
    }

    /// Returns true if the peer's certificate is the reason.
    pub fn is_certificate_error(&self) -> bool {
        false
    }

    /// The likely cause of an alert.
    pub fn likely_cause(&self) -> Option<&'static str> {
        None
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no TLS")
    }
}
