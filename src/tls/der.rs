//! Reader for DER elements (X.690), limited to those that certificates use.

/// Reads the first element, which must have this tag. Returns its contents and the bytes that
/// follow.
pub(super) fn read_tagged(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, contents, rest) = read_element(der)?;
    (found == tag).then_some((contents, rest))
}

/// Reads the first element. Returns its tag, its contents and the bytes that follow. The length
/// must have its shortest encoding and be less than 65,536, and the tag must be one byte: a
/// certificate needs no others.
pub(super) fn read_element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    const LONG_TAG: u8 = 0x1f;
    let tag = *der.first().filter(|tag| **tag & LONG_TAG != LONG_TAG)?;
    let (length, start) = match *der.get(1..)? {
        [n @ 0..=0x7f, ..] => (usize::from(n), 2),
        [0x81, n @ 0x80..=0xff, ..] => (usize::from(n), 3),
        [0x82, high @ 1..=0xff, low, ..] => (usize::from(u16::from_be_bytes([high, low])), 4),
        _ => return None,
    };
    let body = der.get(start..)?;
    Some((tag, body.get(..length)?, body.get(length..)?))
}

/// Reads a SEQUENCE and returns its contents.
pub(super) fn read_sequence(der: &[u8]) -> Option<&[u8]> {
    Some(read_tagged(der, 0x30)?.0)
}

/// The tags and contents of consecutive elements, up to the first that can't be read.
pub(super) fn elements(mut der: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, contents, rest) = read_element(der)?;
        der = rest;
        Some((tag, contents))
    })
}

/// Encodes an element, for tests.
#[cfg(test)]
pub(crate) fn encode(tag: u8, contents: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(contents.len()).expect("short").to_be_bytes();
    let length = match (high, low) {
        (0, 0..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, contents].concat()
}
