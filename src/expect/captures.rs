//! The text that named groups matched.

use super::automaton;
use super::class::Classes;
use super::dialect;
use super::group::Group;
use crate::escape::strip_partial_char;
use crate::memory::{Budget, Lease};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::nfa::thompson::pikevm::{Cache, PikeVM};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// A pattern with its named groups, compiled.
pub(super) struct Captures {
    vm: PikeVM,
    /// What a search works with, kept for the next one.
    cache: Mutex<Option<Cache>>,
    /// States of its automaton. So much does one byte of a text cost at most.
    states: usize,
    /// Memory in bytes, once it has been used.
    memory: usize,
    lease: Lease,
}

/// The largest NFA with its groups, in bytes: some 8,000 states. This bound and those below limit
/// the time and memory of captures for every pattern and reply.
const MAX_NFA: usize = 1 << 18;

/// A search keeps the places of all groups for each state, 16 bytes a place: 2 MiB.
const MAX_PLACES: usize = 1 << 17;

/// States times bytes of the text: 20 ms.
const MAX_VISITS: usize = 1 << 20;

/// The bound on class ranges when the pattern is parsed again; `x{0}` and case folding hide ranges
/// from the automaton.
const MAX_RANGES: usize = 1 << 15;

/// Memory beside NFA and text, in bytes: per slot, per state, per group, and fixed.
const PLACE: usize = 16;
const STATE: usize = 16;
const GROUP: usize = 128;
const SMALL: usize = 8 << 10;

impl Captures {
    /// `None` where the pattern has no named group, or is too large.
    pub(super) fn new(source: &str, names: &[Box<str>]) -> Option<Self> {
        if names.is_empty() {
            return None;
        }
        let hir = dialect::parse_named(source, Classes::within(MAX_RANGES)).ok()?;
        let nfa = automaton::compile(&hir, WhichCaptures::All, MAX_NFA)?;
        let states = nfa.states().len();
        let places = states.saturating_mul(2 + 2 * names.len());
        if places > MAX_PLACES {
            return None;
        }
        let search = places * PLACE + states * STATE + names.len() * GROUP;
        let memory = automaton::memory_usage(&nfa) + search + SMALL;
        Some(Self {
            vm: PikeVM::new_from_nfa(nfa).ok()?,
            cache: Mutex::default(),
            states,
            memory,
            lease: Lease::default(),
        })
    }

    /// Reserves its memory in a budget; returns false if there is too little left.
    pub(super) fn fits(&mut self, budget: &Arc<Budget>) -> bool {
        let lease = budget.try_acquire(self.memory);
        let fits = lease.is_some();
        self.lease = lease.unwrap_or_default();
        fits
    }

    /// See [`Pattern::captures`](super::Pattern::captures).
    pub(super) fn search<'p, 'r>(
        &self,
        names: &'p [Box<str>],
        bytes: &'r [u8],
        complete: bool,
    ) -> Option<Vec<Group<'p, 'r>>> {
        let bytes = match complete {
            true => bytes,
            false => strip_partial_char(bytes),
        };
        let text = decode_lossy(bytes);
        if self.states.saturating_mul(text.len()) > MAX_VISITS {
            return None;
        }
        let mut found = self.vm.create_captures();
        self.search_text(&text, &mut found);
        if !complete && found.get_match()?.end() == text.len() {
            return None;
        }
        found.pattern()?;
        let group = |name| {
            let matched = found.get_group_by_name(&dialect::called(name))?;
            let [start, end] = [matched.start, matched.end].map(|at| match &text {
                Cow::Borrowed(_) => at,
                Cow::Owned(_) => byte_offset(bytes, at),
            });
            bytes.get(start..end)
        };
        let groups = names.iter().map(|name| Group {
            name,
            text: group(name),
        });
        Some(groups.collect())
    }

