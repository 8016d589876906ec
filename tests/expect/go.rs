//! Against Go's own answers: every line of `tests/data/go-regexp.tsv.gz`, every prefix,
//! however it is cut.
//!
//! The answers are those of Go 1.27's `regexp` to random patterns. A line has three fields: the
//! pattern and a reply, both in hexadecimal, and for each prefix of the reply, the empty one first,
//! `1` where it matches; `E` stands for them all where Go refuses the pattern.
//!
//! `CHECK_TCP_SHARE=100` takes every hundredth pattern: what the mutants are held against first.

use crate::cut::{Cut, Random, share};
use check_tcp::expect::{Cache, Decision, Pattern};
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::Read;

/// Go's answer for one reply.
struct Case {
    reply: Vec<u8>,
    /// For each prefix, by its length, whether it matches as a whole reply.
    answers: Vec<bool>,
}

#[test]
fn patterns_are_taken_and_refused_as_by_go() {
    let mut patterns = 0;
    let mut refused = 0;
    each_pattern(|source, cases| {
        let taken = Pattern::new(source).is_ok();
        assert_eq!(taken, cases.is_some(), "{source:?}");
        patterns += 1;
        refused += usize::from(!taken);
    });
    if share() == 1 {
        assert_eq!((patterns, refused), (22_856, 730));
    }
}

#[test]
fn every_prefix_as_a_whole_reply_has_gos_answer_however_it_is_cut() {
    let mut cache = Cache::default();
    let mut random = Random(4);
    let mut asked = 0;
    each_taken(|pattern, case| {
        for (length, &answer) in case.answers.iter().enumerate() {
            for cut in Cut::ALL {
                let pieces = cut.pieces(&case.reply[..length], &mut random);
                let mut matcher = pattern.matcher();
                let mut come = 0;
                let mut matched = false; // at the end of a piece, where that was asked
                for piece in &pieces {
                    matcher.feed(pattern, &mut cache, piece);
                    come += piece.len();
                    matched |= case.answers[come] && !case.ends_inside_a_character(come);
                }
                let matches = matcher.finish(pattern, &mut cache);
                let expected = answer || (pattern.looks_ahead() && matched);
                assert_eq!(matches, expected, "{pattern:?} {pieces:?}");
                asked += 1;
            }
        }
    });
    assert_eq!(asked, 3 * 183_571);
}

#[test]
fn a_decision_on_a_prefix_agrees_with_gos_answer_to_every_continuation() {
    let mut cache = Cache::default();
    let mut random = Random(1);
    each_taken(|pattern, case| {
        for cut in Cut::ALL {
            let pieces = cut.pieces(&case.reply, &mut random);
            case.check(pattern, &decisions(pattern, &mut cache, &pieces));
        }
    });
}

#[test]
fn a_pattern_that_does_not_look_ahead_is_decided_at_the_same_byte_however_the_reply_is_cut() {
    let mut cache = Cache::default();
    let mut random = Random(2);
    let mut decided = 0;
    each_taken(|pattern, case| {
        if pattern.looks_ahead() {
            return;
        }
        let pieces = Cut::Bytes.pieces(&case.reply, &mut random);
        let by_bytes = decisions(pattern, &mut cache, &pieces);
        decided += by_bytes
            .iter()
            .filter(|(_, decision)| *decision != Decision::Open)
            .count();
        for &(length, expected) in &by_bytes {
            let prefix = &case.reply[..length];
            for cut in [Cut::Whole, Cut::Random] {
                let pieces = cut.pieces(prefix, &mut random);
                let last = decisions(pattern, &mut cache, &pieces).pop();
                assert_eq!(
                    last,
                    Some((length, expected)),
                    "{pattern:?} {prefix:?} {cut:?}"
                );
            }
        }
    });
    if share() == 1 {
        assert!(decided > 10_000, "{decided}");
    }
}

impl Case {
    fn read(reply: &str, answers: &str) -> Option<Self> {
        if answers == "E" {
            return None;
        }
        let reply = bytes(reply);
        let answers: Vec<bool> = answers.bytes().map(|b| b == b'1').collect();
        assert_eq!(answers.len(), reply.len() + 1);
        Some(Self { reply, answers })
    }

    /// Holds decisions, each after the first so many bytes, against Go's answers.
    fn check(&self, pattern: &Pattern, decisions: &[(usize, Decision)]) {
        let said = || format!("{pattern:?} {:?} {decisions:?}", self.reply);
        let mut matched = false; // at the end of a piece, where that was asked
        let mut before = Decision::Open;
        for &(length, decision) in decisions {
            assert!(
                before == Decision::Open || before == decision,
                "taken back: {}",
                said()
            );
            before = decision;
            matched |= self.answers[length] && !self.ends_inside_a_character(length);
            let (so_far, from_here) = (&self.answers[..=length], &self.answers[length..]);
            match decision {
                Decision::Matched if pattern.looks_ahead() => {
                    assert!(so_far.contains(&true), "{}", said());
                }
                Decision::Matched => assert!(!from_here.contains(&false), "{}", said()),
                Decision::Never => assert!(!from_here.contains(&true), "{}", said()),
                Decision::Open => assert!(!matched, "{}", said()),
            }
        }
    }

    fn ends_inside_a_character(&self, length: usize) -> bool {
        let unfinished = |from: usize| {
            let tail = str::from_utf8(&self.reply[from..length]);
            tail.is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
        };
        (length.saturating_sub(3)..length).any(unfinished)
    }
}

/// The length after each piece, and the decision at it.
fn decisions(pattern: &Pattern, cache: &mut Cache, pieces: &[&[u8]]) -> Vec<(usize, Decision)> {
    let mut matcher = pattern.matcher();
    let mut length = 0;
    let mut feed = |piece: &&[u8]| {
        length += piece.len();
        (length, matcher.feed(pattern, cache, piece))
    };
    pieces.iter().map(&mut feed).collect()
}

/// Calls `each` with every line whose pattern Go takes.
fn each_taken(mut each: impl FnMut(&Pattern, &Case)) {
    each_pattern(|source, cases| {
        let Some(cases) = cases else { return };
        let pattern = Pattern::new(source).unwrap();
        cases.iter().for_each(|case| each(&pattern, case));
    });
}

/// Calls `each` with every pattern and its lines, or nothing where Go refuses the pattern.
fn each_pattern(mut each: impl FnMut(&str, Option<Vec<Case>>)) {
    let file = File::open(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/go-regexp.tsv.gz"
    ));
    let mut data = String::new();
    GzDecoder::new(file.unwrap())
        .read_to_string(&mut data)
        .unwrap();
    let lines: Vec<[&str; 3]> = data.lines().map(fields).collect();
    assert_eq!(lines.len(), 29_365);
    for group in lines.chunk_by(|a, b| a[0] == b[0]).step_by(share()) {
        let source = String::from_utf8(bytes(group[0][0])).unwrap();
        let cases = group
            .iter()
            .map(|&[_, reply, answers]| Case::read(reply, answers))
            .collect();
        each(&source, cases);
    }
}

fn fields(line: &str) -> [&str; 3] {
    let fields: Vec<&str> = line.split('\t').collect();
    fields.try_into().unwrap()
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let pairs = (0..hexadecimal.len())
        .step_by(2)
        .map(|i| &hexadecimal[i..i + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}
