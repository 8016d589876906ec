//! A TLS session and its negotiated parameters.

use super::path_end::PathEnd;
use super::recorder::PeerRecord;
use super::{ClientIdentity, TlsError, dates};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{CipherSuite, ClientConfig, ClientConnection, ProtocolVersion, SignatureScheme};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// The client side of one connection.
#[derive(Debug)]
pub(crate) struct ClientSession {
    /// The state machine of rustls.
    pub connection: ClientConnection,
    /// `close_notify` was sent: nothing else is sent after it, and received data is discarded.
    pub is_close_notify_sent: bool,
    request: Arc<CertificateRequest>,
    /// The facts that are wanted of the peer's certificates.
    record: Option<Arc<PeerRecord>>,
    is_verified: bool,
}

/// A record of the server's CertificateRequest (RFC 8446, section 4.3.2). rustls reports the
/// message only to the resolver of client certificates, which does not know the connection. So each
/// connection has its own resolver.
#[derive(Debug)]
struct CertificateRequest {
    identity: Option<ClientIdentity>,
    received: AtomicBool,
    /// There was no certificate for it.
    is_unmet: AtomicBool,
}

/// The negotiated parameters of a TLS connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The IANA name of the cipher suite.
    pub cipher: &'static str,
    /// The end of the validity period of the peer's certificate, if it can be read.
    pub not_after: Option<SystemTime>,
    /// The end of the certificate path, where it is wanted: of the path that was verified, or of all
    /// certificates that were presented, if nothing is verified. `None` if it can't be read.
    pub path_end: Option<PathEnd>,
}

/// The certificates that a peer presented, whether the session came up or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The certificates in DER as presented, the peer's own first, 16 at most.
    pub chain: Vec<CertificateDer<'static>>,
    /// True if they were verified, and the peer has their key; `None` if verification was not asked
    /// for.
    pub is_verified: Option<bool>,
    /// The end of the certificate path, as in [`Session`]; `None` where they were not accepted.
    pub path_end: Option<PathEnd>,
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: Option<&'static str>,
    /// The IANA name of the cipher suite.
    pub cipher: Option<&'static str>,
    /// The protocol that the server chose by ALPN.
    pub alpn: Option<Vec<u8>>,
}

impl ClientSession {
    /// Creates a session with the server of this name. The configuration is the session's own: a
    /// copy costs a few reference counts and one allocation, beside the many of a session.
    ///
    /// # Errors
    /// rustls rejects the configuration.
    pub(super) fn new(
        mut config: ClientConfig,
        name: ServerName<'static>,
        identity: Option<ClientIdentity>,
        record: Option<Arc<PeerRecord>>,
        is_verified: bool,
    ) -> Result<Self, TlsError> {
        let request = Arc::new(CertificateRequest {
            identity,
            received: AtomicBool::new(false),
            is_unmet: AtomicBool::new(false),
        });
        config.client_auth_cert_resolver = request.clone();
        let connection = ClientConnection::new(Arc::new(config), name)?;
        Ok(Self {
            connection,
            is_close_notify_sent: false,
            request,
            record,
            is_verified,
        })
    }

    /// The parameters of the session; `None` unless its handshake is complete.
    pub(crate) fn negotiated(&self) -> Option<Session> {
        let tls = &self.connection;
        let presented = tls.peer_certificates().unwrap_or_default();
        let path_end = self.record.as_ref().and_then(|it| it.path_end.get());
        let session = Session {
            version: self.version()?,
            cipher: self.cipher()?,
            not_after: presented.first().and_then(|der| dates::not_after(der)),
            path_end: path_end.cloned(),
        };
        Some(session).filter(|_| !tls.is_handshaking())
    }

    /// The certificates that the peer presented; `None` unless they are wanted.
    pub(crate) fn presented(&self) -> Option<Presented> {
        let record = self.record.as_ref()?;
        Some(Presented {
            chain: record.chain.get()?.clone(),
            is_verified: self.is_verified.then(|| record.is_accepted()),
            path_end: record
                .path_end
                .get()
                .filter(|_| record.is_accepted())
                .cloned(),
            version: self.version(),
            cipher: self.cipher(),
            alpn: self.connection.alpn_protocol().map(<[u8]>::to_vec),
        })
    }

    /// Returns true if the server has requested a client certificate.
    pub(crate) fn is_certificate_requested(&self) -> bool {
        self.request.received.load(Ordering::Relaxed)
    }

    /// Returns true if there was none for it.
    pub(crate) fn is_certificate_missing(&self) -> bool {
        self.request.is_unmet.load(Ordering::Relaxed)
    }

    fn version(&self) -> Option<&'static str> {
        match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            _ => None,
        }
    }

    fn cipher(&self) -> Option<&'static str> {
        iana_name(self.connection.negotiated_cipher_suite()?.suite())
    }
}

impl ResolvesClientCert for CertificateRequest {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.received.store(true, Ordering::Relaxed);
        let pair = self.identity.as_ref().map(|identity| &identity.0);
        let pair = pair.filter(|pair| pair.key.choose_scheme(schemes).is_some());
        self.is_unmet.store(pair.is_none(), Ordering::Relaxed);
        pair.cloned()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

/// The name in IANA's registry "TLS Cipher Suites". rustls has its own names for the suites of
/// TLS 1.3.
fn iana_name(suite: CipherSuite) -> Option<&'static str> {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => Some("TLS_AES_128_GCM_SHA256"),
        CipherSuite::TLS13_AES_256_GCM_SHA384 => Some("TLS_AES_256_GCM_SHA384"),
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => Some("TLS_CHACHA20_POLY1305_SHA256"),
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_suite_has_its_iana_name() {
        let suites = super::super::provider().cipher_suites;
        let mut names: Vec<&str> = suites.iter().filter_map(|s| iana_name(s.suite())).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "TLS_AES_128_GCM_SHA256",
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            ]
        );
    }
}
