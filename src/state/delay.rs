//! The pause between sending and reading.

use super::{Cx, State, Transition, Wait};
use crate::outcome::Cause;
use std::time::Instant;

/// Pauses. The only state that cannot fail, because it tries nothing.
pub(crate) struct Delay {
    until: Instant,
}

impl Delay {
    /// Begins the pause and moves the deadline back by its length.
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
        Transition::next(cx.next_step())
    }

    /// Ends the pause early. It began after the deadline, in a step that was still due.
    pub(super) fn expire(self, cx: &mut Cx<'_>) -> State {
        cx.next_step()
    }
}
