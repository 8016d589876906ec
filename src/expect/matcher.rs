//! Incremental matching of one reply against a pattern.

use super::decode::Utf8Buffer;
use super::{Cache, Pattern, PatternInner};
use crate::inline_vec::InlineVec;
use regex_automata::util::primitives::StateID;

/// The state of a match after a piece of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The reply matches.
    Matched,
    /// The reply does not match, whatever bytes follow.
    Never,
    /// Undecided: it depends on the bytes that follow.
    Open,
}

/// The state of one reply: for each pattern the states of its automaton that the reply has led to,
/// four bytes each, and a few bytes more. With one pattern nothing is allocated before a piece has
/// left more than a few of them alive, nor kept once the pattern is decided.
///
/// A matcher is for the pattern that made it: with another one its answers mean nothing.
#[derive(Clone, Debug)]
pub struct Matcher(Parts);

#[derive(Clone, Debug)]
enum Parts {
    One(PartMatcher),
    Several(Box<[PartMatcher]>),
}

/// The state of one reply for one pattern.
#[derive(Clone, Debug)]
struct PartMatcher {
    decision: Decision,
    /// The live NFA states after the last byte; unused before the first.
    live: InlineVec<StateID, FEW>,
    /// The last byte walked over.
    prev_byte: Option<u8>,
    /// The bytes after it that do not form a complete character yet.
    held: Utf8Buffer,
}

/// As many states as are alive in patterns for a greeting.
const FEW: usize = 5;

impl Matcher {
    /// Creates the matcher of a pattern that consists of so many.
    pub(super) fn new(parts: usize) -> Self {
        match parts {
            1 => Self(Parts::One(PartMatcher::new())),
            parts => Self(Parts::Several(vec![PartMatcher::new(); parts].into())),
        }
    }

    /// Feeds the next piece of the reply and returns the decision.
    ///
    /// Assertions that look ahead (`$ \z \b \B`) take the end of the piece for the end of the
    /// reply, unless it ends inside a character. Without them the answer depends on what has come
    /// and not on how it was cut. What is decided stays so; an empty piece changes nothing.
    pub fn feed(&mut self, pattern: &Pattern, cache: &mut Cache, bytes: &[u8]) -> Decision {
        let parts = match &mut self.0 {
            Parts::One(part) => return part.feed(&pattern.inner, cache, bytes),
            Parts::Several(parts) => parts,
        };
        let mut decision = Decision::Matched;
        for (part, pattern) in parts.iter_mut().zip(pattern.parts()) {
            match part.feed(pattern, cache, bytes) {
                Decision::Matched => {}
                Decision::Never => return Decision::Never,
                Decision::Open => decision = Decision::Open,
            }
        }
        decision
    }

    /// Ends the reply, and returns true if the pattern matches the bytes fed so far.
    ///
    /// Each byte of an incomplete last character reads as U+FFFD.
    pub fn finish(&mut self, pattern: &Pattern, cache: &mut Cache) -> bool {
        match &mut self.0 {
            Parts::One(part) => part.finish(&pattern.inner, cache),
            Parts::Several(parts) => {
                let mut parts = parts.iter_mut().zip(pattern.parts());
                parts.all(|(part, pattern)| part.finish(pattern, cache))
            }
        }
    }

    #[cfg(test)]
    fn part(&self) -> &PartMatcher {
        match &self.0 {
            Parts::One(part) => part,
            Parts::Several(_) => panic!("several parts"),
        }
    }
}

impl PartMatcher {
    fn new() -> Self {
        Self {
            decision: Decision::Open,
            live: InlineVec::new(StateID::ZERO),
            prev_byte: None,
            held: Utf8Buffer::default(),
        }
    }

    fn feed(&mut self, pattern: &PatternInner, cache: &mut Cache, bytes: &[u8]) -> Decision {
        if self.decision != Decision::Open || bytes.is_empty() {
            return self.decision;
        }
        let mut decision = self.resume(pattern, cache);
        for &byte in bytes {
            if decision != Decision::Open {
                break;
            }
            decision = self.read(pattern, cache, byte);
        }
        let may_end = pattern.automaton.looks_ahead && self.held.is_empty();
        decision = match decision {
            Decision::Open if may_end && cache.ends(&pattern.automaton) => Decision::Matched,
            known => known,
        };
        self.settle(decision, cache)
    }

