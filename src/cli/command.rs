//! The command that a command line gives.

use super::build::{self, LOCALHOST};
use super::defaults::Defaults;
use super::flag::OptionId;
use super::option_value::{OptionValue, escape_lossy};
use super::plugin::Plugin;
use super::raw_options::RawOptions;
use super::run::{self, ListSource, RunOptions};
use crate::check::Check;
use crate::feature::Feature;
use crate::record::Label;
use crate::report::OutputOptions;
use crate::target::Target;
use std::path::PathBuf;
use std::sync::Arc;

/// The command that a command line gives.
#[derive(Debug)]
pub enum Command {
    /// Print [`help`](super::help()).
    Help,
    /// Print [`version`](super::version).
    Version,
    /// Print [`plugin_help`](super::plugin_help).
    PluginHelp(&'static Plugin),
    /// Print [`plugin_version`](super::plugin_version).
    PluginVersion(&'static Plugin),
    /// Print [`generate`](super::generate()).
    Generate(Generated),
    /// Check one target.
    Check(Box<SingleCheck>),
    /// Check every target of a list.
    List(Box<TargetList>),
}

/// `--generate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    /// The man page.
    Man,
    /// The completions of bash.
    Bash,
    /// The completions of zsh.
    Zsh,
    /// The completions of fish.
    Fish,
}

impl Generated {
    /// Returns what has this name, in any case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match &*name.to_ascii_lowercase() {
            "man" => Some(Self::Man),
            "bash" => Some(Self::Bash),
            "zsh" => Some(Self::Zsh),
            "fish" => Some(Self::Fish),
            _ => None,
        }
    }
}

/// A check of one target.
#[derive(Debug)]
pub struct SingleCheck {
    /// The check.
    pub check: Arc<Check>,
    /// The endpoint.
    pub target: Target,
    /// The name of the target in the output.
    pub label: Label,
    /// Options of the output.
    pub output: OutputOptions,
    /// The file that takes the output; `None` is standard output.
    pub output_file: Option<PathBuf>,
}

/// Checks of the targets of a list.
#[derive(Debug)]
pub struct TargetList {
    /// The list itself.
    pub source: ListSource,
    /// The options of the checks, as far as the lines do not give their own.
    pub defaults: Defaults,
    /// The options of the run.
    pub run: RunOptions,
}

/// Builds the command from the raw options.
///
/// # Errors
/// The message for the first invalid option.
pub(super) fn build_command(raw: &RawOptions) -> Result<Command, String> {
    if let Some(given) = raw.get(OptionId::Generate) {
        let what = given.parse(Generated::from_name)?;
        given.require(Feature::Generate)?;
        return Ok(Command::Generate(what));
    }
    let run = run::build_run_options(raw)?;
    if let Some(source) = run::list_source(raw)? {
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
        label: build_label(raw),
        // A summary is that of a list.
        output: OutputOptions {
            summary: false,
            ..run.output
        },
        output_file: run.output_file,
    })))
}

/// Builds the label of a single target, whether the options are valid or not. A list has none.
pub(super) fn build_label(raw: &RawOptions) -> Label {
    if raw.has(OptionId::Targets) {
        return Label::default();
    }
    let text = |given: &OptionValue| escape_lossy(&given.value);
    let target = raw.get(OptionId::UnixSock);
    let target = target.or(raw.get(OptionId::Hostname));
    Label {
        line: None,
        target: target.map_or_else(|| LOCALHOST.to_owned(), text).into(),
        name: raw.get(OptionId::Name).map(|name| text(name).into()),
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::flag::OptionSource;
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStringExt;

    fn command<S: AsRef<OsStr>>(args: impl AsRef<[S]>) -> Result<Command, String> {
        let mut raw = RawOptions::default();
        let args = args.as_ref().iter().map(OsString::from);
        raw.read(args, OptionSource::CommandLine)?;
        build_command(&raw)
    }

    #[test]
    fn label_is_the_name_or_else_the_target_as_written() {
        let label = |args: &[&str]| match command(args) {
            Ok(Command::Check(single)) => single.label.as_str().to_owned(),
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
