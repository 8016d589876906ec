//! The reply goes to the pattern, piece by piece.

use super::{Cx, Quitting, STEP_TIME_BUDGET, State, Transition, Wait};
use crate::expect::{Decision, Matcher, Pattern};
use crate::link::Chunk;
use crate::net::Io;
use crate::outcome::{Cause, Reply};

/// How many reads one step may take before others get their turn: a peer can send without end.
const READS: usize = 16;

/// What the matching of one read may cost, in states of the pattern visited: about a millisecond.
const STEP_STATE_BUDGET: usize = 1 << 18;

/// Feeds the reply to the pattern until it is decided.
pub struct Reading {
    matcher: Matcher,
    reply: Reply,
}

impl Reading {
    pub(super) fn new(pattern: &Pattern) -> Self {
        Self {
            matcher: pattern.matcher(),
            reply: Reply::default(),
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        let Some(pattern) = &cx.check.expect else {
            return Transition::next(Quitting::unread(cx));
        };
        let share = STEP_STATE_BUDGET / pattern.states().max(1);
        for _ in 0..READS {
            let size = self
                .remaining(cx)
                .min(share.max(1))
                .min(cx.scratch.buffer.len());
            let buffer = cx.scratch.buffer.get_mut(..size).unwrap_or_default();
            let read = match cx.link.read(cx.net, buffer)? {
                Io::Blocked(on) => return Transition::pending(self, Wait::on(on)),
                // Tickets, too, cost time.
                Io::Ready(Chunk::Nothing) if cx.net.now() >= cx.now + STEP_TIME_BUDGET => break,
                Io::Ready(Chunk::Nothing) => continue,
                Io::Ready(Chunk::End) => {
                    return Ok(Transition::Next(self.decide(cx, ReadEnd::Peer)?));
                }
                Io::Ready(Chunk::Bytes(read)) => read,
            };
            cx.timestamps.answer(cx.now);
            let bytes = buffer.get(..read).unwrap_or_default();
            self.reply.push(bytes);
            match self.matcher.feed(pattern, &mut cx.scratch.cache, bytes) {
                Decision::Matched => return Transition::next(Quitting::matched(self.reply, cx)),
                Decision::Never => {
                    return Transition::next(Quitting::unexpected(self.reply, cx, false));
                }
                Decision::Open if self.remaining(cx) == 0 => {
                    return Ok(Transition::Next(self.decide(cx, ReadEnd::Limit)?));
                }
                Decision::Open if cx.net.now() >= cx.now + STEP_TIME_BUDGET => break,
                Decision::Open => {}
            }
        }
        Transition::yield_now(self, cx)
    }

    pub(super) fn expire(self, cx: &mut Cx<'_>) -> Result<State, Cause> {
        self.decide(cx, ReadEnd::Deadline)
    }

    /// How many bytes may still be taken in.
    fn remaining(&self, cx: &Cx<'_>) -> usize {
        let remaining = cx
            .check
            .max_bytes
            .map(|limit| limit.get().saturating_sub(self.reply.total()));
        remaining.map_or(usize::MAX, |remaining| {
            usize::try_from(remaining).unwrap_or(usize::MAX)
        })
    }

    /// No more will come: what came is the whole reply.
    fn decide(mut self, cx: &mut Cx<'_>, ending: ReadEnd) -> Result<State, Cause> {
        let pattern = cx.check.expect.as_ref();
        let matches = pattern.is_some_and(|p| self.matcher.finish(p, &mut cx.scratch.cache));
        match ending {
            _ if matches => Ok(Quitting::matched(self.reply, cx).into()),
            ReadEnd::Peer if self.reply.total() == 0 => Err(Cause::Closed),
            ReadEnd::Deadline if self.reply.total() == 0 => Err(Cause::TimedOut),
            ending => {
                let open = matches!(ending, ReadEnd::Deadline);
                let quitting = Quitting::unexpected(self.reply, cx, open);
                // What an anchored pattern is open to is the rest of a reply that has begun well.
                let goes_on = !matches!(ending, ReadEnd::Peer);
                Ok(match goes_on && pattern.is_some_and(Pattern::is_anchored) {
                    true => quitting.without_a_word().into(),
                    false => quitting.into(),
                })
            }
        }
    }
}

/// What ended the reading.
enum ReadEnd {
    Peer,
    Limit,
    Deadline,
}
