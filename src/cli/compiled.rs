//! A check that is shared by lines of a list, and the memory that all such checks take up together.

use super::build;
use super::option_value::shown;
use super::raw_options::RawOptions;
use super::tls::no_name;
use crate::check::Check;
use crate::memory::Budget;
use crate::record::UsageError;
use crate::target::Target;
use std::sync::Arc;

/// What all checks of lines may take up, in bytes, whether they are kept, wait, or are in flight.
/// One may go beyond it, with an automaton of 4 MiB and a line of 64 KiB at most.
const CHECKS: usize = 48 << 20;

/// As much of that may be kept for lines that ask the same. It is less than all, since no further
/// line is read while there is no room, and what is kept makes none.
pub(super) const KEPT: usize = CHECKS / 2;

/// What is kept beside the checks for finding what groups matched. All stays within 64 MiB.
const CAPTURES: usize = 8 << 20;

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
pub(super) struct Memory {
    /// Of the checks.
    pub(super) checks: Arc<Budget>,
    captures: Arc<Budget>,
}

impl CompiledCheck {
    /// # Errors
    /// The message for the first option that is wrong.
    pub(super) fn of(raw: &RawOptions) -> Result<Self, String> {
        build::build_check_and_port(raw, None).map(Self::from)
    }

    /// The same, with its memory counted. With `alike`, a check that was compiled before and waits
    /// for the same, it has that one's pattern, which counts there.
    ///
    /// # Errors
    /// As above.
    pub(super) fn counted(
        raw: &RawOptions,
        memory: &Memory,
        alike: Option<&Check>,
    ) -> Result<Self, String> {
        let (mut check, port) = build::build_check_and_port(raw, alike)?;
        let mut bytes = check.memory_usage();
        if let Some(pattern) = check.expect.as_mut().filter(|_| alike.is_none()) {
            pattern.keep_captures_within(&memory.captures);
            bytes += pattern.memory_usage();
        }
        check.memory = memory.checks.take(bytes);
        Ok((check, port).into())
    }

    /// Checks that a target has a name to verify where its certificate is verified.
    ///
    /// # Errors
    /// It has none.
    pub fn check_target(&self, target: &Target) -> Result<(), UsageError> {
        let Some(tls) = &self.check.tls else {
            return Ok(());
        };
        if !tls.lacks_name(target) {
            return Ok(());
        }
        let message = match target {
            Target::Socket(_) => "a Unix socket with TLS: takes --sni too, the name to verify, \
                                  or else --no-check-certificate"
                .to_owned(),
            Target::Name { .. } | Target::Address { .. } => {
                let host = target.as_written();
                format!("{}: {}", shown(host), no_name(&host.to_string_lossy()))
            }
        };
        let name = self.check.name.clone();
        Err(UsageError { name, message })
    }
}

impl From<(Check, Option<u16>)> for CompiledCheck {
    fn from((check, port): (Check, Option<u16>)) -> Self {
        Self {
            check: Arc::new(check),
            port,
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            checks: Arc::new(Budget::new(CHECKS)),
            captures: Arc::new(Budget::new(CAPTURES)),
        }
    }
}
