//! Object identifiers (X.660) in dotted form and by their common names.

use super::der::{elements, read_element, read_tagged};
use std::fmt;

/// subjectAltName (RFC 5280, section 4.2.1.6), as the contents of a DER OBJECT IDENTIFIER.
pub(super) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 29, 17];

/// keyUsage (RFC 5280, section 4.2.1.3).
pub(super) const KEY_USAGE: &[u8] = &[0x55, 29, 15];

/// basicConstraints (RFC 5280, section 4.2.1.9).
pub(super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 29, 19];

/// nameConstraints (RFC 5280, section 4.2.1.10).
pub(super) const NAME_CONSTRAINTS: &[u8] = &[0x55, 29, 30];

/// extKeyUsage (RFC 5280, section 4.2.1.12).
pub(super) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 29, 37];

/// anyExtendedKeyUsage, a purpose in an extKeyUsage.
pub(super) const ANY_EXTENDED_KEY_USAGE: &[u8] = &[0x55, 29, 37, 0];

/// id-kp-serverAuth, a purpose in an extKeyUsage.
pub(super) const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];

/// id-RSASSA-PSS (RFC 4055, section 3.1).
pub(super) const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];

/// The contents of a DER OBJECT IDENTIFIER, untrusted. It is displayed in dotted form, with its
/// name if it is in [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Oid<'a>(pub &'a [u8]);

/// Names of extended key usages (RFC 5280, section 4.2.1.12, and Microsoft's), of algorithms for
/// signatures and keys (RFC 3279, 4055, 5758, 8410), of curves (RFC 5480), and of extensions that some
/// certificates mark as critical (RFC 5280, 7633, 6962).
const NAMES: [(&str, &str); 48] = [
    ("1.3.6.1.5.5.7.3.1", "TLS server authentication"),
    ("1.3.6.1.5.5.7.3.2", "TLS client authentication"),
    ("1.3.6.1.5.5.7.3.3", "code signing"),
    ("1.3.6.1.5.5.7.3.4", "e-mail protection"),
    ("1.3.6.1.5.5.7.3.5", "IPsec end system"),
    ("1.3.6.1.5.5.7.3.6", "IPsec tunnel"),
    ("1.3.6.1.5.5.7.3.7", "IPsec user"),
    ("1.3.6.1.5.5.7.3.8", "time stamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSP signing"),
    ("1.3.6.1.5.5.7.3.14", "EAP over LAN"),
    ("1.3.6.1.5.5.7.3.17", "IPsec IKE"),
    ("1.3.6.1.5.5.7.3.21", "SSH client authentication"),
    ("1.3.6.1.5.5.7.3.22", "SSH server authentication"),
    ("1.3.6.1.5.2.3.5", "Kerberos KDC"),
    ("1.3.6.1.4.1.311.10.3.3", "Microsoft server-gated crypto"),
    ("1.3.6.1.4.1.311.10.3.4", "Microsoft encrypting file system"),
    ("1.3.6.1.4.1.311.10.3.12", "Microsoft document signing"),
    ("1.3.6.1.4.1.311.20.2.2", "Microsoft smart card logon"),
    ("1.3.6.1.4.1.311.54.1.2", "Microsoft remote desktop"),
    ("2.16.840.1.113730.4.1", "Netscape server-gated crypto"),
    ("2.5.29.37.0", "any purpose"),
    ("1.2.840.113549.1.1.1", "RSA"),
    ("1.2.840.113549.1.1.2", "MD2 with RSA"),
    ("1.2.840.113549.1.1.4", "MD5 with RSA"),
    ("1.2.840.113549.1.1.5", "SHA-1 with RSA"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.113549.1.1.11", "SHA-256 with RSA"),
    ("1.2.840.113549.1.1.12", "SHA-384 with RSA"),
    ("1.2.840.113549.1.1.13", "SHA-512 with RSA"),
    ("1.2.840.113549.1.1.14", "SHA-224 with RSA"),
    ("1.2.840.10040.4.3", "SHA-1 with DSA"),
    ("2.16.840.1.101.3.4.3.2", "SHA-256 with DSA"),
    ("1.2.840.10045.4.1", "SHA-1 with ECDSA"),
    ("1.2.840.10045.4.3.2", "SHA-256 with ECDSA"),
    ("1.2.840.10045.4.3.3", "SHA-384 with ECDSA"),
    ("1.2.840.10045.4.3.4", "SHA-512 with ECDSA"),
    ("1.2.840.10045.2.1", "elliptic curve"),
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.5.29.14", "subject key identifier"),
    ("2.5.29.35", "authority key identifier"),
    ("1.3.6.1.5.5.7.1.1", "authority information access"),
    ("1.3.6.1.5.5.7.1.24", "TLS feature"),
    ("1.3.6.1.4.1.11129.2.4.3", "certificate transparency poison"),
];

impl Oid<'_> {
    /// Returns the name, or else what is displayed.
    pub(super) fn name(self) -> String {
        let dotted = self.to_dotted();
        let known = NAMES
            .iter()
            .find(|(known, _)| Some(*known) == dotted.as_deref());
        known.map_or_else(|| self.to_string(), |(_, name)| (*name).to_owned())
    }

    /// Returns the dotted form, or `None` if it is malformed or has a number of more than 128 bits.
    fn to_dotted(self) -> Option<String> {
        let mut numbers = Vec::new();
        let mut number = 0_u128;
        for byte in self.0 {
            number = number.checked_mul(128)? | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                numbers.push(number);
                number = 0;
            }
        }
        // The last byte must end a number.
        if self.0.last()? & 0x80 != 0 {
            return None;
        }
        // The first number encodes two: 40 times the first plus the second.
        let (first, rest) = numbers.split_first()?;
        let root = (first / 40).min(2);
        let mut text = format!("{root}.{}", first - root * 40);
        for number in rest {
            text.push_str(&format!(".{number}"));
        }
        Some(text)
    }
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(dotted) = self.to_dotted() else {
            return f.write_str("an object identifier that can't be read");
        };
        match NAMES.iter().find(|(known, _)| *known == dotted) {
            Some((_, name)) => write!(f, "{name} ({dotted})"),
            None => f.write_str(&dotted),
        }
    }
}

