//! Names and likely causes of TLS alerts.

use rustls::AlertDescription;

/// The name of an alert in RFC 8446, section 6.2, or in the RFC that defines it.
pub(super) fn name(alert: AlertDescription) -> String {
    match describe(alert) {
        Some((name, _)) => name.to_owned(),
        None => format!("number {}, which has no name", u8::from(alert)),
    }
}

/// The likely cause of an alert, if its name does not give it.
pub(super) fn likely_cause(alert: AlertDescription) -> Option<&'static str> {
    describe(alert)?.1
}

fn describe(alert: AlertDescription) -> Option<(&'static str, Option<&'static str>)> {
    const UNREADABLE: &str = "it can't make sense of what it was sent";
    let (name, guess) = match alert {
        AlertDescription::CloseNotify => ("close_notify", ""),
        AlertDescription::UnexpectedMessage => ("unexpected_message", UNREADABLE),
        AlertDescription::BadRecordMac => ("bad_record_mac", "were bytes changed on the way?"),
        AlertDescription::DecryptionFailed => ("decryption_failed", UNREADABLE),
        AlertDescription::RecordOverflow => ("record_overflow", UNREADABLE),
        AlertDescription::DecompressionFailure => ("decompression_failure", UNREADABLE),
        AlertDescription::HandshakeFailure => (
            "handshake_failure",
            "no cipher, group or kind of key in common?",
        ),
        AlertDescription::NoCertificate => ("no_certificate", ""),
        AlertDescription::BadCertificate => ("bad_certificate", ""),
        AlertDescription::UnsupportedCertificate => ("unsupported_certificate", ""),
        AlertDescription::CertificateRevoked => ("certificate_revoked", ""),
        AlertDescription::CertificateExpired => ("certificate_expired", ""),
        AlertDescription::CertificateUnknown => ("certificate_unknown", ""),
        AlertDescription::IllegalParameter => ("illegal_parameter", UNREADABLE),
        AlertDescription::UnknownCA => ("unknown_ca", ""),
        AlertDescription::AccessDenied => ("access_denied", ""),
        AlertDescription::DecodeError => ("decode_error", UNREADABLE),
        AlertDescription::DecryptError => ("decrypt_error", UNREADABLE),
        AlertDescription::ExportRestriction => ("export_restriction", ""),
        AlertDescription::ProtocolVersion => (
            "protocol_version",
            "it speaks neither TLS 1.2 nor 1.3, or not the one that is offered",
        ),
        AlertDescription::InsufficientSecurity => (
            "insufficient_security",
            "it asks for stronger ciphers than were offered",
        ),
        AlertDescription::InternalError => ("internal_error", "it has trouble of its own"),
        AlertDescription::InappropriateFallback => ("inappropriate_fallback", ""),
        AlertDescription::UserCanceled => ("user_canceled", ""),
        AlertDescription::NoRenegotiation => ("no_renegotiation", ""),
        AlertDescription::MissingExtension => ("missing_extension", UNREADABLE),
        AlertDescription::UnsupportedExtension => ("unsupported_extension", UNREADABLE),
        AlertDescription::CertificateUnobtainable => ("certificate_unobtainable", ""),
        AlertDescription::UnrecognisedName => (
            "unrecognized_name",
            "it does not serve the name that it was asked for, or was asked for none",
        ),
        AlertDescription::BadCertificateStatusResponse => ("bad_certificate_status_response", ""),
        AlertDescription::BadCertificateHashValue => ("bad_certificate_hash_value", ""),
        AlertDescription::UnknownPSKIdentity => ("unknown_psk_identity", ""),
        AlertDescription::CertificateRequired => ("certificate_required", ""),
        AlertDescription::NoApplicationProtocol => (
            "no_application_protocol",
            "it wants a protocol that was not offered (ALPN)",
        ),
        AlertDescription::EncryptedClientHelloRequired => (
            "ech_required",
            "it wants an encrypted ClientHello, which is not supported",
        ),
        _ => return None,
    };
    Some((name, Some(guess).filter(|guess| !guess.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_that_rustls_knows_has_its_rfc_name() {
        let unnamed = (0..=u8::MAX)
            .map(AlertDescription::from)
            .filter(|alert| describe(*alert).is_none());
        for alert in unnamed {
            assert_eq!(alert.as_str(), None, "{alert:?} has no name here");
        }
        for (number, text) in [
            (40, "handshake_failure"),
            (48, "unknown_ca"),
            (112, "unrecognized_name"),
            (116, "certificate_required"),
            (99, "number 99, which has no name"),
        ] {
            assert_eq!(name(AlertDescription::from(number)), text);
        }
    }

    #[test]
    fn names_are_written_as_the_rfcs_write_them() {
        for alert in (0..=u8::MAX).map(AlertDescription::from) {
            let Some((name, _)) = describe(alert) else {
                continue;
            };
            let is_of_the_rfcs = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(name.chars().all(is_of_the_rfcs), "{name}");
        }
    }
}
