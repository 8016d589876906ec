//! Parser for the fields of a certificate (RFC 5280, section 4.1). It validates none of them.

use super::der::{elements, read_element, read_sequence, read_tagged};
use super::oid::SUBJECT_ALT_NAME;

/// Tag of a dNSName in a subjectAltName.
pub(super) const DNS_NAME: u8 = 0x82;
/// Tag of an iPAddress in a subjectAltName.
pub(super) const IP_ADDRESS: u8 = 0x87;

/// A certificate whose outer fields are readable. Each field is the contents of its DER element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Certificate<'a> {
    /// The whole certificate.
    pub der: &'a [u8],
    /// True for X.509 version 3. Earlier versions have no extensions.
    pub is_v3: bool,
    /// The name of the issuer.
    pub issuer: &'a [u8],
    /// The name of the holder.
    pub subject: &'a [u8],
    /// The subjectPublicKeyInfo.
    pub public_key: &'a [u8],
    /// True if it has the issuerUniqueID or the subjectUniqueID, which webpki does not know.
    pub has_unique_id: bool,
    extensions: &'a [u8],
}

/// An extension (RFC 5280, section 4.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Extension<'a> {
    /// The identifier, as the contents of a DER OBJECT IDENTIFIER.
    pub oid: &'a [u8],
    /// The contents of the flag `critical`; empty if there is none, which means false.
    pub critical: &'a [u8],
    /// The value, in DER.
    pub value: &'a [u8],
}

/// Reads the contents of the validity field. Unlike [`Certificate::parse`] it does not need the
/// fields that follow to be readable.
pub(super) fn read_validity(certificate: &[u8]) -> Option<&[u8]> {
    let [_, _, validity, _] = read_leading_fields(certificate)?;
    Some(validity)
}

/// Reads the contents of the INTEGER that is the serial number.
pub(super) fn read_serial_contents(certificate: &[u8]) -> Option<&[u8]> {
    let (_, fields) = read_version(read_sequence(read_sequence(certificate)?)?)?;
    Some(read_tagged(fields, 0x02)?.0)
}

impl Extension<'_> {
    /// Returns true if a verifier that does not know the extension must reject the certificate.
    pub(super) fn is_critical(&self) -> bool {
        !matches!(self.critical, [] | [0])
    }
}

impl<'a> Certificate<'a> {
    /// Parses the fields. Returns `None` if they can't be read.
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        const V3: &[u8] = &[0x02, 1, 2];
        const EXTENSIONS: u8 = 0xa3;
        let [version, issuer, _, fields] = read_leading_fields(der)?;
        let (subject, fields) = read_tagged(fields, 0x30)?;
        let (public_key, mut rest) = read_tagged(fields, 0x30)?;
        let mut extensions = &[][..];
        let mut has_unique_id = false;
        while !rest.is_empty() {
            let (tag, field, behind) = read_element(rest)?;
            if tag == EXTENSIONS {
                extensions = read_sequence(field)?;
            }
            has_unique_id |= matches!(tag, 0x81 | 0x82);
            rest = behind;
        }
        Some(Self {
            der,
            is_v3: version == V3,
            issuer,
            subject,
            public_key,
            has_unique_id,
            extensions,
        })
    }

    /// The extensions in their order, up to the first that can't be read.
    pub(super) fn extensions(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        const BOOLEAN: u8 = 0x01;
        let mut extensions = self.extensions;
        std::iter::from_fn(move || {
            let (extension, rest) = read_tagged(extensions, 0x30)?;
            extensions = rest;
            let (oid, behind) = read_tagged(extension, 0x06)?;
            let (critical, value) = match read_element(behind)? {
                (BOOLEAN, flag, value) => (flag, value),
                _ => (&[][..], behind),
            };
            let (value, _) = read_tagged(value, 0x04)?;
            Some(Extension {
                oid,
                critical,
                value,
            })
        })
    }

    /// The value of the first extension with this identifier.
    pub(super) fn extension(&self, oid: &[u8]) -> Option<&'a [u8]> {
        let found = self.extensions().find(|extension| extension.oid == oid)?;
        Some(found.value)
    }

    /// The subjectKeyIdentifier (RFC 5280, section 4.2.1.2).
    pub(super) fn key_id(&self) -> Option<&'a [u8]> {
        const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 29, 14];
        Some(read_tagged(self.extension(SUBJECT_KEY_IDENTIFIER)?, 0x04)?.0)
    }

    /// The keyIdentifier of the authorityKeyIdentifier (RFC 5280, section 4.2.1.1).
    pub(super) fn issuer_key_id(&self) -> Option<&'a [u8]> {
        const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 29, 35];
        let fields = read_sequence(self.extension(AUTHORITY_KEY_IDENTIFIER)?)?;
        Some(read_tagged(fields, 0x80)?.0)
    }

    /// The names of the subjectAltName (RFC 5280, section 4.2.1.6), each with its tag, up to the
    /// first that can't be read.
    pub(super) fn names(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let names = self.extension(SUBJECT_ALT_NAME).and_then(read_sequence);
        elements(names.unwrap_or_default())
    }
}

/// Reads the fields up to the validity. Returns version, issuer, validity and the fields that
/// follow.
fn read_leading_fields(certificate: &[u8]) -> Option<[&[u8]; 4]> {
    let (version, fields) = read_version(read_sequence(read_sequence(certificate)?)?)?;
    let (_serial, fields) = read_tagged(fields, 0x02)?;
    let (_signature, fields) = read_tagged(fields, 0x30)?;
    let (issuer, fields) = read_tagged(fields, 0x30)?;
    let (validity, rest) = read_tagged(fields, 0x30)?;
    Some([version, issuer, validity, rest])
}

/// Reads the version, which is empty for the first. Returns it and the fields that follow.
fn read_version(fields: &[u8]) -> Option<(&[u8], &[u8])> {
    const VERSION: u8 = 0xa0;
    Some(match read_element(fields)? {
        (VERSION, version, rest) => (version, rest),
        _ => (&[], fields),
    })
}
