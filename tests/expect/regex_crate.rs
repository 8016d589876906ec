//! Against the `regex` crate: random patterns over random replies, invalid bytes among them.
//!
//! It sees the translated pattern and the whole reply at once, each invalid byte read as U+FFFD.

use crate::as_go::text;
use crate::cut::{Cut, Random, share};
use check_tcp::expect::{Cache, Pattern};
use regex::Regex;

/// Parts of patterns; many do not fit together, and those patterns are refused.
const PATTERNS: [&str; 67] = [
    "a",
    "b",
    "k",
    "_",
    "1",
    " ",
    "-",
    "é",
    "α",
    "\n",
    "\u{FFFD}",
    ".",
    "(?s:.)",
    "^",
    "$",
    "^",
    "$",
    r"\A",
    r"\z",
    r"\b",
    r"\B",
    r"\B",
    "(?m:^)",
    "(?m:$)",
    r"\d",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    r"\pL",
    r"\PL",
    r"\p{Greek}",
    r"\p{Lu}",
    r"\p{Cs}",
    "[a-k]",
    "[^a]",
    "[^b-é]",
    "[[:alpha:]]",
    "[[:^word:]]",
    r"[^\x00-\x{10FFFF}]",
    r"[\D_]",
    r"\x{e9}",
    r"\xff",
    r"\Qa.\E",
    "(?i)",
    "(?s)",
    "(?m)",
    "(?U)",
    "(?-i)",
    "(",
    "(?<n>",
    "(?<n>",
    "(?P<m>",
    "(?P<1>",
    "(?:",
    "(?i:",
    ")",
    ")",
    ")",
    "|",
    "|",
    "*",
    "+",
    "?",
    "*?",
    "{2}",
    "{0,2}",
];

const REPLIES: [&[u8]; 22] = [
    b"a",
    b"b",
    b"k",
    b"K",
    b"_",
    b"1",
    b" ",
    b"-",
    b"\n",
    b".",
    b"\0",
    "é".as_bytes(),
    "α".as_bytes(),
    "ſ".as_bytes(),
    "\u{212A}".as_bytes(),
    "😀".as_bytes(),
    "\u{FFFD}".as_bytes(),
    b"\xFF",
    b"\xC3",
    b"\xE2\x82",
    b"\xED\xA0\x80",
    b"\xF0\x9F\x98",
];

#[test]
fn the_answer_is_that_of_the_regex_crate_to_the_whole_reply() {
    let mut random = Random(3);
    let mut cache = Cache::default();
    let mut answers = [0, 0];
    let mut told = 0;
    for _ in 0..15_000 / share() {
        let Some(pattern) = pattern(&mut random) else {
            continue;
        };
        let regex = Regex::new(&pattern.translated()).unwrap();
        let cuts = match pattern.looks_ahead() {
            true => &[Cut::Whole][..],
            false => &Cut::ALL,
        };
        for &cut in cuts {
            let reply = reply(&mut random);
            let mut matcher = pattern.matcher();
            for piece in cut.pieces(&reply, &mut random) {
                matcher.feed(&pattern, &mut cache, piece);
            }
            let matches = matcher.finish(&pattern, &mut cache);
            assert_eq!(
                matches,
                regex.is_match(&text(&reply)),
                "{pattern:?} {reply:?} {cut:?}"
            );
            answers[usize::from(matches)] += 1;
            if regex.capture_names().any(|name| name.is_some()) {
                let groups = pattern.captures(&reply, true);
                assert_eq!(groups.is_some(), matches, "{pattern:?} {reply:?}");
                told += 1;
            }
        }
    }
    if share() == 1 {
        assert!(answers.iter().all(|&count| count > 2_000), "{answers:?}");
        assert!(told > 300, "{told}");
    }
}

/// A random pattern, or nothing where the parts do not fit together.
fn pattern(random: &mut Random) -> Option<Pattern> {
    let parts = 1 + random.below(8);
    let source: String = (0..parts).map(|_| random.pick(&PATTERNS)).collect();
    Pattern::new(&source).ok()
}

fn reply(random: &mut Random) -> Vec<u8> {
    let parts = random.below(7);
    (0..parts)
        .flat_map(|_| random.pick(&REPLIES))
        .copied()
        .collect()
}
