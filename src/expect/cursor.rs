//! A position in a pattern, and the escapes for single characters.

use super::error::{ErrorKind, ParseError};

/// A position in a pattern. A copy serves to backtrack.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'p> {
    pattern: &'p str,
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(pattern: &'p str) -> Self {
        Self { pattern, at: 0 }
    }

    /// The index of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads one character.
    pub(super) fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Reads `text` where it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let comes = self.rest().starts_with(text);
        if comes {
            self.at += text.len();
        }
        comes
    }

    /// Reads up to `end`, and `end` too; nothing is read where there is none.
    pub(super) fn until(&mut self, end: &str) -> Option<&'p str> {
        let (text, _) = self.rest().split_once(end)?;
        self.at += text.len() + end.len();
        Some(text)
    }

    /// Reads all that is left.
    pub(super) fn take_rest(&mut self) -> &'p str {
        let rest = self.rest();
        self.at = self.pattern.len();
        rest
    }

    /// A decimal number without leading zeros; what `u32` can't hold is its greatest value.
    pub(super) fn number(&mut self) -> Option<u32> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let text = self.rest().get(..digits)?;
        if text.is_empty() || (digits > 1 && text.starts_with('0')) {
            return None;
        }
        self.at += digits;
        Some(text.parse().unwrap_or(u32::MAX))
    }

    /// The code point that an escape stands for; its backslash, at `from`, has been read.
    /// It may be a surrogate, which no text holds.
    pub(super) fn escaped(&mut self, from: usize) -> Result<u32, ParseError> {
        let c = self.take().ok_or(ErrorKind::TrailingBackslash.at(from))?;
        let point = match c {
            'a' => Some(0x07),
            'f' => Some(0x0C),
            'n' => Some(0x0A),
            'r' => Some(0x0D),
            't' => Some(0x09),
            'v' => Some(0x0B),
            'x' => self.hexadecimal(),
            '0' => Some(self.octal(0)),
            // One digit alone would be a back-reference.
            '1'..='7' if self.digit(8).is_some() => c.to_digit(8).map(|first| self.octal(first)),
            _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c.into()),
            _ => None,
        };
        point.ok_or(ErrorKind::Escape.at(from))
    }

    /// The next digit, which is not read.
    fn digit(&self, radix: u32) -> Option<u32> {
        self.peek()?.to_digit(radix)
    }

    /// At most two further digits after the first.
    fn octal(&mut self, first: u32) -> u32 {
        let mut value = first;
        for _ in 0..2 {
            let Some(digit) = self.digit(8) else { break };
            value = value * 8 + digit;
            self.take();
        }
        value
    }

    /// Two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Option<u32> {
        if !self.eat("{") {
            let high = self.take()?.to_digit(16)?;
            let low = self.take()?.to_digit(16)?;
            return Some(high * 16 + low);
        }
        let mut value = self.take()?.to_digit(16)?;
        while !self.eat("}") {
            value = value * 16 + self.take()?.to_digit(16)?;
            if value > u32::from(char::MAX) {
                return None;
            }
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code point of an escape (given without its backslash), and the rest of the text.
    fn escape(text: &str) -> Option<(u32, &str)> {
        let mut cursor = Cursor::new(text);
        let point = cursor.escaped(0).ok()?;
        Some((point, cursor.rest()))
    }

    #[test]
    fn octal_escapes_take_up_to_three_digits() {
        assert_eq!(escape("0"), Some((0, "")));
        assert_eq!(escape("08"), Some((0, "8")));
        assert_eq!(escape("1018"), Some((0o101, "8")));
        assert_eq!(escape("7777"), Some((0o777, "7")));
    }

    #[test]
    fn a_back_reference_is_refused() {
        assert_eq!(escape("1"), None);
        assert_eq!(escape("18"), None);
        assert_eq!(escape("8"), None);
    }

    #[test]
    fn hexadecimal_escapes_take_two_digits_or_braces() {
        assert_eq!(escape("x412"), Some((0x41, "2")));
        assert_eq!(escape("x{0010FFFF}"), Some((0x10_FFFF, "")));
        assert_eq!(escape("x{d800}"), Some((0xD800, "")));
        for bad in [
            "x",
            "x4",
            "x4g",
            "x{}",
            "x{41",
            "x{110000}",
            "x{4g}",
            "x{fffffffff}",
        ] {
            assert_eq!(escape(bad), None, "{bad}");
        }
    }

    #[test]
    fn escaped_punctuation_is_itself_and_other_letters_are_refused() {
        for c in ['.', '_', '<', '>', '-', ' ', '\n', '\x7F'] {
            assert_eq!(escape(&c.to_string()), Some((c.into(), "")));
        }
        for c in ['E', 'Z', 'u', 'U', 'y', '9', 'é'] {
            assert_eq!(escape(&c.to_string()), None, "{c}");
        }
    }

    #[test]
    fn numbers_have_no_leading_zeros_and_do_not_overflow() {
        let number = |text| Cursor::new(text).number();
        assert_eq!(number("0,"), Some(0));
        assert_eq!(number("1000}"), Some(1000));
        assert_eq!(number("99999999999999999999"), Some(u32::MAX));
        assert_eq!(number("01"), None);
        assert_eq!(number("+1"), None);
        assert_eq!(number(""), None);
    }
}
