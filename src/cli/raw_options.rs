//! The options of a command line or of a line of a list, as given.

use super::flag::{Flag, OPTION_COUNT, OptionId, OptionSource, Scope};
use super::flags::FLAGS;
use super::option_value::{GivenAs, OptionValue, escape_for_message};
use super::suggest;
use crate::feature::Feature;
use crate::host::HostError;
use lexopt::Arg;
use std::ffi::{OsStr, OsString};

/// The options that say whom to trust.
const TRUST: [OptionId; 3] = [
    OptionId::NoCheckCertificate,
    OptionId::CaFile,
    OptionId::Fingerprint,
];

/// The options as given. Each has its last value; an empty value that counts as not given removes
/// the one before it.
#[derive(Clone, Debug)]
pub(super) struct RawOptions {
    /// Indexed by [`OptionId`].
    values: [Option<OptionValue>; OPTION_COUNT],
    /// `--step` and `--steps`, in the order given.
    steps: Vec<OptionValue>,
}

impl RawOptions {
    /// Reads arguments to their end, even behind an error: help counts wherever it stands.
    ///
    /// # Errors
    /// The message for the first argument that is no option, not valid in `source`, or lacks its
    /// value.
    pub(super) fn read(
        &mut self,
        args: impl IntoIterator<Item = OsString>,
        source: OptionSource,
    ) -> Result<(), String> {
        let args: Vec<OsString> = args.into_iter().collect();
        let not_utf8: Vec<OsString> = args
            .iter()
            .filter(|arg| arg.to_str().is_none())
            .cloned()
            .collect();
        let mut parser = lexopt::Parser::from_args(args);
        let mut result = Ok(());
        // Arguments that belong to no option, if the first error is one.
        let mut words: Vec<OsString> = Vec::new();
        let mut is_leading = true;
        while let Some(arg) = parser.next().transpose() {
            // Only the first error counts, and a suggestion takes time to find.
            let has_error = result.is_err() || !words.is_empty();
            let read = match arg {
                Ok(Arg::Long(name)) => match FLAGS.iter().find(|flag| flag.long == name) {
                    Some(flag) => self.read_option(flag, GivenAs::Long, &mut parser, source),
                    None if has_error => Ok(()),
                    None => Err(describe_unknown(&not_utf8, &format!("--{name}"), source)),
                },
                Ok(Arg::Short(letter)) => match FLAGS.iter().find(|f| f.short == Some(letter)) {
                    Some(flag) => {
                        self.read_option(flag, GivenAs::Short(letter), &mut parser, source)
                    }
                    None if has_error => Ok(()),
                    None => Err(describe_unknown(&not_utf8, &format!("-{letter}"), source)),
                },
                Ok(Arg::Value(word)) => match self.host_like_option() {
                    // In `-H -p 25` it is the host that is missing: the template of an agent was
                    // filled with nothing.
                    Some(host) if words.is_empty() => Err(host.describe_invalid(HostError::Dash)),
                    _ => {
                        if result.is_ok() {
                            words.push(word);
                        }
                        Ok(())
                    }
                },
                Err(lexopt::Error::UnexpectedValue { option, value }) => {
                    let value = escape_for_message(&value);
                    Err(format!("{option}={value}: takes no value"))
                }
                Err(other) => Err(other.to_string()),
            };
            if words.is_empty() {
                result = result.and(read);
                is_leading = false;
            }
        }
        match words.first() {
            Some(word) => Err(self.describe_unexpected(word, &words, is_leading, source)),
            None => result,
        }
    }

    /// The value of an option that was given; of a step, the first one. Inlined, what reads an option
    /// that is not built in is left out.
    #[inline]
    pub(super) fn get(&self, id: OptionId) -> Option<&OptionValue> {
        let feature = FLAGS.get(id as usize)?.group.feature();
        match feature.is_none_or(Feature::is_built_in) {
            true => self.find(id),
            false => None,
        }
    }

    fn find(&self, id: OptionId) -> Option<&OptionValue> {
        let step = self.steps.iter().find(|option| option.flag.id == id);
        step.or(self.values.get(id as usize)?.as_ref())
    }

    /// Returns true if an option was given.
    pub(super) fn has(&self, id: OptionId) -> bool {
        self.get(id).is_some()
    }

    /// Removes an option, and returns its value.
    pub(super) fn remove(&mut self, id: OptionId) -> Option<OptionValue> {
        self.values.get_mut(id as usize)?.take()
    }

    /// The value of an option that was given, parsed.
    ///
    /// # Errors
    /// The message for a value that `parse` refuses.
    #[inline]
    pub(super) fn parse<T>(
        &self,
        id: OptionId,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        self.get(id).map(|value| value.parse(parse)).transpose()
    }

    /// `--step` and `--steps`, in the order given.
    pub(super) fn steps(&self) -> &[OptionValue] {
        &self.steps
    }

