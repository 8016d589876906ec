//! The course of a check with steps of its own: the reply that they look at, and what they captured.

use super::reading::ReadEnd;
use crate::check::Check;
use crate::dialogue::{Captured, Condition, FrameDecision, Step};
use crate::expect::{Cache, Decision, Matcher, Pattern};
use crate::outcome::Reply;
use std::iter;

/// What the steps of a check hand on to one another.
#[derive(Default)]
pub(crate) struct Progress {
    /// The expectations of the current reply, in order.
    expected: Vec<Expected>,
    /// The reply, while no step reads it.
    reply: Option<Reply>,
    /// The end of the reply, once nothing more of it is read.
    pub(super) end: Option<ReadEnd>,
    /// The last groups of each name.
    captured: Vec<Captured>,
    /// The last byte received.
    last_byte: Option<u8>,
    /// The reply begins with the rest of a line whose beginning has matched before.
    is_amid_line: bool,
    /// That line has ended and is of no use: what follows is the reply.
    is_line_over: bool,
    /// No other reply is read before TLS begins.
    is_before_tls: bool,
    /// Bytes came in the clear behind the reply that TLS follows.
    has_clear_data: bool,
}

/// An expectation, and what is known of it.
struct Expected {
    /// The index of the step.
    step: usize,
    /// The match of the reply.
    whole: Match,
    /// The match of the reply without its first line, if that may be the rest of another.
    rest: Option<Match>,
    /// The number of bytes in that line.
    line: usize,
}

/// A match of some bytes.
struct Match {
    state: MatchState,
    decision: Decision,
}

enum MatchState {
    Pattern(Matcher),
    /// The number of bytes that were equal.
    Bytes(usize),
    Frame,
}

impl Progress {
    /// Begins to read for the step of this index: returns the reply so far, which is another's too
    /// if nothing was sent since.
    pub(super) fn begin_reading(&mut self, check: &Check, step: usize) -> Reply {
        if !self.expected.iter().any(|expected| expected.step == step) {
            self.expect_reply(check, step);
            return Reply::default();
        }
        self.reply.take().unwrap_or_default()
    }

    /// Ends the reply: what comes from now on answers what is sent.
    pub(super) fn begin_sending(&mut self, check: &Check) {
        let Some(last) = self.expected.last() else {
            self.is_amid_line &= self.last_byte != Some(b'\n');
            return;
        };
        // The patterns of negotiations go to the end of what is said.
        let may_be_amid_line = check.expectation(last.step).is_some_and(|it| {
            matches!(it.condition, Condition::Pattern(_)) && it.negotiates.is_none()
        });
        self.is_amid_line = may_be_amid_line && self.last_byte.is_some_and(|byte| byte != b'\n');
        self.expected.clear();
        self.last_byte = None;
    }

    /// Forgets the reply, as TLS begins.
    pub(super) fn begin_tls(&mut self) {
        let captured = std::mem::take(&mut self.captured);
        *self = Self {
            captured,
            ..Self::default()
        };
    }

    /// Returns the number of bytes of a reply that count for its limits, without the rest of another
    /// line at its beginning once that has ended.
    pub(super) fn counted(&self, reply: &Reply) -> u64 {
        let line = self.expected.first().map_or(0, |first| first.line) as u64;
        match self.is_line_over {
            true => 0,
            false => reply.total().saturating_sub(line),
        }
    }

    /// Returns true if bytes came in the clear that TLS would have to follow.
    pub(super) fn has_clear_data(&self) -> bool {
        self.has_clear_data
    }

    /// Notes bytes that no step looks at.
    pub(super) fn discard(&mut self, bytes: &[u8]) {
        self.has_clear_data |= self.is_before_tls;
        self.last_byte = bytes.last().copied().or(self.last_byte);
    }

