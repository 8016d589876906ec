//! Errors in patterns.

use crate::feature::Feature;
use std::borrow::Cow;
use std::fmt;

/// A pattern that does not compile.
///
/// Displayed in one line: the reason, the place as a character number from 1, and the pattern there
/// (`missing ) for the ( at character 5: "220 (foo"`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    fault: ErrorKind,
    at: Option<usize>,
    excerpt: String,
}

/// The kind of an error in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorKind {
    TooLong,
    TooLarge,
    TooDeep,
    MissingParen,
    UnexpectedParen,
    MissingBracket,
    Range,
    ClassName,
    Escape,
    TrailingBackslash,
    Group,
    GroupName,
    TooManyNamed,
    Count,
    RepeatedTwice,
    NothingToRepeat,
    /// What it needs is not built in.
    Missing(Feature),
}

/// An error and its byte offset in the pattern; `None` if it is in the pattern as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    pub(super) fault: ErrorKind,
    pub(super) at: Option<usize>,
}

/// The number of characters of a long pattern that are shown before the error, and from it on.
const SHOWN_BEFORE: usize = 30;
const SHOWN_AFTER: usize = 50;

impl PatternError {
    pub(super) fn new(pattern: &str, refusal: ParseError) -> Self {
        let at = refusal.at.map(|byte| {
            let before = pattern
                .char_indices()
                .take_while(|&(index, _)| index < byte);
            before.count()
        });
        Self {
            fault: refusal.fault,
            at,
            excerpt: excerpt(pattern, at.unwrap_or(0)),
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.fault.text();
        match self.at {
            Some(at) => write!(f, "{what} at character {}: \"{}\"", at + 1, self.excerpt),
            None => write!(f, "{what}: \"{}\"", self.excerpt),
        }
    }
}

impl std::error::Error for PatternError {}

impl ErrorKind {
    pub(super) fn at(self, byte: usize) -> ParseError {
        ParseError {
            fault: self,
            at: Some(byte),
        }
    }

    pub(super) fn anywhere(self) -> ParseError {
        ParseError {
            fault: self,
            at: None,
        }
    }

    fn text(self) -> Cow<'static, str> {
        let text = match self {
            Self::TooLong => "pattern of more than 65536 bytes",
            Self::TooLarge => "pattern too large",
            Self::TooDeep => "groups and repetitions nested too deeply",
            Self::MissingParen => "missing ) for the (",
            Self::UnexpectedParen => "unexpected )",
            Self::MissingBracket => "missing ] for the [",
            Self::Range => "range whose end comes before its beginning",
            Self::ClassName => "unknown character class",
            Self::Escape => "unknown escape sequence",
            Self::TrailingBackslash => "backslash with nothing after it",
            Self::Group => "unknown kind of group or flag",
            Self::GroupName => "bad group name (letters, digits and _)",
            Self::TooManyNamed => "more than 64 named groups",
            Self::Count => "bad repeat count (at most 1000, nested ones multiplied)",
            Self::RepeatedTwice => "repetition of a repetition",
            Self::NothingToRepeat => "nothing to repeat",
            Self::Missing(feature) => return feature.describe_missing().into(),
        };
        text.into()
    }
}

/// The pattern around a position, on one line.
fn excerpt(pattern: &str, at: usize) -> String {
    let long = pattern.chars().nth(SHOWN_BEFORE + SHOWN_AFTER).is_some();
    let (from, count) = match long {
        true => (
            at.saturating_sub(SHOWN_BEFORE),
            at.min(SHOWN_BEFORE) + SHOWN_AFTER,
        ),
        false => (0, usize::MAX),
    };
    let mut rest = pattern.chars().skip(from);
    let mut shown = String::new();
    if from > 0 {
        shown.push_str("...");
    }
    for c in rest.by_ref().take(count) {
        match c.is_control() {
            true => shown.extend(c.escape_debug()),
            false => shown.push(c),
        }
    }
    if rest.next().is_some() {
        shown.push_str("...");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &str, refusal: ParseError) -> String {
        PatternError::new(pattern, refusal).to_string()
    }

    #[test]
    fn the_place_is_counted_in_characters() {
        let place = ErrorKind::Escape.at("é→".len());
        assert_eq!(
            shown("é→\\y", place),
            r#"unknown escape sequence at character 3: "é→\y""#
        );
    }

    #[test]
    fn a_long_pattern_is_cut_around_the_place() {
        let pattern = format!("{}({}", "a".repeat(100), "b".repeat(100));
        let expected = format!(
            r#"missing ) for the ( at character 101: "...{}({}...""#,
            "a".repeat(SHOWN_BEFORE),
            "b".repeat(SHOWN_AFTER - 1),
        );
        assert_eq!(shown(&pattern, ErrorKind::MissingParen.at(100)), expected);
        let at_once = shown(&pattern, ErrorKind::TooLarge.anywhere());
        assert_eq!(
            at_once,
            format!(r#"pattern too large: "{}...""#, "a".repeat(SHOWN_AFTER))
        );
    }

    #[test]
    fn a_line_break_in_the_pattern_does_not_break_the_line() {
        let place = ErrorKind::UnexpectedParen.at(1);
        assert_eq!(shown("\n)", place), r#"unexpected ) at character 2: "\n)""#);
    }
}
