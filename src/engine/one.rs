//! A single check, on an engine of its own.

use super::os_platform::OsPlatform;
use super::{Completion, Engine, Limits, LookupLimits, wall_clock};
use crate::check::Check;
use crate::record::Checked;
use crate::target::Target;
use std::io;
use std::sync::Arc;

/// Runs one check from start to end.
///
/// # Errors
/// The poll loop could not be set up or failed.
pub fn run_one(target: Target, check: Arc<Check>) -> io::Result<Checked> {
    let limits = Limits {
        sockets: usize::MAX,
        lookups: LookupLimits {
            places: 1,
            threads: 1,
        },
    };
    let began = wall_clock();
    let mut engine = Engine::new(OsPlatform::new(1, limits.lookups.threads)?, limits);
    let mut result = engine.admit((), target, check);
    while result.is_none() && engine.in_flight() > 0 {
        engine.wait(None)?;
        engine.step(|ended| result = Some(ended));
    }
    let Some(Completion {
        probe, outcome, at, ..
    }) = result
    else {
        return Err(io::Error::other("the probe ended without an outcome"));
    };
    let trace = probe.trace(at);
    let (target, check) = probe.into_parts();
    Ok(Checked {
        target,
        check,
        outcome,
        trace,
        began,
    })
}