    /// Adds bytes to the reply, and returns the decision on the step of this index.
    pub(super) fn feed(
        &mut self,
        check: &Check,
        cache: &mut Cache,
        (step, reply): (usize, &mut Reply),
        bytes: &[u8],
    ) -> Decision {
        // The byte that ends the reply has to be known if TLS follows.
        let size = match self.is_before_tls {
            true => 1,
            false => bytes.len(),
        };
        for (at, piece) in bytes.chunks(size.max(1)).enumerate() {
            let is_matched = |it: &Expected| self.decide(it) == Decision::Matched;
            if self.is_before_tls && self.expected.iter().all(is_matched) {
                self.has_clear_data = true;
                break;
            }
            if self.decision(step) == Decision::Never {
                // For the message alone.
                reply.push(bytes.get(at * size..).unwrap_or_default());
                break;
            }
            let line_end = piece.iter().position(|&byte| byte == b'\n');
            let line_end = line_end.filter(|_| self.is_amid_line);
            let (line, more) = piece.split_at(line_end.map_or(piece.len(), |at| at + 1));
            self.feed_piece(check, cache, reply, line);
            if line_end.is_some() {
                self.end_line(check, reply);
                self.feed_piece(check, cache, reply, more);
            }
        }
        self.last_byte = bytes.last().copied().or(self.last_byte);
        self.decision(step)
    }

    /// Returns the decision on the step of this index.
    pub(super) fn decision(&self, step: usize) -> Decision {
        self.find(step).map_or(Decision::Open, |it| self.decide(it))
    }

    fn decide(&self, expected: &Expected) -> Decision {
        let rest = expected.rest.as_ref();
        let rest = rest.map_or(Decision::Never, |rest| rest.decision);
        match (expected.whole.decision, rest) {
            (Decision::Matched, _) | (_, Decision::Matched) => Decision::Matched,
            (Decision::Never, Decision::Never) if !self.is_amid_line => Decision::Never,
            _ => Decision::Open,
        }
    }

    /// Ends the reply for the step of this index, and returns true if it is as expected.
    pub(super) fn finish(&mut self, check: &Check, cache: &mut Cache, step: usize) -> bool {
        let found = self
            .expected
            .iter_mut()
            .find(|expected| expected.step == step);
        let (Some(expected), Some(condition)) = (found, condition(check, step)) else {
            return false;
        };
        let whole = expected.whole.finish(condition, cache);
        let rest = expected.rest.as_mut();
        whole || rest.is_some_and(|rest| rest.finish(condition, cache))
    }

    /// Keeps the reply that the step of this index was content with, and its groups.
    pub(super) fn keep(&mut self, check: &Check, step: usize, reply: Reply) {
        let pattern = check.steps.get(step).and_then(Step::pattern);
        let pattern = pattern.filter(|pattern| pattern.group_names().next().is_some());
        let start = match self.find(step) {
            Some(expected) if expected.whole.decision != Decision::Matched => expected.line,
            _ => 0,
        };
        let text = reply.kept().get(start..).unwrap_or_default();
        let complete = reply.total() == reply.kept().len() as u64;
        let groups = pattern.and_then(|pattern| pattern.captures(text, complete));
        let groups = groups.unwrap_or_default();
        for name in pattern.into_iter().flat_map(Pattern::group_names) {
            let found = groups.iter().find(|group| group.name == name);
            self.captured.retain(|captured| *captured.name != *name);
            self.captured.push(Captured {
                name: name.into(),
                text: found.and_then(|group| group.text).map(Into::into),
            });
        }
        self.reply = Some(reply);
    }

    /// Returns the last reply that a step was content with, unless TLS began after it.
    pub(super) fn take_reply(&mut self) -> Option<Reply> {
        self.reply.take()
    }

    /// Returns the groups of all replies; of several with one name, the last.
    pub(crate) fn captured(&self) -> &[Captured] {
        &self.captured
    }

    /// Returns the cost of one byte of the reply, in visited states.
    pub(super) fn states(&self, check: &Check) -> usize {
        let states = self.expected.iter().filter_map(|it| {
            let matches = 1 + usize::from(self.is_amid_line || it.rest.is_some());
            Some(condition(check, it.step)?.states() * matches)
        });
        states.sum()
    }

