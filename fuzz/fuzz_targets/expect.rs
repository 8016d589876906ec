//! The pattern, whatever it is, over a reply, whatever it is, however it is cut.
//!
//! Input: the pattern, the byte 0xFF, one byte for each piece that says how long it is, the byte
//! 0xFF, the reply. Laws:
//!
//! * nothing panics;
//! * what is decided is never taken back;
//! * unless the pattern looks ahead, what is known after a prefix does not depend on how it came;
//! * the answer to the whole reply is that of the `regex` crate to the translated pattern.
#![no_main]

use check_tcp::expect::{Decision, Matcher, Pattern, Work};
use libfuzzer_sys::fuzz_target;
use regex::RegexBuilder;

/// Larger automata say no more, and take the time of many small ones.
const MAX_STATES: usize = 2_000;

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
    let mut work = Work::default();
    let at_once = whole(&pattern, &mut work, reply);
    let by_bytes = decisions(&pattern, &mut work, reply.chunks(1));
    let in_pieces = decisions(&pattern, &mut work, Pieces { reply, lengths });
    if !pattern.looks_ahead() {
        for (length, decision, matches) in &in_pieces {
            assert_eq!(
                (*decision, *matches),
                (by_bytes[length - 1].1, by_bytes[length - 1].2)
            );
        }
        if let Some((_, _, matches)) = by_bytes.last() {
            assert_eq!(*matches, at_once);
        }
    }
    let regex = RegexBuilder::new(&pattern.translated())
        .size_limit(1 << 26)
        .build()
        .unwrap();
    assert_eq!(at_once, regex.is_match(&text(reply)));
});

/// How much had come after each piece, what was decided then, and what the answer would have been
/// had it been all.
fn decisions<'r>(
    pattern: &Pattern,
    work: &mut Work,
    pieces: impl Iterator<Item = &'r [u8]>,
) -> Vec<(usize, Decision, bool)> {
    let mut matcher = pattern.matcher();
    let mut known = Vec::new();
    let mut before = Decision::Open;
    let mut length = 0;
    for piece in pieces {
        let decision = matcher.feed(pattern, work, piece);
        assert!(before == Decision::Open || before == decision, "taken back");
        before = decision;
        length += piece.len();
        if length == 0 {
            assert_eq!(decision, Decision::Open);
            continue;
        }
        let matches = finish(&matcher, pattern, work);
        match decision {
            Decision::Matched => assert!(matches),
            Decision::Never => assert!(!matches),
            Decision::Open => {}
        }
        known.push((length, decision, matches));
    }
    known
}

fn whole(pattern: &Pattern, work: &mut Work, reply: &[u8]) -> bool {
    let mut matcher = pattern.matcher();
    matcher.feed(pattern, work, reply);
    matcher.finish(pattern, work)
}

fn finish(matcher: &Matcher, pattern: &Pattern, work: &mut Work) -> bool {
    matcher.clone().finish(pattern, work)
}

/// A reply as Go reads it.
fn text(reply: &[u8]) -> String {
    let mut text = String::new();
    for chunk in reply.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// The reply in pieces of these lengths; what is left comes as one.
struct Pieces<'r> {
    reply: &'r [u8],
    lengths: &'r [u8],
}

impl<'r> Iterator for Pieces<'r> {
    type Item = &'r [u8];

    fn next(&mut self) -> Option<&'r [u8]> {
        let length = match self.lengths.split_off_first() {
            Some(&length) => usize::from(length).min(self.reply.len()),
            None if self.reply.is_empty() => return None,
            None => self.reply.len(),
        };
        self.reply.split_off(..length)
    }
}