    fn search_text(&self, text: &str, found: &mut regex_automata::util::captures::Captures) {
        let kept = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = kept().take();
        let mut cache = cache.unwrap_or_else(|| self.vm.create_cache());
        self.vm.captures(&mut cache, text, found);
        *kept() = Some(cache);
    }
}

/// The reply as Go decodes it: U+FFFD for each invalid byte.
fn decode_lossy(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() * 2);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text)
}

/// The byte offset in the reply for an offset in its decoded text.
fn byte_offset(bytes: &[u8], at: usize) -> usize {
    let (mut read, mut place) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().len();
        if at <= read + valid {
            return place + (at - read);
        }
        (read, place) = (read + valid, place + valid);
        for _ in chunk.invalid() {
            if at <= read {
                return place;
            }
            read += char::REPLACEMENT_CHARACTER.len_utf8();
            place += 1;
        }
    }
    place
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use crate::expect::Pattern;

    fn pattern(source: &str) -> Pattern {
        Pattern::new(source).expect("a pattern")
    }

    /// The matches as `name=text`, or `name` alone for a group that took no part.
    fn found(source: &str, reply: &[u8], complete: bool) -> Option<String> {
        let pattern = pattern(source);
        let groups = pattern.captures(reply, complete)?;
        let shown = groups.iter().map(|group| match group.text {
            Some(text) => format!("{}={}", group.name, text.escape_ascii()),
            None => group.name.to_owned(),
        });
        Some(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn named_groups_are_told_in_the_order_of_the_pattern() {
        for (source, reply, expected) in [
            (
                r"^220 (?P<host>\S+) (?<software>\w+)",
                &b"220 mail.example ESMTP\r\n"[..],
                "host=mail.example software=ESMTP",
            ),
            ("(?P<b>b)?(?P<a>a)", b"a", "b a=a"),
            ("(?P<nothing>)", b"a", "nothing="),
            ("(?P<outer>a(?P<inner>b|c)+)", b"abc", "outer=abc inner=c"),
            ("(x)(?:y)(?P<z>z)", b"xyz", "z=z"),
            ("(?P<a>a+?)(?U)(?P<b>a+)", b"aaa", "a=a b=a"),
            ("(?i)(?P<a>\\QA.\\E)", b"a.", "a=a."),
            ("(?m)^(?P<last>.*)$\\z", b"a\nb", "last=b"),
        ] {
            let found = found(source, reply, true);
            assert_eq!(found.as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn names_are_gos() {
        for (source, reply, expected) in [
            ("^(?P<1>a)(?<_1>b)(?<1x>c)", &b"abc"[..], "1=a _1=b 1x=c"),
            // The first of a name is the one that Go finds, whether it took part or not.
            ("(?P<n>a)(?P<n>b)", b"ab", "n=a"),
            ("(?P<n>a)|(?P<n>b)", b"b", "n"),
            ("(?P<n>(?P<n>a)b)", b"ab", "n=ab"),
            // What no text matches, or stands no times, is a group all the same.
            (r"(?P<n>[^\x00-\x{10FFFF}])?(?P<m>a)", b"a", "n m=a"),
            ("(?P<n>a){0}(?P<m>a)", b"a", "n m=a"),
            ("(?P<n>a){2}", b"aa", "n=a"),
        ] {
            let found = found(source, reply, true);
            assert_eq!(found.as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn without_named_groups_or_a_match_there_is_nothing_to_tell() {
        for (source, reply) in [("(a)(?:b)", &b"ab"[..]), (r"\Q(?P<n>\E", b"(?P<n>")] {
            assert_eq!(found(source, reply, true), None, "{source}");
        }
        assert_eq!(found("^220 (?P<host>.*)", b"421 busy", true), None);
    }

    #[test]
    fn a_match_that_comes_to_the_end_of_what_was_kept_is_not_known() {
        let source = "^220 (?P<host>[^ ]*)";
        assert_eq!(found(source, b"220 a", true).as_deref(), Some("host=a"));
        assert_eq!(found(source, b"220 a", false), None);
        assert_eq!(found(source, b"220 a ", false).as_deref(), Some("host=a"));
        assert_eq!(found("(?P<x>b)", b"a", false), None);
        // Half of a character says nothing, not even that the match ends before it.
        assert_eq!(found(source, b"220 a\xc3", false), None);
        assert_eq!(
            found(source, b"220 a\xc3", true).as_deref(),
            Some("host=a\\xc3")
        );
        assert_eq!(
            found(source, b"220 a\xff ", false).as_deref(),
            Some("host=a\\xff")
        );
    }

    #[test]
    fn invalid_bytes_match_as_one_character_each_and_are_told_as_they_came() {
        for (source, reply, expected) in [
            ("^(?P<a>.)(?P<b>.)c", &b"\xff\xfec"[..], "a=\\xff b=\\xfe"),
            (
                "(?P<a>é+)\u{FFFD}(?P<b>x)",
                b"\xc3\xa9\xe2x",
                "a=\\xc3\\xa9 b=x",
            ),
            ("a(?P<n>...)b", b"a\xf0\x9f\x98b", "n=\\xf0\\x9f\\x98"),
            ("(?P<n>)$", b"\xe2\x82", "n="),
            ("(?P<n>b?$)", b"a\xffb", "n=b"),
        ] {
            let found = found(source, reply, true);
            assert_eq!(found.as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn the_automaton_is_that_of_the_pattern_without_names() {
        for source in [
            "^(?P<a>a|b|c)(?P<b>ab|ac)",
            "a(?P<n>b)c",
            "(?:(?P<n>a)|b)*c",
        ] {
            let plain = source.replace("?P<a>", "").replace("?P<b>", "");
            let plain = plain.replace("?P<n>", "");
            assert_eq!(pattern(source).states(), pattern(&plain).states());
        }
        assert_eq!(
            pattern("(?P<a>b)(?P<1>c)").translated(),
            "(?:(?P<a>b)(?P<_.1>c))"
        );
    }

    #[test]
    fn groups_as_many_and_as_deep_as_allowed_are_told() {
        let open: String = (0..250)
            .map(|i| match i {
                0..64 => format!("(?<a{i}>a|"),
                _ => "(a|".to_owned(),
            })
            .collect();
        let pattern = pattern(&format!("{open}b{}", ")".repeat(250)));
        let groups = pattern.captures(b"b", true).expect("a match");
        assert_eq!(groups.len(), 64);
        assert!(groups.iter().all(|group| group.text == Some(b"b")));
    }

    #[test]
    fn a_pattern_too_large_for_it_has_no_captures() {
        for (source, repeated, count) in [
            ("(?P<n>){}", r"\pL", 100),
            ("(?P<n>)(?:){}", r"\pL{0}", 100),
            ("(?P<n>)(?i){}a", r"[\x00-\x{10FFFF}]?", 10),
            ("(?P<n>)(?:{}){100}", "a?", 100),
            ("(?:{}){400}", "(?P<n>a?)(?P<m>)", 30),
        ] {
            let found = |count| found(&source.replace("{}", &repeated.repeat(count)), b"a", true);
            assert!(found(1).is_some(), "{repeated}");
            assert!(found(count).is_none(), "{repeated}");
        }
    }

    #[test]
    fn a_reply_too_long_for_a_large_pattern_has_no_captures() {
        let source = "(?P<n>a)(?:b?){500}";
        let groups = |length| found(source, &b"a".repeat(length), true);
        assert_eq!(groups(1_000).as_deref(), Some("n=a"));
        let source = "(?P<n>a)(?:b?){1000}";
        let groups = |length| found(source, &b"a".repeat(length), true);
        assert_eq!(groups(100).as_deref(), Some("n=a"));
        assert_eq!(groups(1_000), None);
    }
}
