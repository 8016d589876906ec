//! The pattern, whatever it is, over a reply, whatever it is, however it is cut.
//!
//! Input: the pattern, the byte 0xFF, one byte for each piece that says how long it is, the byte
//! 0xFF, the reply. Laws:
//!
//! * nothing panics, and a refusal is one line;
//! * while a reply is read, no more memory is taken than the pattern's states call for, and a
//!   matcher keeps four bytes for each at most, however long the reply is;
//! * what is decided is never taken back, and a match at the end of a piece is not passed over;
//! * unless the pattern looks ahead, what is known after a prefix does not depend on how it came;
//! * the answer to a prefix, and to the whole reply, is that of the `regex` crate to the translated
//!   pattern over the text in which each invalid byte is U+FFFD;
//! * named groups are told only of a reply that matches, and what they matched is part of it; to
//!   find it takes little memory, whatever the pattern.
#![no_main]

use check_tcp::expect::{Cache, Decision, Matcher, Pattern};
use check_tcp_fuzz::as_go::text;
use check_tcp_fuzz::cut::Pieces;
use check_tcp_fuzz::memory;
use libfuzzer_sys::fuzz_target;
use regex::{Regex, RegexBuilder};

/// Larger automata say no more, and take the time of many small ones.
const MAX_STATES: usize = 2_000;

/// So many prefixes are asked of the `regex` crate, at the ends of the first pieces.
const PREFIXES: usize = 8;

/// Memory bound of a walk for each state of the pattern, in bytes: the lists of states that it is
/// in and comes to, with room to grow; and what it may take however small the pattern is.
const WALK: usize = 64;
const SMALL: usize = 1_024;

fuzz_target!(|input: &[u8]| {
    let mut fields = input.splitn(3, |&byte| byte == 0xFF);
    let [Some(source), Some(lengths), Some(reply)] = [(); 3].map(|()| fields.next()) else {
        return;
    };
    let Ok(source) = str::from_utf8(source) else {
        return;
    };
    let pattern = match Pattern::new(source) {
        Ok(pattern) if pattern.states() <= MAX_STATES => pattern,
        Ok(_) => return,
        Err(error) => {
            let line = error.to_string();
            assert!(!line.contains(['\n', '\r']) && line.len() < 1_000, "{line}");
            return;
        }
    };
    let lengths = lengths.iter().map(|&length| usize::from(length));
    let at_once = read(&pattern, [reply]);
    let by_bytes = read(&pattern, reply.chunks(1));
    let in_pieces = read(&pattern, Pieces::new(reply, lengths));
    if !pattern.looks_ahead() {
        for known in at_once.iter().chain(&in_pieces) {
            assert_eq!(known, &by_bytes[known.length]);
        }
    }
    let regex = RegexBuilder::new(&pattern.translated())
        .size_limit(1 << 26)
        .nest_limit(1_100)
        .build()
        .expect("a translated pattern is one of the regex crate");
    agree(&regex, reply, at_once.iter());
    agree(&regex, reply, in_pieces.iter().take(PREFIXES));
    captures(&pattern, reply, is_match(&regex, reply));
});

/// The decision after a number of bytes of the reply.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    length: usize,
    decision: Decision,
    /// The answer, had that been all.
    matches: bool,
}

/// The decisions before the first piece and after each piece.
fn read<'r>(pattern: &Pattern, pieces: impl IntoIterator<Item = &'r [u8]>) -> Vec<Known> {
    let room = SMALL + WALK * pattern.states();
    let mut cache = Cache::default();
    let mut matcher = pattern.matcher();
    let mut length = 0;
    let mut known = Vec::new();
    let mut before = Decision::Open;
    for piece in [&[][..]].into_iter().chain(pieces) {
        length += piece.len();
        let (decision, matches) = memory::within(room, || {
            let decision = matcher.feed(pattern, &mut cache, piece);
            (decision, whole(matcher.clone(), pattern, &mut cache))
        });
        assert!(before == Decision::Open || before == decision, "taken back");
        match decision {
            Decision::Matched => assert!(matches),
            Decision::Never => assert!(!matches),
            Decision::Open => {}
        }
        before = decision;
        known.push(Known {
            length,
            decision,
            matches,
        });
    }
    let with_both = memory::allocated();
    drop(matcher);
    let with_work = memory::allocated();
    drop(cache);
    assert!(with_both - with_work <= 4 * pattern.states());
    assert!(with_work - memory::allocated() <= room);
    known
}

/// The answer, if that was the whole reply. Neither another question nor a late byte changes it.
fn whole(mut matcher: Matcher, pattern: &Pattern, cache: &mut Cache) -> bool {
    let matches = matcher.finish(pattern, cache);
    let decided = match matches {
        true => Decision::Matched,
        false => Decision::Never,
    };
    assert_eq!(matcher.feed(pattern, cache, b"a"), decided, "taken back");
    assert_eq!(matcher.finish(pattern, cache), matches, "taken back");
    matches
}

/// Memory bound of finding the groups, in bytes.
const CAPTURES: usize = 8 << 20;

/// Holds the answers to prefixes against the `regex` crate's, up to the one that was matched: with
/// `$` it is so at the end of a piece, whatever comes behind it.
fn agree<'k>(regex: &Regex, reply: &[u8], known: impl Iterator<Item = &'k Known>) {
    for known in known {
        let prefix = &reply[..known.length];
        assert_eq!(known.matches, is_match(regex, prefix), "{known:?}");
        match known.decision {
            Decision::Matched => return,
            // Inside a character the end is not asked for.
            Decision::Open => {
                assert!(!known.matches || prefix.is_empty() || ends_inside_a_character(prefix));
            }
            Decision::Never => {}
        }
    }
}

fn captures(pattern: &Pattern, reply: &[u8], matches: bool) {
    for complete in [true, false] {
        let groups = memory::within(CAPTURES, || pattern.captures(reply, complete));
        let Some(groups) = groups else {
            continue;
        };
        assert!(matches || !complete);
        for text in groups.iter().filter_map(|group| group.text) {
            let place = reply.as_ptr_range();
            let part = text.as_ptr_range();
            assert!(place.start <= part.start && part.end <= place.end);
        }
    }
}

fn is_match(regex: &Regex, reply: &[u8]) -> bool {
    regex.is_match(&text(reply))
}

fn ends_inside_a_character(bytes: &[u8]) -> bool {
    let last = bytes.utf8_chunks().last();
    last.is_some_and(|chunk| {
        str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none())
    })
}
