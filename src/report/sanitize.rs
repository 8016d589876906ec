//! Escapes untrusted bytes for single-line output, truncated to a number of characters.

use std::fmt::Write;
use std::iter;

/// Marks text that was truncated.
pub(super) const ELLIPSIS: &str = "...";

/// Appends `bytes` to `out` as text of at most `max_chars` characters. Escapes what could control a
/// terminal, reorder or break the line or start performance data, and what is not UTF-8. No escape
/// is split. [`ELLIPSIS`] ends the text if it is truncated, or if `more` says that bytes after
/// these are missing already.
pub(super) fn push_sanitized(out: &mut String, bytes: &[u8], max_chars: usize, more: bool) {
    let mut left = max_chars;
    // The length to cut back to, and the characters left there, if the next segment does not fit.
    let mut cut_at = (out.len(), max_chars);
    for segment in segments(bytes) {
        let before = out.len();
        let width = match segment {
            Segment::Plain(text) => {
                out.push_str(text);
                text.len()
            }
            Segment::Char(c) if needs_escape(c) => push_escape(out, c),
            Segment::Char(c) => {
                out.push(c);
                1
            }
            Segment::Byte(byte) => {
                let _ = write!(out, "\\x{byte:02x}");
                4
            }
        };
        let spare = left.checked_sub(ELLIPSIS.len());
        match (spare, segment) {
            (Some(spare), Segment::Plain(_)) => {
                let kept = width.min(spare);
                cut_at = (before + kept, left - kept);
            }
            (Some(spare), _) if width <= spare => cut_at = (out.len(), left - width),
            _ => {}
        }
        if width > left {
            out.truncate(cut_at.0);
            out.push_str(ELLIPSIS.get(..cut_at.1).unwrap_or(ELLIPSIS));
            return;
        }
        left -= width;
    }
    if more {
        out.truncate(cut_at.0);
        out.push_str(ELLIPSIS.get(..cut_at.1).unwrap_or(ELLIPSIS));
    }
}

/// Returns `bytes` as text of at most `max_chars` characters, escaped as [`push_sanitized`] does.
pub(super) fn sanitize(bytes: &[u8], max_chars: usize) -> String {
    let mut out = String::new();
    push_sanitized(&mut out, bytes, max_chars, false);
    out
}

/// A part of a text that is escaped or not as a whole.
#[derive(Clone, Copy)]
enum Segment<'a> {
    /// ASCII that needs no escape: each byte is one character.
    Plain(&'a str),
    Char(char),
    /// A byte that is not UTF-8.
    Byte(u8),
}

/// Splits bytes into segments; plain ones are as long as possible, since most text is plain.
fn segments(mut rest: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    iter::from_fn(move || {
        let plain = rest.iter().position(|byte| !is_plain(byte));
        let (start, after) = rest.split_at_checked(plain.unwrap_or(rest.len()))?;
        if !start.is_empty() {
            rest = after;
            return str::from_utf8(start).ok().map(Segment::Plain);
        }
        // No character is longer than 4 bytes.
        let next = rest.get(..4).unwrap_or(rest).utf8_chunks().next()?;
        let (segment, length) = match next.valid().chars().next() {
            Some(c) => (Segment::Char(c), c.len_utf8()),
            None => (Segment::Byte(*rest.first()?), 1),
        };
        rest = rest.get(length..)?;
        Some(segment)
    })
}

fn is_plain(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~') && *byte != b'|'
}

