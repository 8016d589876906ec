//! The options of a command line as defaults for the lines of a list.

use super::build;
use super::compiled::{CheckMemory, CompiledCheck, MAX_CACHED};
use super::flag::{OptionId, OptionSource};
use super::option_value::{OptionValue, escape_lossy};
use super::raw_options::RawOptions;
use crate::memory::Budget;
use crate::record::UsageError;
use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;

/// The number of different additions that are cached.
const MAX_ADDITIONS: usize = 1024;

/// The options of a command line with a list, which count where a line does not give its own.
#[derive(Debug)]
pub struct Defaults {
    raw: RawOptions,
    plain: CompiledCheck,
    name: Option<String>,
    cache: CheckCache,
    memory: CheckMemory,
}

/// Compiled checks by the options that a line adds, `--name` and `--port` aside; errors are cached
/// too.
///
/// A compiled check depends on the command line, which stays the same, and on this key: every
/// option of the line, as given, in the order of the table. So equal keys give the same check, or
/// the same message to the letter. `--name` and `--port` are no part of a check, and are read anew
/// for each line. Trust stores, the one input from elsewhere, are read once a process.
#[derive(Debug, Default)]
struct CheckCache {
    checks: HashMap<Vec<OptionValue>, Result<CompiledCheck, UsageError>>,
    bytes: usize,
}

/// The options of one line, merged with those of the command line.
#[derive(Clone, Debug)]
pub struct LineOptions {
    /// `--name` of the line or else of the command line, even if another option is invalid.
    pub name: Option<String>,
    /// The check, or the first error.
    pub compiled: Result<CompiledCheck, UsageError>,
}

impl Defaults {
    /// # Errors
    /// The message for the first option that is invalid whatever a line adds.
    pub(super) fn new(raw: &RawOptions) -> Result<Self, String> {
        Ok(Self {
            raw: raw.clone(),
            plain: CompiledCheck::new(raw)?,
            name: name(raw),
            cache: CheckCache::default(),
            memory: CheckMemory::default(),
        })
    }

    /// The memory of all checks that lines add options to. No further line may be read while it is
    /// used up; so all that is compiled for lines stays within 64 MiB.
    pub fn memory(&self) -> Arc<Budget> {
        self.memory.checks.clone()
    }

    /// Merges the options of a line, the words behind its target, into those of the command line:
    /// an option of the line replaces the command line's.
    ///
    /// Lines that add nothing to the check share the command line's. Lines that add the same share
    /// one check, as long as it is in the cache, which starts anew once it holds 1,024 checks or
    /// 24 MiB.
    ///
    /// Reads the trust store where a line is the first to need it.
    pub fn line_options(&mut self, words: Vec<OsString>) -> LineOptions {
        if words.is_empty() {
            return LineOptions {
                name: self.name.clone(),
                compiled: Ok(self.plain.clone()),
            };
        }
        let mut line = RawOptions::default();
        let read = line.read(words, OptionSource::ListLine);
        let name = name(&line).or_else(|| self.name.clone());
        let compiled = match read {
            Ok(()) => self.compile_line(line),
            Err(message) => {
                let service = line.get(OptionId::Service);
                let service = service.or(self.raw.get(OptionId::Service));
                Err(usage_error(service, message))
            }
        };
        LineOptions { name, compiled }
    }

    fn compile_line(&mut self, mut line: RawOptions) -> Result<CompiledCheck, UsageError> {
        line.remove(OptionId::Name);
        let port = line.remove(OptionId::Port);
        let mut compiled = self.compile_additions(line.into_given())?;
        if let Some(port) = port {
            let port = port.parse(build::parse_port);
            compiled.port = Some(port.map_err(|message| UsageError {
                name: compiled.check.name.clone(),
                message,
            })?);
        }
        Ok(compiled)
    }

    fn compile_additions(
        &mut self,
        additions: Vec<OptionValue>,
    ) -> Result<CompiledCheck, UsageError> {
        if additions.is_empty() {
            return Ok(self.plain.clone());
        }
        if let Some(compiled) = self.cache.checks.get(&additions) {
            return compiled.clone();
        }
        let mut raw = self.raw.clone();
        raw.overlay(&additions);
        let expects_same_reply = [OptionId::Service, OptionId::ExpectPattern]
            .into_iter()
            .all(|id| raw.get(id) == self.raw.get(id));
        let same_reply = expects_same_reply.then_some(&*self.plain.check);
        let compiled = CompiledCheck::new_in(&self.memory, &raw, same_reply)
            .map_err(|message| usage_error(raw.get(OptionId::Service), message));
        self.cache.insert(additions, compiled.clone());
        compiled
    }
}

impl CheckCache {
    /// Adds a check. A full cache is emptied first: a list with so many different additions mostly
    /// repeats none of them, and any that it does repeat are soon back.
    fn insert(&mut self, additions: Vec<OptionValue>, compiled: Result<CompiledCheck, UsageError>) {
        let value = match &compiled {
            Ok(compiled) => compiled.check.memory.bytes(),
            Err(error) => error.message.len(),
        };
        let key: usize = additions.iter().map(OptionValue::memory_usage).sum();
        if self.checks.len() >= MAX_ADDITIONS || self.bytes + key + value > MAX_CACHED {
            self.checks.clear();
            self.bytes = 0;
        }
        self.bytes += key + value;
        self.checks.insert(additions, compiled);
    }
}

/// `--name`.
fn name(raw: &RawOptions) -> Option<String> {
    let name = raw.get(OptionId::Name)?;
    Some(escape_lossy(&name.value))
}

fn usage_error(service: Option<&OptionValue>, message: String) -> UsageError {
    UsageError {
        name: build::service_name(service),
        message,
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
