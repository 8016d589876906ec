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
//! The walk knows no groups. The PikeVM of `regex-automata` finds the matches of named groups afterwards, where
//! they are asked for ([`Pattern::captures`]).

mod ascii_case;
mod automaton;
mod byte_classes;
#[cfg_attr(not(feature = "captures"), path = "captures/absent.rs")]
mod captures;
mod class;
mod cursor;
mod decode;
mod dialect;
mod error;
mod group;
mod matcher;
mod property;
mod tree;
mod unicode;
mod walk;

pub use error::PatternError;
pub use group::Group;
pub use matcher::{Decision, Matcher};
pub use walk::Cache;

use crate::memory::Budget;
use automaton::Automaton;
use captures::Captures;
use class::Classes;
use dialect::ParsedPattern;
use error::{ErrorKind, ParseError};
use std::fmt;
use std::iter;
use std::sync::{Arc, OnceLock};

/// A compiled pattern, or several that must all match; clones share them.
#[derive(Clone)]
pub struct Pattern {
    inner: Arc<PatternInner>,
    /// Further patterns that the same reply must match, none of which has further ones.
    further: Vec<Self>,
}

struct PatternInner {
    source: Box<str>,
    /// Each byte of the reply is one character, U+0000 to U+00FF.
    is_bytes: bool,
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
        compile(pattern, false).map_err(|refusal| PatternError::new(pattern, refusal))
    }

    /// Compiles a pattern for replies that are bytes and not text: each byte is one character, so
    /// that `\xFF` is the byte 0xFF and `.` any byte but LF.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn bytes(pattern: &str) -> Result<Self, PatternError> {
        compile(pattern, true).map_err(|refusal| PatternError::new(pattern, refusal))
    }

    /// Compiles a pattern for replies that contain one of these texts, byte for byte. An empty text
    /// is in every reply of at least one byte.
    ///
    /// # Errors
    /// The texts are too long.
    pub fn literals(texts: &[&[u8]]) -> Result<Self, PatternError> {
        let alternatives = texts.iter().map(|text| match text {
            [] => "(?s:.)".to_owned(),
            text => text.iter().map(|byte| format!("\\x{byte:02x}")).collect(),
        });
        Self::bytes(&alternatives.collect::<Vec<_>>().join("|"))
    }

    /// Returns the pattern that matches a reply which all of these match, in whatever order; `None`
    /// for none.
    pub fn all(patterns: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut parts = patterns.into_iter().flat_map(|pattern| {
            let Self { inner, further } = pattern;
            let first = Self {
                inner,
                further: Vec::new(),
            };
            iter::once(first).chain(further)
        });
        let mut first = parts.next()?;
        first.further = parts.collect();
        Some(first)
    }

    /// The pattern as written; of several the first.
    pub fn as_str(&self) -> &str {
        &self.inner.source
    }

    /// The pattern in the dialect of the `regex` crate, for text in which U+FFFD stands for each
    /// invalid byte.
    ///
    /// Of its groups those with a name are kept, and of several that share one the first. A name
    /// that begins with a digit, which that crate does not take, has `_.` before it.
    pub fn translated(&self) -> String {
        // What was read once can be read again.
        let hir = dialect::parse_named(&self.inner.source, Classes::default());
        hir.map_or_else(|_| String::new(), |hir| hir.to_string())
    }

    /// Finds the matches of the named groups in `text`, the beginning of a reply or, if it is
    /// `complete`, all of it. Each name once, in the order of the pattern.
    ///
    /// The match is the leftmost, and among these the one that Perl would find, as in Go. It is
    /// that of the `regex` crate, whose automaton is compiled when it is first asked for.
    ///
    /// `None` where the pattern has no named group, where nothing matches, where the match comes to
    /// the end of a text that is not complete, since more of the reply could have changed it, and
    /// where it would cost too much. It never takes more than some tens of milliseconds and 4 MiB:
    /// with its groups, the automaton may take 256 KiB and have 2^17 states times places that it
    /// notes (two for each group, and two more), and 2^20 states times bytes of the text.
    pub fn captures<'r>(&self, text: &'r [u8], complete: bool) -> Option<Vec<Group<'_, 'r>>> {
        let mut found = self.parts().map(|part| part.captures(text, complete));
        found.find_map(|groups| groups)
    }

    /// Keeps what [`captures`](Self::captures) compiles only if `budget` has memory left for it;
    /// otherwise each reply compiles it again. No effect on a pattern that has clones.
    pub fn keep_captures_within(&mut self, budget: &Arc<Budget>) {
        if let Some(it) = Arc::get_mut(&mut self.inner) {
            it.budget = Some(budget.clone());
        }
        for pattern in &mut self.further {
            pattern.keep_captures_within(budget);
        }
    }

    /// Returns the names of its named groups.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.parts()
            .flat_map(|part| &part.names)
            .map(|name| &**name)
    }

    /// Memory in bytes, without what [`captures`](Self::captures) compiles.
    pub fn memory_usage(&self) -> usize {
        self.parts().map(PatternInner::memory_usage).sum()
    }

    /// Returns true if the pattern has an assertion that takes the end of a piece for the end of
    /// the reply (`$ \z \b \B`). Only such a pattern can depend on where a reply is cut.
    pub fn looks_ahead(&self) -> bool {
        self.parts().any(|part| part.automaton.looks_ahead)
    }

    /// Returns true if a match can only begin where the reply begins, so that an undecided reply is
    /// the beginning of one that matches.
    pub fn is_anchored(&self) -> bool {
        self.parts().any(|part| part.automaton.anchored)
    }

    /// The states of the pattern's automaton. The time that one byte of a reply takes grows with
    /// them, and a [`Matcher`] keeps at most four bytes for each.
    pub fn states(&self) -> usize {
        let states = |part: &PatternInner| part.automaton.nfa.states().len();
        self.parts().map(states).sum()
    }

    /// A matcher for a new reply.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(1 + self.further.len())
    }

    fn parts(&self) -> impl Iterator<Item = &PatternInner> {
        let further = self.further.iter().map(|pattern| &*pattern.inner);
        iter::once(&*self.inner).chain(further)
    }
}

