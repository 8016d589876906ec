//! What was typed.

use super::flags::{FLAGS, Flag, OPTION_COUNT, OptionId, Scope};
use super::option_value::{GivenAs, OptionValue, shown};
use crate::host::HostError;
use lexopt::Arg;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The options as typed: for each the last time it was given, and nothing where that was an empty
/// value that counts as not given.
#[derive(Clone, Debug)]
pub(super) struct RawOptions {
    /// Indexed by [`OptionId`].
    values: [Option<OptionValue>; OPTION_COUNT],
}

/// Where options stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionSource {
    CommandLine,
    /// On a line of a list, behind the target.
    ListLine,
}

impl RawOptions {
    /// Reads arguments to their end, whatever is wrong with them: help that stands after an error
    /// is help still.
    ///
    /// # Errors
    /// The message for the first argument that is not an option of this place, or not a whole one.
    pub(super) fn read(
        &mut self,
        args: impl IntoIterator<Item = OsString>,
        place: OptionSource,
    ) -> Result<(), String> {
        let args: Vec<OsString> = args.into_iter().collect();
        let no_text: Vec<OsString> = args.iter().filter(is_no_text).cloned().collect();
        let mut parser = lexopt::Parser::from_args(args);
        let mut first = Ok(());
        while let Some(arg) = parser.next().transpose() {
            let done = match arg {
                Ok(Arg::Long(name)) => match FLAGS.iter().find(|flag| flag.long == name) {
                    Some(flag) => self.keep(flag, GivenAs::Long, &mut parser, place),
                    None => Err(unknown(&no_text, &format!("--{name}"))),
                },
                Ok(Arg::Short(letter)) => match FLAGS.iter().find(|f| f.short == Some(letter)) {
                    Some(flag) => self.keep(flag, GivenAs::Short(letter), &mut parser, place),
                    None => Err(unknown(&no_text, &format!("-{letter}"))),
                },
                Ok(Arg::Value(word)) => Err(self.stray(&word, place)),
                Err(lexopt::Error::UnexpectedValue { option, value }) => {
                    Err(format!("{option}={}: takes no value", shown(&value)))
                }
                Err(other) => Err(other.to_string()),
            };
            first = first.and(done);
        }
        first
    }

