//! What was typed.

use super::flags::{FLAGS, Flag, Scope};
use super::option_value::{GivenAs, OptionValue, shown};
use crate::host::HostError;
use lexopt::Arg;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The options as typed: for each the last time it was given, and nothing where that was an empty
/// value that counts as not given.
#[derive(Clone, Debug, Default)]
pub(super) struct RawOptions {
    pub(super) service: Option<OptionValue>,
    pub(super) hostname: Option<OptionValue>,
    pub(super) port: Option<OptionValue>,
    pub(super) send: Option<OptionValue>,
    pub(super) expect_pattern: Option<OptionValue>,
    pub(super) quit: Option<OptionValue>,
    pub(super) ssl: Option<OptionValue>,
    pub(super) unix_sock: Option<OptionValue>,
    pub(super) no_check_certificate: Option<OptionValue>,
    pub(super) sni: Option<OptionValue>,
    pub(super) use_ipv4: Option<OptionValue>,
    pub(super) use_ipv6: Option<OptionValue>,
    pub(super) status_as: Option<OptionValue>,
    pub(super) timeout: Option<OptionValue>,
    pub(super) maxbytes: Option<OptionValue>,
    pub(super) delay: Option<OptionValue>,
    pub(super) warning: Option<OptionValue>,
    pub(super) critical: Option<OptionValue>,
    pub(super) escape: Option<OptionValue>,
    pub(super) error_warning: Option<OptionValue>,
    pub(super) expect_closed: Option<OptionValue>,
    pub(super) perfdata: Option<OptionValue>,
    pub(super) name: Option<OptionValue>,
    pub(super) targets: Option<OptionValue>,
    pub(super) parallel: Option<OptionValue>,
    pub(super) lookups: Option<OptionValue>,
    pub(super) rate: Option<OptionValue>,
    pub(super) format: Option<OptionValue>,
    pub(super) summary: Option<OptionValue>,
    pub(super) no_progress: Option<OptionValue>,
    pub(super) help: Option<OptionValue>,
    pub(super) version: Option<OptionValue>,
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

    /// Takes out the options that are there, in the order of [`FLAGS`].
    pub(super) fn take_all(&mut self) -> Vec<OptionValue> {
        FLAGS
            .iter()
            .filter_map(|flag| (flag.slot)(self).take())
            .collect()
    }

    /// Lays options over those that are there: each replaces the one before it.
    pub(super) fn lay_over(&mut self, options: &[OptionValue]) {
        for typed in options {
            *(typed.flag.slot)(self) = Some(typed.clone());
        }
    }

    /// The message for a word that belongs to no option. In `-H -p 25` it is the host that is wrong:
    /// an agent had none to put there.
    fn stray(&self, word: &OsStr, place: OptionSource) -> String {
        let is_option = |host: &&OptionValue| host.value.as_bytes().starts_with(b"-");
        if let Some(host) = self.hostname.as_ref().filter(is_option) {
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
        spelling: GivenAs,
        parser: &mut lexopt::Parser,
        place: OptionSource,
    ) -> Result<(), String> {
        let mut typed = OptionValue {
            flag,
            spelling,
            value: OsString::new(),
        };
        if let Some((_, what)) = flag.takes.value() {
            match parser.value() {
                Ok(value) => typed.value = value,
                Err(_) => return Err(format!("{typed}: its value is missing; takes {what}")),
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
        *(flag.slot)(self) = given.then_some(typed);
        Ok(())
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

    fn value(slot: &Option<OptionValue>) -> Option<&str> {
        slot.as_ref().and_then(|typed| typed.value.to_str())
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
            assert_eq!((value(&raw.port), result), (Some("80"), Ok(())), "{args:?}");
        }
    }

    #[test]
    fn letters_without_values_may_stand_together() {
        let (raw, result) = read(&["-SE4WC"]);
        assert_eq!(result, Ok(()));
        for slot in [
            raw.ssl,
            raw.escape,
            raw.use_ipv4,
            raw.error_warning,
            raw.expect_closed,
        ] {
            assert!(slot.is_some());
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
                (value(&raw.send), result),
                (Some(wanted), Ok(())),
                "{args:?}"
            );
            assert!(raw.help.is_none(), "{args:?}");
        }
    }

    #[test]
    fn the_last_of_a_repeated_option_counts() {
        let (raw, _) = read(&["-p", "80", "--port=81", "-s", "x", "-s", "y"]);
        assert_eq!(
            (value(&raw.port), value(&raw.send)),
            (Some("81"), Some("y"))
        );
    }

    #[test]
    fn an_empty_value_takes_back_what_was_given_before_but_of_the_run() {
        let (raw, _) = read(&[
            "-s", "x", "-s", "", "--sni=a", "--sni=", "-t", "1", "-t", "", "-p80", "-p=",
        ]);
        assert!(raw.send.is_none() && raw.sni.is_none());
        assert!(raw.timeout.is_none() && raw.port.is_none());
        let (raw, _) = read(&["-f", "x", "-f", "", "--rate=1", "--rate="]);
        assert_eq!(
            (value(&raw.targets), value(&raw.rate)),
            (Some(""), Some(""))
        );
    }

    #[test]
    fn what_is_laid_over_replaces_and_the_rest_stays() {
        let (mut raw, _) = read(&["-p", "80", "-w1", "-S", "-s", "x"]);
        let (mut over, _) = read(&["--port=81", "-s", "", "-4"]);
        raw.lay_over(&over.take_all());
        assert_eq!(
            (value(&raw.port), value(&raw.warning), value(&raw.send)),
            (Some("81"), Some("1"), Some("x"))
        );
        assert!(raw.ssl.is_some() && raw.use_ipv4.is_some());
        assert!(over.port.is_none(), "it was taken out");
    }

    #[test]
    fn a_line_takes_the_options_of_a_check_and_no_other() {
        for flag in FLAGS {
            let mut option = format!("--{}", flag.long);
            if flag.takes.value().is_some() {
                option.push_str("=1");
            }
            let mut raw = RawOptions::default();
            let read = raw.read([option.clone().into()], OptionSource::ListLine);
            let kept = (flag.slot)(&mut raw).is_some();
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
        assert_eq!(value(&raw.port), Some("80"));
    }
}
