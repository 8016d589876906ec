//! Parses one line of a list into a job or an error.

use super::ParsedLine;
use super::comment;
use super::lines::{LONGEST_LINE, Line};
use super::words::{IncompleteWord, Words};
use crate::check::Check;
use crate::cli;
use crate::record::{Event, Job, Label, Record, UsageError};
use crate::target::{Target, TargetError, TargetSpec};
use crate::verdict::Reason;
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::Arc;

/// The forms of a target that a list takes, for usage errors.
const SYNTAX: &str = "HOST, HOST:PORT, an IPv6 address, [IPV6]:PORT or unix:/PATH";

/// Bytes of a target, and of a `--name`, that are kept for the output.
const MAX_LABEL: usize = 1_024;

/// Parses a line; `None` where it is blank or a comment.
///
/// `options` parses the words behind the target.
pub fn parse_line(
    line: Line<'_>,
    options: &mut impl FnMut(Vec<OsString>) -> cli::LineOptions,
) -> Option<ParsedLine> {
    let mut words = Words::new(line.text);
    let first = words.next();
    if first.is_none() && is_blank(&line, &words) {
        return None;
    }
    let target: &[u8] = match &first {
        Some(Ok(word)) => word,
        Some(Err(word)) => &word.text,
        None => comment::first_line(words.comment()),
    };
    let mut label = Label {
        line: Some(line.number),
        target: truncated_label(target),
        name: None,
    };
    let parsed = match split_words(line, first, words) {
        Ok((target, rest)) => target_and_check(&target, rest, &mut label, options),
        Err(message) => Err(broken_line(message, &mut label, options)),
    };
    Some(match parsed {
        Ok((target, check)) => ParsedLine::Job(Job {
            label,
            target,
            check,
        }),
        Err(error) => ParsedLine::Refused(Record {
            label,
            event: Event::NotChecked {
                reason: Reason::Usage,
                error: UsageError {
                    message: format!("line {}: {}", line.number, error.message),
                    ..error
                },
            },
        }),
    })
}

/// Returns true if a line is neither blank nor a comment.
pub(super) fn asks_for_check(line: &Line<'_>) -> bool {
    let mut words = Words::new(line.text);
    words.next().is_some() || !is_blank(line, &words)
}

/// Returns true if a line without a word is blank or a comment, to its end.
fn is_blank(line: &Line<'_>, words: &Words<'_>) -> bool {
    (line.is_whole || comment::is_comment(line.text))
        && comment::swallowed_line(line.text, words.comment()).is_none()
}

/// Splits a line into the target and the words behind it.
///
/// # Errors
/// The message for a line that can't be split.
fn split_words<'a>(
    line: Line<'a>,
    first: Option<Result<Cow<'a, [u8]>, IncompleteWord>>,
    mut words: Words<'a>,
) -> Result<(Cow<'a, [u8]>, Vec<OsString>), String> {
    if !line.is_whole {
        let end = match line.text.contains(&b'\r') {
            true => "; lines of a list end with LF or CR LF",
            false => "",
        };
        return Err(format!("it is longer than {LONGEST_LINE} bytes{end}"));
    }
    let message_of = |word: IncompleteWord| word.to_string();
    let first = first.transpose().map_err(message_of)?.unwrap_or_default();
    let rest = words.by_ref();
    let rest = rest.map(|word| word.map(|word| OsString::from_vec(word.into_owned())));
    let rest: Vec<_> = rest.collect::<Result<_, _>>().map_err(message_of)?;
    if let Some(message) = comment::swallowed_line(line.text, words.comment()) {
        return Err(message);
    }
    let has_nul = |word: &[u8]| word.contains(&0);
    if has_nul(&first) || rest.iter().any(|word| has_nul(word.as_bytes())) {
        // The first NUL of the line: one in a comment comes behind all words.
        let before = line.text.iter().take_while(|&&byte| byte != 0).count();
        let at = before + 1;
        return Err(format!("its byte {at} is NUL; a list is text in UTF-8"));
    }
    Ok((first, rest))
}

fn target_and_check(
    word: &[u8],
    rest: Vec<OsString>,
    label: &mut Label,
    options: &mut impl FnMut(Vec<OsString>) -> cli::LineOptions,
) -> Result<(Target, Arc<Check>), UsageError> {
    let spec = TargetSpec::parse(word);
    // Parsed even if the target is invalid, since `--service` and `--name` are part of the error.
    let options = options(rest);
    label.name = shown_name(options.name.as_deref());
    let compiled = match (options.compiled, &spec) {
        (Ok(compiled), _) => compiled,
        (Err(refused), Ok(_)) => return Err(refused),
        (Err(refused), Err(error)) => return Err(bad_target(word, error, &refused.name)),
    };
    let target = spec.and_then(|spec| spec.target(compiled.port));
    let target = target.map_err(|error| bad_target(word, &error, &compiled.check.name))?;
    compiled.check_target(&target)?;
    Ok((target, compiled.check))
}

/// The error of a line that can't be split; its names are those of the command line.
fn broken_line(
    message: String,
    label: &mut Label,
    options: &mut impl FnMut(Vec<OsString>) -> cli::LineOptions,
) -> UsageError {
    let options = options(Vec::new());
    label.name = shown_name(options.name.as_deref());
    let name = match options.compiled {
        Ok(compiled) => compiled.check.name.clone(),
        Err(error) => error.name,
    };
    UsageError { name, message }
}

fn bad_target(word: &[u8], error: &TargetError, name: &str) -> UsageError {
    let word = cli::escape_for_message(OsStr::from_bytes(word));
    let message = match error {
        TargetError::Option | TargetError::PortMissing => format!("{word}: {error}"),
        _ => format!("{word}: expected {SYNTAX}: {error}"),
    };
    UsageError {
        name: name.to_owned(),
        message,
    }
}

fn shown_name(name: Option<&str>) -> Option<Box<str>> {
    name.map(|name| truncated_label(name.as_bytes()))
}

/// A target or a name for the output, cut at the end of a character.
fn truncated_label(target: &[u8]) -> Box<str> {
    let continues = |end: &usize| target.get(*end).is_some_and(|byte| byte & 0xc0 == 0x80);
    let end = (MAX_LABEL - 3..=MAX_LABEL)
        .rev()
        .find(|end| !continues(end));
    let start = target.get(..end.unwrap_or(MAX_LABEL)).unwrap_or(target);
    cli::escape_lossy(OsStr::from_bytes(start)).into()
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
