//! The escapes of `--escape`, and of bytes that are not UTF-8.

use std::fmt::Write;

/// Reads `\n`, `\r`, `\t`, `\\` and `\xHH` (a byte, as two hexadecimal digits of either case).
///
/// Any other escape, a `\x` without its two digits and a backslash at the end stay as written.
/// Every other byte stays too, also above 0x7F.
pub fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, after) = escape(rest).unwrap_or((byte, after));
        out.push(byte);
        rest = after;
    }
    out
}

/// Reads `\n`, `\r`, `\t` and `\\`. Before any other character a backslash is dropped, as it is at the
/// end (Monitoring Plugins, `-E`).
pub(crate) fn unescape_dropping(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        let escaped = match byte {
            b'\\' => rest.next().copied(),
            byte => {
                out.push(byte);
                continue;
            }
        };
        out.extend(escaped.map(|byte| match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            other => other,
        }));
    }
    out
}

/// Returns the text with bytes that are not UTF-8 as `\xHH`, as the line shows them.
pub fn as_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Returns `bytes` without an incomplete UTF-8 character at the end.
pub(crate) fn strip_partial_char(bytes: &[u8]) -> &[u8] {
    let tail = bytes.len().saturating_sub(3);
    let begun = (tail..bytes.len()).find(|&start| {
        let rest = bytes.get(start..).unwrap_or_default();
        str::from_utf8(rest).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
    });
    begun.and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// Decodes an escape at the start of `text`. Returns its byte and the rest.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [b'\\', b'n', rest @ ..] => Some((b'\n', rest)),
        [b'\\', b'r', rest @ ..] => Some((b'\r', rest)),
        [b'\\', b't', rest @ ..] => Some((b'\t', rest)),
        [b'\\', b'\\', rest @ ..] => Some((b'\\', rest)),
        [b'\\', b'x', high, low, rest @ ..] => Some((digit(*high)? * 16 + digit(*low)?, rest)),
        _ => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::{as_text, strip_partial_char, unescape};

    #[test]
    fn bytes_that_are_not_utf8_are_escaped() {
        for (bytes, text) in [
            (&b"plain"[..], "plain"),
            (b"", ""),
            (b"a\xffb", r"a\xffb"),
            ("日本".as_bytes(), "日本"),
            (b"\xe6\x97", r"\xe6\x97"),
            (b"\xff|\xc3\xa9", "\\xff|é"),
        ] {
            assert_eq!(as_text(bytes), text);
        }
    }

    #[test]
    fn an_incomplete_character_at_the_end_is_stripped() {
        for (bytes, length) in [
            ("aé".as_bytes(), 3),
            (b"a\xc3", 1),
            (b"a\xe2\x82", 1),
            (b"a\xf0\x9f\x98", 1),
            (b"a\xff", 2),
            (b"\xa9\xa9\xa9", 3),
            (b"", 0),
        ] {
            assert_eq!(strip_partial_char(bytes).len(), length, "{bytes:?}");
        }
    }

    #[test]
    fn escapes_are_decoded_and_everything_else_stays() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"", b""),
            (b"plain", b"plain"),
            (br"a\nb\rc\td\\e", b"a\nb\rc\td\\e"),
            (br"\x41\x6a\x6A\x00\xfF", b"Ajj\x00\xff"),
            (br"\x414", b"A4"),
            // A backslash that is escaped starts nothing.
            (br"\\n", br"\n"),
            (br"\\x41", br"\x41"),
            (br"\\\n", b"\\\n"),
            // Not escapes: as written.
            (br"\a\0\N\X41\'", br"\a\0\N\X41\'"),
            (br"\x4", br"\x4"),
            (br"\x", br"\x"),
            (br"\x4g\xg4", br"\x4g\xg4"),
            (br"\x\n", b"\\x\n"),
            (br"end\", br"end\"),
            // An unknown escape does not swallow the one after it.
            (br"\q\n", b"\\q\n"),
            (b"\xc3\xa9\xff\x80", b"\xc3\xa9\xff\x80"),
            (b"\\\xff\\n", b"\\\xff\n"),
        ];
        for (text, bytes) in cases {
            assert_eq!(unescape(text), *bytes, "{}", text.escape_ascii());
        }
    }
}
