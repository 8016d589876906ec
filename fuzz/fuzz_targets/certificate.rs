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
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use x509_parser::asn1_rs::{Header, Tag};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};
use x509_parser::public_key::PublicKey;

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
        check_facts(&facts, parsed);
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

/// What is told of a certificate is what `x509-parser` reads, wherever it is told.
fn check_facts(facts: &CertificateFacts, parsed: &X509Certificate) {
    if let Some(serial) = &facts.serial {
        let bytes = parsed.raw_serial();
        let bytes = match bytes {
            [0, rest @ ..] if !rest.is_empty() => rest,
            bytes => bytes,
        };
        let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(*serial, expected);
    }
    let second = |time: SystemTime| time.duration_since(UNIX_EPOCH).map(|it| it.as_secs()).ok();
    let validity = parsed.validity();
    for (told, read) in [
        (facts.not_before, validity.not_before),
        (facts.not_after, validity.not_after),
    ] {
        if let Some(told) = told {
            assert_eq!(second(told), Some(at(read.timestamp()).as_secs()));
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
    if let Some(key) = &facts.key
        && let Some(bits) = key.strip_prefix("RSA ")
        && let Ok(PublicKey::RSA(read)) = parsed.public_key().parsed()
    {
        assert_eq!(bits.parse(), Ok(read.key_size()));
    }
    assert!(facts.sha256.len() == 64 && facts.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()));
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
