//! The reading of the facts of a certificate.

use super::certificate::{Certificate, DNS_NAME, IP_ADDRESS, read_serial_contents};
use super::dates;
use super::der::{read_element, read_tagged};
use super::facts::CertificateFacts;
use super::fingerprint::Fingerprint;
use super::name::{display_name, parse_address};
use super::oid::{Oid, RSASSA_PSS};
use super::rsa::rsa_bits;
use crate::escape::as_text;
use std::fmt::Write;

impl CertificateFacts {
    /// Reads the facts of a certificate in DER.
    pub fn read(der: &[u8]) -> Self {
        let mut facts = Self {
            sha256: Fingerprint::of(der).to_string(),
            serial: read_serial_contents(der).map(describe_serial),
            ..Self::default()
        };
        [facts.not_before, facts.not_after] = dates::read_each(der);
        if let Some(certificate) = Certificate::parse(der) {
            facts.subject = display_name(certificate.subject);
            facts.issuer = display_name(certificate.issuer);
            facts.names = certificate.names().filter_map(host).collect();
            facts.key = describe_key(certificate.public_key);
            facts.signature = describe_signature(der);
        }
        facts
    }
}

fn host((tag, name): (u8, &[u8])) -> Option<String> {
    match tag {
        DNS_NAME => Some(as_text(name)),
        IP_ADDRESS => parse_address(name).map(|address| address.to_string()),
        _ => None,
    }
}

/// Describes the contents of a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7).
fn describe_key(key: &[u8]) -> Option<String> {
    /// id-ecPublicKey (RFC 5480, section 2.1.1).
    const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    let (algorithm, _) = read_tagged(key, 0x30)?;
    let (oid, parameters) = read_tagged(algorithm, 0x06)?;
    if let Some(bits) = rsa_bits(key) {
        let kind = match oid == RSASSA_PSS {
            true => "RSASSA-PSS",
            false => "RSA",
        };
        return Some(format!("{kind} {bits}"));
    }
    match read_tagged(parameters, 0x06) {
        Some((curve, _)) if oid == ELLIPTIC => Some(format!("EC {}", Oid(curve).name())),
        _ => Some(Oid(oid).name()),
    }
}

/// Describes the signatureAlgorithm of a certificate (RFC 5280, section 4.1.1.2).
fn describe_signature(der: &[u8]) -> Option<String> {
    let (certificate, _) = read_tagged(der, 0x30)?;
    let (_, _, rest) = read_element(certificate)?;
    let (algorithm, _) = read_tagged(rest, 0x30)?;
    Some(Oid(read_tagged(algorithm, 0x06)?.0).name())
}

/// Writes the contents of an INTEGER in hexadecimal digits, two for each byte, with a sign where it is
/// negative, which it must not be.
fn describe_serial(contents: &[u8]) -> String {
    let is_negative = contents.first().is_some_and(|first| first & 0x80 != 0);
    let mut magnitude = contents.to_vec();
    if is_negative {
        // Two's complement: what is left of the last byte that is not 0 is inverted.
        let mut is_borrowed = true;
        for byte in magnitude.iter_mut().rev() {
            let (negated, carries) = (!*byte).overflowing_add(u8::from(is_borrowed));
            (*byte, is_borrowed) = (negated, carries);
        }
    }
    let zeros = magnitude.iter().take_while(|byte| **byte == 0).count();
    let zeros = zeros.min(magnitude.len().saturating_sub(1));
    let mut text = String::with_capacity(2 * magnitude.len() + 1);
    if is_negative {
        text.push('-');
    }
    for byte in magnitude.get(zeros..).unwrap_or_default() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
        PKCS_ED25519, SerialNumber, date_time_ymd,
    };

    #[test]
    fn a_serial_number_is_told_as_openssl_tells_it() {
        for (contents, told) in [
            (&[0x00][..], "00"),
            (&[0x0a, 0xff, 0], "0aff00"),
            (&[0x00, 0xff, 0x01], "ff01"),
            (&[0xff, 0x01], "-ff"),
            (&[0xff], "-01"),
            (&[0x80], "-80"),
            (&[0xff, 0x00], "-0100"),
            (&[], ""),
        ] {
            assert_eq!(describe_serial(contents), told);
        }
    }

    #[test]
    fn the_facts_are_those_of_the_certificate() {
        for (algorithm, key, signature) in [
            (&PKCS_ECDSA_P256_SHA256, "EC P-256", "SHA-256 with ECDSA"),
            (&PKCS_ECDSA_P384_SHA384, "EC P-384", "SHA-384 with ECDSA"),
            (&PKCS_ED25519, "Ed25519", "Ed25519"),
        ] {
            let names = ["a.example".to_owned(), "192.0.2.1".to_owned()];
            let mut params = CertificateParams::new(names).expect("names");
            params.distinguished_name.push(DnType::CommonName, "mail");
            params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0xff, 0]));
            params.not_before = date_time_ymd(2020, 1, 2);
            params.not_after = date_time_ymd(2030, 3, 4);
            let pair = KeyPair::generate_for(algorithm).expect("a key");
            let certificate = params.self_signed(&pair).expect("a certificate");
            let facts = CertificateFacts::read(certificate.der());
            let at = |text: &str| humantime::parse_rfc3339(text).ok();
            let wanted = CertificateFacts {
                subject: Some("mail".to_owned()),
                issuer: Some("mail".to_owned()),
                names: ["a.example", "192.0.2.1"].map(str::to_owned).into(),
                serial: Some("0aff00".to_owned()),
                not_before: at("2020-01-02T00:00:00Z"),
                not_after: at("2030-03-04T00:00:00Z"),
                key: Some(key.to_owned()),
                signature: Some(signature.to_owned()),
                sha256: facts.sha256.clone(),
            };
            assert_eq!(facts, wanted);
            // What can't be read is left out, and nothing else.
            for end in 0..certificate.der().len() {
                CertificateFacts::read(&certificate.der()[..end]);
            }
        }
    }
}
