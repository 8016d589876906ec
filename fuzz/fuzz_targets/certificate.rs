//! Dates and names of arbitrary certificates.
//!
//! Input: DER. Wherever `x509-parser` can read the certificate too, the laws are:
//!
//! * nothing panics;
//! * the dates are the same, and so are those in the message for a certificate outside its validity
//!   period;
//! * the display name of an issuer or a subject is its last common name, else its last
//!   organisation, and there is none if `x509-parser` did not read the name to its end;
//! * a certificate is reported as self-signed if its issuer is its subject;
//! * the message for a wrong name has the names of its subjectAltName;
//! * every fact that JSON tells of it is what `x509-parser` reads.
#![no_main]

use check_tcp::internal::escape::as_text;
use check_tcp::internal::tls::TrustStore;
use check_tcp::internal::tls::{ServerVerifier, TrustError};
use check_tcp::internal::tls::{ValidityError, validity, validity_error};
use check_tcp::internal::tls::{decode_string, display_name};
use check_tcp::tls::{CertificateFacts, TlsError};
use libfuzzer_sys::fuzz_target;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error};
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};
use x509_parser::asn1_rs::{Header, Oid, Tag};
use x509_parser::num_bigint::BigUint;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// A name that none of the certificates has.
const WANTED: &str = "wanted.invalid";
/// The tag of a DNS name.
const DNS_NAME: Tag = Tag(2);
/// The number of its names that a message shows.
const MAX_SHOWN: usize = 8;

fuzz_target!(|der: &[u8]| {
    let parsed = X509Certificate::from_der(der).ok();
    let parsed = parsed.as_ref().map(|(_, certificate)| certificate);
    let dates = validity(der);
    if let (Some((from, until)), Some(parsed)) = (dates, parsed) {
        let parsed = parsed.validity();
        assert_eq!(from, at(parsed.not_before.timestamp()));
        assert_eq!(until, at(parsed.not_after.timestamp()));
    }
    for name in parsed
        .iter()
        .flat_map(|parsed| [parsed.issuer(), parsed.subject()])
    {
        match contents(name) {
            Some(contents) => {
                if let Some(shown) = display_name(contents) {
                    assert_eq!(Some(shown), expected_name(name));
                }
            }
            None => assert_eq!(whole(name, der).and_then(display_name), None),
        }
    }

    let facts = CertificateFacts::read(der);
    if let Some(parsed) = parsed {
        check_facts(&facts, parsed, der);
    }

    let due = dates.map_or(at(0), |(from, _)| from);
    let late = dates.map_or(at(0), |(_, until)| {
        at_second(until.as_secs().saturating_add(1))
    });
    for now in [due, late, at(0)] {
        for stores_it in [false, true] {
            if let Err(error) = verify(der, stores_it, now) {
                // Every error has a text.
                let text = TlsError::from(error.clone()).to_string();
                check_message(&error, &text, der, now, parsed);
            }
        }
    }
});

