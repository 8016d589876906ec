//! What was agreed upon.

use super::dates;
use crate::outcome::Session;
use rustls::{CipherSuite, ClientConnection, ProtocolVersion};

/// What a session whose handshake is done came to.
pub(crate) fn agreed(tls: &ClientConnection) -> Option<Session> {
    let version = match tls.protocol_version()? {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => return None,
    };
    let certificate = tls.peer_certificates().unwrap_or_default().first();
    Some(Session {
        version,
        cipher: iana(tls.negotiated_cipher_suite()?.suite())?,
        not_after: certificate.and_then(|der| dates::not_after(der)),
    })
}

/// The name in IANA's registry "TLS Cipher Suites". rustls has names of its own for those of TLS
/// 1.3.
fn iana(suite: CipherSuite) -> Option<&'static str> {
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
    fn every_suite_that_is_offered_has_the_name_that_iana_gave_it() {
        let suites = super::super::provider().cipher_suites;
        let mut names: Vec<&str> = suites.iter().filter_map(|s| iana(s.suite())).collect();
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