/// Returns true for control characters (C0, DEL, C1), line and paragraph separators, the marks of
/// the bidirectional algorithm (Unicode Standard Annex 9, table 1), the byte-order mark, and the
/// separator of performance data.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '|' | '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// Appends the escape of a character, and returns its width.
fn push_escape(out: &mut String, c: char) -> usize {
    let before = out.len();
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        c if c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
        c => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
    out.len() - before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misleading_characters_are_escaped() {
        for (raw, shown) in [
            (&b"220 ok"[..], "220 ok"),
            (b"a\r\nb\tc\0", "a\\r\\nb\\tc\\x00"),
            (b"\x1b[2J\x7f|", "\\x1b[2J\\x7f\\x7c"),
            ("\u{85}\u{9b}".as_bytes(), "\\u{85}\\u{9b}"),
            (
                "\u{202e}\u{2066}\u{2028}\u{61c}".as_bytes(),
                "\\u{202e}\\u{2066}\\u{2028}\\u{61c}",
            ),
            (b"\xff\xc3", "\\xff\\xc3"),
            ("日本語 é".as_bytes(), "日本語 é"),
            (b"C:\\new", "C:\\new"),
        ] {
            assert_eq!(sanitize(raw, 100), shown);
        }
    }

    #[test]
    fn truncation_shows_and_splits_no_escape() {
        assert_eq!(sanitize(b"123456", 6), "123456");
        assert_eq!(sanitize(b"1234567", 6), "123...");
        assert_eq!(sanitize(b"12\x0045", 6), "12...");
        assert_eq!(sanitize(b"12\x00", 6), "12\\x00");
        assert_eq!(sanitize(b"\x00\x00", 2), "..");
        assert_eq!(sanitize(b"12", 0), "");
        assert_eq!(sanitize(b"12\x0034567", 9), "12\\x00...");
        assert_eq!(sanitize(b"12\x00345", 9), "12\\x00345");
        assert_eq!(sanitize("1é3\n567".as_bytes(), 7), "1é3...");
        assert_eq!(sanitize(b"1\n\n", 4), "1...");
    }

    #[test]
    fn a_byte_is_escaped_alone_as_among_others() {
        for byte in 0..=u8::MAX {
            let alone = sanitize(&[byte], 100);
            assert_eq!(sanitize(&[b'\t', byte], 100), format!("\\t{alone}"));
            let is_plain = byte.is_ascii_graphic() || byte == b' ';
            assert_eq!(alone.len() == 1, is_plain && byte != b'|', "{byte}");
        }
    }

    #[test]
    fn as_much_is_shown_as_fits_before_the_ellipsis() {
        let units: [&[u8]; 7] = [
            b"a",
            b"b",
            b"\n",
            b"|",
            "é".as_bytes(),
            b"\xff",
            b"\xe2\x82",
        ];
        for number in 0..7_usize.pow(4) {
            let place = |i| units[number / 7_usize.pow(i) % 7];
            let bytes: Vec<u8> = (0..4).flat_map(|i| place(i).to_vec()).collect();
            let chars = |chunk: std::str::Utf8Chunk<'_>| -> Vec<String> {
                let valid = chunk
                    .valid()
                    .chars()
                    .map(|c| sanitize(c.to_string().as_bytes(), 9));
                let invalid = chunk.invalid().iter().map(|byte| sanitize(&[*byte], 9));
                valid.chain(invalid).collect()
            };
            let shown: Vec<String> = bytes.utf8_chunks().flat_map(chars).collect();
            let width = |shown: &[String]| shown.concat().chars().count();
            for (max_chars, more) in
                (0..12).flat_map(|max_chars| [(max_chars, false), (max_chars, true)])
            {
                let mut out = String::new();
                push_sanitized(&mut out, &bytes, max_chars, more);
                let wanted = match width(&shown) <= max_chars && !more {
                    true => shown.concat(),
                    false => {
                        let fits = |&n: &usize| width(&shown[..n]) + 3 <= max_chars;
                        let start = (0..=shown.len()).rev().find(fits).unwrap_or(0);
                        shown[..start].concat() + &ELLIPSIS[..max_chars.min(3)]
                    }
                };
                assert_eq!(out, wanted, "{bytes:?} in {max_chars}");
            }
        }
    }

    #[test]
    fn bytes_that_are_missing_already_give_an_ellipsis() {
        let with_more = |max_chars| {
            let mut out = String::new();
            push_sanitized(&mut out, b"123456", max_chars, true);
            out
        };
        assert_eq!(with_more(9), "123456...");
        assert_eq!(with_more(8), "12345...");
        assert_eq!(with_more(6), "123...");
    }
}