    /// The options that were given, in the order of [`FLAGS`], the steps last.
    pub(super) fn into_given(self) -> Vec<OptionValue> {
        self.values
            .into_iter()
            .flatten()
            .chain(self.steps)
            .collect()
    }

    /// Replaces the options that stand in `overlay`; the others stay. Steps replace the whole
    /// dialogue, and an option that says whom to trust replaces the others that do.
    pub(super) fn overlay(&mut self, overlay: &[OptionValue]) {
        if overlay.iter().any(|option| is_step(option.flag)) {
            self.steps.clear();
            for id in [OptionId::Send, OptionId::Delay, OptionId::ExpectPattern] {
                self.set(id, None);
            }
        }
        if overlay.iter().any(|option| TRUST.contains(&option.flag.id)) {
            for id in TRUST {
                self.set(id, None);
            }
        }
        for option in overlay {
            self.set(option.flag.id, Some(option.clone()));
        }
    }

    /// An empty step removes none.
    fn set(&mut self, id: OptionId, option: Option<OptionValue>) {
        match (option, self.values.get_mut(id as usize)) {
            (Some(option), _) if is_step(option.flag) => self.steps.push(option),
            (option, Some(slot)) => *slot = option,
            (_, None) => {}
        }
    }

    /// Reads the value of an option from the parser, and keeps both.
    fn read_option(
        &mut self,
        flag: &'static Flag,
        given_as: GivenAs,
        parser: &mut lexopt::Parser,
        source: OptionSource,
    ) -> Result<(), String> {
        let option = OptionValue::read(flag, given_as, parser)?;
        let is_given = !flag.ignores_empty() || !option.value.is_empty();
        if is_given {
            option.require_feature()?;
        }
        if is_given && source == OptionSource::ListLine {
            check_scope(&option)?;
        }
        // Where the last one counted, the others would be checks that nobody makes.
        if is_given && flag.id == OptionId::ExpectPattern && self.has(flag.id) {
            return Err(option.describe_invalid(
                "a second pattern; a check has one, and a dialogue of several has steps (--step)",
            ));
        }
        self.set(flag.id, is_given.then_some(option));
        Ok(())
    }

    /// The host given so far, if it looks like an option.
    fn host_like_option(&self) -> Option<&OptionValue> {
        let host = self.get(OptionId::Hostname)?;
        host.bytes().starts_with(b"-").then_some(host)
    }

    /// The message for an argument that belongs to no option.
    fn describe_unexpected(
        &self,
        word: &OsStr,
        words: &[OsString],
        is_leading: bool,
        source: OptionSource,
    ) -> String {
        let hint = suggest::hint_for_values(self.values.iter().flatten(), source);
        let hint = hint.unwrap_or_else(|| {
            let options = suggest::target_options(words, is_leading, &|id| self.has(id));
            match (options, source) {
                (Some(options), OptionSource::CommandLine) => format!("did you mean {options}?"),
                (None, OptionSource::CommandLine) => "check-tcp takes options only".to_owned(),
                (Some(port), OptionSource::ListLine) if port.starts_with("-p") => {
                    format!("did you mean {port}?")
                }
                (_, OptionSource::ListLine) => {
                    "a line holds one target, HOST or HOST:PORT, and its options".to_owned()
                }
            }
        });
        match word.is_empty() {
            true => format!("unexpected argument ''; {hint}"),
            false => format!("unexpected argument '{}'; {hint}", escape_for_message(word)),
        }
    }
}

impl Default for RawOptions {
    fn default() -> Self {
        Self {
            values: [const { None }; OPTION_COUNT],
            steps: Vec::new(),
        }
    }
}

/// Returns true for an option whose values are all kept.
fn is_step(flag: &Flag) -> bool {
    matches!(flag.id, OptionId::Step | OptionId::Steps)
}

/// Checks that an option is valid on a line of a list.
fn check_scope(option: &OptionValue) -> Result<(), String> {
    let hint = match option.flag.scope {
        Scope::Check => return Ok(()),
        Scope::Target => "it begins with its target, and --sni names the certificate",
        Scope::Run => "write it on the command line",
    };
    Err(format!("{option}: not valid on a line of a list; {hint}"))
}

/// The message for an unknown option. lexopt replaces the bytes of its name that are not UTF-8: the
/// name as given stands in one of the arguments that are `not_utf8`, a short one among others.
fn describe_unknown(not_utf8: &[OsString], option: &str, source: OptionSource) -> String {
    let given = not_utf8
        .iter()
        .find(|arg| {
            let arg = arg.to_string_lossy();
            arg.starts_with(option) || (option == "-\u{fffd}" && arg.starts_with('-'))
        })
        .map_or(option.as_ref(), OsString::as_os_str);
    let hint = suggest::hint_for_option(option, source);
    format!("unknown option {}; {hint}", escape_for_message(given))
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
