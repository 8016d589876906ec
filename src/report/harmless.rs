//! Bytes of strangers made harmless, within a budget of characters.

use std::fmt::Write;

/// Shows that something was left out.
pub const CUT: &str = "...";

/// Adds `bytes` to `out` as text of at most `room` characters. What could control a terminal, turn
/// or break the line, start performance data, or is not UTF-8, is shown as an escape; an escape
/// stands whole or not at all. `more` says that bytes were left out before; where they were, or the
/// room ends, [`CUT`] shows it.
pub fn push(out: &mut String, bytes: &[u8], room: usize, more: bool) {
    // Mostly nothing has to be escaped or cut.
    if let Some(text) = printable(bytes).filter(|text| text.len() <= room && !more) {
        out.push_str(text);
        return;
    }
    let mut left = room;
    // Where the cut would have to stand if the next item no longer fits.
    let mut cut_at = (out.len(), room);
    for item in items(bytes) {
        let width = match item {
            Item::Plain(c) => {
                out.push(c);
                1
            }
            Item::Char(c) => escaped(out, c),
            Item::Byte(byte) => {
                let _ = write!(out, "\\x{byte:02x}");
                4
            }
        };
        if width > left {
            out.truncate(cut_at.0);
            out.push_str(CUT.get(..cut_at.1).unwrap_or(CUT));
            return;
        }
        left -= width;
        if left >= CUT.len() {
            cut_at = (out.len(), left);
        }
    }
    if more {
        out.truncate(cut_at.0);
        out.push_str(CUT.get(..cut_at.1).unwrap_or(CUT));
    }
}

/// The same for text that is never cut by others.
pub fn text(bytes: &[u8], room: usize) -> String {
    let mut out = String::new();
    push(&mut out, bytes, room, false);
    out
}

/// The same as text, where all of it is ASCII that is harmless.
fn printable(bytes: &[u8]) -> Option<&str> {
    let is_harmless = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'|';
    bytes.iter().all(is_harmless).then_some(())?;
    str::from_utf8(bytes).ok()
}

enum Item {
    Plain(char),
    Char(char),
    Byte(u8),
}

fn items(bytes: &[u8]) -> impl Iterator<Item = Item> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars();
        let valid = valid.map(|c| {
            if is_harmful(c) {
                Item::Char(c)
            } else {
                Item::Plain(c)
            }
        });
        valid.chain(chunk.invalid().iter().copied().map(Item::Byte))
    })
}

/// Control characters (C0, DEL, C1), line and paragraph separators, the marks of the bidirectional
/// algorithm (Unicode Standard Annex 9, table 1), the byte-order mark, and Nagios' separator.
fn is_harmful(c: char) -> bool {
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

/// Writes the escape, and returns its width.
fn escaped(out: &mut String, c: char) -> usize {
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
    fn what_could_mislead_is_shown_as_an_escape() {
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
            assert_eq!(text(raw, 100), shown);
        }
    }

    #[test]
    fn a_cut_is_visible_and_keeps_escapes_whole() {
        assert_eq!(text(b"123456", 6), "123456");
        assert_eq!(text(b"1234567", 6), "123...");
        assert_eq!(text(b"12\x0045", 6), "12...");
        assert_eq!(text(b"12\x00", 6), "12\\x00");
        assert_eq!(text(b"\x00\x00", 2), "..");
        assert_eq!(text(b"12", 0), "");
    }

    #[test]
    fn every_byte_alone_is_shown_as_it_is_among_others() {
        for byte in 0..=u8::MAX {
            let alone = text(&[byte], 100);
            assert_eq!(text(&[b'\t', byte], 100), format!("\\t{alone}"));
            let is_plain = byte.is_ascii_graphic() || byte == b' ';
            assert_eq!(alone.len() == 1, is_plain && byte != b'|', "{byte}");
        }
    }

    #[test]
    fn what_was_left_out_before_shows_too() {
        let with_more = |room| {
            let mut out = String::new();
            push(&mut out, b"123456", room, true);
            out
        };
        assert_eq!(with_more(9), "123456...");
        assert_eq!(with_more(8), "12345...");
        assert_eq!(with_more(6), "123...");
    }
}