/// What is told of a certificate is what `x509-parser` reads. What it reads is told wherever the
/// certificate can be read up to its dates, which asks for DER; names are not always there.
fn check_facts(facts: &CertificateFacts, parsed: &X509Certificate, der: &[u8]) {
    let hash = ring::cipher_suite::TLS13_AES_128_GCM_SHA256.tls13();
    let hash = hash.expect("a suite of TLS 1.3").common.hash_provider;
    assert_eq!(facts.sha256, hexadecimal(hash.hash(der).as_ref()));
    let is_read = validity(der).is_some();
    if is_read || facts.serial.is_some() {
        let told = facts.serial.as_deref().expect("a serial number");
        let (sign, digits) = told.split_at(usize::from(told.starts_with('-')));
        let raw = parsed.raw_serial();
        let mut magnitude = BigUint::from_bytes_be(raw);
        let is_negative = raw.first().is_some_and(|first| first & 0x80 != 0);
        if is_negative {
            magnitude = (BigUint::from(1_u8) << (8 * raw.len())) - magnitude;
        }
        assert_eq!(sign == "-", is_negative);
        assert_eq!(
            BigUint::parse_bytes(format!("0{digits}").as_bytes(), 16),
            Some(magnitude)
        );
    }
    let validity = parsed.validity();
    for (told, read) in [
        (facts.not_before, validity.not_before),
        (facts.not_after, validity.not_after),
    ] {
        if is_read || told.is_some() {
            let read = read.timestamp();
            let distance = Duration::from_secs(read.unsigned_abs());
            let wanted = match read < 0 {
                true => UNIX_EPOCH.checked_sub(distance),
                false => UNIX_EPOCH.checked_add(distance),
            };
            assert_eq!(told, wanted);
        }
    }
    for (told, name) in [
        (&facts.subject, parsed.subject()),
        (&facts.issuer, parsed.issuer()),
    ] {
        if told.is_some() && contents(name).is_some() {
            assert_eq!(*told, expected_name(name));
        }
    }
    if let Some(names) = names(parsed) {
        // `x509-parser` reads the number of a tag alone, and takes a constructed one for a host.
        assert!(facts.names.iter().all(|name| names.contains(name)));
    }
    if let Some(signature) = &facts.signature {
        assert!(
            is_name_of(signature, &parsed.signature_algorithm.algorithm),
            "{signature}"
        );
    }
    if let Some(key) = &facts.key {
        check_key(key, parsed.public_key());
    }
}

/// The kind of a key, and its size where it has one.
fn check_key(told: &str, key: &SubjectPublicKeyInfo<'_>) {
    let curve = key.algorithm.parameters.as_ref();
    let curve = curve.and_then(|curve| curve.as_oid().ok());
    let (kind, size) = told.split_once(' ').unwrap_or((told, ""));
    match (kind, curve) {
        ("RSA" | "RSASSA-PSS", _) => {
            assert!(is_name_of(kind, &key.algorithm.algorithm));
            if let Ok(PublicKey::RSA(read)) = key.parsed() {
                assert_eq!(size.parse(), Ok(read.key_size()));
            }
        }
        ("EC", Some(curve)) => {
            assert!(is_name_of("elliptic curve", &key.algorithm.algorithm));
            assert!(is_name_of(size, &curve), "{told}");
        }
        _ => assert!(is_name_of(told, &key.algorithm.algorithm), "{told}"),
    }
}

