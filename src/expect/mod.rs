//! The pattern: Go's dialect, and the matcher that is fed piece by piece.
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
//! How it works, in one breath: `dialect` reads the pattern into a tree, `byte_classes` turns its simple
//! classes into bytes, `regex-automata` makes a Thompson NFA of it, and [`Cache`] walks all its
//! paths at once, byte by byte, over the reply as `utf8` reads it. The walk remembers the states it
//! is in and the byte before, and nothing else: what a byte costs grows with [`Pattern::states`]
//! and not with the reply. When the walk comes to the final state, the reply matches; when it is in
//! no state at all, no reply that begins so ever will. In a pattern that is not anchored one more
//! state waits for the beginning, so that it stays open until it matches.
//!
//! The walk knows no groups. What the named ones matched is asked of the `regex` crate afterwards
//! ([`Pattern::captures`]), by those who want to know.

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

/// A compiled pattern. Immutable, and shared by its clones.
#[derive(Clone)]
pub struct Pattern(Arc<PatternInner>);

struct PatternInner {
    source: Box<str>,
    automaton: Automaton,
    /// The names of its named groups, each once.
    names: Box<[Box<str>]>,
    /// Compiled when it is first asked for, and `None` where there is nothing to ask.
    captures: OnceLock<Option<Captures>>,
    /// Room for that, where it is bounded.
    room: Option<Arc<Budget>>,
}

/// Longer patterns are refused, in bytes. What is built on the way to the automaton is bounded by
/// this.
const MAX_LEN: usize = 1 << 16;

impl Pattern {
    /// Compiles a pattern of Go's dialect.
    ///
    /// Taken is what Go's `regexp.Compile` takes ([RE2's syntax], with `\C` left out), within bounds
    /// that are closer: 64 KiB of pattern, 64 named groups, 250 groups or repetitions inside one
    /// another, and 4 MiB of automaton. The Unicode tables may be one version group.
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

    /// What the named groups of the pattern matched in `text`, the beginning of a reply or, where it
    /// is `complete`, all of it. Each name once, in the order of the pattern.
    ///
    /// The match is the leftmost, and among these the one that Perl would find, as in Go. It is that
    /// of the `regex` crate, which is compiled when it is first asked for.
    ///
    /// `None` where the pattern has no named group, where nothing matches, where the match comes to
    /// the end of a text that is not complete, since more of the reply could have changed it, and
    /// where it would cost too much. It never takes more than one_or_more tens of milliseconds and 4 MiB:
    /// with its groups, the automaton may take 256 KiB and have 2^17 states times places that it
    /// notes (two for each group, and two more), and 2^20 states times bytes of the text.
    pub fn captures<'r>(&self, text: &'r [u8], complete: bool) -> Option<Vec<Group<'_, 'r>>> {
        let it = &*self.0;
        if let Some(captures) = it.captures.get() {
            return captures.as_ref()?.search(&it.names, text, complete);
        }
        let mut captures = Captures::new(&it.source, &it.names);
        if let (Some(captures), Some(room)) = (&mut captures, &it.room)
            && !captures.fits(room)
        {
            return captures.search(&it.names, text, complete);
        }
        let captures = it.captures.get_or_init(|| captures);
        captures.as_ref()?.search(&it.names, text, complete)
    }

    /// Has what [`captures`](Self::captures) compiles kept only while there is room for it, as it
    /// always is without this; else it is compiled for each reply. One that has clones stays as it
    /// is.
    pub fn keep_captures_within(&mut self, room: &Arc<Budget>) {
        if let Some(it) = Arc::get_mut(&mut self.0) {
            it.room = Some(room.clone());
        }
    }

    /// What it takes up, in bytes, without what [`captures`](Self::captures) compiles.
    pub fn memory_usage(&self) -> usize {
        let it = &*self.0;
        let names: usize = it.names.iter().map(|name| name.len()).sum();
        let names = names + size_of_val(&*it.names);
        size_of::<PatternInner>() + it.source.len() + names + it.automaton.memory_usage()
    }

    /// Whether the pattern has an assertion that takes the end of what has come so far for the end
    /// (`$ \z \b \B`). Only then can it matter how a reply is cut.
    pub fn looks_ahead(&self) -> bool {
        self.0.automaton.looks_ahead
    }

    /// Whether a match can only begin where the reply does, so that a reply that leaves the pattern
    /// open is the beginning of one that matches.
    pub fn is_anchored(&self) -> bool {
        self.0.automaton.anchored
    }

    /// The states of the pattern's automaton. The time that one byte of a reply takes grows with
    /// them, and a [`Matcher`] keeps at most four bytes for each.
    pub fn states(&self) -> usize {
        self.0.automaton.nfa.states().len()
    }

    /// The state of a reply of which nothing has come.
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
        room: None,
    })))
}
