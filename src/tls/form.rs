//! The form of certificates, in parts that webpki does not read. OpenSSL and Go refuse a peer that
//! presents a certificate which they can't read, at whatever place.

use super::certificate::{Certificate, read_serial_contents};
use super::der::{elements, read_tagged};
use super::oid::KEY_USAGE;
use rustls::pki_types::CertificateDer;
use std::fmt;

/// A certificate that is not well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// The server's own, in this part.
    Own(&'static str),
    /// One that is presented behind it.
    Other,
}

/// Finds the first certificate of a peer that is not well-formed: its own, or one of the others.
pub(super) fn find_form_error(
    own: &Certificate<'_>,
    others: &[CertificateDer<'_>],
) -> Option<FormError> {
    if let Some(part) = malformed_part(own) {
        return Some(FormError::Own(part));
    }
    let is_malformed = |der: &CertificateDer<'_>| {
        Certificate::parse(der).is_none_or(|it| malformed_part(&it).is_some())
    };
    others.iter().any(is_malformed).then_some(FormError::Other)
}

fn malformed_part(certificate: &Certificate<'_>) -> Option<&'static str> {
    let serial = read_serial_contents(certificate.der).unwrap_or_default();
    if !is_minimal_integer(serial) {
        return Some("serial number");
    }
    if !is_utf8_where_told(certificate.subject) || !is_utf8_where_told(certificate.issuer) {
        return Some("subject or issuer");
    }
    let key_usage = certificate.extension(KEY_USAGE);
    key_usage
        .is_some_and(|value| !is_bit_string(value))
        .then_some("keyUsage")
}

/// Returns true if these are the contents of an INTEGER in DER (X.690, section 8.3.2).
fn is_minimal_integer(contents: &[u8]) -> bool {
    match contents {
        [] => false,
        [0, next, ..] => *next >= 0x80,
        [0xff, next, ..] => *next < 0x80,
        _ => true,
    }
}

/// Returns true if every UTF8String in the contents of a name is UTF-8.
fn is_utf8_where_told(name: &[u8]) -> bool {
    const UTF8_STRING: u8 = 0x0c;
    let sets = elements(name).flat_map(|(_, set)| elements(set));
    let mut values = sets.filter_map(|(_, pair)| {
        let (_, value) = read_tagged(pair, 0x06)?;
        Some(read_tagged(value, UTF8_STRING)?.0)
    });
    values.all(|text| str::from_utf8(text).is_ok())
}

fn is_bit_string(der: &[u8]) -> bool {
    const BIT_STRING: u8 = 0x03;
    matches!(read_tagged(der, BIT_STRING), Some(([0..=7, ..], [])))
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(part) => write!(f, "invalid certificate: its {part} is not well-formed"),
            Self::Other => write!(
                f,
                "invalid certificate: one that is presented behind it is not well-formed"
            ),
        }
    }
}
