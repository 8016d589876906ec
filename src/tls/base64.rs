//! Decoder for base 64 (RFC 4648, section 4), as it stands in PEM.

use std::mem;

/// The number of digits on a line (RFC 7468, section 2).
const LINE: usize = 64;

/// An incremental decoder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Base64Decoder {
    bits: u32,
    digits: u8,
    padding: u8,
    /// A character was no digit, or one stood behind the padding.
    pub is_bad: bool,
}

impl Base64Decoder {
    /// Decodes up to the first dash, into `bytes`. Returns the text from there.
    pub(super) fn push<'a>(&mut self, text: &'a [u8], bytes: &mut Vec<u8>) -> &'a [u8] {
        let mut rest = text;
        let mut is_line_start = true;
        while let Some((&byte, behind)) = rest.split_first().filter(|(byte, _)| **byte != b'-') {
            // Fast path: a whole line of digits.
            if is_line_start
                && self.digits == 0
                && self.padding == 0
                && let Some((line, behind)) = rest.split_first_chunk::<LINE>()
                && let Some(decoded) = decode_line(line)
            {
                bytes.extend_from_slice(&decoded);
                rest = behind;
                is_line_start = false;
                continue;
            }
            self.push_byte(byte, bytes);
            is_line_start = byte == b'\n';
            rest = behind;
        }
        rest
    }

    fn push_byte(&mut self, byte: u8, bytes: &mut Vec<u8>) {
        match byte {
            b'=' => self.padding = self.padding.saturating_add(1),
            b' ' | b'\t'..=b'\r' => {}
            _ if digit::<3>(byte) == NO_DIGIT || self.padding > 0 => self.is_bad = true,
            _ => {
                self.bits = self.bits << 6 | digit::<3>(byte);
                self.digits += 1;
            }
        }
        if self.digits == 4 {
            let [_, decoded @ ..] = mem::take(&mut self.bits).to_be_bytes();
            bytes.extend_from_slice(&decoded);
            self.digits = 0;
        }
    }

    /// Decodes the last digits. Returns `None` if the base 64 is invalid or incomplete.
    pub(super) fn finish(self, bytes: &mut Vec<u8>) -> Option<()> {
        if self.is_bad {
            return None;
        }
        match (self.digits, self.padding) {
            (0, 0) => {}
            (2, 2) => bytes.push((self.bits >> 4) as u8),
            (3, 1) => {
                let [_, _, first, second] = (self.bits >> 2).to_be_bytes();
                bytes.extend([first, second]);
            }
            _ => return None,
        }
        Some(())
    }
}

/// Decodes the digits of a line; `None` if one of them is no digit.
fn decode_line(line: &[u8; LINE]) -> Option<[u8; LINE / 4 * 3]> {
    let mut decoded = [0; LINE / 4 * 3];
    let mut all = 0;
    // Two groups of four at a time: the compiler, asked for a small program, unrolls no loop.
    let (pairs, _) = line.as_chunks::<8>();
    let (places, _) = decoded.as_chunks_mut::<6>();
    for (pair, place) in pairs.iter().zip(places) {
        let [a, b, c, d, e, f, g, h] = *pair;
        let first = digit::<0>(a) | digit::<1>(b) | digit::<2>(c) | digit::<3>(d);
        let second = digit::<0>(e) | digit::<1>(f) | digit::<2>(g) | digit::<3>(h);
        all |= first | second;
        let value = u64::from(first) << 24 | u64::from(second);
        let [_, _, bytes @ ..] = value.to_be_bytes();
        *place = bytes;
    }
    (all < NO_DIGIT).then_some(decoded)
}

/// The value of a base 64 digit at this place of four, or [`NO_DIGIT`].
#[inline]
fn digit<const PLACE: usize>(byte: u8) -> u32 {
    const { assert!(PLACE < 4) };
    let digits = DIGITS
        .get(PLACE)
        .map(|digits| digits.get(usize::from(byte)));
    digits.flatten().copied().unwrap_or(NO_DIGIT)
}

/// The values of all bytes as base 64 digits at each place of four, or [`NO_DIGIT`].
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static DIGITS: [[u32; 256]; 4] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = [[NO_DIGIT; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut digit = 0;
        while digit < alphabet.len() {
            digits[place][alphabet[digit] as usize] = (digit as u32) << (18 - 6 * place);
            digit += 1;
        }
        place += 1;
    }
    digits
};

/// Marks a byte that is no digit. Greater than the value of four digits.
const NO_DIGIT: u32 = 1 << 24;
