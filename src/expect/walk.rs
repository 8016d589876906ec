//! Simulation of the NFA: all live states at once, one byte at a time.

use super::automaton::Automaton;
use super::matcher::Decision;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;
use std::{array, mem};

/// Scratch memory of the walk, shared by all matchers of all patterns of a thread.
///
/// It grows to the largest pattern met, and nothing in it outlives the call it is lent to.
#[derive(Debug, Default)]
pub struct Cache {
    /// The live states: those that wait for a byte or, in a pattern that looks ahead, for
    /// an assertion to be decided.
    live: Vec<StateID>,
    /// The byte read last.
    prev_byte: Option<u8>,
    closure: EpsilonClosure,
}

/// The start configuration of a pattern, computed when it is compiled.
pub(super) struct StartConfig {
    live: Box<[StateID]>,
    /// The empty text matches already.
    matched: bool,
    /// The bytes that leave the walk in its start configuration: it skips them until the pattern
    /// may begin.
    idle: [bool; 256],
}

/// The epsilon closure: the states reachable without reading a byte.
#[derive(Debug, Default)]
struct EpsilonClosure {
    /// The states found that wait for a byte or an assertion.
    live: Vec<StateID>,
    /// States still to be followed.
    pending: Vec<StateID>,
    /// The round in which each state was last visited; saves clearing a set for every byte.
    visited: Vec<u32>,
    round: u32,
}

/// The surroundings of an assertion: the byte before it, and the byte after it.
#[derive(Clone, Copy)]
struct LookContext {
    prev_byte: Option<u8>,
    ahead: NextByte,
}

#[derive(Clone, Copy)]
enum NextByte {
    /// Not known yet.
    Unknown,
    Byte(u8),
    End,
}

impl Cache {
    /// Starts a walk from the start configuration.
    pub(super) fn enter(&mut self, automaton: &Automaton) -> Decision {
        self.resume(automaton, &automaton.start.live, None);
        self.decision(automaton.start.matched)
    }

    /// Restores a walk from its live states and the byte before.
    pub(super) fn resume(
        &mut self,
        automaton: &Automaton,
        live: &[StateID],
        prev_byte: Option<u8>,
    ) {
        self.closure.grow_to(&automaton.nfa);
        self.live.clear();
        self.live.extend_from_slice(live);
        self.prev_byte = prev_byte;
    }

    /// The live states of the walk.
    pub(super) fn live(&self) -> &[StateID] {
        &self.live
    }

    /// The byte read last.
    pub(super) fn prev_byte(&self) -> Option<u8> {
        self.prev_byte
    }

    /// Reads one byte.
    pub(super) fn read(&mut self, automaton: &Automaton, byte: u8) -> Decision {
        let start = &automaton.start;
        if start.is_idle(byte) && self.live == *start.live {
            self.prev_byte = Some(byte);
            return Decision::Open;
        }
        let states = automaton.nfa.states();
        if automaton.looks_ahead {
            if self.assert(states, NextByte::Byte(byte)) {
                return Decision::Matched;
            }
            mem::swap(&mut self.live, &mut self.closure.live);
        }
        self.step(states, byte)
    }

    /// Returns true if the bytes read so far match as the whole text. The walk stays where
    /// it is.
    pub(super) fn ends(&mut self, automaton: &Automaton) -> bool {
        self.assert(automaton.nfa.states(), NextByte::End)
    }

    /// Resolves the pending assertions; returns true if one of them leads to a match.
    fn assert(&mut self, states: &[State], ahead: NextByte) -> bool {
        let context = LookContext {
            prev_byte: self.prev_byte,
            ahead,
        };
        self.closure.begin();
        self.live
            .iter()
            .any(|&id| self.closure.follow(states, id, context))
    }

    /// Advances over one byte, after the assertions before it are resolved.
    fn step(&mut self, states: &[State], byte: u8) -> Decision {
        let context = LookContext {
            prev_byte: Some(byte),
            ahead: NextByte::Unknown,
        };
        self.closure.begin();
        for &id in &self.live {
            if let Some(next) = leads_to(states, id, byte)
                && self.closure.follow(states, next, context)
            {
                return Decision::Matched;
            }
        }
        mem::swap(&mut self.live, &mut self.closure.live);
        self.prev_byte = context.prev_byte;
        self.decision(false)
    }

    fn decision(&self, matched: bool) -> Decision {
        match matched {
            true => Decision::Matched,
            false if self.live.is_empty() => Decision::Never,
            false => Decision::Open,
        }
    }
}

impl StartConfig {
    pub(super) fn new(nfa: &NFA, start: StateID, looks_ahead: bool) -> Self {
        let mut cache = Cache::default();
        cache.closure.grow_to(nfa);
        cache.closure.begin();
        let context = LookContext {
            prev_byte: None,
            ahead: NextByte::Unknown,
        };
        let matched = cache.closure.follow(nfa.states(), start, context);
        let live: Box<[StateID]> = cache.closure.live.as_slice().into();

        let mut stays = |byte| {
            cache.live.clear();
            cache.live.extend_from_slice(&live);
            cache.step(nfa.states(), byte) == Decision::Open && cache.live == *live
        };
        let classes = nfa.byte_classes();
        let mut known = [None; 256]; // by class of bytes
        let idle = array::from_fn(|byte| {
            let byte = byte as u8;
            let class = usize::from(classes.get(byte));
            let known = known.get_mut(class).filter(|_| !looks_ahead);
            known.is_some_and(|known| *known.get_or_insert_with(|| stays(byte)))
        });
        Self {
            live,
            matched,
            idle,
        }
    }
}

