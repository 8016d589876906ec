//! Text for certificate errors.

use super::words::to_words;
use super::{names, webpki};
use crate::tls::dates::ValidityError;
use crate::tls::oid;
use rustls::CertificateError;

/// Describes the error in a sentence.
pub(super) fn describe(error: &CertificateError) -> String {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("certificate {}", ValidityError::Expired(*not_after))
        }
        CertificateError::NotValidYet => "certificate not yet valid".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("certificate {}", ValidityError::NotYetValid(*not_before))
        }
        CertificateError::NotValidForName => "certificate is for other names".to_owned(),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => names::describe(&expected.to_str(), presented),
        CertificateError::UnknownIssuer => "certificate from an unknown issuer".to_owned(),
        CertificateError::Other(other) => match other.0.downcast_ref() {
            Some(error) => format!("invalid certificate: {}", webpki::describe(error)),
            // All other errors here are the crate's own types.
            None => other.0.to_string(),
        },
        other => format!("invalid certificate: {}", describe_defect(other)),
    }
}

/// Describes the defect of a certificate, in a clause.
fn describe_defect(error: &CertificateError) -> String {
    let text = match error {
        CertificateError::BadEncoding => "it is not well-formed",
        // webpki reports an expired certificate with its end. Without an end, the error means that
        // the validity period is empty.
        CertificateError::Expired => "its validity ends before it begins",
        CertificateError::Revoked => "it has been revoked",
        CertificateError::UnhandledCriticalExtension => {
            "it has a critical extension that is not supported"
        }
        CertificateError::UnknownRevocationStatus => "whether it has been revoked is not known",
        CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => {
            "the list of revoked certificates has expired"
        }
        CertificateError::BadSignature => "a signature is wrong",
        CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id,
            ..
        } => return unsupported_algorithm(signature_algorithm_id),
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id,
            public_key_algorithm_id,
        } => return mismatched_key(signature_algorithm_id, public_key_algorithm_id),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its extended key usage leaves servers out"
        }
        CertificateError::InvalidOcspResponse => "what it brings of OCSP can't be read",
        CertificateError::ApplicationVerificationFailure => "it was refused",
        other => return to_words(other),
    };
    text.to_owned()
}

fn unsupported_algorithm(algorithm: &[u8]) -> String {
    let text = "signed by an algorithm that is not supported";
    match oid::describe_algorithm(algorithm) {
        Some(name) => format!("{text}: {name}"),
        None => text.to_owned(),
    }
}

fn mismatched_key(signature: &[u8], key: &[u8]) -> String {
    match (
        oid::describe_algorithm(signature),
        oid::describe_algorithm(key),
    ) {
        (Some(signature), Some(key)) => {
            format!("signed by {signature} with a key of {key}, which is not supported")
        }
        _ => unsupported_algorithm(signature),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::is_plain;
    use super::*;
    use ::webpki::Error as WebpkiError;
    use rustls::pki_types::UnixTime;
    use rustls::{ExtendedKeyPurpose, OtherError};
    use std::sync::Arc;
    use std::time::Duration;

    const ECDSA_SHA512: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04";
    const P521: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";

    #[test]
    fn every_reason_is_a_sentence() {
        use CertificateError::*;
        let time = UnixTime::since_unix_epoch(Duration::from_secs(1));
        #[expect(deprecated, reason = "rustls may still say it")]
        let errors = [
            BadEncoding,
            Expired,
            ExpiredContext {
                time,
                not_after: time,
            },
            NotValidYet,
            NotValidYetContext {
                time,
                not_before: time,
            },
            Revoked,
            UnhandledCriticalExtension,
            UnknownIssuer,
            UnknownRevocationStatus,
            ExpiredRevocationList,
            ExpiredRevocationListContext {
                time,
                next_update: time,
            },
            BadSignature,
            UnsupportedSignatureAlgorithm,
            UnsupportedSignatureAlgorithmContext {
                signature_algorithm_id: ECDSA_SHA512.to_vec(),
                supported_algorithms: Vec::new(),
            },
            UnsupportedSignatureAlgorithmContext {
                signature_algorithm_id: Vec::new(),
                supported_algorithms: Vec::new(),
            },
            UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: ECDSA_SHA512.to_vec(),
                public_key_algorithm_id: P521.to_vec(),
            },
            NotValidForName,
            NotValidForNameContext {
                expected: "a.example".try_into().expect("a name"),
                presented: vec![r#"DnsName("b.example")"#.to_owned()],
            },
            InvalidPurpose,
            InvalidPurposeContext {
                required: ExtendedKeyPurpose::ServerAuth,
                presented: vec![ExtendedKeyPurpose::Other(vec![2, 5, 29, 37, 0])],
            },
            InvalidOcspResponse,
            ApplicationVerificationFailure,
            Other(OtherError(Arc::new(WebpkiError::NameConstraintViolation))),
        ];
        for error in errors {
            let text = describe(&error);
            assert!(is_plain(&text), "{error:?}: {text}");
            assert!(text.contains("certificate"), "{error:?}: {text}");
        }
    }

    #[test]
    fn algorithms_are_shown_by_name() {
        let error = CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: ECDSA_SHA512.to_vec(),
            public_key_algorithm_id: P521.to_vec(),
        };
        let text = "invalid certificate: signed by SHA-512 with ECDSA (1.2.840.10045.4.3.4) with a \
                    key of elliptic curve (1.2.840.10045.2.1), P-521 (1.3.132.0.35), which is not \
                    supported";
        assert_eq!(describe(&error), text);
    }
}
