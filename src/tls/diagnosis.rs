//! Diagnosis of rejected certificates. It reads from the certificate what the errors of rustls
//! leave out. Only rejections pay for it.

use super::adapted::unknown_critical_extension;
use super::certificate::Certificate;
use super::dates;
use super::der::{elements, read_sequence};
use super::explain::join_first;
use super::name::{display_name, presented_names};
use super::oid::{ANY_EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE, Oid, SERVER_AUTH};
use super::rsa::rsa_bits;
use super::store::TrustStore;
use super::trust_error::TrustError;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error, OtherError};
use std::fmt;
use std::sync::Arc;

/// The sizes in bits of RSA keys that ring accepts.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The reason why a certificate is rejected, as a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Diagnosis(String);

/// Replaces the error of a rejected path with one that says more, if the certificates or the store
/// have the details: the hosts in the certificate, or a [`Diagnosis`].
pub(super) fn diagnose_path_error(
    error: Error,
    end_entity: &[u8],
    intermediates: &[impl AsRef<[u8]>],
    store: &TrustStore,
    now: UnixTime,
) -> Error {
    let Error::InvalidCertificate(error) = error else {
        return error;
    };
    let others = || intermediates.iter().map(AsRef::as_ref);
    let path = || [end_entity].into_iter().chain(others());
    let diagnosis = match &error {
        CertificateError::NotValidForNameContext { expected, .. } => {
            return match presented_names(end_entity) {
                Some(presented) => CertificateError::NotValidForNameContext {
                    expected: expected.clone(),
                    presented,
                },
                None => error,
            }
            .into();
        }
        CertificateError::BadEncoding => {
            path().find_map(|der| diagnose_encoding(der, der == end_entity))
        }
        CertificateError::BadSignature => diagnose_key_size(end_entity, others(), store, now),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            path().find_map(|der| diagnose_usages(der, der == end_entity))
        }
        CertificateError::Other(OtherError(other))
            if other.downcast_ref() == Some(&webpki::Error::UnsupportedCriticalExtension) =>
        {
            path().find_map(|der| diagnose_extensions(der, der == end_entity))
        }
        CertificateError::Other(OtherError(other)) => add_unread_files(other.downcast_ref(), store),
        _ => None,
    };
    match diagnosis {
        Some(diagnosis) => diagnosis.into(),
        None => error.into(),
    }
}

/// Replaces the error of an invalid handshake signature with a [`Diagnosis`].
pub(super) fn diagnose_signature_error(error: Error, end_entity: &[u8]) -> Error {
    if error != CertificateError::BadSignature.into() {
        return error;
    }
    let bits = Certificate::parse(end_entity).and_then(|own| rsa_bits(own.public_key));
    let text = match bits.and_then(key_size_error) {
        Some(error) => format!("invalid certificate: {error}"),
        None => {
            "the signature of the handshake is wrong: it is not by the certificate's key".into()
        }
    };
    Diagnosis(text).into()
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Diagnosis {}

impl From<Diagnosis> for Error {
    fn from(diagnosis: Diagnosis) -> Self {
        CertificateError::Other(OtherError(Arc::new(diagnosis))).into()
    }
}

/// Finds what webpki reports like malformed DER: an end before 1970, and fields that it does not know.
fn diagnose_encoding(certificate: &[u8], is_leaf: bool) -> Option<Diagnosis> {
    let whose = match is_leaf {
        true => "certificate",
        false => "certificate of an intermediate issuer:",
    };
    if let Some(date) = dates::end_before_1970(certificate) {
        return Some(Diagnosis(format!("{whose} expired at {date}")));
    }
    let has_unique_id = Certificate::parse(certificate)?.has_unique_id;
    let text = "has an issuerUniqueID or subjectUniqueID, which is not supported";
    has_unique_id.then(|| Diagnosis(format!("{whose} {text}")))
}

/// Finds an RSA key on the path with a size that ring rejects. ring reports it as an invalid
/// signature. If there is no such key, the signature is indeed invalid.
fn diagnose_key_size<'a>(
    end_entity: &[u8],
    intermediates: impl Iterator<Item = &'a [u8]>,
    store: &TrustStore,
    now: UnixTime,
) -> Option<Diagnosis> {
    let leaf = Certificate::parse(end_entity)?;
    let presented: Vec<Certificate<'_>> = intermediates.filter_map(Certificate::parse).collect();
    let issued = || [&leaf].into_iter().chain(&presented);
    let is_issuer = |subject: &[u8]| issued().any(|one| one.issuer == subject);
    let anchors = issued().flat_map(|one| store.authorities(one.issuer, now));
    let (subject, error) = presented
        .iter()
        .copied()
        .filter(|issuer| is_issuer(issuer.subject))
        .chain(anchors)
        .map(|issuer| (issuer.subject, issuer.public_key))
        .find_map(|(subject, key)| Some((subject, key_size_error(rsa_bits(key)?)?)))?;
    let whose = match display_name(subject).filter(|_| subject != leaf.subject) {
        Some(name) => format!(" of the issuer {name}"),
        None => String::new(),
    };
    Some(Diagnosis(format!("invalid certificate{whose}: {error}")))
}

/// Describes the error in the size of an RSA key, or returns `None` if ring accepts the size.
fn key_size_error(bits: usize) -> Option<String> {
    // ring rounds up to whole bytes.
    let side = match bits.next_multiple_of(8) {
        rounded if RSA_BITS.contains(&rounded) => return None,
        rounded if rounded < *RSA_BITS.start() => "under 2,048",
        _ => "more than 8,192",
    };
    Some(format!("RSA key of {bits} bits: {side}"))
}