/// Describes the contents of an AlgorithmIdentifier: the algorithm, and the curve of a key or the
/// length of a salt if there is one. Returns `None` if they do not begin with an identifier.
pub(super) fn describe_algorithm(der: &[u8]) -> Option<String> {
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const SEQUENCE: u8 = 0x30;
    let (tag, algorithm, rest) = read_element(der)?;
    if tag != OBJECT_IDENTIFIER {
        return None;
    }
    Some(match read_element(rest) {
        Some((OBJECT_IDENTIFIER, curve, _)) => format!("{}, {}", Oid(algorithm), Oid(curve)),
        Some((SEQUENCE, parameters, _)) if algorithm == RSASSA_PSS => {
            let salt = read_salt_length(parameters)?;
            format!("{} with a salt of {salt} bytes", Oid(algorithm).name())
        }
        _ => Oid(algorithm).to_string(),
    })
}

/// Reads the length of the salt in the parameters of RSASSA-PSS (RFC 4055, section 3.1), in bytes.
fn read_salt_length(parameters: &[u8]) -> Option<u16> {
    const SALT_LENGTH: u8 = 0xa2;
    let Some((_, field)) = elements(parameters).find(|(tag, _)| *tag == SALT_LENGTH) else {
        return Some(20);
    };
    match *read_tagged(field, 0x02)?.0 {
        [length] => Some(length.into()),
        [high, low] => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::der::encode;

    #[test]
    fn numbers_are_read_in_base_128() {
        for (der, shown) in [
            (&b"\x55\x1d\x25\x00"[..], "any purpose (2.5.29.37.0)"),
            (
                b"\x2b\x06\x01\x05\x05\x07\x03\x02",
                "TLS client authentication (1.3.6.1.5.5.7.3.2)",
            ),
            (
                b"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x04",
                "Microsoft encrypting file system (1.3.6.1.4.1.311.10.3.4)",
            ),
            (b"\x2b\x06\x01\x04\x01\x82\x37\x63", "1.3.6.1.4.1.311.99"),
            (b"\x88\x37\x03", "2.999.3"),
            (b"\x00", "0.0"),
            (b"\x27", "0.39"),
            (b"\x28", "1.0"),
            (b"\x4f", "1.39"),
            (b"\x50", "2.0"),
            // A UUID, which is 128 bits.
            (
                b"\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                "2.25.340282366920938463463374607431768211455",
            ),
        ] {
            assert_eq!(Oid(der).to_string(), shown);
        }
    }

    #[test]
    fn malformed_identifiers_are_reported_as_unreadable() {
        for der in [&b""[..], b"\x82", b"\x2b\x82", &[0xff; 30], &[0x2b; 0]] {
            assert_eq!(
                Oid(der).to_string(),
                "an object identifier that can't be read"
            );
        }
        assert_eq!(describe_algorithm(b""), None);
        assert_eq!(describe_algorithm(b"\x05\x00"), None);
    }

    #[test]
    fn an_algorithm_is_shown_with_its_curve() {
        assert_eq!(
            describe_algorithm(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00").as_deref(),
            Some("SHA-1 with RSA (1.2.840.113549.1.1.5)")
        );
        assert_eq!(
            describe_algorithm(b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23")
                .as_deref(),
            Some("elliptic curve (1.2.840.10045.2.1), P-521 (1.3.132.0.35)")
        );
    }

    #[test]
    fn an_algorithm_is_shown_with_the_length_of_its_salt() {
        let pss = |parameters: &[u8]| {
            let parameters = encode(0x30, parameters);
            describe_algorithm(&[&encode(0x06, RSASSA_PSS)[..], &parameters].concat())
        };
        for (parameters, bytes) in [
            (&b""[..], 20),
            (b"\xa2\x03\x02\x01\x20", 32),
            (b"\xa0\x00\xa2\x04\x02\x02\x00\xde", 222),
            (b"\xa2\x04\x02\x02\x01\xde", 478),
        ] {
            let text = format!("RSASSA-PSS with a salt of {bytes} bytes");
            assert_eq!(pss(parameters), Some(text));
        }
        assert_eq!(pss(b"\xa2\x02\x02\x00"), None);
    }
}
