//! The program: from its arguments to its exit code.

use crate::batch;
use crate::cli::{self, Command, InvalidCommand, SingleCheck, TargetList};
use crate::engine;
use crate::fd::{self, Stdout};
use crate::outcome::{Cause, Failure, Trace};
use crate::phase::Phase;
use crate::record::{Checked, Event, Label, Record, UsageError};
use crate::report::{self, Format};
use crate::status::Status;
use crate::verdict::Reason;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

/// Minimum time to wait for a standard output that is full and non-blocking. A check that ends at
/// its deadline has no time of its own left to write its result.
const MIN_WRITE_TIME: Duration = Duration::from_secs(1);

/// Runs the command in `argv` (with the name of the program), prints the result and returns the exit
/// code. The result of a single check is printed in one write. If standard output is closed,
/// or full until the deadline of the check, there is only the exit code.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut left = Duration::ZERO;
    let (text, status) = match cli::parse_argv(argv) {
        Ok(Command::Check(single)) => run_check(*single, &mut left),
        Ok(Command::List(list)) => run_list(*list),
        Ok(Command::Help) => (cli::help().into_bytes(), Status::Unknown),
        Ok(Command::Version) => (cli::version().into_bytes(), Status::Unknown),
        Ok(Command::PluginHelp(plugin)) => (cli::plugin_help(plugin).into_bytes(), Status::Unknown),
        Ok(Command::PluginVersion(plugin)) => {
            (cli::plugin_version(plugin).into_bytes(), Status::Unknown)
        }
        Err(invalid) => render_usage_error(invalid),
    };
    if !text.is_empty() {
        fd::catch_file_size_signal();
        let _ = fd::write_all_blocking(&mut Stdout, &text, Some(left.max(MIN_WRITE_TIME)));
    }
    ExitCode::from(status.code())
}

/// Runs a single check. Sets `left` to the time that is left until its deadline.
fn run_check(single: SingleCheck, left: &mut Duration) -> (Vec<u8>, Status) {
    let SingleCheck {
        check,
        target,
        label,
        format,
    } = single;
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
    *left = check.time_limit().saturating_sub(trace.total);
    let event = Event::Checked(Box::new(checked));
    render(&Record { label, event }, format)
}

/// Runs a list, which prints its own results. Returns the text of an error that kept it from
/// starting.
fn run_list(list: TargetList) -> (Vec<u8>, Status) {
    let name = list.run.output.name.clone();
    let format = list.run.output.format;
    match batch::run(list) {
        Ok(status) => (Vec::new(), status),
        Err((reason, message)) => {
            let error = UsageError { name, message };
            let event = Event::NotChecked { reason, error };
            let label = Label::default();
            render(&Record { label, event }, format)
        }
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
    render(&Record { label, event }, format)
}

fn render(record: &Record, format: Format) -> (Vec<u8>, Status) {
    let judged = report::judge_record(record);
    (report::render(&judged, format), judged.verdict.status)
}