    /// The value of an option that was given.
    pub(super) fn get(&self, id: OptionId) -> Option<&OptionValue> {
        self.values.get(id as usize)?.as_ref()
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
    /// The message for a value of which `parse` makes nothing.
    pub(super) fn parse<T>(
        &self,
        id: OptionId,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        self.get(id).map(|value| value.parse(parse)).transpose()
    }

    /// The options that were given, in the order of [`FLAGS`].
    pub(super) fn into_given(self) -> Vec<OptionValue> {
        self.values.into_iter().flatten().collect()
    }

    /// Replaces the options that stand in `overlay`; the others stay.
    pub(super) fn overlay(&mut self, overlay: &[OptionValue]) {
        for value in overlay {
            self.set(value.flag.id, Some(value.clone()));
        }
    }

    fn set(&mut self, id: OptionId, value: Option<OptionValue>) {
        if let Some(slot) = self.values.get_mut(id as usize) {
            *slot = value;
        }
    }

    /// The message for a word that belongs to no option. In `-H -p 25` it is the host that is wrong:
    /// an agent had none to put there.
    fn stray(&self, word: &OsStr, place: OptionSource) -> String {
        let is_option = |host: &&OptionValue| host.value.as_bytes().starts_with(b"-");
        if let Some(host) = self.get(OptionId::Hostname).filter(is_option) {
            return host.refused_since(HostError::Dash);
        }
        let said = match place {
            OptionSource::CommandLine => "check-tcp takes options only",
            OptionSource::ListLine => {
                "behind its target a line takes options only; \
                 write a line a host, HOST or HOST:PORT"
            }
        };
        format!("{}: a stray word; {said}", shown(word))
    }

    /// Keeps an option, and takes its value from the parser.
    fn keep(
        &mut self,
        flag: &'static Flag,
        given_as: GivenAs,
        parser: &mut lexopt::Parser,
        place: OptionSource,
    ) -> Result<(), String> {
        let mut typed = OptionValue {
            flag,
            given_as,
            value: OsString::new(),
        };
        if let Some(spec) = flag.value {
            match parser.value() {
                Ok(value) => typed.value = value,
                Err(_) => {
                    return Err(format!(
                        "{typed}: its value is missing; takes {}",
                        spec.expected
                    ));
                }
            }
        }
        let given = !flag.ignores_empty() || !typed.value.is_empty();
        if given && place == OptionSource::ListLine {
            match flag.scope {
                Scope::Check => {}
                Scope::Target => {
                    return Err(format!(
                        "{typed}: the target says it; --sni names a certificate"
                    ));
                }
                Scope::Run => {
                    return Err(format!(
                        "{typed}: belongs on the command line; a line takes options of a check only"
                    ));
                }
            }
        }
        self.set(flag.id, given.then_some(typed));
        Ok(())
    }
}

impl Default for RawOptions {
    fn default() -> Self {
        Self {
            values: [const { None }; OPTION_COUNT],
        }
    }
}

fn is_no_text(arg: &&OsString) -> bool {
    arg.to_str().is_none()
}

/// The message for an option that there is none of. lexopt replaces what is not UTF-8 in a name: it
/// stands in one of the arguments that are no text, a short one among others perhaps.
fn unknown(no_text: &[OsString], option: &str) -> String {
    let typed = no_text
        .iter()
        .find(|arg| {
            let arg = arg.to_string_lossy();
            arg.starts_with(option) || (option == "-\u{fffd}" && arg.starts_with('-'))
        })
        .map_or(option.as_ref(), OsString::as_os_str);
    format!(
        "{}: no such option; --help shows those there are",
        shown(typed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> (RawOptions, Result<(), String>) {
        let mut raw = RawOptions::default();
        let result = raw.read(args.iter().map(OsString::from), OptionSource::CommandLine);
        (raw, result)
    }

    fn value(raw: &RawOptions, id: OptionId) -> Option<&str> {
        raw.get(id).and_then(|given| given.value.to_str())
    }

    #[test]
    fn every_spelling_of_a_value_works() {
        for args in [
            &["-p80"][..],
            &["-p=80"],
            &["-p", "80"],
            &["--port=80"],
            &["--port", "80"],
            &["-SEp80"],
            &["-SEp", "80"],
            &["-p", "80", "--"],
        ] {
            let (raw, result) = read(args);
            assert_eq!(
                (value(&raw, OptionId::Port), result),
                (Some("80"), Ok(())),
                "{args:?}"
            );
        }
    }

    #[test]
    fn letters_without_values_may_stand_together() {
        let (raw, result) = read(&["-SE4WC"]);
        assert_eq!(result, Ok(()));
        for id in [
            OptionId::Ssl,
            OptionId::Escape,
            OptionId::UseIpv4,
            OptionId::ErrorWarning,
            OptionId::ExpectClosed,
        ] {
            assert!(raw.has(id), "{id:?}");
        }
    }

    #[test]
    fn a_value_may_look_like_an_option_or_hold_an_equals_sign() {
        for (args, wanted) in [
            (&["-s", "-h"][..], "-h"),
            (&["-s", "--help"], "--help"),
            (&["-s", "--"], "--"),
            (&["-s-1"], "-1"),
            (&["-s", "a=b"], "a=b"),
            (&["-s==b"], "=b"),
            (&["--send=a=b"], "a=b"),
        ] {
            let (raw, result) = read(args);
            assert_eq!(
                (value(&raw, OptionId::Send), result),
                (Some(wanted), Ok(())),
                "{args:?}"
            );
            assert!(!raw.has(OptionId::Help), "{args:?}");
        }
    }

    #[test]
    fn the_last_of_a_repeated_option_counts() {
        let (raw, _) = read(&["-p", "80", "--port=81", "-s", "x", "-s", "y"]);
        assert_eq!(
            (value(&raw, OptionId::Port), value(&raw, OptionId::Send)),
            (Some("81"), Some("y"))
        );
    }

    #[test]
    fn an_empty_value_takes_back_what_was_given_before_but_of_the_run() {
        let (raw, _) = read(&[
            "-s", "x", "-s", "", "--sni=a", "--sni=", "-t", "1", "-t", "", "-p80", "-p=",
        ]);
        assert!(!raw.has(OptionId::Send) && !raw.has(OptionId::Sni));
        assert!(!raw.has(OptionId::Timeout) && !raw.has(OptionId::Port));
        let (raw, _) = read(&["-f", "x", "-f", "", "--rate=1", "--rate="]);
        assert_eq!(
            (value(&raw, OptionId::Targets), value(&raw, OptionId::Rate)),
            (Some(""), Some(""))
        );
    }

    #[test]
    fn what_is_laid_over_replaces_and_the_rest_stays() {
        let (mut raw, _) = read(&["-p", "80", "-w1", "-S", "-s", "x"]);
        let (over, _) = read(&["--port=81", "-s", "", "-4"]);
        raw.overlay(&over.into_given());
        assert_eq!(
            (
                value(&raw, OptionId::Port),
                value(&raw, OptionId::Warning),
                value(&raw, OptionId::Send)
            ),
            (Some("81"), Some("1"), Some("x"))
        );
        assert!(raw.has(OptionId::Ssl) && raw.has(OptionId::UseIpv4));
    }

    #[test]
    fn a_line_takes_the_options_of_a_check_and_no_other() {
        for flag in &FLAGS {
            let mut option = format!("--{}", flag.long);
            if flag.value.is_some() {
                option.push_str("=1");
            }
            let mut raw = RawOptions::default();
            let read = raw.read([option.clone().into()], OptionSource::ListLine);
            let kept = raw.has(flag.id);
            assert_eq!(read.is_ok(), kept, "{option}");
            assert_eq!(kept, flag.scope == Scope::Check, "{option}");
        }
    }

    #[test]
    fn the_first_error_is_told_and_the_rest_is_read_all_the_same() {
        let (raw, result) = read(&["-Z", "word", "--ssl=yes", "-p", "80", "-t"]);
        assert_eq!(
            result,
            Err("-Z: no such option; --help shows those there are".to_owned())
        );
        assert_eq!(value(&raw, OptionId::Port), Some("80"));
    }
}
