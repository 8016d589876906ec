//! Patterns in Go's regex dialect, matched incrementally.
//!
//! A [`Pattern`] is compiled once and shared. Each reply has a [`Matcher`], which keeps a state and
//! not the reply:
//!
//! ```
//! use check_tcp::expect::{Decision, Pattern, Cache};
//!
//! let pattern = Pattern::new("^220 .*ESMTP")?;
//! let mut cache = Cache::default();
//!
//! let mut matcher = pattern.matcher();
//! assert_eq!(matcher.feed(&pattern, &mut cache, b"220 mail"), Decision::Open);
//! assert_eq!(matcher.feed(&pattern, &mut cache, b".example ESMTP"), Decision::Matched);
//!
//! let mut matcher = pattern.matcher();
//! assert_eq!(matcher.feed(&pattern, &mut cache, b"4"), Decision::Never);
//! # Ok::<(), check_tcp::expect::PatternError>(())
//! ```
//!
//! `dialect` parses the pattern into a tree, `byte_classes` rewrites its simple classes as bytes,
//! `regex-automata` compiles a Thompson NFA, and `walk` simulates it byte by byte over the reply as
//! `decode` reads it, with [`Cache`] as scratch memory. The walk remembers the states it
//! is in and the byte before, and nothing else: what a byte costs grows with [`Pattern::states`]
//! and not with the reply. When the walk comes to the final state, the reply matches; when it is in
//! no state at all, no reply that begins so ever will. In a pattern that is not anchored one more
//! state waits for the beginning, so that it stays open until it matches.
//!
//! The walk knows no groups. The `regex` crate finds the matches of named groups afterwards, where
//! they are asked for ([`Pattern::captures`]).

mod automaton;
mod byte_classes;
mod captures;
mod class;
mod cursor;
mod decode;
mod dialect;
mod error;
mod matcher;
mod property;
mod tree;
mod walk;

pub use captures::Group;
pub use error::PatternError;
pub use matcher::{Decision, Matcher};
pub use walk::Cache;

use crate::memory::Budget;
use automaton::Automaton;
use captures::Captures;
use class::Classes;
use dialect::ParsedPattern;
use error::{ErrorKind, ParseError};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A compiled pattern; clones share it.
#[derive(Clone)]
pub struct Pattern(Arc<PatternInner>);

struct PatternInner {
    source: Box<str>,
    automaton: Automaton,
    /// The names of its named groups, each once.
    names: Box<[Box<str>]>,
    /// Compiled on first use; `None` if the pattern has no named group or is too large for
    /// captures.
    captures: OnceLock<Option<Captures>>,
    /// The memory budget of the captures, if it is bounded.
    budget: Option<Arc<Budget>>,
}

/// Maximum length of a pattern in bytes; bounds the memory that compiling it takes.
const MAX_LEN: usize = 1 << 16;

impl Pattern {
    /// Compiles a pattern of Go's dialect.
    ///
    /// Accepts the patterns of Go's `regexp.Compile` ([RE2's syntax], with `\C` left out), within
    /// bounds that are closer: 64 KiB of pattern, 64 named groups, 250 groups or repetitions inside
    /// one another, and 4 MiB of automaton. The Unicode tables may be one version apart.
    ///
    /// [RE2's syntax]: https://github.com/google/re2/wiki/Syntax
    ///
    /// # Errors
    /// Go refuses the pattern, or it is out of these bounds.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        compile(pattern).map_err(|refusal| PatternError::new(pattern, refusal))
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0.source
    }

    /// The pattern in the dialect of the `regex` crate, for text in which U+FFFD stands for each
    /// invalid byte.
    ///
    /// Of its groups those with a name are kept, and of several that share one the first. A name
    /// that begins with a digit, which that crate does not take, has `_.` before it.
    pub fn translated(&self) -> String {
        // What was read once can be read again.
        let hir = dialect::parse_named(&self.0.source, Classes::default());
        hir.map_or_else(|_| String::new(), |hir| hir.to_string())
    }

    /// Finds the matches of the named groups in `text`, the beginning of a reply or, if it is
    /// `complete`, all of it. Each name once, in the order of the pattern.
    ///
    /// The match is the leftmost, and among these the one that Perl would find, as in Go. It is
    /// that of the `regex` crate, which is compiled when it is first asked for.
    ///
    /// `None` where the pattern has no named group, where nothing matches, where the match comes to
    /// the end of a text that is not complete, since more of the reply could have changed it, and
    /// where it would cost too much. It never takes more than some tens of milliseconds and 4 MiB:
    /// with its groups, the automaton may take 256 KiB and have 2^17 states times places that it
    /// notes (two for each group, and two more), and 2^20 states times bytes of the text.
    pub fn captures<'r>(&self, text: &'r [u8], complete: bool) -> Option<Vec<Group<'_, 'r>>> {
        let it = &*self.0;
        if let Some(captures) = it.captures.get() {
            return captures.as_ref()?.search(&it.names, text, complete);
        }
        let mut captures = Captures::new(&it.source, &it.names);
        if let (Some(captures), Some(budget)) = (&mut captures, &it.budget)
            && !captures.fits(budget)
        {
            return captures.search(&it.names, text, complete);
        }
        let captures = it.captures.get_or_init(|| captures);
        captures.as_ref()?.search(&it.names, text, complete)
    }

    /// Keeps what [`captures`](Self::captures) compiles only if `budget` has memory left for it;
    /// otherwise each reply compiles it again. No effect on a pattern that has clones.
    pub fn keep_captures_within(&mut self, budget: &Arc<Budget>) {
        if let Some(it) = Arc::get_mut(&mut self.0) {
            it.budget = Some(budget.clone());
        }
    }

    /// Memory in bytes, without what [`captures`](Self::captures) compiles.
    pub fn memory_usage(&self) -> usize {
        let it = &*self.0;
        let names: usize = it.names.iter().map(|name| name.len()).sum();
        let names = names + size_of_val(&*it.names);
        size_of::<PatternInner>() + it.source.len() + names + it.automaton.memory_usage()
    }

    /// Returns true if the pattern has an assertion that takes the end of a piece for the end of
    /// the reply (`$ \z \b \B`). Only such a pattern can depend on where a reply is cut.
    pub fn looks_ahead(&self) -> bool {
        self.0.automaton.looks_ahead
    }

    /// Returns true if a match can only begin where the reply begins, so that an undecided reply is
    /// the beginning of one that matches.
    pub fn is_anchored(&self) -> bool {
        self.0.automaton.anchored
    }

    /// The states of the pattern's automaton. The time that one byte of a reply takes grows with
    /// them, and a [`Matcher`] keeps at most four bytes for each.
    pub fn states(&self) -> usize {
        self.0.automaton.nfa.states().len()
    }

    /// A matcher for a new reply.
    pub fn matcher(&self) -> Matcher {
        Matcher::new()
    }

    fn automaton(&self) -> &Automaton {
        &self.0.automaton
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.0.source).finish()
    }
}

fn compile(pattern: &str) -> Result<Pattern, ParseError> {
    if pattern.len() > MAX_LEN {
        return Err(ErrorKind::TooLong.anywhere());
    }
    let ParsedPattern { hir, names } = dialect::parse(pattern)?;
    let automaton = Automaton::new(&hir)?;
    Ok(Pattern(Arc::new(PatternInner {
        source: pattern.into(),
        automaton,
        names,
        captures: OnceLock::new(),
        budget: None,
    })))
}
