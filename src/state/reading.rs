//! Reading of the reply, which is matched as it arrives.

use super::quitting::ReadResult;
use super::{Cx, READS_PER_STEP, STEP_TIME_BUDGET, Scratch, State, Transition, Wait};
use crate::dialogue::Expectation;
use crate::expect::{Decision, Matcher, Pattern};
use crate::link::Chunk;
use crate::net::Io;
use crate::outcome::{Cause, Reply};
use crate::tls::TlsError;
use std::time::Instant;

/// Most work that matching one read may cost, in visited states of the pattern: about a
/// millisecond.
const STEP_STATE_BUDGET: usize = 1 << 18;

/// Feeds the reply to what is expected of it, until that is decided.
pub(crate) struct Reading {
    /// The match of the check's only pattern; `None` where the check has steps of its own.
    matcher: Option<Matcher>,
    reply: Reply,
    /// The time at which silence ends the reply; `None` before it has begun.
    idle_at: Option<Instant>,
}

/// The end of a reply that was not decided before.
#[derive(Clone, Copy)]
pub(super) enum ReadEnd {
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
    pub(super) fn enter(cx: &mut Cx<'_>) -> Self {
        let matcher = cx.check.expect.as_ref().map(Pattern::matcher);
        let reply = match matcher {
            Some(_) => Reply::default(),
            None => {
                let (check, step) = (cx.check, cx.step_index());
                cx.progress().begin_reading(check, step)
            }
        };
        let mut reading = Self {
            matcher,
            reply,
            idle_at: None,
        };
        reading.restart_idle(cx);
        reading
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        // Another step may have read the reply, or its end.
        match self.decision(cx) {
            Decision::Matched => return Transition::next(self.matched(cx)),
            Decision::Never => return Transition::next(self.unexpected(cx, false, false)),
            Decision::Open => {}
        }
        let end = cx.progress.as_deref().and_then(|progress| progress.end);
        let limit = (self.remaining(cx) == 0).then_some(ReadEnd::Limit);
        if let Some(end) = end.filter(|_| self.matcher.is_none()).or(limit) {
            return Transition::next(self.decide(cx, end)?);
        }
        let affordable = STEP_STATE_BUDGET / self.states(cx).max(1);
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
            if !cx.is_before_tls() {
                cx.timestamps.answer(cx.now);
            }
            let decision = self.feed(cx, read);
            self.restart_idle(cx);
            match decision {
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
        let limit = cx.check.max_bytes.zip(self.counted(cx));
        let remaining = limit.map(|(limit, counted)| limit.get().saturating_sub(counted));
        remaining.map_or(usize::MAX, |remaining| {
            usize::try_from(remaining).unwrap_or(usize::MAX)
        })
    }

    /// Returns the number of bytes that count for `--maxbytes` and `--idle`; `None` on the way to
    /// TLS, since the two are for the check under it.
    fn counted(&self, cx: &Cx<'_>) -> Option<u64> {
        let progress = cx.progress.as_deref().filter(|_| self.matcher.is_none());
        match progress {
            _ if expectation(cx).is_some_and(|it| it.negotiates.is_some()) => None,
            Some(progress) => Some(progress.counted(&self.reply)),
            None => Some(self.reply.total()),
        }
    }

    /// Lets the silence that ends the reply begin now, if the reply has begun.
    fn restart_idle(&mut self, cx: &Cx<'_>) {
        let idle = cx.check.idle.filter(|_| self.counted(cx) > Some(0));
        self.idle_at = idle.map(|idle| cx.now + idle);
    }

    /// Returns the decision that earlier steps have brought about.
    fn decision(&self, cx: &Cx<'_>) -> Decision {
        match cx.progress.as_deref().filter(|_| self.matcher.is_none()) {
            Some(progress) => progress.decision(cx.step_index()),
            None => Decision::Open,
        }
    }

    /// Returns the cost of one byte, in visited states.
    fn states(&self, cx: &Cx<'_>) -> usize {
        match (&cx.check.expect, cx.progress.as_deref()) {
            (Some(pattern), _) => pattern.states(),
            (None, progress) => progress.map_or(1, |progress| progress.states(cx.check)),
        }
    }

    /// Adds bytes at the start of the buffer to the reply.
    fn feed(&mut self, cx: &mut Cx<'_>, read: usize) -> Decision {
        let (check, step) = (cx.check, cx.step_index());
        let Scratch { buffer, cache } = &mut *cx.scratch;
        let bytes = buffer.get(..read).unwrap_or_default();
        match (&mut self.matcher, &check.expect) {
            (Some(matcher), Some(pattern)) => {
                self.reply.push(bytes);
                matcher.feed(pattern, cache, bytes)
            }
            _ => {
                let progress = cx.progress.get_or_insert_default();
                progress.feed(check, cache, (step, &mut self.reply), bytes)
            }
        }
    }

    /// Ends the reply. Returns true if it is as expected.
    fn finish(&mut self, cx: &mut Cx<'_>, end: ReadEnd) -> bool {
        let (check, step) = (cx.check, cx.step_index());
        if let (Some(matcher), Some(pattern)) = (&mut self.matcher, &check.expect) {
            return matcher.finish(pattern, &mut cx.scratch.cache);
        }
        let progress = cx.progress.get_or_insert_default();
        progress.end = Some(end);
        progress.finish(check, &mut cx.scratch.cache, step)
    }

    /// Matches the bytes read so far as the whole reply.
    fn decide(mut self, cx: &mut Cx<'_>, end: ReadEnd) -> Result<State, Cause> {
        let matches = self.finish(cx, end);
        let expectation = expectation(cx);
        let is_negotiating = expectation.is_some_and(|it| it.negotiates.is_some());
        let is_anchored = match (expectation, &cx.check.expect) {
            (Some(expectation), _) => expectation.condition.is_anchored(),
            (None, pattern) => pattern.as_ref().is_some_and(Pattern::is_anchored),
        };
        match end {
            _ if matches => Ok(self.matched(cx)),
            ReadEnd::Peer if self.reply.total() == 0 => Err(Cause::Closed),
            // With `--idle` the deadline does not end a reply, which is still coming then.
            ReadEnd::Deadline if self.reply.total() == 0 || cx.check.idle.is_some() => {
                Err(Cause::TimedOut)
            }
            // A peer in the middle of its answer has neither agreed nor refused.
            ReadEnd::Deadline if is_negotiating => Err(Cause::TimedOut),
            ReadEnd::Peer if is_negotiating => Err(TlsError::Closed.into()),
            ReadEnd::Peer => Ok(self.unexpected(cx, false, false)),
            // An anchored pattern that is undecided has matched so far: this may be the middle of a
            // good reply, where a quit string has no place.
            ReadEnd::Limit | ReadEnd::Idle => Ok(self.unexpected(cx, false, is_anchored)),
            ReadEnd::Deadline => Ok(self.unexpected(cx, true, is_anchored)),
        }
    }

    fn matched(self, cx: &mut Cx<'_>) -> State {
        if self.matcher.is_some() {
            return cx.quit(ReadResult::Matched {
                reply: self.reply,
                elapsed: cx.elapsed(),
            });
        }
        let (check, step) = (cx.check, cx.step_index());
        cx.progress().keep(check, step, self.reply);
        cx.next_step()
    }

    fn unexpected(self, cx: &Cx<'_>, open: bool, is_partial: bool) -> State {
        cx.quit(ReadResult::Unexpected {
            reply: self.reply,
            elapsed: cx.elapsed(),
            open,
            // The quit string is one to be said under TLS.
            is_partial: is_partial || cx.is_before_tls(),
        })
    }
}

fn expectation<'a>(cx: &Cx<'a>) -> Option<&'a Expectation> {
    cx.check.expectation(cx.step_index())
}
