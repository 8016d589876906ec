//! What of a reply is shown.

/// Without the CR and LF around it. Where more came behind, its end is no end: what stands there
/// stays, but for a character that was cut in the middle.
pub fn between_line_ends(reply: &[u8], more: bool) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b'\r' | b'\n');
    let start = reply.iter().position(is_text).unwrap_or(reply.len());
    let end = match more {
        true => whole_characters(reply),
        false => reply
            .iter()
            .rposition(is_text)
            .map_or(start, |last| last + 1),
    };
    reply.get(start..end).unwrap_or_default()
}

/// How many bytes are left without the beginning of a character at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    let begun = (tail..bytes.len()).find(|&start| {
        let rest = bytes.get(start..).unwrap_or_default();
        str::from_utf8(rest).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
    });
    begun.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_was_cut_in_the_middle_is_not_shown_as_broken() {
        for (bytes, whole) in [
            ("aé".as_bytes(), 3),
            (b"a\xc3", 1),
            (b"a\xe2\x82", 1),
            (b"a\xf0\x9f\x98", 1),
            (b"a\xff", 2),
            (b"\xa9\xa9\xa9", 3),
            (b"", 0),
        ] {
            assert_eq!(whole_characters(bytes), whole, "{bytes:?}");
        }
    }
}
