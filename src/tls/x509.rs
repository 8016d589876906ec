//! The parts of a certificate (RFC 5280, section 4.1), each as the DER that it is.

use super::der::{element, fields, tagged};

/// Parts that are told of. Anybody may have chosen what is in them.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The contents of the issuer's `Name`.
    pub issuer: &'a [u8],
    /// The contents of the subject's `Name`.
    pub subject: &'a [u8],
    /// The contents of the SubjectPublicKeyInfo.
    pub key: &'a [u8],
    extensions: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// `None` where it can't be read to its end.
    pub fn of(certificate: &'a [u8]) -> Option<Self> {
        const VERSION: u8 = 0xa0;
        const EXTENSIONS: u8 = 0xa3;
        let fields = fields(certificate)?;
        let fields = match element(fields)? {
            (VERSION, _, rest) => rest,
            _ => fields,
        };
        let (_serial, fields) = tagged(fields, 0x02)?;
        let (_signature, fields) = tagged(fields, 0x30)?;
        let (issuer, fields) = tagged(fields, 0x30)?;
        let (_validity, fields) = tagged(fields, 0x30)?;
        let (subject, fields) = tagged(fields, 0x30)?;
        let (key, mut fields) = tagged(fields, 0x30)?;
        let mut extensions = None;
        while !fields.is_empty() {
            let (tag, field, rest) = element(fields)?;
            if tag == EXTENSIONS {
                extensions = Some(tagged(field, 0x30)?.0);
            }
            fields = rest;
        }
        Some(Self {
            issuer,
            subject,
            key,
            extensions,
        })
    }

    /// The value of the first extension of this identifier; `None` where there is none, or it can't
    /// be read.
    pub fn extension(&self, wanted: &[u8]) -> Option<&'a [u8]> {
        const CRITICAL: u8 = 0x01;
        let mut extensions = self.extensions?;
        loop {
            let (extension, rest) = tagged(extensions, 0x30)?;
            let (oid, value) = tagged(extension, 0x06)?;
            if oid == wanted {
                let value = match element(value)? {
                    (CRITICAL, _, rest) => rest,
                    _ => value,
                };
                return Some(tagged(value, 0x04)?.0);
            }
            extensions = rest;
        }
    }

    /// How many bits an RSA key has; `None` for a key of another kind.
    pub fn rsa_bits(&self) -> Option<usize> {
        rsa_bits(self.key)
    }
}

/// How many bits an RSA key has (RFC 3279, section 2.3.1), from the contents of its
/// SubjectPublicKeyInfo; `None` for a key of another kind.
pub fn rsa_bits(key: &[u8]) -> Option<usize> {
    const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let (algorithm, key) = tagged(key, 0x30)?;
    let (key, _) = tagged(key, 0x03)?;
    if tagged(algorithm, 0x06)?.0 != RSA {
        return None;
    }
    let (numbers, _) = tagged(key.strip_prefix(b"\0")?, 0x30)?;
    let (modulus, _) = tagged(numbers, 0x02)?;
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let modulus = modulus.get(start..)?;
    let unused = modulus.first()?.leading_zeros();
    Some((modulus.len() * 8).saturating_sub(unused as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_a_key_are_counted_from_its_first_one() {
        let key = |modulus: &[u8]| {
            let long = |tag: u8, contents: &[u8]| {
                let [high, low] = u16::try_from(contents.len()).expect("short").to_be_bytes();
                let length = match (high, low) {
                    (0, 0..0x80) => vec![low],
                    (0, _) => vec![0x81, low],
                    _ => vec![0x82, high, low],
                };
                [&[tag][..], &length, contents].concat()
            };
            let numbers = [long(2, modulus), b"\x02\x03\x01\x00\x01".to_vec()].concat();
            let bits = [&[0][..], &long(0x30, &numbers)].concat();
            let algorithm =
                b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00".to_vec();
            [algorithm, long(3, &bits)].concat()
        };
        for (first, length, bits) in [(0x80, 256, 2048), (0x01, 256, 2041), (0xc0, 2048, 16384)] {
            let mut modulus = vec![0; length + 1];
            modulus[1] = first;
            assert_eq!(rsa_bits(&key(&modulus)), Some(bits));
            assert_eq!(rsa_bits(&key(&modulus[1..])), Some(bits));
        }
        assert_eq!(rsa_bits(&key(&[0, 0])), None);
        let whole = key(&[1, 2, 3]);
        for end in 0..whole.len() {
            assert_eq!(rsa_bits(&whole[..end]), None);
        }
    }
}
