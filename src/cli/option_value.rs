//! One option as typed, and what an error says of it.

use super::flag::{Flag, OptionId};
use crate::escape::as_text;
use crate::host::is_unseen;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display};
use std::hash::{Hash, Hasher};
use std::os::unix::ffi::OsStrExt;

/// As much of a value as an error shows, in characters.
const SHOWN: usize = 80;

/// An option as typed. Two are equal when everything is that could tell them apart: the option, the
/// name it was given by, and the value to the byte.
#[derive(Clone, Debug)]
pub(super) struct OptionValue {
    pub(super) flag: &'static Flag,
    pub(super) spelling: GivenAs,
    /// Its value; empty where it takes none.
    pub(super) value: OsString,
}

/// Which of its names an option was given by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum GivenAs {
    Short(char),
    Long,
}

/// A value as text: bytes that are not UTF-8 as `\xHH`, as they would be shown in the line.
pub fn escape_lossy(value: &OsStr) -> String {
    as_text(value.as_bytes())
}

/// A value for a message: none at all as `''`, what can't be seen as an escape, and short enough to
/// leave the message room.
pub fn shown(value: &OsStr) -> String {
    if value.is_empty() {
        return "''".to_owned();
    }
    let escape_lossy = escape_lossy(value);
    let mut text = String::new();
    for c in escape_lossy.chars().take(SHOWN) {
        match is_unseen(c) && !c.is_ascii() {
            true => text.extend(c.escape_unicode()),
            false => text.push(c),
        }
    }
    if escape_lossy.chars().nth(SHOWN).is_some() {
        text.push_str("...");
    }
    text
}

impl OptionValue {
    /// What it takes up, in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of::<Self>() + self.value.len()
    }

    /// The value as text.
    ///
    /// # Errors
    /// The message where it is not UTF-8.
    pub(super) fn text(&self) -> Result<&str, String> {
        self.value
            .to_str()
            .ok_or_else(|| self.refused_since("it is not UTF-8"))
    }

    /// The value read by `parse`, blanks around it aside: agents fill templates.
    ///
    /// # Errors
    /// The message where `parse` makes nothing of it.
    pub(super) fn parsed<T>(&self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, String> {
        parse(self.text()?.trim()).ok_or_else(|| self.refused())
    }

    /// The message for a bad value.
    pub(super) fn refused(&self) -> String {
        match self.flag.value {
            Some(spec) => format!("{self} {}: takes {}", shown(&self.value), spec.expected),
            None => format!("{self}: takes no value"),
        }
    }

    /// The message for a bad value of which more is known than what the option takes.
    pub(super) fn refused_since(&self, reason: impl Display) -> String {
        format!("{}: {reason}", self.refused())
    }

    fn whole(&self) -> (OptionId, GivenAs, &OsStr) {
        (self.flag.id, self.spelling, &self.value)
    }
}

impl PartialEq for OptionValue {
    fn eq(&self, other: &Self) -> bool {
        self.whole() == other.whole()
    }
}

impl Eq for OptionValue {}

impl Hash for OptionValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.whole().hash(state);
    }
}

impl Display for OptionValue {
    /// The option as its user typed it, without the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spelling {
            GivenAs::Short(letter) => write!(f, "-{letter}"),
            GivenAs::Long => write!(f, "--{}", self.flag.long),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_whole_or_visibly_cut() {
        let long = "é".repeat(SHOWN);
        assert_eq!(shown(long.as_ref()), long);
        assert_eq!(shown((long.clone() + "x").as_ref()), long + "...");
        assert_eq!(shown("".as_ref()), "''");
        assert_eq!(shown(OsStr::from_bytes(b"a\xff\xc3(b")), r"a\xff\xc3(b");
        assert_eq!(
            shown("\u{feff}a\u{a0}\u{200b} b\n".as_ref()),
            "\\u{feff}a\\u{a0}\\u{200b} b\n"
        );
    }
}