impl PatternInner {
    fn captures<'r>(&self, text: &'r [u8], complete: bool) -> Option<Vec<Group<'_, 'r>>> {
        if let Some(captures) = self.captures.get() {
            return captures.as_ref()?.search(&self.names, text, complete);
        }
        let mut captures = Captures::new(&self.source, &self.names);
        if let (Some(captures), Some(budget)) = (&mut captures, &self.budget)
            && !captures.fits(budget)
        {
            return captures.search(&self.names, text, complete);
        }
        let captures = self.captures.get_or_init(|| captures);
        captures.as_ref()?.search(&self.names, text, complete)
    }

    fn memory_usage(&self) -> usize {
        let names: usize = self.names.iter().map(|name| name.len()).sum();
        let names = names + size_of_val(&*self.names);
        size_of::<Self>() + self.source.len() + names + self.automaton.memory_usage()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("Pattern");
        for part in self.parts() {
            tuple.field(&part.source);
        }
        tuple.finish()
    }
}

fn compile(pattern: &str, is_bytes: bool) -> Result<Pattern, ParseError> {
    if pattern.len() > MAX_LEN {
        return Err(ErrorKind::TooLong.anywhere());
    }
    let ParsedPattern { hir, names } = dialect::parse(pattern)?;
    let automaton = Automaton::new(&hir)?;
    Ok(Pattern {
        inner: Arc::new(PatternInner {
            source: pattern.into(),
            is_bytes,
            automaton,
            names,
            captures: OnceLock::new(),
            budget: None,
        }),
        further: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decision after each byte, and that at the end.
    fn decisions(pattern: &Pattern, reply: &[u8]) -> (Vec<Decision>, bool) {
        let mut cache = Cache::default();
        let mut matcher = pattern.matcher();
        let mut feed = |byte: &u8| matcher.feed(pattern, &mut cache, &[*byte]);
        let decisions = reply.iter().map(&mut feed).collect();
        (decisions, matcher.finish(pattern, &mut cache))
    }

    fn matches(pattern: &Pattern, reply: &[u8]) -> bool {
        let (by_byte, at_end) = decisions(pattern, reply);
        let mut matcher = pattern.matcher();
        let at_once = matcher.feed(pattern, &mut Cache::default(), reply);
        assert_eq!(by_byte.last().copied().unwrap_or(at_once), at_once);
        at_end
    }

    #[test]
    fn a_pattern_of_bytes_reads_each_byte_as_it_is() {
        let pattern = Pattern::bytes(r"^\xff..\x00[\x80-\xfe]").unwrap();
        assert!(pattern.is_anchored());
        assert!(matches(&pattern, b"\xff\xc3\xa9\0\x80"));
        assert!(matches(&pattern, b"\xff\x80\xff\0\xfe"));
        assert!(!matches(&pattern, b"\xff\x80\xff\0\xff"));
        let (by_byte, _) = decisions(&pattern, b"\xff\xc3\xa9\x01");
        assert_eq!(
            by_byte,
            [
                Decision::Open,
                Decision::Open,
                Decision::Open,
                Decision::Never
            ]
        );
        assert!(!matches(&Pattern::new(r"^\xff").unwrap(), b"\xff"));
    }

    #[test]
    fn literals_are_found_anywhere_byte_for_byte() {
        let pattern = Pattern::literals(&[b"a.b", b"\xff\0", "é".as_bytes()]).unwrap();
        for reply in [
            &b"xa.b"[..],
            b"a.b",
            b"..\xff\0",
            "xéx".as_bytes(),
            b"\xc3\xa9",
        ] {
            assert!(matches(&pattern, reply), "{}", reply.escape_ascii());
        }
        for reply in [&b"axb"[..], b"A.b", b"\xff", b"\xc3", b"\xe9", b""] {
            assert!(!matches(&pattern, reply), "{}", reply.escape_ascii());
        }
        let (by_byte, _) = decisions(&pattern, b"xa.b");
        assert_eq!(
            by_byte,
            [
                Decision::Open,
                Decision::Open,
                Decision::Open,
                Decision::Matched
            ]
        );
        let any = Pattern::literals(&[b""]).unwrap();
        assert!(matches(&any, b"\n") && matches(&any, b"\xff") && !matches(&any, b""));
        assert!(Pattern::literals(&[&[b'a'; 20_000]]).is_err(), "too long");
    }

    #[test]
    fn all_of_several_patterns_match_in_any_order() {
        let parts = ["b", "^a", "c"].map(|part| Pattern::new(part).unwrap());
        let pattern = Pattern::all(parts).unwrap();
        for reply in [&b"abc"[..], b"acb", b"a..c..b"] {
            assert!(matches(&pattern, reply));
        }
        assert!(!matches(&pattern, b"ab") && !matches(&pattern, b""));
        let (by_byte, _) = decisions(&pattern, b"xbc");
        assert_eq!(by_byte, [Decision::Never; 3]);
        let overlapping = [b"ab", b"ba"].map(|text| Pattern::literals(&[text]).unwrap());
        assert!(matches(&Pattern::all(overlapping).unwrap(), b"aba"));
        assert!(Pattern::all([]).is_none());
        let nested = Pattern::all([pattern, Pattern::new("d").unwrap()]).unwrap();
        assert!(matches(&nested, b"abcd") && !matches(&nested, b"abc"));
    }
}