/// Of algorithms and curves that are met often, the name is told where it is theirs and nowhere else.
fn is_name_of(told: &str, oid: &Oid<'_>) -> bool {
    let dotted = oid.to_id_string();
    let known = [
        ("1.2.840.113549.1.1.1", "RSA"),
        ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
        ("1.2.840.113549.1.1.11", "SHA-256 with RSA"),
        ("1.2.840.113549.1.1.12", "SHA-384 with RSA"),
        ("1.2.840.113549.1.1.13", "SHA-512 with RSA"),
        ("1.2.840.10045.2.1", "elliptic curve"),
        ("1.2.840.10045.3.1.7", "P-256"),
        ("1.3.132.0.34", "P-384"),
        ("1.3.132.0.35", "P-521"),
        ("1.2.840.10045.4.3.2", "SHA-256 with ECDSA"),
        ("1.2.840.10045.4.3.3", "SHA-384 with ECDSA"),
        ("1.2.840.10045.4.3.4", "SHA-512 with ECDSA"),
        ("1.3.101.112", "Ed25519"),
    ];
    match known.iter().find(|(known, _)| *known == dotted) {
        Some((_, name)) => told == *name,
        None => known.iter().all(|(_, name)| told != *name),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Verifies the certificate without a trust anchor, or with itself in the trust store.
fn verify(der: &[u8], stores_it: bool, now: UnixTime) -> Result<(), Error> {
    let der = CertificateDer::from(der.to_vec());
    let store = TrustStore::of(stores_it.then(|| der.clone()));
    let name = ServerName::try_from(WANTED).expect("a name");
    let verifier = ServerVerifier::in_store(store, &ring::default_provider());
    verifier
        .verify_server_cert(&der, &[], &name, &[], now)
        .map(|_| ())
}

fn check_message(
    error: &Error,
    text: &str,
    der: &[u8],
    now: UnixTime,
    parsed: Option<&X509Certificate>,
) {
    let Error::InvalidCertificate(error) = error else {
        return;
    };
    let Some(parsed) = parsed else {
        return;
    };
    let mut both = [parsed.issuer(), parsed.subject()].into_iter();
    let is_whole = both.all(|name| contents(name).is_some());
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            assert_eq!(*not_after, at(parsed.validity().not_after.timestamp()));
            assert_eq!(
                validity_error(der, now),
                Some(ValidityError::Expired(*not_after))
            );
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            assert_eq!(*not_before, at(parsed.validity().not_before.timestamp()));
            assert_eq!(
                validity_error(der, now),
                Some(ValidityError::NotYetValid(*not_before))
            );
        }
        CertificateError::NotValidForNameContext { .. } => {
            let Some(names) = names(parsed) else {
                return;
            };
            let first = names.get(..MAX_SHOWN).unwrap_or(&names).join(", ");
            let rest = match names.len().saturating_sub(MAX_SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let names = match first.is_empty() {
                true => "no host (in its subjectAltName)",
                false => &first,
            };
            let expected = format!("certificate is not for {WANTED}: it names {names}{rest}");
            // The explanation of a near miss may follow.
            assert!(text.starts_with(&expected), "{text}");
        }
        CertificateError::Other(other) => match other.0.downcast_ref() {
            Some(TrustError::UnknownIssuer(issuer)) if is_whole => {
                assert_ne!(parsed.issuer().as_raw(), parsed.subject().as_raw());
                if let Some(issuer) = issuer {
                    assert_eq!(Some(issuer), expected_name(parsed.issuer()).as_ref());
                }
            }
            Some(TrustError::SelfSigned) if is_whole => {
                assert_eq!(parsed.issuer().as_raw(), parsed.subject().as_raw());
            }
            _ => {}
        },
        _ => {}
    }
}

/// The contents of a name, or `None` if `x509-parser` did not read it to its end, which it ignores.
fn contents<'a>(name: &'a X509Name<'_>) -> Option<&'a [u8]> {
    let (contents, header) = Header::from_der(name.as_raw()).ok()?;
    (header.length().definite() == Ok(contents.len())).then_some(contents)
}

/// All contents of a name. `x509-parser` keeps only those that it has read.
fn whole<'a>(name: &X509Name<'_>, der: &'a [u8]) -> Option<&'a [u8]> {
    let start = (name.as_raw().as_ptr() as usize).checked_sub(der.as_ptr() as usize)?;
    let (rest, header) = Header::from_der(der.get(start..)?).ok()?;
    rest.get(..header.length().definite().ok()?)
}

/// The last common name, or else the last organisation.
fn expected_name(name: &X509Name<'_>) -> Option<String> {
    let common = name.iter_common_name().last();
    let known = common.or_else(|| name.iter_organization().last())?;
    let value = known.attr_value();
    // A tag of another class, or of more than one byte, is not that of a string.
    let is_string = value.header.is_universal() && value.header.is_primitive();
    let tag = u8::try_from(value.tag().0).ok().filter(|_| is_string);
    let tag = tag.unwrap_or(u8::MAX);
    Some(decode_string(tag, value.data))
}

/// The hosts in the certificate, or `None` if its extensions can't be read.
fn names(parsed: &X509Certificate) -> Option<Vec<String>> {
    let Some(extension) = parsed.subject_alternative_name().ok()? else {
        return Some(Vec::new());
    };
    let host = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::Invalid(DNS_NAME, bytes) => Some(as_text(bytes)),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            Some(v4.or(v6).ok()?.to_string())
        }
        _ => None,
    };
    let names = &extension.value.general_names;
    Some(names.iter().filter_map(host).collect())
}

/// The time of a timestamp. A time before 1970 counts as 1970.
fn at(timestamp: i64) -> UnixTime {
    at_second(timestamp.try_into().unwrap_or(0))
}

fn at_second(second: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(second))
}
