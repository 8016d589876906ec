//! An option with its value, and the messages for an invalid one.

use super::flag::{Flag, OptionId};
use crate::escape::as_text;
use crate::feature::Feature;
use crate::host::is_unseen;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display};
use std::hash::{Hash, Hasher};
use std::os::unix::ffi::OsStrExt;

/// The longest value that a message shows whole, in characters.
const MAX_SHOWN: usize = 80;

/// An option as given. Two are equal if the option, the name it was given as and the bytes of the
/// value are: then every message about them is the same too.
#[derive(Clone, Debug)]
pub(super) struct OptionValue<Id: 'static = OptionId> {
    pub(super) flag: &'static Flag<Id>,
    pub(super) given_as: GivenAs,
    /// Empty for a switch.
    pub(super) value: OsString,
}

/// The name by which an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum GivenAs {
    Short(char),
    Long,
}

/// Converts a value to text; bytes that are not UTF-8 become `\xHH`.
pub fn escape_lossy(value: &OsStr) -> String {
    as_text(value.as_bytes())
}

/// Converts a value to text for a message: an empty one becomes `''`, invisible characters become
/// escapes, and a long one is cut to leave space for the rest of the message.
pub fn escape_for_message(value: &OsStr) -> String {
    if value.is_empty() {
        return "''".to_owned();
    }
    let escaped = escape_lossy(value);
    let mut text = String::new();
    for c in escaped.chars().take(MAX_SHOWN) {
        match is_unseen(c) && !c.is_ascii() {
            true => text.extend(c.escape_unicode()),
            false => text.push(c),
        }
    }
    if escaped.chars().nth(MAX_SHOWN).is_some() {
        text.push_str("...");
    }
    text
}

impl<Id: Copy> OptionValue<Id> {
    /// Reads the value of an option that the parser has come to, unless it is a switch.
    ///
    /// # Errors
    /// The message for a missing value.
    pub(super) fn read(
        flag: &'static Flag<Id>,
        given_as: GivenAs,
        parser: &mut lexopt::Parser,
    ) -> Result<Self, String> {
        let mut option = Self {
            flag,
            given_as,
            value: OsString::new(),
        };
        if let Some(spec) = flag.value {
            option.value = parser
                .value()
                .map_err(|_| format!("{option}: missing value; expected {}", spec.expected))?;
        }
        Ok(option)
    }

    /// Checks that what the option asks for is built in.
    ///
    /// # Errors
    /// The message for one of a feature that was left out.
    pub(super) fn require_feature(&self) -> Result<(), String> {
        match self.flag.group.feature() {
            Some(feature) => feature.require().map_err(|why| format!("{self}: {why}")),
            None => Ok(()),
        }
    }

    /// The memory that the option takes, in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of::<Self>() + self.value.len()
    }

    /// The value as bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// The value as text.
    ///
    /// # Errors
    /// The message for a value that is not UTF-8.
    pub(super) fn text(&self) -> Result<&str, String> {
        self.value
            .to_str()
            .ok_or_else(|| self.describe_invalid("it is not UTF-8"))
    }

    /// Parses the value, without the blanks around it, which templates of agents leave there.
    ///
    /// # Errors
    /// The message for a value that `parse` refuses.
    pub(super) fn parse<T>(&self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, String> {
        parse(self.text()?.trim()).ok_or_else(|| self.describe_unexpected())
    }

    /// The message for an invalid value, with the reason.
    pub(super) fn describe_invalid(&self, reason: impl Display) -> String {
        format!("{self} {}: {reason}", escape_for_message(&self.value))
    }

    /// Checks that what the value asks for is built in.
    ///
    /// # Errors
    /// The message for a feature that was left out.
    pub(super) fn require(&self, feature: Feature) -> Result<(), String> {
        feature.require().map_err(|why| self.describe_invalid(why))
    }

    /// The message for an invalid value, with the valid ones.
    pub(super) fn describe_unexpected(&self) -> String {
        let expected = self.flag.value.map_or("no value", |spec| spec.expected);
        self.describe_invalid(format_args!("expected {expected}"))
    }

    fn identity(&self) -> (Id, GivenAs, &OsStr) {
        (self.flag.id, self.given_as, &self.value)
    }
}

impl PartialEq for OptionValue {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for OptionValue {}

impl Hash for OptionValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl<Id> Display for OptionValue<Id> {
    /// The option as it was given, without its value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.given_as {
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
        let long = "é".repeat(MAX_SHOWN);
        assert_eq!(escape_for_message(long.as_ref()), long);
        assert_eq!(
            escape_for_message((long.clone() + "x").as_ref()),
            long + "..."
        );
        assert_eq!(escape_for_message("".as_ref()), "''");
        assert_eq!(
            escape_for_message(OsStr::from_bytes(b"a\xff\xc3(b")),
            r"a\xff\xc3(b"
        );
        assert_eq!(
            escape_for_message("\u{feff}a\u{a0}\u{200b} b\n".as_ref()),
            "\\u{feff}a\\u{a0}\\u{200b} b\n"
        );
    }
}
