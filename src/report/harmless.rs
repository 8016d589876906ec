//! Bytes of strangers made harmless, within a budget of characters.

use std::fmt::Write;
use std::iter;

/// Shows that something was left out.
pub const CUT: &str = "...";

/// Adds `bytes` to `out` as text of at most `room` characters. What could control a terminal, turn
/// or break the line, start performance data, or is not UTF-8, is shown as an escape; an escape
/// stands whole or not at all. `more` says that bytes were left out before; where they were, or the
/// room ends, [`CUT`] shows it.
pub fn push(out: &mut String, bytes: &[u8], room: usize, more: bool) {
    let mut left = room;
    // Where the cut would have to stand if what comes no longer fits.
    let mut cut_at = (out.len(), room);
    for part in parts(bytes) {
        let before = out.len();
        let width = match part {
            Part::Plain(text) => {
                out.push_str(text);
                text.len()
            }
            Part::Char(c) if is_harmful(c) => escaped(out, c),
            Part::Char(c) => {
                out.push(c);
                1
            }
            Part::Byte(byte) => {
                let _ = write!(out, "\\x{byte:02x}");
                4
            }
        };
        let spare = left.checked_sub(CUT.len());
        match (spare, part) {
            (Some(spare), Part::Plain(_)) => {
                let kept = width.min(spare);
                cut_at = (before + kept, left - kept);
            }
            (Some(spare), _) if width <= spare => cut_at = (out.len(), left - width),
            _ => {}
        }
        if width > left {
            out.truncate(cut_at.0);
            out.push_str(CUT.get(..cut_at.1).unwrap_or(CUT));
            return;
        }
        left -= width;
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

#[derive(Clone, Copy)]
enum Part<'a> {
    /// Harmless ASCII: a byte, a character.
    Plain(&'a str),
    Char(char),
    Byte(u8),
}

/// Most of what is shown is plain, and in long pieces.
fn parts(mut rest: &[u8]) -> impl Iterator<Item = Part<'_>> {
    iter::from_fn(move || {
        let plain = rest.iter().position(|byte| !is_plain(byte));
        let (start, behind) = rest.split_at_checked(plain.unwrap_or(rest.len()))?;
        if !start.is_empty() {
            rest = behind;
            return str::from_utf8(start).ok().map(Part::Plain);
        }
        // As long as a character may be.
        let next = rest.get(..4).unwrap_or(rest).utf8_chunks().next()?;
        let (part, length) = match next.valid().chars().next() {
            Some(c) => (Part::Char(c), c.len_utf8()),
            None => (Part::Byte(*rest.first()?), 1),
        };
        rest = rest.get(length..)?;
        Some(part)
    })
}

fn is_plain(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~') && *byte != b'|'
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
        assert_eq!(text(b"12\x0034567", 9), "12\\x00...");
        assert_eq!(text(b"12\x00345", 9), "12\\x00345");
        assert_eq!(text("1é3\n567".as_bytes(), 7), "1é3...");
        assert_eq!(text(b"1\n\n", 4), "1...");
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
    fn as_much_is_shown_as_leaves_room_for_the_cut() {
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
                    .map(|c| text(c.to_string().as_bytes(), 9));
                let invalid = chunk.invalid().iter().map(|byte| text(&[*byte], 9));
                valid.chain(invalid).collect()
            };
            let shown: Vec<String> = bytes.utf8_chunks().flat_map(chars).collect();
            let width = |shown: &[String]| shown.concat().chars().count();
            for (room, more) in (0..12).flat_map(|room| [(room, false), (room, true)]) {
                let mut out = String::new();
                push(&mut out, &bytes, room, more);
                let wanted = match width(&shown) <= room && !more {
                    true => shown.concat(),
                    false => {
                        let fits = |&n: &usize| width(&shown[..n]) + 3 <= room;
                        let start = (0..=shown.len()).rev().find(fits).unwrap_or(0);
                        shown[..start].concat() + &CUT[..room.min(3)]
                    }
                };
                assert_eq!(out, wanted, "{bytes:?} in {room}");
            }
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
