//! Fingerprints of certificates.

use ring::digest::{SHA256, digest};
use std::fmt;

/// The SHA-256 of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Returns the fingerprint of a certificate.
    pub(crate) fn of(certificate: &[u8]) -> Self {
        let mut bytes = [0; 32];
        let digest = digest(&SHA256, certificate);
        for (byte, digest) in bytes.iter_mut().zip(digest.as_ref()) {
            *byte = *digest;
        }
        Self(bytes)
    }

    /// Parses 64 hexadecimal digits of either case, with a colon between any two bytes or none.
    pub fn parse(text: &str) -> Option<Self> {
        let pairs: Vec<&str> = match text.contains(':') {
            true => text.split(':').collect(),
            false => {
                let pairs = (0..text.len()).step_by(2);
                let pairs: Option<Vec<_>> = pairs.map(|at| text.get(at..at + 2)).collect();
                pairs?
            }
        };
        let bytes = pairs.iter().map(|pair| {
            let is_pair = pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
            u8::from_str_radix(pair, 16).ok().filter(|_| is_pair)
        });
        let bytes: Option<Vec<u8>> = bytes.collect();
        Some(Self(bytes?.try_into().ok()?))
    }
}

impl fmt::Display for Fingerprint {
    /// Lower-case hexadecimal digits without colons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn every_spelling_of_a_fingerprint_is_the_same() {
        let empty = Fingerprint::of(b"");
        assert_eq!(empty.to_string(), HEX);
        let pairs: Vec<&str> = (0..64).step_by(2).map(|at| &HEX[at..at + 2]).collect();
        let colons = pairs.join(":");
        for text in [HEX, &colons, &HEX.to_uppercase(), &colons.to_uppercase()] {
            assert_eq!(Fingerprint::parse(text), Some(empty), "{text}");
        }
    }

    #[test]
    fn what_is_no_sha_256_is_refused() {
        let long = HEX.to_owned() + "00";
        let odd = HEX[1..].to_owned();
        let colon = HEX.replacen("e3b0", "e3b:0", 1);
        let signs = HEX.replacen("e3", "+3", 1);
        let wide = HEX.replacen("e3", "é", 1);
        for text in ["", ":", &HEX[2..], &long, &odd, &colon, &signs, &wide, "x"] {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}