    fn finish(&mut self, pattern: &PatternInner, cache: &mut Cache) -> bool {
        if self.decision == Decision::Open {
            let mut decision = self.resume(pattern, cache);
            while decision == Decision::Open
                && let Some(c) = self.held.take_byte()
            {
                decision = walk(pattern, cache, c);
            }
            let matched = match decision {
                Decision::Matched => true,
                Decision::Never => false,
                Decision::Open => cache.ends(&pattern.automaton),
            };
            self.settle(
                if matched {
                    Decision::Matched
                } else {
                    Decision::Never
                },
                cache,
            );
        }
        self.decision == Decision::Matched
    }

    /// Restores the walk to its state after the last piece.
    fn resume(&self, pattern: &PatternInner, cache: &mut Cache) -> Decision {
        if self.prev_byte.is_none() {
            return cache.enter(&pattern.automaton);
        }
        cache.resume(&pattern.automaton, self.live.as_slice(), self.prev_byte);
        Decision::Open
    }

    fn read(&mut self, pattern: &PatternInner, cache: &mut Cache, byte: u8) -> Decision {
        if pattern.is_bytes {
            return walk(pattern, cache, char::from(byte));
        }
        if byte.is_ascii() && self.held.is_empty() {
            return cache.read(&pattern.automaton, byte);
        }
        self.held.push(byte);
        while let Some(c) = self.held.take() {
            let decision = walk(pattern, cache, c);
            if decision != Decision::Open {
                return decision;
            }
        }
        Decision::Open
    }

    /// Stores the decision and, while it is open, the state of the walk.
    fn settle(&mut self, decision: Decision, cache: &Cache) -> Decision {
        self.decision = decision;
        if decision == Decision::Open {
            self.prev_byte = cache.prev_byte();
            self.live.replace(cache.live()); // exact size: thousands of checks wait at a time
        } else {
            self.live = InlineVec::new(StateID::ZERO);
        }
        decision
    }
}

/// Advances the walk over the UTF-8 encoding of one character.
fn walk(pattern: &PatternInner, cache: &mut Cache, c: char) -> Decision {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        let decision = cache.read(&pattern.automaton, byte);
        if decision != Decision::Open {
            return decision;
        }
    }
    Decision::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_decided_by_its_first_piece_allocates_nothing() {
        let pattern = Pattern::new("^220").unwrap();
        let mut cache = Cache::default();
        for reply in [&b"220 ready"[..], b"421 busy"] {
            let mut matcher = pattern.matcher();
            assert_ne!(matcher.feed(&pattern, &mut cache, reply), Decision::Open);
            assert_eq!(matcher.part().live.heap_capacity(), 0);
        }
    }

    #[test]
    fn what_was_kept_is_given_back_with_the_decision() {
        let pattern = Pattern::new("^(?:a?){20}b").unwrap();
        let mut cache = Cache::default();
        let mut matcher = pattern.matcher();
        assert_eq!(matcher.feed(&pattern, &mut cache, b"a"), Decision::Open);
        assert_eq!(
            matcher.part().live.heap_capacity(),
            matcher.part().live.as_slice().len()
        );
        assert!(matcher.part().live.heap_capacity() >= 20);
        assert_eq!(matcher.feed(&pattern, &mut cache, b"b"), Decision::Matched);
        assert_eq!(matcher.part().live.heap_capacity(), 0);
    }

    #[test]
    fn a_matcher_is_small_and_keeps_no_more_than_the_states_of_its_pattern() {
        assert!(size_of::<Matcher>() <= 40);
        let pattern = Pattern::new("(?:a?){500}b{500}$").unwrap();
        let mut cache = Cache::default();
        let mut matcher = pattern.matcher();
        for _ in 0..1000 {
            assert_eq!(
                matcher.feed(&pattern, &mut cache, b"aaaabbbb\xC3"),
                Decision::Open
            );
            assert!(matcher.part().live.heap_capacity() <= pattern.states());
        }
    }

    #[test]
    fn a_matcher_of_another_pattern_is_harmless() {
        let [large, small] = ["(?:ab?){100}c", "^a"].map(|p| Pattern::new(p).unwrap());
        let mut cache = Cache::default();
        let mut matcher = large.matcher();
        matcher.feed(&large, &mut cache, &b"ab".repeat(50));
        matcher.feed(&small, &mut cache, b"ab");
        matcher.finish(&small, &mut cache);
    }
}
