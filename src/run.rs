//! The program: from its arguments to its exit code.

use crate::batch;
use crate::cli::{self, Command, InvalidCommand, ListSource, SingleCheck, TargetList};
use crate::engine;
use crate::fd::{self, Stderr, Stdout};
use crate::outcome::{Cause, Failure, Trace};
use crate::phase::Phase;
use crate::record::{Checked, Event, Label, Record, UsageError};
use crate::report::output_file::{describe_output_error, unwritable_message};
use crate::report::{self, Format, OutputOptions, RunEnd, colour};
use crate::signals;
use crate::sink::{self, Sink};
use crate::status::Status;
use crate::verdict::Reason;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

/// Minimum time to wait for a standard output that is full and non-blocking. A check that ends at
/// its deadline has no time of its own left to write its result.
const MIN_WRITE_TIME: Duration = Duration::from_secs(1);

/// Runs the command in `argv` (with the name of the program), prints the result and returns the exit
/// code. The result of a single check is printed in one write. If standard output is closed,
/// or full until the deadline of the check, there is only the exit code.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let printed = |text| (text, Status::Unknown);
    let (text, mut status) = match cli::parse_argv(argv) {
        Ok(Command::Check(single)) => return run_check(*single),
        Ok(Command::List(list)) => run_list(*list),
        Ok(Command::Help) => printed(cli::help().into_bytes()),
        Ok(Command::Version) => printed(cli::version().into_bytes()),
        Ok(Command::PluginHelp(plugin)) => printed(cli::plugin_help(plugin).into_bytes()),
        Ok(Command::PluginVersion(plugin)) => printed(cli::plugin_version(plugin).into_bytes()),
        Ok(Command::Generate(what)) => (cli::generate(what).into_bytes(), Status::Ok),
        Err(invalid) => render_usage_error(invalid),
    };
    if !text.is_empty() {
        fd::catch_file_size_signal();
        // A part of a file is none of it.
        if fd::write_all_blocking(&mut Stdout, &text, Some(MIN_WRITE_TIME)).is_err() {
            status = status.or_unknown();
        }
    }
    ExitCode::from(status.code())
}

/// Runs a single check and prints its result.
fn run_check(single: SingleCheck) -> ExitCode {
    let SingleCheck {
        check,
        target,
        label,
        mut output,
        output_file,
    } = single;
    // The environment first: an agent's has no TERM, and a system call is spared.
    output.colour = output_file.is_none() && colour::is_wanted() && Stdout.as_fd().is_terminal();
    if let Some(path) = &output_file
        && let Err(e) = sink::try_replacing(path)
    {
        let (reason, message) = describe_output_error(path, &e);
        let error = UsageError {
            name: output.name.clone(),
            message,
        };
        let event = Event::NotChecked { reason, error };
        let (text, status) = render_error(&Record { label, event }, &output);
        let _ = fd::write_all_blocking(&mut Stdout, &text, Some(MIN_WRITE_TIME));
        return ExitCode::from(status.code());
    }
    let checked = engine::run_one(target.clone(), check.clone()).unwrap_or_else(|e| {
        let failure = Failure {
            phase: Phase::Resolving,
            cause: Cause::Engine(e),
            peer: None,
            certificate_requested: false,
        };
        Checked {
            target,
            check,
            outcome: Err(failure),
            trace: Trace::default(),
            began: engine::wall_clock(),
        }
    });
    let Checked { check, trace, .. } = &checked;
    let left = check.time_limit().saturating_sub(trace.total);
    let limit = Some(left.max(MIN_WRITE_TIME));
    let began = checked.began;
    let event = Event::Checked(Box::new(checked));
    let (text, status) = render(&Record { label, event }, &output, began, None);
    fd::catch_file_size_signal();
    let Some(path) = output_file else {
        let _ = fd::write_all_blocking(&mut Stdout, &text, limit);
        return ExitCode::from(status.code());
    };
    let status = match replace_file(&path, &text) {
        Ok(()) => status,
        Err(e) => {
            let message = unwritable_message(&path, &e) + "\n";
            let _ = fd::write_all_blocking(&mut Stderr, message.as_bytes(), Some(MIN_WRITE_TIME));
            status.or_unknown()
        }
    };
    ExitCode::from(status.code())
}

/// Replaces a file by a text. A signal that would end the process meanwhile comes too late.
fn replace_file(path: &Path, text: &[u8]) -> io::Result<()> {
    signals::disregard();
    let mut sink = Sink::open(Some(path))?;
    fd::write_all_blocking(&mut sink, text, None)?;
    sink.finish()
}

/// Runs a list, which prints its own results. Returns the text of an error that kept it from
/// starting, unless the file for the output takes it.
fn run_list(list: TargetList) -> (Vec<u8>, Status) {
    let output = list.run.output.clone();
    let mut output_file = list.run.output_file.clone();
    let is_list = |path: &PathBuf| match &list.source {
        ListSource::File(source) => sink::is_same_file(path, source),
        ListSource::Stdin => false,
    };
    let started = match output_file.take_if(|path| is_list(path)) {
        Some(path) => Err(describe_output_error(
            &path,
            &io::Error::other("it is the list"),
        )),
        None => batch::run(list),
    };
    let (reason, message) = match started {
        Ok(status) => return (Vec::new(), status),
        Err(error) => error,
    };
    let name = output.name.clone();
    let error = UsageError { name, message };
    let event = Event::NotChecked { reason, error };
    let label = Label::default();
    let (text, status) = render_error(&Record { label, event }, &output);
    match output_file.map(|path| replace_file(&path, &text)) {
        Some(Ok(())) => (Vec::new(), status),
        _ => (text, status),
    }
}

fn render_usage_error(invalid: InvalidCommand) -> (Vec<u8>, Status) {
    let InvalidCommand {
        error,
        label,
        format,
    } = invalid;
    let reason = Reason::Usage;
    let event = Event::NotChecked { reason, error };
    let output = OutputOptions {
        format,
        ..OutputOptions::default()
    };
    render_error(&Record { label, event }, &output)
}

/// Renders an error that kept a run from starting, as the record of a check.
fn render_error(record: &Record, output: &OutputOptions) -> (Vec<u8>, Status) {
    let output = OutputOptions {
        summary: false,
        ..output.clone()
    };
    if output.format == Format::Prometheus {
        // Samples have no message.
        let line = report::render(
            &report::judge_record(record),
            &OutputOptions::default(),
            RunEnd::COMPLETE,
        );
        let _ = fd::write_all_blocking(&mut Stderr, &line, Some(MIN_WRITE_TIME));
    }
    let incomplete = Some("nothing was checked");
    render(record, &output, engine::wall_clock(), incomplete)
}

fn render(
    record: &Record,
    output: &OutputOptions,
    began: SystemTime,
    incomplete: Option<&str>,
) -> (Vec<u8>, Status) {
    let judged = report::judge_record(record);
    let took = match &record.event {
        Event::Checked(checked) => checked.trace.total,
        Event::NotChecked { .. } => Duration::ZERO,
    };
    let end = RunEnd {
        incomplete,
        began,
        took,
    };
    let text = report::render(&judged, output, end);
    (text, judged.verdict.status)
}