    /// Begins a reply at the step of this index. All expectations up to the next text that is sent
    /// look at it.
    fn expect_reply(&mut self, check: &Check, step: usize) {
        self.expected.clear();
        self.reply = None;
        self.end = None;
        self.is_line_over = false;
        let mut is_same_reply = true;
        let mut next = None;
        for (index, step) in check.steps.iter().enumerate().skip(step) {
            match step {
                Step::Expect(expectation) if is_same_reply => self.expected.push(Expected {
                    step: index,
                    whole: Match::new(&expectation.condition),
                    rest: None,
                    line: 0,
                }),
                Step::Send(_) => is_same_reply = false,
                Step::Delay(_) => {}
                Step::Expect(_) | Step::StartTls => {
                    next = Some(step);
                    break;
                }
            }
        }
        self.is_before_tls = matches!(next, Some(Step::StartTls));
    }

    fn feed_piece(&mut self, check: &Check, cache: &mut Cache, reply: &mut Reply, piece: &[u8]) {
        if self.is_line_over && !piece.is_empty() {
            self.is_line_over = false;
            *reply = Reply::default();
        }
        reply.push(piece);
        for expected in &mut self.expected {
            let Some(condition) = condition(check, expected.step) else {
                continue;
            };
            for it in iter::once(&mut expected.whole).chain(&mut expected.rest) {
                it.feed(condition, cache, piece, reply);
            }
        }
    }

    /// Begins the reply anew behind its first line, beside the one that includes the line.
    fn end_line(&mut self, check: &Check, reply: &Reply) {
        self.is_amid_line = false;
        let line = reply.kept().len();
        let is_useless = |expected: &Expected| expected.whole.decision == Decision::Never;
        self.is_line_over = self.expected.iter().all(is_useless);
        for expected in &mut self.expected {
            expected.rest = condition(check, expected.step).map(Match::new);
            expected.line = if self.is_line_over { 0 } else { line };
        }
    }

    fn find(&self, step: usize) -> Option<&Expected> {
        self.expected.iter().find(|expected| expected.step == step)
    }
}

impl Match {
    fn new(condition: &Condition) -> Self {
        Self {
            state: match condition {
                Condition::Pattern(pattern) => MatchState::Pattern(pattern.matcher()),
                Condition::Bytes(_) => MatchState::Bytes(0),
                Condition::Frame(_) => MatchState::Frame,
            },
            decision: Decision::Open,
        }
    }

    fn feed(&mut self, condition: &Condition, cache: &mut Cache, bytes: &[u8], reply: &Reply) {
        if self.decision != Decision::Open {
            return;
        }
        self.decision = match (&mut self.state, condition) {
            (MatchState::Pattern(matcher), Condition::Pattern(pattern)) => {
                matcher.feed(pattern, cache, bytes)
            }
            (MatchState::Bytes(equal), Condition::Bytes(expected)) => {
                let wanted = expected.get(*equal..).unwrap_or_default();
                let length = wanted.len().min(bytes.len());
                *equal += length;
                match wanted.get(..length) == bytes.get(..length) {
                    true if *equal == expected.len() => Decision::Matched,
                    true => Decision::Open,
                    false => Decision::Never,
                }
            }
            (MatchState::Frame, Condition::Frame(frame)) => match frame.decide(reply.kept()) {
                FrameDecision::Agrees(_) => Decision::Matched,
                FrameDecision::Refuses => Decision::Never,
                FrameDecision::Open => Decision::Open,
            },
            _ => Decision::Never,
        };
    }

    fn finish(&mut self, condition: &Condition, cache: &mut Cache) -> bool {
        if let (Decision::Open, MatchState::Pattern(matcher), Condition::Pattern(pattern)) =
            (self.decision, &mut self.state, condition)
            && matcher.finish(pattern, cache)
        {
            self.decision = Decision::Matched;
        }
        self.decision == Decision::Matched
    }
}

fn condition(check: &Check, step: usize) -> Option<&Condition> {
    check.expectation(step).map(|it| &it.condition)
}
