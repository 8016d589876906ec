//! Compilation of a pattern into an NFA.

use super::error::{ErrorKind, ParseError};
use super::walk::StartConfig;
use super::{byte_classes, tree};
use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, WhichCaptures};
use regex_syntax::hir::{Dot, Hir, Look, LookSet, Repetition};
use std::borrow::Cow;

/// A Thompson NFA with the facts that a walk through it needs.
pub(super) struct Automaton {
    pub(super) nfa: NFA,
    /// It has an assertion that the next byte, or the end, decides: `$ \z \b \B`.
    pub(super) looks_ahead: bool,
    /// A match can only begin where the reply does.
    pub(super) anchored: bool,
    /// The start configuration.
    pub(super) start: StartConfig,
}

/// Automata that take more memory are refused, in bytes.
const MAX_MEMORY: usize = 4 << 20;

impl Automaton {
    pub(super) fn new(hir: &Hir) -> Result<Self, ParseError> {
        let looks = hir.properties().look_set();
        let anchored = hir.properties().look_set_prefix().contains(Look::Start);
        // The compiler leads into a pattern that is not anchored by bytes, and that would let `\B`
        // hold inside a character.
        let inside = looks.contains(Look::WordAsciiNegate);
        let by_characters = !anchored && inside;
        let hir = match by_characters {
            true => Cow::Owned(anywhere(hir)),
            false if !inside && byte_classes::is_needed(hir) => {
                Cow::Owned(byte_classes::rewrite(hir))
            }
            false => Cow::Borrowed(hir),
        };
        let nfa =
            compile(&hir, WhichCaptures::None, MAX_MEMORY).ok_or(ErrorKind::TooLarge.anywhere())?;
        let start = match by_characters || tree::matches_nothing(&hir) {
            true => nfa.start_anchored(),
            false => nfa.start_unanchored(),
        };
        let looks_ahead = looks_ahead(looks);
        let start = StartConfig::new(&nfa, start, looks_ahead);
        Ok(Self {
            nfa,
            looks_ahead,
            anchored,
            start,
        })
    }

    /// Memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        memory_usage(&self.nfa) + self.start.memory_usage()
    }
}

/// Memory of an NFA in bytes; its list of states may have the capacity of the next power of two.
pub(super) fn memory_usage(nfa: &NFA) -> usize {
    let states = nfa.states().len();
    let spare = states.next_power_of_two() - states;
    nfa.memory_usage() + spare * size_of::<State>()
}

/// The NFA of a tree; `None` where it takes more memory than `limit`, in bytes.
pub(super) fn compile(hir: &Hir, captures: WhichCaptures, limit: usize) -> Option<NFA> {
    // The walk keeps to characters by itself.
    let has_captures = matches!(captures, WhichCaptures::All);
    let config = Config::new()
        .utf8(has_captures)
        .which_captures(captures)
        .nfa_size_limit(Some(limit));
    Compiler::new().configure(config).build_from_hir(hir).ok()
}

/// The pattern with `(?s:.)*?` before it.
fn anywhere(hir: &Hir) -> Hir {
    let sub = Box::new(Hir::dot(Dot::AnyChar));
    let skip = Hir::repetition(Repetition {
        min: 0,
        max: None,
        greedy: false,
        sub,
    });
    Hir::concat(vec![skip, hir.clone()])
}

fn looks_ahead(looks: LookSet) -> bool {
    [
        Look::End,
        Look::EndLF,
        Look::WordAscii,
        Look::WordAsciiNegate,
    ]
    .into_iter()
    .any(|look| looks.contains(look))
}

#[cfg(test)]
mod tests {
    use super::super::dialect;
    use super::*;

    fn states(pattern: &str) -> usize {
        let hir = dialect::parse(pattern).unwrap().hir;
        Automaton::new(&hir).unwrap().nfa.states().len()
    }

    #[test]
    fn an_anchored_pattern_has_no_state_that_waits_for_its_beginning() {
        assert_eq!(states("^220"), states(r"\A(?:220)"));
        assert!(states("^220") < states("220"));
        assert!(states("^a|^b") < states("^a|b"));
    }

    #[test]
    fn a_pattern_is_anchored_where_each_way_through_it_begins_with_the_reply() {
        let anchored = |pattern| {
            let hir = dialect::parse(pattern).unwrap().hir;
            Automaton::new(&hir).unwrap().anchored
        };
        for pattern in ["^220", r"\A220", "^a|^b", "(?i)^(a|b)", "(?:^a)+"] {
            assert!(anchored(pattern), "{pattern}");
        }
        for pattern in ["220", "^a|b", "(?m)^220", "a?^b", "", "(?:^)?a"] {
            assert!(!anchored(pattern), "{pattern}");
        }
    }

    #[test]
    fn nested_repetitions_cost_no_more_than_their_product() {
        assert!(states("^(?:(?:a{10}){10}){10}") < 1010);
        assert!(states("^(?:a*)*") < 10);
    }
}
