//! Reading of the reply, which is matched as it arrives.

use super::quitting::ReadResult;
use super::{Cx, READS_PER_STEP, STEP_TIME_BUDGET, State, Transition, Wait};
use crate::expect::{Decision, Matcher, Pattern};
use crate::link::Chunk;
use crate::net::Io;
use crate::outcome::{Cause, Reply};
use std::time::Instant;

/// Most work that matching one read may cost, in visited states of the pattern: about a
/// millisecond.
const STEP_STATE_BUDGET: usize = 1 << 18;

/// Feeds the reply to the pattern until it is decided.
pub(crate) struct Reading {
    matcher: Matcher,
    reply: Reply,
    /// The time at which silence ends the reply; `None` before it has begun.
    idle_at: Option<Instant>,
}

/// The end of a reply that the pattern did not decide before.
enum ReadEnd {
    /// The peer closed the stream.
    Peer,
    /// `--maxbytes` was reached.
    Limit,
    /// Nothing came for the time of `--idle`.
    Idle,
    /// The deadline passed.
    Deadline,
}

impl Reading {
    pub(super) fn new(pattern: &Pattern) -> Self {
        Self {
            matcher: pattern.matcher(),
            reply: Reply::default(),
            idle_at: None,
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        let Some(pattern) = &cx.check.expect else {
            return Transition::next(cx.next_step());
        };
        let affordable = STEP_STATE_BUDGET / pattern.states().max(1);
        for _ in 0..READS_PER_STEP {
            let size = self
                .remaining(cx)
                .min(affordable.max(1))
                .min(cx.scratch.buffer.len());
            let is_idle = self.is_idle(cx);
            let buffer = cx.scratch.buffer.get_mut(..size).unwrap_or_default();
            let read = match cx.link.read(cx.net, buffer)? {
                // Records without data are silence too.
                Io::Blocked(_) | Io::Ready(Chunk::Nothing) if is_idle => {
                    return Transition::next(self.decide(cx, ReadEnd::Idle)?);
                }
                Io::Blocked(on) => {
                    let wait = Wait::either(Some(on), self.idle_at);
                    return Transition::pending(self, wait);
                }
                // TLS session tickets are no data, but decrypting them takes time too.
                Io::Ready(Chunk::Nothing) if cx.net.now() >= cx.now + STEP_TIME_BUDGET => break,
                Io::Ready(Chunk::Nothing) => continue,
                Io::Ready(Chunk::End) => {
                    return Transition::next(self.decide(cx, ReadEnd::Peer)?);
                }
                Io::Ready(Chunk::Bytes(read)) => read,
            };
            cx.timestamps.answer(cx.now);
            self.idle_at = cx.check.idle.map(|idle| cx.now + idle);
            let bytes = buffer.get(..read).unwrap_or_default();
            self.reply.push(bytes);
            match self.matcher.feed(pattern, &mut cx.scratch.cache, bytes) {
                Decision::Matched => return Transition::next(self.matched(cx)),
                Decision::Never => return Transition::next(self.unexpected(cx, false, false)),
                Decision::Open if self.remaining(cx) == 0 => {
                    return Transition::next(self.decide(cx, ReadEnd::Limit)?);
                }
                Decision::Open if cx.net.now() >= cx.now + STEP_TIME_BUDGET => break,
                Decision::Open => {}
            }
        }
        Transition::yield_now(self, cx)
    }

    /// Returns true if the silence that ends the reply has passed, and did so before the deadline.
    fn is_idle(&self, cx: &Cx<'_>) -> bool {
        self.idle_at
            .is_some_and(|at| cx.now >= at && at <= *cx.deadline)
    }

    pub(super) fn expire(self, cx: &mut Cx<'_>) -> Result<State, Cause> {
        self.decide(cx, ReadEnd::Deadline)
    }

    /// Returns the number of bytes that may still be read.
    fn remaining(&self, cx: &Cx<'_>) -> usize {
        let remaining = cx
            .check
            .max_bytes
            .map(|limit| limit.get().saturating_sub(self.reply.total()));
        remaining.map_or(usize::MAX, |remaining| {
            usize::try_from(remaining).unwrap_or(usize::MAX)
        })
    }

    /// Matches the bytes read so far as the whole reply.
    fn decide(mut self, cx: &mut Cx<'_>, end: ReadEnd) -> Result<State, Cause> {
        let pattern = cx.check.expect.as_ref();
        let matches = pattern.is_some_and(|p| self.matcher.finish(p, &mut cx.scratch.cache));
        let is_anchored = pattern.is_some_and(Pattern::is_anchored);
        match end {
            _ if matches => Ok(self.matched(cx)),
            ReadEnd::Peer if self.reply.total() == 0 => Err(Cause::Closed),
            // With `--idle` the deadline does not end a reply, which is still coming then.
            ReadEnd::Deadline if self.reply.total() == 0 || cx.check.idle.is_some() => {
                Err(Cause::TimedOut)
            }
            ReadEnd::Peer => Ok(self.unexpected(cx, false, false)),
            // An anchored pattern that is undecided has matched so far: this may be the middle of a
            // good reply, where a quit string has no place.
            ReadEnd::Limit | ReadEnd::Idle => Ok(self.unexpected(cx, false, is_anchored)),
            ReadEnd::Deadline => Ok(self.unexpected(cx, true, is_anchored)),
        }
    }

    fn matched(self, cx: &Cx<'_>) -> State {
        cx.quit(ReadResult::Matched {
            reply: self.reply,
            elapsed: cx.elapsed(),
        })
    }

    fn unexpected(self, cx: &Cx<'_>, open: bool, is_partial: bool) -> State {
        cx.quit(ReadResult::Unexpected {
            reply: self.reply,
            elapsed: cx.elapsed(),
            open,
            is_partial,
        })
    }
}
