//! The walk through a pattern's automaton: all paths at once, one byte at a time.

use super::automaton::Automaton;
use super::matcher::Decision;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;
use std::{array, mem};

/// Room for the walk, shared by all matchers of all patterns of a thread.
///
/// It grows to the largest pattern met, and nothing in it outlives the call it is lent to.
#[derive(Debug, Default)]
pub struct Work {
    /// The states the walk is in: those that wait for a byte or, in a pattern that looks ahead, for
    /// an assertion to be decided.
    live: Vec<StateID>,
    /// The byte before.
    behind: Option<u8>,
    reach: Reach,
}

/// Where the walk through a pattern begins.
pub(super) struct Entry {
    live: Box<[StateID]>,
    /// The empty text matches already.
    matched: bool,
    /// The bytes that leave the walk where it begins: it passes over them until the pattern may
    /// begin.
    idle: [bool; 256],
}

/// What can be reached from some states without reading a byte.
#[derive(Debug, Default)]
struct Reach {
    /// The states found that wait for something.
    live: Vec<StateID>,
    /// States still to be followed.
    todo: Vec<StateID>,
    /// For each state the round in which it was last met.
    met: Vec<u32>,
    round: u32,
}

/// Where an assertion stands: the byte before it, and what comes after.
#[derive(Clone, Copy)]
struct Place {
    behind: Option<u8>,
    ahead: Ahead,
}

#[derive(Clone, Copy)]
enum Ahead {
    /// Not known yet.
    Open,
    Byte(u8),
    End,
}

impl Work {
    /// Begins a walk.
    pub(super) fn enter(&mut self, automaton: &Automaton) -> Decision {
        self.resume(automaton, &automaton.entry.live, None);
        self.decision(automaton.entry.matched)
    }

    /// Goes on from where [`Work::live`] and [`Work::behind`] stood.
    pub(super) fn resume(&mut self, automaton: &Automaton, live: &[StateID], behind: Option<u8>) {
        self.reach.fit(&automaton.nfa);
        self.live.clear();
        self.live.extend_from_slice(live);
        self.behind = behind;
    }

    /// The states the walk is in.
    pub(super) fn live(&self) -> &[StateID] {
        &self.live
    }

    /// The byte read last.
    pub(super) fn behind(&self) -> Option<u8> {
        self.behind
    }

    /// Reads one byte.
    pub(super) fn read(&mut self, automaton: &Automaton, byte: u8) -> Decision {
        let entry = &automaton.entry;
        if entry.idle[usize::from(byte)] && self.live == *entry.live {
            self.behind = Some(byte);
            return Decision::Open;
        }
        let states = automaton.nfa.states();
        if automaton.looks_ahead {
            if self.assert(states, Ahead::Byte(byte)) {
                return Decision::Matched;
            }
            mem::swap(&mut self.live, &mut self.reach.live);
        }
        self.step(states, byte)
    }

    /// Whether what has been read matches when it is taken for the whole text. The walk stays where
    /// it is.
    pub(super) fn ends(&mut self, automaton: &Automaton) -> bool {
        self.assert(automaton.nfa.states(), Ahead::End)
    }

    /// Decides the assertions that the walk waits at; true when one of them leads to a match.
    fn assert(&mut self, states: &[State], ahead: Ahead) -> bool {
        let place = Place {
            behind: self.behind,
            ahead,
        };
        self.reach.begin();
        self.live
            .iter()
            .any(|&id| self.reach.follow(states, id, place))
    }

