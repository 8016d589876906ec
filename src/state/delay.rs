//! The pause between sending and reading.

use super::{Cx, Quitting, Reading, State, Transition, Wait};
use crate::outcome::Cause;
use std::time::Instant;

/// Pauses. The only state that can't fail: nothing is tried in it.
pub struct Delay {
    until: Instant,
}

impl Delay {
    /// Begins the pause now, and moves the deadline back by as much.
    pub(super) fn enter(cx: &mut Cx<'_>) -> Self {
        *cx.deadline += cx.check.delay;
        Self {
            until: cx.now + cx.check.delay,
        }
    }

    pub(super) fn step(self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        if cx.now < self.until {
            let until = self.until;
            return Transition::pending(self, Wait::until(until));
        }
        Ok(Transition::Next(next(cx)))
    }

    /// A pause that began after the deadline, in the step that was still due, ends before its time.
    pub(super) fn expire(self, cx: &mut Cx<'_>) -> State {
        next(cx)
    }
}

fn next(cx: &mut Cx<'_>) -> State {
    match &cx.check.expect {
        Some(pattern) => Reading::new(pattern).into(),
        None => Quitting::unread(cx).into(),
    }
}
