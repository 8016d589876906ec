//! What the command line asks for.

use super::build::{self, LOCALHOST};
use super::defaults::Defaults;
use super::flag::OptionId;
use super::option_value::escape_lossy;
use super::raw_options::RawOptions;
use super::run::{self, Format, ListSource, RunOptions};
use crate::check::Check;
use crate::record::Label;
use crate::target::Target;
use std::sync::Arc;

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// Print [`help`](super::help()).
    Help,
    /// Print [`version`](super::version).
    Version,
    /// Check one target.
    Check(Box<SingleCheck>),
    /// Check every target of a list.
    List(Box<TargetList>),
}

/// One target, and what is asked of it.
#[derive(Debug)]
pub struct SingleCheck {
    /// All that is asked of it.
    pub check: Arc<Check>,
    /// Who is asked.
    pub target: Target,
    /// What it is called.
    pub label: Label,
    /// How its verdict is told.
    pub format: Format,
}

/// A list of targets, and what is asked of them.
#[derive(Debug)]
pub struct TargetList {
    /// Where it is read from.
    pub source: ListSource,
    /// What is asked of its targets, where their lines do not say.
    pub defaults: Defaults,
    /// How they are checked, and what comes out.
    pub run: RunOptions,
}

/// The command as the options ask for it.
///
/// # Errors
/// The message for the first of them that is no good.
pub(super) fn build_command(raw: &RawOptions) -> Result<Command, String> {
    let run = run::build_run_options(raw)?;
    if let Some(source) = run::source(raw)? {
        return Ok(Command::List(Box::new(TargetList {
            source,
            defaults: Defaults::new(raw)?,
            run,
        })));
    }
    let (check, target) = build::build_check_and_target(raw)?;
    Ok(Command::Check(Box::new(SingleCheck {
        check: Arc::new(check),
        target,
        label: label(raw),
        format: run::format(raw)?,
    })))
}

/// What the single target is called, and for errors what it would have been called.
pub(super) fn label(raw: &RawOptions) -> Label {
    if raw.has(OptionId::Targets) {
        return Label::default();
    }
    let target = raw.get(OptionId::UnixSock).or(raw.get(OptionId::Hostname));
    let target = target.map_or_else(|| LOCALHOST.to_owned(), |typed| escape_lossy(&typed.value));
    Label {
        line: None,
        target: target.into(),
        name: raw
            .get(OptionId::Name)
            .map(|typed| escape_lossy(&typed.value).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::raw_options::OptionSource;
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStringExt;

    fn command<S: AsRef<OsStr>>(args: impl AsRef<[S]>) -> Result<Command, String> {
        let mut raw = RawOptions::default();
        let args = args.as_ref().iter().map(OsString::from);
        raw.read(args, OptionSource::CommandLine)?;
        build_command(&raw)
    }

    #[test]
    fn a_target_is_called_as_it_was_written_unless_it_has_a_name() {
        let label = |args: &[&str]| match command(args) {
            Ok(Command::Check(single)) => single.label.shown().to_owned(),
            other => panic!("{args:?}: {other:?}"),
        };
        for (args, shown) in [
            (&["-p80"][..], "localhost"),
            (&["-p80", "-H", "Mail.Example"], "Mail.Example"),
            (&["-p80", "-H[::1]"], "[::1]"),
            (&["-Hmail", "-U/run/s"], "/run/s"),
            (&["-p80", "--name", "mx one"], "mx one"),
            (&["-p80", "--name", "a", "--name="], "localhost"),
        ] {
            assert_eq!(label(args), shown, "{args:?}");
        }
        let path = OsString::from_vec(b"-U/\xff".to_vec());
        match command([path]) {
            Ok(Command::Check(single)) => assert_eq!(&*single.label.target, r"/\xff"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_list_needs_neither_a_port_nor_a_name_to_verify() {
        for args in [
            &["-f-"][..],
            &["-f-", "-S"],
            &["--targets", "hosts", "--service=SPOP"],
            &["-f-", "-H", "", "-U="],
        ] {
            assert!(matches!(command(args), Ok(Command::List(_))), "{args:?}");
        }
    }
}
