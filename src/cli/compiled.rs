//! A check that lines of a list share, and the memory of all such checks.

use super::build;
use super::option_value::escape_for_message;
use super::raw_options::RawOptions;
use crate::check::Check;
use crate::dialogue::Step;
use crate::host::describe_uncertifiable;
use crate::memory::Budget;
use crate::record::UsageError;
use crate::target::Target;
use std::sync::Arc;

/// Memory of all checks of lines, in bytes, whether they are cached, wait, or are in flight. One
/// may go beyond it, with an automaton of 4 MiB and a line of 64 KiB at most.
const MAX_CHECKS: usize = 48 << 20;

/// The part of [`MAX_CHECKS`] that the cache may hold. It is less than all of it, since no further
/// line is read while the memory is used up, and only checks that end free it.
pub(super) const MAX_CACHED: usize = MAX_CHECKS / 2;

/// Memory for the captures of the patterns of those checks, in bytes. With it, and with the largest
/// check, all stays within 64 MiB.
const MAX_CAPTURES: usize = 8 << 20;

/// A check of a line of a list, and the port of a target without one.
#[derive(Clone, Debug)]
pub struct CompiledCheck {
    /// The check; lines with the same options share it.
    pub check: Arc<Check>,
    /// The port of the line's options, of the command line or of the preset.
    pub port: Option<u16>,
}

/// The memory of the checks of lines.
#[derive(Debug)]
pub(super) struct CheckMemory {
    pub(super) checks: Arc<Budget>,
    captures: Arc<Budget>,
}

impl CompiledCheck {
    /// Compiles the options of the command line.
    ///
    /// # Errors
    /// The message for the first invalid option.
    pub(super) fn new(raw: &RawOptions) -> Result<Self, String> {
        let (check, port) = build::build_check_and_port(raw, None)?;
        let check = Arc::new(check);
        Ok(Self { check, port })
    }

    /// Compiles the options of a line, and counts their memory. With `same_reply`, a compiled check
    /// that expects the same reply, the pattern is shared and counts there.
    ///
    /// # Errors
    /// The message for the first invalid option.
    pub(super) fn new_in(
        memory: &CheckMemory,
        raw: &RawOptions,
        same_reply: Option<&Check>,
    ) -> Result<Self, String> {
        let (mut check, port) = build::build_check_and_port(raw, same_reply)?;
        let mut bytes = check.memory_usage();
        let pattern = check.expect.as_mut().filter(|_| same_reply.is_none());
        let steps = check.steps.iter_mut().filter_map(Step::pattern_mut);
        for pattern in pattern.into_iter().chain(steps) {
            pattern.keep_captures_within(&memory.captures);
            bytes += pattern.memory_usage();
        }
        check.memory = memory.checks.acquire(bytes);
        let check = Arc::new(check);
        Ok(Self { check, port })
    }

    /// Checks that a target has a name to verify where its certificate is verified.
    ///
    /// # Errors
    /// It has none.
    pub fn check_target(&self, target: &Target) -> Result<(), UsageError> {
        let Some(tls) = &self.check.tls else {
            return Ok(());
        };
        if !tls.is_name_missing(target) {
            return Ok(());
        }
        let message = match target {
            Target::Socket(_) => "a Unix socket with TLS: requires --sni, the name to verify, \
                                  or --no-check-certificate"
                .to_owned(),
            Target::Name { .. } | Target::Address { .. } => {
                let host = target.as_written();
                format!(
                    "{}: {}",
                    escape_for_message(host),
                    describe_uncertifiable(&host.to_string_lossy())
                )
            }
        };
        let name = self.check.name.clone();
        Err(UsageError { name, message })
    }
}

impl Default for CheckMemory {
    fn default() -> Self {
        Self {
            checks: Arc::new(Budget::new(MAX_CHECKS)),
            captures: Arc::new(Budget::new(MAX_CAPTURES)),
        }
    }
}
