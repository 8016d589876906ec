//! From arguments to exit code.

use crate::batch;
use crate::cli::{self, Command, Format, InvalidCommand, SingleCheck, Style, TargetList};
use crate::engine::{self, Completion};
use crate::fd::{self, Stdout};
use crate::outcome::{Cause, Failure, Trace};
use crate::phase::Phase;
use crate::record::{Checked, Event, Label, Record, UsageError};
use crate::report::{judge_record, text};
use crate::status::Status;
use crate::verdict::Reason;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

/// For how long a standard output that is full and does not block is waited for at least: what came
/// of a check at its deadline is to be told too.
const PATIENCE: Duration = Duration::from_secs(1);

/// Does what `args` (without the program's own name) ask for, prints what came of it (of one check
/// in one write), and returns the exit code. Where standard output is closed, or full until the
/// check's deadline, the code says it alone.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut left = Duration::ZERO;
    let (text, status) = match cli::parse(args) {
        Ok(Command::Check(single)) => one(*single, &mut left),
        Ok(Command::List(list)) => many(*list),
        Ok(Command::Help) => (cli::help(), Status::Unknown),
        Ok(Command::Version) => (cli::version(), Status::Unknown),
        Err(invalid) => refused(invalid),
    };
    if !text.is_empty() {
        fd::catch_file_size_signal();
        let _ = fd::write_all_blocking(&mut Stdout, text.as_bytes(), Some(left.max(PATIENCE)));
    }
    ExitCode::from(status.code())
}

/// `left` becomes how much of its time the check has left over.
fn one(single: SingleCheck, left: &mut Duration) -> (String, Status) {
    let SingleCheck {
        check,
        target,
        label,
        format,
    } = single;
    let began = engine::wall_clock();
    let checked = match engine::run_one(target.clone(), check.clone()) {
        Ok(Completion {
            probe, outcome, at, ..
        }) => {
            *left = probe.deadline().saturating_duration_since(at);
            Checked {
                target,
                check,
                outcome,
                trace: probe.trace(at),
                began,
            }
        }
        Err(e) => Checked {
            target,
            check,
            outcome: Err(Failure {
                phase: Phase::Resolving,
                cause: Cause::Engine(e),
                peer: None,
                certificate_requested: false,
            }),
            trace: Trace::default(),
            began,
        },
    };
    let event = Event::Checked(Box::new(checked));
    told(&Record { label, event }, format)
}

/// A list prints its verdicts itself.
fn many(list: TargetList) -> (String, Status) {
    let name = list.run.name.clone();
    let format = match list.run.style {
        Style::Json => Format::Json,
        Style::Text | Style::Summary => Format::Text,
    };
    match batch::run(list) {
        Ok(status) => (String::new(), status),
        Err((reason, message)) => {
            let error = UsageError { name, message };
            let event = Event::NotChecked { reason, error };
            let label = Label::default();
            told(&Record { label, event }, format)
        }
    }
}

fn refused(invalid: InvalidCommand) -> (String, Status) {
    let InvalidCommand {
        error,
        label,
        format,
    } = invalid;
    let reason = Reason::Usage;
    let event = Event::NotChecked { reason, error };
    told(&Record { label, event }, format)
}

fn told(record: &Record, format: Format) -> (String, Status) {
    let judged = judge_record(record);
    let text = match format {
        Format::Json => judged.json(),
        Format::Text => text::record_line(&judged, true),
    };
    (text, judged.verdict.status)
}
