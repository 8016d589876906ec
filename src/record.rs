//! A check to be made and the record of one that was, with the label that both are printed under.

use crate::check::Check;
use crate::outcome::{Failure, Success, Trace};
use crate::target::Target;
use crate::verdict::Reason;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// A check to be made: one line of a list.
#[derive(Debug)]
pub struct Job {
    /// Its name in the output.
    pub label: Label,
    /// The endpoint.
    pub target: Target,
    /// The options, shared by lines that have the same.
    pub check: Arc<Check>,
}

/// What came of one line of a list, or of the command line.
#[derive(Debug)]
pub struct Record {
    /// What it is called.
    pub label: Label,
    /// What came of it.
    pub event: Event,
}

/// What a target is called in the output. Made harmless only when it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The number of its line, from 1; `None` for the target of the command line.
    pub line: Option<u64>,
    /// The target as written.
    pub target: Box<str>,
    /// `--name`.
    pub name: Option<Box<str>>,
}

/// What came of a target.
#[derive(Debug)]
pub enum Event {
    /// It was checked, or its check was broken off.
    Checked(Box<Checked>),
    /// No check was started.
    NotChecked {
        /// `Usage`, or `Local` where this machine lacked a resource.
        reason: Reason,
        /// The output line, with the number of the list's line in it.
        error: UsageError,
    },
}

/// An error in a command line or in a line of a list. Its status is always UNKNOWN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError {
    /// First word of the output line: the service in upper case, or `TCP`.
    pub name: String,
    /// The rest of the output line: the option or word at fault and what is valid in its place.
    /// Values are in it as they were typed, so that it has to be escaped for output.
    pub message: String,
}

/// A check that was begun.
#[derive(Debug)]
pub struct Checked {
    /// Who was asked.
    pub target: Target,
    /// What was asked.
    pub check: Arc<Check>,
    /// What came of it.
    pub outcome: Result<Success, Failure>,
    /// How it went on the way.
    pub trace: Trace,
    /// When it began, by the wall clock.
    pub began: SystemTime,
}

impl Label {
    /// What stands in the output: the name, or the target as written.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.target)
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for UsageError {}
