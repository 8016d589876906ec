//! What the named groups of a pattern matched.

use super::dialect::{self, Named};
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;

/// A pattern with its named groups, compiled.
pub(super) struct Captures {
    regex: Regex,
    names: Vec<Box<str>>,
}

/// What one named group matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'p, 'r> {
    /// The name.
    pub name: &'p str,
    /// The bytes of the reply; `None` where the match went without the group.
    pub text: Option<&'r [u8]>,
}

/// Patterns that take more memory have no captures, in bytes.
const MAX_MEMORY: usize = 1 << 20;

/// Nor have those with more than this when their groups are multiplied with their states: so much may
/// one byte of the reply cost.
const MAX_WORK: usize = 1 << 16;

/// Deeper than any tree is when it is written out: each of its 250 levels may take four.
const MAX_NEST: u32 = 1100;

impl Captures {
    /// `None` where the pattern, whose automaton has so many states, has no named group, or is too
    /// large.
    pub(super) fn new(source: &str, states: usize) -> Option<Self> {
        let Named { hir, names } = dialect::parse_named(source).ok()?;
        if names.is_empty() || names.len().saturating_mul(states) > MAX_WORK {
            return None;
        }
        let regex = RegexBuilder::new(&hir.to_string())
            .size_limit(MAX_MEMORY)
            .nest_limit(MAX_NEST)
            .build();
        Some(Self {
            regex: regex.ok()?,
            names,
        })
    }

    /// See [`Pattern::captures`](super::Pattern::captures).
    pub(super) fn of<'r>(&self, bytes: &'r [u8], complete: bool) -> Option<Vec<Group<'_, 'r>>> {
        let bytes = match complete {
            true => bytes,
            false => whole_characters(bytes),
        };
        let text = as_read(bytes);
        let found = self.regex.captures(&text)?;
        if !complete && found.get(0)?.end() == text.len() {
            return None;
        }
        let group = |name| {
            let matched = found.name(&dialect::called(name))?;
            let [start, end] = [matched.start(), matched.end()].map(|at| match &text {
                Cow::Borrowed(_) => at,
                Cow::Owned(_) => place(bytes, at),
            });
            bytes.get(start..end)
        };
        let groups = self.names.iter().map(|name| Group {
            name,
            text: group(name),
        });
        Some(groups.collect())
    }
}

/// Without the beginning of a character at the end: its rest is not known.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let last = bytes.utf8_chunks().last();
    let rest = last.map(|chunk| chunk.invalid()).unwrap_or_default();
    match str::from_utf8(rest).is_err_and(|e| e.error_len().is_none()) {
        true => bytes.strip_suffix(rest).unwrap_or(bytes),
        false => bytes,
    }
}

/// A reply as Go reads it: U+FFFD for each invalid byte.
fn as_read(bytes: &[u8]) -> Cow<'_, str> {
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

/// Which byte of the reply stands at this place of the text that it reads as.
fn place(bytes: &[u8], at: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use crate::expect::Pattern;

    fn pattern(source: &str) -> Pattern {
        Pattern::new(source).expect("a pattern")
    }

    /// What the groups matched, as `name=text`, or `name` alone where it took no part.
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
    fn groups_as_deep_as_allowed_are_told() {
        let open: String = (0..250).map(|i| format!("(?<a{i}>a|")).collect();
        let pattern = pattern(&format!("{open}b{}", ")".repeat(250)));
        let groups = pattern.captures(b"b", true).expect("a match");
        assert_eq!(groups.len(), 250);
        assert!(groups.iter().all(|group| group.text == Some(b"b")));
    }

    #[test]
    fn a_pattern_too_large_for_it_has_no_captures() {
        let letters = |count| {
            let source = format!("(?P<n>){}", r"\pL".repeat(count));
            found(&source, "é".repeat(count).as_bytes(), true)
        };
        assert!(letters(2).is_some());
        assert!(letters(100).is_none());
        let groups = |count| {
            let groups = (0..count).map(|i| format!("(?P<n{i}>a)*"));
            found(&groups.collect::<String>(), b"a", true)
        };
        assert!(groups(100).is_some());
        assert!(groups(500).is_none());
    }
}