/// Names the first critical extension that is not known.
fn diagnose_extensions(certificate: &[u8], is_leaf: bool) -> Option<Diagnosis> {
    let parts = Certificate::parse(certificate)?;
    let extension = unknown_critical_extension(&parts)?;
    let whose = match display_name(parts.subject).filter(|_| !is_leaf) {
        Some(name) => format!(" of the issuer {name}"),
        None => String::new(),
    };
    Some(Diagnosis(format!(
        "invalid certificate{whose}: it has a critical extension that is not supported: {extension}"
    )))
}

/// Lists the extended key usages (RFC 5280, section 4.2.1.12) of a certificate, if they exclude
/// servers.
fn diagnose_usages(certificate: &[u8], is_leaf: bool) -> Option<Diagnosis> {
    let parts = Certificate::parse(certificate)?;
    let usages = read_sequence(parts.extension(EXTENDED_KEY_USAGE)?)?;
    let usages: Vec<_> = elements(usages).map(|(_, usage)| usage).collect();
    if usages.contains(&SERVER_AUTH) {
        return None;
    }
    let whose = match is_leaf {
        true => "certificate".to_owned(),
        false => match display_name(parts.subject) {
            Some(name) => format!("certificate of the issuer {name}"),
            None => "certificate of an intermediate issuer".to_owned(),
        },
    };
    let shown = join_first(usages.iter(), |usage| Oid(usage).to_string());
    let any = match usages.contains(&ANY_EXTENDED_KEY_USAGE) {
        true => ", which does not name servers",
        false => "",
    };
    Some(Diagnosis(format!(
        "{whose} is not for servers: it is for {shown}{any}"
    )))
}

/// Adds the unreadable files of the store to an error about an unknown issuer, because the issuer
/// may be in one of them.
fn add_unread_files(trust_error: Option<&TrustError>, store: &TrustStore) -> Option<Diagnosis> {
    let unread = store.files.to_string();
    match trust_error? {
        trust_error @ (TrustError::UnknownIssuer(_) | TrustError::SelfSigned)
            if !unread.is_empty() =>
        {
            Some(Diagnosis(format!("{trust_error} ({unread})")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::der::encode as element;

    fn store() -> TrustStore {
        TrustStore::of([])
    }

    fn name(text: &str) -> Vec<u8> {
        let common = [b"\x06\x03\x55\x04\x03", &element(0x0c, text.as_bytes())[..]].concat();
        element(0x30, &element(0x31, &element(0x30, &common)))
    }

    /// A certificate with these common names and an RSA key of this size.
    fn certificate(subject: &str, issuer: &str, bits: usize) -> Vec<u8> {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] >>= modulus.len() * 8 - bits;
        let numbers = [element(2, &modulus), element(2, &[1, 0, 1])].concat();
        let key = [&[0][..], &element(0x30, &numbers)].concat();
        let algorithm = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
        let key = [element(0x30, algorithm), element(3, &key)].concat();
        let fields = [
            element(2, &[1]),
            element(0x30, &[]),
            name(issuer),
            element(0x30, &[]),
            name(subject),
            element(0x30, &key),
        ];
        element(0x30, &element(0x30, &fields.concat()))
    }

    fn message(error: Error) -> String {
        crate::tls::TlsError::from(error).to_string()
    }

    #[test]
    fn a_key_that_ring_rejects_is_reported_by_its_size() {
        let bad = || Error::from(CertificateError::BadSignature);
        for (bits, text) in [
            (1024, "RSA key of 1024 bits: under 2,048"),
            (2040, "RSA key of 2040 bits: under 2,048"),
            (8200, "RSA key of 8200 bits: more than 8,192"),
            (16384, "RSA key of 16384 bits: more than 8,192"),
        ] {
            let leaf = certificate("leaf", "root", bits);
            assert_eq!(
                message(diagnose_signature_error(bad(), &leaf)),
                format!("invalid certificate: {text}")
            );
            let (leaf, issuer) = (
                certificate("leaf", "Issuer", 2048),
                certificate("Issuer", "root", bits),
            );
            let stranger = certificate("Stranger", "root", 1024);
            assert_eq!(
                message(diagnose_path_error(
                    bad(),
                    &leaf,
                    &[stranger, issuer],
                    &store(),
                    UnixTime::now()
                )),
                format!("invalid certificate of the issuer Issuer: {text}")
            );
        }
        for bits in [2041, 2048, 4096, 8192] {
            let leaf = certificate("leaf", "Issuer", bits);
            let issuer = certificate("Issuer", "root", bits);
            assert!(
                message(diagnose_signature_error(bad(), &leaf))
                    .contains("the signature of the handshake")
            );
            assert_eq!(
                message(diagnose_path_error(
                    bad(),
                    &leaf,
                    &[issuer],
                    &store(),
                    UnixTime::now()
                )),
                "invalid certificate: a signature is wrong"
            );
        }
        let none: [&[u8]; 0] = [];
        let text = message(diagnose_path_error(
            bad(),
            b"",
            &none,
            &store(),
            UnixTime::now(),
        ));
        assert_eq!(text, "invalid certificate: a signature is wrong");
    }

    #[test]
    fn other_errors_are_left_as_they_are() {
        let leaf = certificate("leaf", "root", 1024);
        let none: [&[u8]; 0] = [];
        for error in [
            Error::from(CertificateError::Revoked),
            Error::from(CertificateError::BadEncoding),
            Error::DecryptError,
        ] {
            assert_eq!(
                diagnose_path_error(error.clone(), &leaf, &none, &store(), UnixTime::now()),
                error
            );
            assert_eq!(diagnose_signature_error(error.clone(), &leaf), error);
        }
    }
}
