//! The command line as the defaults of a list, and a line's options over them.

use super::build;
use super::compiled::{self, CompiledCheck, Memory};
use super::flag::OptionId;
use super::option_value::{OptionValue, escape_lossy};
use super::raw_options::{OptionSource, RawOptions};
use super::recent::Recent;
use crate::memory::Budget;
use crate::record::UsageError;
use std::ffi::OsString;
use std::sync::Arc;

/// How many different additions are kept compiled.
const KEPT: usize = 1024;

/// What the command line asks of the targets of a list.
#[derive(Debug)]
pub struct Defaults {
    raw: RawOptions,
    plain: CompiledCheck,
    name: Option<String>,
    /// By what a line adds, `--name` and `--port` aside; what is refused is kept too.
    ///
    /// All that a compiled check is made of is the command line, which stays the same, and this key
    /// laid over it: every option that the line gives, as typed, in the order of the table. So
    /// equal keys give the same check, or the same message to the letter. `--name` and `--port` are
    /// no part of a check, and read anew for each line. The one thing that is read from elsewhere,
    /// the trust store, is read once a process.
    kept: Recent<OptionValue, Result<CompiledCheck, UsageError>>,
    memory: Memory,
}

/// The options of one line, merged with those of the command line.
#[derive(Clone, Debug)]
pub struct LineOptions {
    /// `--name`, of the line or else of the command line, valid or not the rest.
    pub name: Option<String>,
    /// The check, or the first error.
    pub compiled: Result<CompiledCheck, UsageError>,
}

impl Defaults {
    /// # Errors
    /// The message for the first option that is wrong whatever a line may add.
    pub(super) fn new(raw: &RawOptions) -> Result<Self, String> {
        Ok(Self {
            raw: raw.clone(),
            plain: CompiledCheck::of(raw)?,
            name: raw
                .get(OptionId::Name)
                .map(|name| escape_lossy(&name.value)),
            kept: Recent::new(KEPT, compiled::KEPT),
            memory: Memory::default(),
        })
    }

    /// The memory of all checks that lines add something to. While it has no room, no further line
    /// is to be read; so all that is compiled for lines stays within 64 MiB.
    pub fn memory(&self) -> Arc<Budget> {
        self.memory.checks.clone()
    }

    /// What a line asks with `options`, the words behind its target: each takes the place of the
    /// command line's. What adds nothing to the check shares the command line's, and what adds the
    /// same as one of the last 1,024 different lines shares that line's, unless these took up more
    /// than 24 MiB.
    ///
    /// The trust store is read here, where a line is the first to use it.
    pub fn line(&mut self, options: Vec<OsString>) -> LineOptions {
        if options.is_empty() {
            return LineOptions {
                name: self.name.clone(),
                compiled: Ok(self.plain.clone()),
            };
        }
        let mut raw = RawOptions::default();
        let read = raw.read(options, OptionSource::ListLine);
        let name = raw
            .remove(OptionId::Name)
            .map(|typed| escape_lossy(&typed.value));
        let compiled = match read {
            Ok(()) => self.compiled_for(raw),
            Err(message) => Err(UsageError {
                name: build::service_name(
                    raw.get(OptionId::Service)
                        .or(self.raw.get(OptionId::Service)),
                ),
                message,
            }),
        };
        LineOptions {
            name: name.or_else(|| self.name.clone()),
            compiled,
        }
    }

    fn compiled_for(&mut self, mut line: RawOptions) -> Result<CompiledCheck, UsageError> {
        let port = line.remove(OptionId::Port);
        let mut compiled = self.compiled(line.into_given())?;
        if let Some(typed) = port {
            let port = typed.parsed(build::port_number);
            let port = port.map_err(|message| UsageError {
                name: compiled.check.name.clone(),
                message,
            })?;
            compiled.port = Some(port);
        }
        Ok(compiled)
    }

    fn compiled(&mut self, additions: Vec<OptionValue>) -> Result<CompiledCheck, UsageError> {
        if additions.is_empty() {
            return Ok(self.plain.clone());
        }
        self.kept.value(additions, |additions| {
            let mut raw = self.raw.clone();
            raw.overlay(additions);
            let waits_for = |raw: &RawOptions| {
                (
                    raw.get(OptionId::Service).cloned(),
                    raw.get(OptionId::ExpectPattern).cloned(),
                )
            };
            let is_alike = waits_for(&raw) == waits_for(&self.raw);
            let alike = is_alike.then_some(&*self.plain.check);
            let compiled = CompiledCheck::counted(&raw, &self.memory, alike);
            let compiled = compiled.map_err(|message| UsageError {
                name: build::service_name(raw.get(OptionId::Service)),
                message,
            });
            let bytes = match &compiled {
                Ok(compiled) => compiled.check.memory.bytes(),
                Err(error) => error.message.len(),
            };
            let additions: usize = additions.iter().map(OptionValue::memory_usage).sum();
            (compiled, bytes + additions)
        })
    }
}

#[cfg(test)]
mod tests;
