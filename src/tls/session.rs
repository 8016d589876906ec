//! A TLS session and its negotiated parameters.

use super::path_end::PathEnd;
use super::{TlsError, dates};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{CipherSuite, ClientConfig, ClientConnection, ProtocolVersion, SignatureScheme};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// The client side of one connection.
#[derive(Debug)]
pub(crate) struct ClientSession {
    /// The state machine of rustls.
    pub connection: ClientConnection,
    /// `close_notify` was sent: nothing else is sent after it, and received data is discarded.
    pub is_close_notify_sent: bool,
    request: Arc<CertificateRequest>,
    path_end: PathEndSource,
}

/// The source of the end of the certificate path.
#[derive(Debug)]
pub(super) enum PathEndSource {
    /// It is not asked for.
    None,
    /// The certificates that the peer presented: nothing is verified.
    Presented,
    /// The record of the verifier.
    Verified(Arc<OnceLock<PathEnd>>),
}

/// A record of the server's CertificateRequest (RFC 8446, section 4.3.2). rustls reports the
/// message only to the resolver of client certificates, which does not know the connection. So each
/// connection has its own resolver.
#[derive(Debug, Default)]
struct CertificateRequest {
    received: AtomicBool,
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
    /// The end of the certificate path, for a check with limits on it: of the path that was verified,
    /// or of all certificates that were presented, if nothing is verified. `None` if it can't be read.
    pub path_end: Option<PathEnd>,
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
        path_end: PathEndSource,
    ) -> Result<Self, TlsError> {
        let request = Arc::new(CertificateRequest::default());
        config.client_auth_cert_resolver = request.clone();
        let connection = ClientConnection::new(Arc::new(config), name)?;
        Ok(Self {
            connection,
            is_close_notify_sent: false,
            request,
            path_end,
        })
    }

    /// The parameters of the session; `None` unless its handshake is complete.
    pub(crate) fn negotiated(&self) -> Option<Session> {
        let tls = &self.connection;
        let version = match tls.protocol_version()? {
            ProtocolVersion::TLSv1_2 => "TLSv1.2",
            ProtocolVersion::TLSv1_3 => "TLSv1.3",
            _ => return None,
        };
        let presented = tls.peer_certificates().unwrap_or_default();
        let session = Session {
            version,
            cipher: iana_name(tls.negotiated_cipher_suite()?.suite())?,
            not_after: presented.first().and_then(|der| dates::not_after(der)),
            path_end: match &self.path_end {
                PathEndSource::None => None,
                PathEndSource::Presented => PathEnd::of_presented(presented),
                PathEndSource::Verified(end) => end.get().cloned(),
            },
        };
        Some(session).filter(|_| !tls.is_handshaking())
    }

    /// Returns true if the server has requested a client certificate.
    pub(crate) fn is_certificate_requested(&self) -> bool {
        self.request.received.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for CertificateRequest {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.received.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
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
