//! A check to run, the record of one that ran, and the label of both in the output.

use crate::check::Check;
use crate::dialogue::Expectation;
use crate::feature::Feature;
use crate::outcome::{Failure, Success, Trace};
use crate::reason::Reason;
use crate::target::Target;
use crate::tls::PathEnd;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// A check to run: one line of a list.
#[derive(Debug)]
pub struct Job {
    /// The label in the output.
    pub label: Label,
    /// The endpoint.
    pub target: Target,
    /// The options, shared by lines that have the same.
    pub check: Arc<Check>,
}

/// The result of one line of a list, or of the command line.
#[derive(Debug)]
pub struct Record {
    /// The label in the output.
    pub label: Label,
    /// The result.
    pub event: Event,
}

/// The name of a target in the output. It may contain untrusted text; rendering sanitizes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The line of the list, from 1; `None` for the target of the command line.
    pub line: Option<u64>,
    /// The target as written.
    pub target: Box<str>,
    /// `--name`.
    pub name: Option<Box<str>>,
}

/// The result of a target.
#[derive(Debug)]
pub enum Event {
    /// A check was started; it may have been interrupted.
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

/// A check that was started.
#[derive(Debug)]
pub struct Checked {
    /// The endpoint.
    pub target: Target,
    /// The options.
    pub check: Arc<Check>,
    /// The outcome.
    pub outcome: Result<Success, Failure>,
    /// The peer and the durations.
    pub trace: Trace,
    /// The start, by the wall clock.
    pub began: SystemTime,
}

impl Checked {
    /// Returns the expectation of the last step that began, if the check has steps and that is one of
    /// them.
    pub(crate) fn expectation(&self) -> Option<&Expectation> {
        self.check
            .expectation(self.trace.steps_begun.checked_sub(1)?)
    }

    /// Returns true if the check ended at a reply that leads to TLS.
    pub(crate) fn is_negotiating(&self) -> bool {
        self.expectation().is_some_and(|it| it.negotiates.is_some())
    }

    /// Returns the number, from 1, and the text of the step that the check ended in. `None` for a
    /// check without steps of its user, or before the first of them.
    pub fn step(&self) -> Option<(usize, &str)> {
        let own = &self.check.own_steps;
        let before = self.check.steps.len().checked_sub(own.len())?;
        let number = self.trace.steps_begun.checked_sub(before)?;
        Some((number, own.get(number.checked_sub(1)?)?))
    }

    /// Returns the end of the certificate path, where `--expiry` asks for it and there is one.
    pub fn path_end(&self) -> Option<&PathEnd> {
        self.check.expiry.filter(|_| Feature::Tls.is_built_in())?;
        self.trace.session.as_ref()?.path_end.as_ref()
    }
}

impl Label {
    /// Returns the name, or else the target as written.
    pub fn as_str(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.target)
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for UsageError {}
