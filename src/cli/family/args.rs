//! Reads the arguments of a plugin, as `getopt_long` does.

use super::extra_opts::{self, Environment};
use super::options::{PluginOption, find_long, find_short};
use crate::cli::flag::Flag;
use crate::cli::option_value::{GivenAs, OptionValue, escape_for_message};
use lexopt::Arg;
use std::ffi::{OsStr, OsString};

/// The options of a plugin in the order in which they were given, and the words beside them.
#[derive(Debug, Default)]
pub(super) struct PluginOptions {
    given: Vec<OptionValue<PluginOption>>,
    words: Vec<OsString>,
    /// The first word stands before all options.
    has_leading_word: bool,
}

/// Spellings of options from the time before `getopt`, with those of today.
const OLD_SPELLINGS: [(&str, &str); 3] = [("-to", "-t"), ("-wt", "-w"), ("-ct", "-c")];

impl PluginOptions {
    /// Reads arguments to their end, even behind an error: help counts wherever it stands. Options
    /// count behind words too, where the plugins ignore them. An empty word is ignored.
    ///
    /// # Errors
    /// The message for the first argument that is no option or lacks its value, or for a file of
    /// `--extra-opts` that can't be used.
    pub(super) fn read(
        plugin: &str,
        args: impl IntoIterator<Item = OsString>,
        environment: &Environment<'_>,
    ) -> (Self, Result<(), String>) {
        let args: Vec<OsString> = args.into_iter().map(replace_old_spelling).collect();
        if args.is_empty() {
            let message = "no arguments; --help lists the options".to_owned();
            return (Self::default(), Err(message));
        }
        let (args, expanded) = extra_opts::expand(plugin, args, environment);
        let mut options = Self::default();
        let read = options.read_args(args);
        (options, expanded.and(read))
    }

    /// Returns true if an option was given.
    pub(super) fn has(&self, id: PluginOption) -> bool {
        self.last(id).is_some()
    }

    /// The last value of an option.
    pub(super) fn last(&self, id: PluginOption) -> Option<&OptionValue<PluginOption>> {
        self.all(id).last()
    }

    /// The last value of an option, unless it is empty.
    pub(super) fn last_filled(&self, id: PluginOption) -> Option<&OptionValue<PluginOption>> {
        self.last(id).filter(|option| !option.value.is_empty())
    }

    /// Parses each value of an option, unless it is empty, and returns the last; `None` if the last
    /// is empty or there is none.
    ///
    /// # Errors
    /// The message for the first value that `parse` refuses, even if a valid one follows.
    pub(super) fn parse_last<T>(
        &self,
        id: PluginOption,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let mut last = None;
        for option in self.all(id) {
            last = match option.value.is_empty() {
                true => None,
                false => Some(option.parse(&parse)?),
            };
        }
        Ok(last)
    }

    /// All values of an option, in their order.
    pub(super) fn all(&self, id: PluginOption) -> impl Iterator<Item = &OptionValue<PluginOption>> {
        self.given.iter().filter(move |option| option.flag.id == id)
    }

    /// The last of two options that replace each other.
    pub(super) fn last_of(&self, ids: [PluginOption; 2]) -> Option<PluginOption> {
        let mut given = self.given.iter().rev().map(|option| option.flag.id);
        given.find(|id| ids.contains(id))
    }

    /// Returns the last value of an option, and true if `--escape` stands before it.
    pub(super) fn last_with_escape(
        &self,
        id: PluginOption,
    ) -> Option<(&OptionValue<PluginOption>, bool)> {
        let index = self.given.iter().rposition(|option| option.flag.id == id)?;
        let (before, rest) = self.given.split_at_checked(index)?;
        let is_escape = |option: &OptionValue<_>| option.flag.id == PluginOption::Escape;
        Some((rest.first()?, before.iter().any(is_escape)))
    }

    /// The word that is the host: the first, unless a further one replaces one before all options.
    pub(super) fn word(&self) -> Option<&OsStr> {
        let mut words = self.words.iter().map(OsString::as_os_str);
        let first = words.next();
        words.next().filter(|_| self.has_leading_word).or(first)
    }

    fn read_args(&mut self, args: Vec<OsString>) -> Result<(), String> {
        let mut parser = lexopt::Parser::from_args(args);
        parser.set_short_equals(false);
        let mut result = Ok(());
        while let Some(arg) = parser.next().transpose() {
            let read = match arg {
                Ok(Arg::Long(name)) => match *find_long(name) {
                    [flag] => OptionValue::read(flag, GivenAs::Long, &mut parser).map(Some),
                    ref flags => Err(describe_unknown(name, flags)),
                },
                Ok(Arg::Short(letter)) => match find_short(letter) {
                    Some(flag) => {
                        OptionValue::read(flag, GivenAs::Short(letter), &mut parser).map(Some)
                    }
                    None => Err(format!(
                        "unknown option -{}; --help lists the options",
                        escape_for_message(letter.to_string().as_ref())
                    )),
                },
                Ok(Arg::Value(word)) => {
                    if !word.is_empty() {
                        self.has_leading_word |= self.words.is_empty() && self.given.is_empty();
                        self.words.push(word);
                    }
                    Ok(None)
                }
                Err(lexopt::Error::UnexpectedValue { option, value }) => Err(format!(
                    "{option}={}: takes no value",
                    escape_for_message(&value)
                )),
                Err(other) => Err(other.to_string()),
            };
            let read = read.and_then(|option: Option<OptionValue<_>>| {
                option
                    .as_ref()
                    .map_or(Ok(()), OptionValue::require_feature)?;
                Ok(option)
            });
            match read {
                Ok(option) => self.given.extend(option),
                Err(message) => result = result.and(Err(message)),
            }
        }
        result
    }
}

fn replace_old_spelling(arg: OsString) -> OsString {
    match OLD_SPELLINGS.iter().find(|(old, _)| arg == *old) {
        Some((_, new)) => (*new).into(),
        None => arg,
    }
}

/// The message for a long name that is of no option or, abbreviated, of several.
fn describe_unknown(name: &str, flags: &[&Flag<PluginOption>]) -> String {
    let name = escape_for_message(name.as_ref());
    let names: Vec<_> = flags
        .iter()
        .map(|flag| format!("--{}", flag.long))
        .collect();
    match names.is_empty() {
        true => format!("unknown option --{name}; --help lists the options"),
        false => format!("--{name} may be {}; write one of them", names.join(" or ")),
    }
}
