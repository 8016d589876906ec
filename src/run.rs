//! From arguments to exit code.

use crate::check::Check;
use crate::cli::{self, Command};
use crate::engine;
use crate::outcome::{Cause, Failure, Status, judge};
use crate::report::line;
use crate::state::Phase;
use crate::target::Target;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// Does what `args` (without the program's own name) ask for, prints what came of it in one write,
/// and returns the exit code. Where standard output is closed or full, the code says it alone.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (text, status) = match cli::parse(args) {
        // As text, whatever `single.format` says: records are not rendered as JSON yet.
        Ok(Command::Check(single)) => one(single.check, single.target),
        Ok(Command::List(list)) => (
            line::usage(&list.run.name, "lists are not there yet"),
            Status::Unknown,
        ),
        Ok(Command::Help) => (cli::help(), Status::Unknown),
        Ok(Command::Version) => (cli::version(), Status::Unknown),
        Err(e) => (line::usage(&e.name, &e.message), Status::Unknown),
    };
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::from(status.code())
}

fn one(check: Arc<Check>, target: Target) -> (String, Status) {
    let outcome = match engine::run_one(target.clone(), check.clone()) {
        Ok(ended) => ended.outcome,
        Err(e) => Err(Failure {
            phase: Phase::Resolving,
            cause: Cause::Engine(e),
            peer: None,
        }),
    };
    let status = judge(&check, &outcome);
    (line::check(&check, &target, &outcome, status), status)
}
