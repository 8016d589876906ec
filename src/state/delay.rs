//! A pause, as between sending and reading.

use super::{Cx, State, Transition, Wait};
use crate::outcome::Cause;
use std::time::{Duration, Instant};

/// Pauses. It tries nothing, so that it can fail at the deadline alone, if that comes in the pause.
pub(crate) struct Delay {
    until: Instant,
}

impl Delay {
    /// Begins the pause and moves the deadline back by its length, unless it counts within the
    /// limit.
    pub(super) fn enter(cx: &mut Cx<'_>, pause: Duration) -> Self {
        if !cx.check.delay_apart {
            *cx.deadline += pause;
        }
        Self {
            until: cx.now + pause,
        }
    }

    pub(super) fn step(self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        if cx.now < self.until {
            let until = self.until;
            return Transition::pending(self, Wait::until(until));
        }
        match self.outlasts_deadline(cx) {
            true => Err(Cause::TimedOut),
            false => Transition::next(cx.next_step()),
        }
    }

    /// Returns true if the pause counts within the limit and is longer than it.
    fn outlasts_deadline(&self, cx: &Cx<'_>) -> bool {
        cx.check.delay_apart && self.until > *cx.deadline
    }

    /// Ends the pause at the deadline. One that moved the deadline back began after it, in a step
    /// that was still due.
    pub(super) fn expire(self, cx: &mut Cx<'_>) -> Result<State, Cause> {
        match cx.check.delay_apart {
            true => Err(Cause::TimedOut),
            false => Ok(cx.next_step()),
        }
    }
}
