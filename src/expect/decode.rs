//! Incremental UTF-8 decoding as in Go: one character, or one invalid byte, at a time.

/// The bytes of an incomplete character.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Utf8Buffer {
    bytes: [u8; 4],
    len: u8,
}

impl Utf8Buffer {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a byte. The caller has drained [`Utf8Buffer::take`] before.
    pub(super) fn push(&mut self, byte: u8) {
        if let Some(free) = self.bytes.get_mut(usize::from(self.len)) {
            *free = byte;
            self.len += 1;
        }
    }

    /// Removes and returns the first character, or U+FFFD for an invalid byte; `None` while the
    /// character is incomplete.
    pub(super) fn take(&mut self) -> Option<char> {
        let held = self.bytes.get(..usize::from(self.len))?;
        match std::str::from_utf8(held) {
            Ok(text) => {
                let c = text.chars().next()?;
                self.drop_front(c.len_utf8());
                Some(c)
            }
            Err(error) if error.error_len().is_none() => None,
            Err(_) => self.take_byte(),
        }
    }

    /// Removes the first byte and returns U+FFFD for it: the rest of its character will not follow.
    pub(super) fn take_byte(&mut self) -> Option<char> {
        if self.is_empty() {
            return None;
        }
        self.drop_front(1);
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn drop_front(&mut self, count: usize) {
        for _ in 0..count {
            self.bytes.rotate_left(1);
            self.len = self.len.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters decoded after each byte; the end of input is the last entry.
    fn read(bytes: &[u8]) -> Vec<String> {
        let mut held = Utf8Buffer::default();
        let mut seen = Vec::new();
        for &byte in bytes {
            held.push(byte);
            seen.push(std::iter::from_fn(|| held.take()).collect());
        }
        seen.push(std::iter::from_fn(|| held.take_byte()).collect());
        assert!(held.is_empty());
        seen
    }

    #[test]
    fn a_character_comes_with_its_last_byte() {
        assert_eq!(read("a".as_bytes()), ["a", ""]);
        assert_eq!(read("é".as_bytes()), ["", "é", ""]);
        assert_eq!(read("😀".as_bytes()), ["", "", "", "😀", ""]);
    }

    #[test]
    fn a_byte_that_can_begin_no_character_is_invalid_at_once() {
        assert_eq!(
            read(b"\xFF\x80\xC0"),
            ["\u{FFFD}", "\u{FFFD}", "\u{FFFD}", ""]
        );
    }

    #[test]
    fn each_byte_of_a_broken_character_is_one_invalid_byte() {
        assert_eq!(read(b"\xE2\x82a"), ["", "", "\u{FFFD}\u{FFFD}a", ""]);
        assert_eq!(
            read(b"\xF0\x9F\x98\xFF"),
            ["", "", "", &"\u{FFFD}".repeat(4), ""]
        );
        assert_eq!(read(b"\xE0\x80"), ["", "\u{FFFD}\u{FFFD}", ""]); // overlong
        assert_eq!(read(b"\xED\xA0"), ["", "\u{FFFD}\u{FFFD}", ""]); // surrogate
    }

    #[test]
    fn a_broken_character_may_be_followed_by_a_whole_one() {
        assert_eq!(read(b"\xE2\xC3\xA9"), ["", "\u{FFFD}", "é", ""]);
    }

    #[test]
    fn at_the_end_each_held_byte_is_one_invalid_byte() {
        assert_eq!(
            read(b"\xF0\x9F\x98"),
            ["", "", "", "\u{FFFD}\u{FFFD}\u{FFFD}"]
        );
    }
}
