//! Arguments, whatever they are.
//!
//! Input: the arguments as a shell would be given them, which is as a line of a list has its words.
//! Laws:
//!
//! * nothing panics;
//! * an error is UNKNOWN, exit 3, in one line, and begins with what it is about: an option as it
//!   was typed, or a word;
//! * the same arguments ask the same, and so they do in another spelling: short options long, each
//!   value in a word of its own, and of an option that is given again the last alone, in any order;
//! * an empty value of an option of a check is as if the option were not given, but for `--starttls`;
//! * what was taken for a host is [one](check_tcp_fuzz::printed::host);
//! * help counts before everything;
//! * the first four hold for the arguments of `check_tcp` too.
#![no_main]

use check_tcp::internal::cli::{self, Command, InvalidCommand};
use check_tcp::internal::cli::{FLAGS, Flag, Scope};
use check_tcp::internal::list::Words;
use check_tcp_fuzz::printed;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

fuzz_target!(|input: &[u8]| {
    // No argument holds NUL.
    if input.contains(&0) {
        return;
    }
    let words: Result<Vec<OsString>, _> = Words::new(input)
        .map(|word| word.map(|word| OsString::from_vec(word.into_owned())))
        .collect();
    let Ok(args) = words else {
        return;
    };
    let mut command = cli::parse(args.clone());
    let asks = asks(&mut command);
    assert_eq!(asks, self::asks(&mut cli::parse(args.clone())));
    let is_repeated = asks.message.contains(": a second pattern; ");
    // Steps add to those before them, and may name one another.
    let is_step = |arg: &OsString| arg.to_string_lossy().contains("--step");
    let adds_up = is_repeated || args.iter().any(is_step);
    if let Some(options) = options(&args).filter(|_| !adds_up) {
        let given = options.iter().filter(|(flag, value)| {
            let is_strict = flag.scope == Scope::Run || flag.long == "starttls";
            is_strict || flag.value.is_none() || !value.is_empty()
        });
        let given: Vec<_> = given.cloned().collect();
        for spelled in [long(&options), short(&options), short(&given)] {
            let again = self::asks(&mut cli::parse(spelled.clone()));
            assert_eq!(
                asks.without_message(),
                again.without_message(),
                "{spelled:?}"
            );
        }
    }
    let with_help = [OsString::from("-h")].into_iter().chain(args.clone());
    assert!(matches!(cli::parse(with_help), Ok(Command::Help)));
    if let Ok(Command::Check(single)) = &command {
        printed::host(&single.target);
    }
    if let Err(InvalidCommand { error, label, .. }) = command {
        is_about(&error.message, &args);
        printed::refused(label, error);
    }
    as_plugin(args);
});

/// The same arguments, under the name of a plugin. No file of options is read: it may be anything.
fn as_plugin(args: Vec<OsString>) {
    if args
        .iter()
        .any(|arg| arg.as_bytes().starts_with(b"--extra-opts"))
    {
        return;
    }
    let parse = || {
        let name = OsString::from("/usr/lib/nagios/plugins/check_ftp");
        cli::parse_argv([name].into_iter().chain(args.clone()))
    };
    let mut command = parse();
    assert_eq!(asks(&mut command), asks(&mut parse()));
    if let Ok(Command::Check(single)) = &command {
        printed::host(&single.target);
    }
    if let Err(InvalidCommand { error, label, .. }) = command {
        printed::refused(label, error);
    }
}

/// All that a command line asks, or what is wrong with it, as text.
#[derive(Debug, PartialEq, Eq)]
struct Asks {
    what: String,
    message: String,
}

impl Asks {
    /// A message shows options as they were spelled.
    fn without_message(&self) -> (&str, bool) {
        (&self.what, self.message.is_empty())
    }
}

fn asks(command: &mut Result<Command, InvalidCommand>) -> Asks {
    let what = match command {
        Ok(Command::Help) => "help".to_owned(),
        Ok(Command::Version) => "version".to_owned(),
        Ok(Command::PluginHelp(_)) => "help of a plugin".to_owned(),
        Ok(Command::PluginVersion(_)) => "version of a plugin".to_owned(),
        Ok(Command::Generate(what)) => format!("{what:?}"),
        Ok(Command::Check(single)) => format!("{single:?}"),
        Ok(Command::List(list)) => {
            let line = list.defaults.line_options(Vec::new());
            format!("{:?} {:?} {line:?}", list.source, list.run)
        }
        Err(invalid) => {
            let InvalidCommand {
                error,
                label,
                format,
            } = invalid;
            format!("{} {format:?} {label:?}", error.name)
        }
    };
    let message = match command {
        Err(invalid) => invalid.error.message.clone(),
        Ok(_) => String::new(),
    };
    Asks { what, message }
}

