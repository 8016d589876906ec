//! What was typed.

use super::flags::{FLAGS, Flag, Takes};
use lexopt::Arg;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display, Write as _};
use std::os::unix::ffi::OsStrExt;

/// As much of a value as an error shows, in characters.
const SHOWN: usize = 80;

/// The options as typed: for each the last time it was given.
///
/// Reading into a copy of it overrides what the copy holds; so a line of a list can be read over
/// the command line it came with.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    pub(super) service: Option<Typed>,
    pub(super) hostname: Option<Typed>,
    pub(super) port: Option<Typed>,
    pub(super) send: Option<Typed>,
    pub(super) expect_pattern: Option<Typed>,
    pub(super) quit: Option<Typed>,
    pub(super) ssl: Option<Typed>,
    pub(super) unix_sock: Option<Typed>,
    pub(super) no_check_certificate: Option<Typed>,
    pub(super) sni: Option<Typed>,
    pub(super) use_ipv4: Option<Typed>,
    pub(super) use_ipv6: Option<Typed>,
    pub(super) status_as: Option<Typed>,
    pub(super) timeout: Option<Typed>,
    pub(super) maxbytes: Option<Typed>,
    pub(super) delay: Option<Typed>,
    pub(super) warning: Option<Typed>,
    pub(super) critical: Option<Typed>,
    pub(super) escape: Option<Typed>,
    pub(super) error_warning: Option<Typed>,
    pub(super) expect_closed: Option<Typed>,
    pub(super) perfdata: Option<Typed>,
    pub(super) help: Option<Typed>,
    pub(super) version: Option<Typed>,
}

/// An option as typed.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    flag: &'static Flag,
    spelling: Spelling,
    /// Its value; empty where it takes none.
    pub(super) value: OsString,
}

/// Which of its names an option was given by.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Short(char),
    Long,
}

impl Raw {
    /// Reads arguments to their end, whatever is wrong with them: help that stands after an error
    /// is help still.
    ///
    /// # Errors
    /// The message for the first argument that is not an option, or not a whole one.
    pub(super) fn read(&mut self, args: impl IntoIterator<Item = OsString>) -> Result<(), String> {
        let mut parser = lexopt::Parser::from_args(args);
        let mut first = Ok(());
        while let Some(arg) = parser.next().transpose() {
            let done = match arg {
                Ok(Arg::Long(name)) => match FLAGS.iter().find(|flag| flag.long == name) {
                    Some(flag) => self.keep(flag, Spelling::Long, &mut parser),
                    None => Err(unknown(&format!("--{name}"))),
                },
                Ok(Arg::Short(letter)) => match FLAGS.iter().find(|f| f.short == Some(letter)) {
                    Some(flag) => self.keep(flag, Spelling::Short(letter), &mut parser),
                    None => Err(unknown(&format!("-{letter}"))),
                },
                Ok(Arg::Value(word)) => Err(format!(
                    "{}: a stray word; check-tcp takes options only",
                    shown(&word)
                )),
                Err(lexopt::Error::UnexpectedValue { option, value }) => {
                    Err(format!("{option}={}: takes no value", shown(&value)))
                }
                Err(other) => Err(other.to_string()),
            };
            first = first.and(done);
        }
        first
    }

    /// Keeps an option, and takes its value from the parser.
    fn keep(
        &mut self,
        flag: &'static Flag,
        spelling: Spelling,
        parser: &mut lexopt::Parser,
    ) -> Result<(), String> {
        let mut typed = Typed {
            flag,
            spelling,
            value: OsString::new(),
        };
        if let Takes::Value(_, what) = flag.takes {
            match parser.value() {
                Ok(value) => typed.value = value,
                Err(_) => return Err(format!("{typed}: its value is missing; takes {what}")),
            }
        }
        *(flag.slot)(self) = Some(typed);
        Ok(())
    }
}

impl Typed {
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
        match self.flag.takes {
            Takes::Value(_, what) => format!("{self} {}: takes {what}", shown(&self.value)),
            Takes::Nothing => format!("{self}: takes no value"),
        }
    }

    /// The message for a bad value of which more is known than what the option takes.
    pub(super) fn refused_since(&self, reason: impl Display) -> String {
        format!("{}: {reason}", self.refused())
    }

    /// The option with a value that is none.
    #[cfg(test)]
    pub(super) fn example(flag: &'static Flag) -> Self {
        Self {
            flag,
            spelling: Spelling::Long,
            value: OsString::new(),
        }
    }
}

impl Display for Typed {
    /// The option as its user typed it, without the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spelling {
            Spelling::Short(letter) => write!(f, "-{letter}"),
            Spelling::Long => write!(f, "--{}", self.flag.long),
        }
    }
}

fn unknown(option: &str) -> String {
    format!(
        "{}: no such option; --help shows those there are",
        shown(option.as_ref())
    )
}

/// A value for a message: bytes that are not UTF-8 as `\xHH`, none at all as `''`, and short enough
/// to leave the message room.
fn shown(value: &OsStr) -> String {
    if value.is_empty() {
        return "''".to_owned();
    }
    let mut text = String::new();
    for chunk in value.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            text.truncate(end);
            text + "..."
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> (Raw, Result<(), String>) {
        let mut raw = Raw::default();
        let result = raw.read(args.iter().map(OsString::from));
        (raw, result)
    }

    fn value(slot: &Option<Typed>) -> Option<&str> {
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
            (&["--send="], ""),
            (&["-s="], ""),
            (&["-s", ""], ""),
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
        let (raw, _) = read(&["-p", "80", "--port=81", "-s", "x", "-s", ""]);
        assert_eq!((value(&raw.port), value(&raw.send)), (Some("81"), Some("")));
    }

    #[test]
    fn reading_over_a_copy_overrides_what_it_holds() {
        let (mut raw, _) = read(&["-p", "80", "-H", "a"]);
        assert_eq!(raw.read(["-p".into(), "81".into()]), Ok(()));
        assert_eq!(
            (value(&raw.port), value(&raw.hostname)),
            (Some("81"), Some("a"))
        );
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

    #[test]
    fn a_value_is_shown_whole_or_visibly_cut() {
        let long = "é".repeat(SHOWN);
        assert_eq!(shown(long.as_ref()), long);
        assert_eq!(shown((long.clone() + "x").as_ref()), long + "...");
        assert_eq!(shown("".as_ref()), "''");
        assert_eq!(shown(OsStr::from_bytes(b"a\xff\xc3(b")), r"a\xff\xc3(b");
    }
}