    /// Goes over one byte, once no assertion before it is open.
    fn step(&mut self, states: &[State], byte: u8) -> Decision {
        let place = Place {
            behind: Some(byte),
            ahead: Ahead::Open,
        };
        self.reach.begin();
        for &id in &self.live {
            if let Some(next) = leads_to(states, id, byte)
                && self.reach.follow(states, next, place)
            {
                return Decision::Matched;
            }
        }
        mem::swap(&mut self.live, &mut self.reach.live);
        self.behind = place.behind;
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

impl Entry {
    pub(super) fn new(nfa: &NFA, start: StateID, looks_ahead: bool) -> Self {
        let mut work = Work::default();
        work.reach.fit(nfa);
        work.reach.begin();
        let place = Place {
            behind: None,
            ahead: Ahead::Open,
        };
        let matched = work.reach.follow(nfa.states(), start, place);
        let live: Box<[StateID]> = work.reach.live.as_slice().into();

        let mut stays = |byte| {
            work.live.clear();
            work.live.extend_from_slice(&live);
            work.step(nfa.states(), byte) == Decision::Open && work.live == *live
        };
        let classes = nfa.byte_classes();
        let mut known = [None; 256]; // by class of bytes
        let idle = array::from_fn(|byte| {
            let byte = byte as u8;
            let class = usize::from(classes.get(byte));
            !looks_ahead && *known[class].get_or_insert_with(|| stays(byte))
        });
        Self {
            live,
            matched,
            idle,
        }
    }
}

impl Entry {
    /// What it takes up on the heap, in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of_val(&*self.live)
    }
}

impl Reach {
    /// Makes room for a pattern's states.
    fn fit(&mut self, nfa: &NFA) {
        let states = nfa.states().len().max(self.met.len());
        self.met.resize(states, 0);
    }

    /// Forgets what was found and what was met.
    fn begin(&mut self) {
        self.live.clear();
        self.todo.clear();
        self.round = self.round.checked_add(1).unwrap_or_else(|| {
            self.met.fill(0);
            1
        });
    }

    /// Adds what can be reached from a state; true when it is a match.
    fn follow(&mut self, states: &[State], from: StateID, place: Place) -> bool {
        let mut follow = Some(from);
        while let Some(id) = follow {
            follow = match states.get(id.as_usize()) {
                Some(state) if self.meet(id) => match state {
                    State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => self.wait(id),
                    State::Look { look, next } => match place.holds(*look) {
                        Some(true) => Some(*next),
                        Some(false) => None,
                        None => self.wait(id),
                    },
                    State::Union { alternates } => {
                        self.todo.extend_from_slice(alternates);
                        None
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        self.todo.push(*alt2);
                        Some(*alt1)
                    }
                    State::Capture { next, .. } => Some(*next),
                    State::Fail => None,
                    State::Match { .. } => return true,
                },
                _ => None,
            };
            follow = follow.or_else(|| self.todo.pop());
        }
        false
    }

    /// Whether a state is met for the first time in this round.
    fn meet(&mut self, id: StateID) -> bool {
        match self.met.get_mut(id.as_usize()) {
            Some(round) if *round != self.round => {
                *round = self.round;
                true
            }
            _ => false,
        }
    }

    fn wait(&mut self, id: StateID) -> Option<StateID> {
        self.live.push(id);
        None
    }
}

impl Place {
    /// Whether an assertion holds here; `None` while that depends on what comes next.
    fn holds(self, look: Look) -> Option<bool> {
        match look {
            Look::Start => return Some(self.behind.is_none()),
            Look::StartLF => return Some(self.behind.is_none_or(|b| b == b'\n')),
            _ => {}
        }
        let ahead = match self.ahead {
            Ahead::Open => return None,
            Ahead::Byte(byte) => Some(byte),
            Ahead::End => None,
        };
        Some(match look {
            Look::End => ahead.is_none(),
            Look::EndLF => ahead.is_none_or(|b| b == b'\n'),
            Look::WordAscii => is_word(self.behind) != is_word(ahead),
            Look::WordAsciiNegate => is_word(self.behind) == is_word(ahead),
            _ => false, // the dialect has no other
        })
    }
}

/// Where a byte leads to from a state.
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
        let mut work = Work::default();
        assert_eq!(work.enter(pattern.automaton()), Decision::Open);
        work.reach.round = u32::MAX - 1;
        work.reach.met.fill(1); // what the first round left behind
        for byte in *b"abab" {
            assert_eq!(work.read(pattern.automaton(), byte), Decision::Open);
        }
        assert_eq!(work.read(pattern.automaton(), b'c'), Decision::Matched);
        assert!(work.reach.round < 10);
    }

    #[test]
    fn room_grows_to_the_largest_pattern_met() {
        let [small, large] = ["^a", "^(?:ab){100}"].map(|p| Pattern::new(p).unwrap());
        let mut work = Work::default();
        work.enter(small.automaton());
        assert_eq!(work.reach.met.len(), small.states());
        work.enter(large.automaton());
        work.enter(small.automaton());
        assert_eq!(work.reach.met.len(), large.states());
    }
}
