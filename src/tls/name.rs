//! The part of an X.501 name that people know it by.

use super::der::{element, tagged};

/// The last common name in the contents of a DER `Name` (RFC 5280, section 4.1.2.4), or the last
/// organisation, as bytes that anybody may have chosen. `None` where there is neither, or what
/// comes is not DER.
pub fn known_by(name: &[u8]) -> Option<&[u8]> {
    const COMMON_NAME: &[u8] = &[0x55, 4, 3];
    const ORGANISATION: &[u8] = &[0x55, 4, 10];
    attribute(name, COMMON_NAME).or_else(|| attribute(name, ORGANISATION))
}

fn attribute<'a>(mut name: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut found = None;
    while !name.is_empty() {
        let (mut set, rest) = tagged(name, 0x31)?;
        while !set.is_empty() {
            let (pair, more) = tagged(set, 0x30)?;
            let (oid, value) = tagged(pair, 0x06)?;
            if oid == wanted {
                found = Some(element(value)?.1);
            }
            set = more;
        }
        name = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O=Acme, CN=Root
    const NAME: &[u8] = b"\x31\x0d\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04Acme\
        \x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Root";

    #[test]
    fn the_common_name_comes_before_the_organisation() {
        assert_eq!(known_by(NAME), Some(&b"Root"[..]));
        assert_eq!(known_by(&NAME[..15]), Some(&b"Acme"[..]));
        assert_eq!(known_by(b""), None);
    }

    #[test]
    fn a_name_cut_anywhere_is_no_panic() {
        for end in 0..NAME.len() {
            let _ = known_by(&NAME[..end]);
            let _ = known_by(&NAME[end..]);
        }
    }
}