/// The last value of each option that was given, in the order of the table; nothing where
/// that can't be told, since something is no option.
fn options(args: &[OsString]) -> Option<Vec<(&'static Flag, OsString)>> {
    let mut last = BTreeMap::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut keep = |index: usize, attached: Option<&[u8]>| {
            let value = match (FLAGS[index].value, attached) {
                (None, None) => OsString::new(),
                (None, Some(_)) => return None,
                (Some(_), Some(value)) => OsStr::from_bytes(value).to_owned(),
                (Some(_), None) => args.next()?.clone(),
            };
            last.insert(index, value);
            Some(())
        };
        match arg.as_bytes() {
            b"--" => {
                return match args.next() {
                    None => Some(in_order(last)),
                    Some(_) => None,
                };
            }
            [b'-', b'-', long @ ..] => {
                let mut parts = long.splitn(2, |&byte| byte == b'=');
                let name = parts.next()?;
                let index = FLAGS.iter().position(|f| f.long.as_bytes() == name)?;
                keep(index, parts.next())?;
            }
            [b'-', letters @ ..] if !letters.is_empty() => {
                let mut letters = letters;
                while let Some(&letter) = letters.split_off_first() {
                    let is_it = |flag: &Flag| flag.short == Some(char::from(letter));
                    let index = FLAGS.iter().position(is_it)?;
                    if FLAGS[index].value.is_some() && !letters.is_empty() {
                        keep(index, Some(letters.strip_prefix(b"=").unwrap_or(letters)))?;
                        break;
                    }
                    keep(index, None)?;
                }
            }
            _ => return None,
        }
    }
    Some(in_order(last))
}

fn in_order(last: BTreeMap<usize, OsString>) -> Vec<(&'static Flag, OsString)> {
    last.into_iter()
        .map(|(index, value)| (&FLAGS[index], value))
        .collect()
}

/// `--option=value`.
fn long(options: &[(&Flag, OsString)]) -> Vec<OsString> {
    let long = options.iter().map(|(flag, value)| {
        let mut word = OsString::from(format!("--{}", flag.long));
        if flag.value.is_some() {
            word.push("=");
            word.push(value);
        }
        word
    });
    long.collect()
}

/// `-o value`, the last option first.
fn short(options: &[(&Flag, OsString)]) -> Vec<OsString> {
    let short = options.iter().rev().flat_map(|(flag, value)| {
        let option = match flag.short {
            Some(letter) => format!("-{letter}"),
            None => format!("--{}", flag.long),
        };
        let value = flag.value.map(|_| value.clone());
        [Some(option.into()), value]
    });
    short.flatten().collect()
}

/// Asserts that a message begins with an option or a word as given, behind what is wrong with it
/// perhaps; or else with the one thing that is missing or unknown without an option at fault.
fn is_about(message: &str, args: &[OsString]) {
    let other = [
        "--port is missing: ",
        "check-tcp called with unknown service: ",
        "the step starttls of --step",
    ];
    let prefixes = ["unknown option ", "unexpected argument '"];
    let prefix = prefixes.iter().find(|prefix| message.starts_with(**prefix));
    let about = &message[prefix.map_or(0, |prefix| prefix.len())..];
    let has_dash = |letters: &str| letters.contains('-');
    let typed = |arg: &OsString| {
        let word: String = seen(&cli::escape_lossy(arg)).chars().take(10).collect();
        let option = seen(&arg.to_string_lossy());
        match about.strip_prefix('-') {
            _ if arg.is_empty() => about.starts_with("'; "),
            _ if about.starts_with(&word) => true,
            Some(about) if option.starts_with('-') => match about.strip_prefix('-') {
                Some(long) => {
                    // A long one is cut.
                    let name = long.split([':', ';', ' ', '=']).next().unwrap_or_default();
                    let name: String = name.chars().take(20).collect();
                    // A dash among short options reads as one of them.
                    let is_letter = name.is_empty() && option.get(2..).is_some_and(has_dash);
                    is_letter || option.starts_with(&format!("--{name}"))
                }
                None => about
                    .chars()
                    .next()
                    .is_some_and(|letter| option.contains(letter)),
            },
            _ => false,
        }
    };
    let is_about = args.iter().any(typed) || other.iter().any(|other| message.starts_with(other));
    assert!(is_about, "{message}: {args:?}");
}

/// A text as a message shows it, however long.
fn seen(text: &str) -> String {
    let each = text
        .chars()
        .map(|c| cli::escape_for_message(c.to_string().as_ref()));
    each.collect()
}