impl StartConfig {
    fn is_idle(&self, byte: u8) -> bool {
        self.idle.get(usize::from(byte)) == Some(&true)
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of_val(&*self.live)
    }
}

impl EpsilonClosure {
    /// Grows to the number of a pattern's states.
    fn grow_to(&mut self, nfa: &NFA) {
        let states = nfa.states().len().max(self.visited.len());
        self.visited.resize(states, 0);
    }

    /// Starts a new round with no states found or visited.
    fn begin(&mut self) {
        self.live.clear();
        self.pending.clear();
        self.round = self.round.checked_add(1).unwrap_or_else(|| {
            self.visited.fill(0);
            1
        });
    }

    /// Adds the closure of a state; returns true if it contains the match state.
    fn follow(&mut self, states: &[State], from: StateID, context: LookContext) -> bool {
        let mut follow = Some(from);
        while let Some(id) = follow {
            follow = match states.get(id.as_usize()) {
                Some(state) if self.visit(id) => match state {
                    State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => {
                        self.push_live(id)
                    }
                    State::Look { look, next } => match context.holds(*look) {
                        Some(true) => Some(*next),
                        Some(false) => None,
                        None => self.push_live(id),
                    },
                    State::Union { alternates } => {
                        self.pending.extend_from_slice(alternates);
                        None
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        self.pending.push(*alt2);
                        Some(*alt1)
                    }
                    State::Capture { next, .. } => Some(*next),
                    State::Fail => None,
                    State::Match { .. } => return true,
                },
                _ => None,
            };
            follow = follow.or_else(|| self.pending.pop());
        }
        false
    }

    /// Marks a state as visited; returns true for the first visit in this round.
    fn visit(&mut self, id: StateID) -> bool {
        match self.visited.get_mut(id.as_usize()) {
            Some(round) if *round != self.round => {
                *round = self.round;
                true
            }
            _ => false,
        }
    }

    fn push_live(&mut self, id: StateID) -> Option<StateID> {
        self.live.push(id);
        None
    }
}

impl LookContext {
    /// Evaluates an assertion; `None` while it depends on the next byte.
    fn holds(self, look: Look) -> Option<bool> {
        match look {
            Look::Start => return Some(self.prev_byte.is_none()),
            Look::StartLF => return Some(self.prev_byte.is_none_or(|b| b == b'\n')),
            _ => {}
        }
        let ahead = match self.ahead {
            NextByte::Unknown => return None,
            NextByte::Byte(byte) => Some(byte),
            NextByte::End => None,
        };
        Some(match look {
            Look::End => ahead.is_none(),
            Look::EndLF => ahead.is_none_or(|b| b == b'\n'),
            Look::WordAscii => is_word(self.prev_byte) != is_word(ahead),
            Look::WordAsciiNegate => is_word(self.prev_byte) == is_word(ahead),
            _ => false, // the dialect has no other
        })
    }
}

/// The state that follows on this byte, if any.
fn leads_to(states: &[State], from: StateID, byte: u8) -> Option<StateID> {
    match states.get(from.as_usize())? {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(transitions) => transitions.matches_byte(byte),
        State::Dense(transitions) => transitions.matches_byte(byte),
        _ => None,
    }
}

fn is_word(byte: Option<u8>) -> bool {
    byte.is_some_and(|b| b == b'_' || b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::super::Pattern;
    use super::*;

    #[test]
    fn the_count_of_rounds_may_wrap() {
        let pattern = Pattern::new("^(?:ab)*c").unwrap();
        let mut cache = Cache::default();
        assert_eq!(cache.enter(&pattern.inner.automaton), Decision::Open);
        cache.closure.round = u32::MAX - 1;
        cache.closure.visited.fill(1); // what the first round left behind
        for byte in *b"abab" {
            assert_eq!(cache.read(&pattern.inner.automaton, byte), Decision::Open);
        }
        assert_eq!(
            cache.read(&pattern.inner.automaton, b'c'),
            Decision::Matched
        );
        assert!(cache.closure.round < 10);
    }

    #[test]
    fn room_grows_to_the_largest_pattern_met() {
        let [small, large] = ["^a", "^(?:ab){100}"].map(|p| Pattern::new(p).unwrap());
        let mut cache = Cache::default();
        cache.enter(&small.inner.automaton);
        assert_eq!(cache.closure.visited.len(), small.states());
        cache.enter(&large.inner.automaton);
        cache.enter(&small.inner.automaton);
        assert_eq!(cache.closure.visited.len(), large.states());
    }
}
