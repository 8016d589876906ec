//! Rewrites character classes as classes of bytes, where that is simple.
//!
//! Before it compiles its first class that goes beyond ASCII (`.` and `\S` do), the compiler
//! underneath makes a table of 10,000 entries: more work than all else that a check does before it
//! connects. Most such classes can do without it, since what is walked over is always whole
//! characters of UTF-8: [`Utf8Buffer`](super::decode::Utf8Buffer) has seen to that.

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Repetition,
};
use regex_syntax::utf8::Utf8Sequences;

/// The last character of ASCII.
const LAST_ASCII: char = '\x7F';

/// All characters beyond ASCII.
const ALL_BEYOND: (char, char) = ('\u{80}', char::MAX);

/// First bytes of characters beyond ASCII, and the others of them.
const FIRST: (u8, u8) = (0xC2, 0xF4);
const OTHERS: (u8, u8) = (0x80, 0xBF);

/// Each sequence of ranges is a branch that the walk has to try; classes of more are left to the
/// compiler, which folds them.
const BRANCHES: usize = 4;

/// Returns true if a class goes beyond ASCII.
pub(super) fn is_needed(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => false,
        HirKind::Class(Class::Unicode(class)) => !class.is_ascii(),
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => is_needed(&repetition.sub),
        HirKind::Capture(capture) => is_needed(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(is_needed),
    }
}

/// The pattern for a walk over whole characters, without its groups.
///
/// Such a walk may come to the end of a class before the end of the character. What can follow
/// there is the end of the pattern, which is decided at the end of the character all the same, or
/// an assertion; none but `\B` holds inside a character, so this is not for patterns with `\B`.
pub(super) fn rewrite(hir: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(rewrite).collect();
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) if !class.is_ascii() => {
            branches(class).map_or_else(|| hir.clone(), Hir::alternation)
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) | HirKind::Class(_) => hir.clone(),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(any_number(repetition).unwrap_or_else(|| rewrite(&repetition.sub))),
            ..*repetition
        }),
        HirKind::Capture(capture) => rewrite(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
    }
}

/// One byte of a class that may be repeated any number of times, where it holds all characters
/// beyond ASCII: `.*` and `\S*` are loops over single bytes then. Such a loop may begin and end
/// inside a character that both it and its neighbour hold, and changes nothing by that.
fn any_number(repetition: &Repetition) -> Option<Hir> {
    let (0, None, HirKind::Class(Class::Unicode(class))) =
        (repetition.min, repetition.max, repetition.sub.kind())
    else {
        return None;
    };
    (beyond_ascii(class) == [ALL_BEYOND]).then(|| {
        let mut ranges = within_ascii(class);
        ranges.push((OTHERS.0, u8::MAX));
        bytes(&ranges)
    })
}

/// The alternatives of a class as byte sequences; `None` if there are more than [`BRANCHES`].
fn branches(class: &ClassUnicode) -> Option<Vec<Hir>> {
    let (ascii, beyond) = (within_ascii(class), beyond_ascii(class));
    let mut branches = Vec::new();
    if !ascii.is_empty() {
        branches.push(bytes(&ascii));
    }
    if beyond == [ALL_BEYOND] {
        branches.push(Hir::concat(vec![
            bytes(&[FIRST]),
            one_or_more(bytes(&[OTHERS])),
        ]));
        return Some(branches);
    }
    for (start, end) in beyond {
        for sequence in Utf8Sequences::new(start, end) {
            let ranges = sequence.as_slice().iter();
            let parts = ranges.map(|range| bytes(&[(range.start, range.end)]));
            branches.push(group(Hir::concat(parts.collect())));
            if branches.len() > BRANCHES {
                return None;
            }
        }
    }
    Some(branches)
}

/// The ranges of a class within ASCII.
fn within_ascii(class: &ClassUnicode) -> Vec<(u8, u8)> {
    class
        .iter()
        .filter(|range| range.start() <= LAST_ASCII)
        .map(|range| (range.start() as u8, range.end().min(LAST_ASCII) as u8))
        .collect()
}

/// The ranges of a class beyond ASCII.
fn beyond_ascii(class: &ClassUnicode) -> Vec<(char, char)> {
    let (first, _) = ALL_BEYOND;
    class
        .iter()
        .filter(|range| range.end() >= first)
        .map(|range| (range.start().max(first), range.end()))
        .collect()
}

fn bytes(ranges: &[(u8, u8)]) -> Hir {
    let ranges = ranges
        .iter()
        .map(|&(start, end)| ClassBytesRange::new(start, end));
    Hir::class(Class::Bytes(ClassBytes::new(ranges)))
}

/// A capture group, which keeps `Hir::alternation` from merging single characters into a class
/// again; it adds no state.
fn group(sub: Hir) -> Hir {
    Hir::capture(Capture {
        index: 1,
        name: None,
        sub: Box::new(sub),
    })
}

/// One or more repetitions.
fn one_or_more(sub: Hir) -> Hir {
    Hir::repetition(Repetition {
        min: 1,
        max: None,
        greedy: true,
        sub: Box::new(sub),
    })
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::super::{Cache, Decision, Pattern, dialect};
    use super::*;
    use regex::Regex;

    fn hir(pattern: &str) -> Hir {
        dialect::parse(pattern).expect(pattern).hir
    }

    #[test]
    fn classes_of_everyday_patterns_can_do_without_the_table() {
        for pattern in [
            "^220 .*ESMTP",
            r"\S\D\W[^a](?s:.)(?:x|[^y]){2}",
            r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
            "(?i)kiss",
            "[а-я]+(?:ä|ö)",
            r"^.*\n[^a]*b",
        ] {
            let hir = hir(pattern);
            assert!(is_needed(&hir), "{pattern}");
            assert!(!is_needed(&rewrite(&hir)), "{pattern}");
        }
        assert!(!is_needed(&hir(r"^\d+é[a-z]|\+OK$")));
        let letters = hir(r"\pL");
        assert_eq!(rewrite(&letters), letters, "too many for branches");
    }

    #[test]
    fn what_may_stand_any_number_of_times_is_one_state() {
        let states = |pattern: &str| Pattern::new(pattern).expect(pattern).states();
        assert_eq!(states(r"^.*\n"), states(r"^a*\n"));
        assert!(states(r"^.+\n") > states(r"^a+\n"));
    }

    #[test]
    fn a_class_has_the_same_characters_as_before() {
        let around = ['\0', 'K', 'k', 's', '\x7F', '\u{80}', 'é', 'ſ', '\u{7FF}']
            .into_iter()
            .chain(['\u{800}', 'K', '\u{D7FF}', '\u{E000}', '\u{FFFD}'])
            .chain(['\u{FFFF}', '\u{10000}', '\u{FFFFF}', '\u{10FFFF}']);
        let around: Vec<char> = around.collect();
        let mut cache = Cache::default();
        for class in [
            "(?s:.)",
            "[^k]",
            "(?i:k)",
            "[^a-z]",
            r"[\x{80}-\x{10FFFF}]",
            r"[\x{81}-\x{10FFFF}]",
            r"[^\x{10FFFF}]",
            r"[^\x{FFFD}]",
            r"[\x{7FF}-\x{FFFF}]",
            "[é-ſ]",
            r"\PL",
        ] {
            let source =
                format!("^(?:{class}{class}x|{class}y|{class}*z|a{class}*{class}*{class}w)");
            let pattern = Pattern::new(&source).expect(class);
            let regex = Regex::new(&pattern.translated()).expect(class);
            for &a in &around {
                for &b in &around {
                    for text in [
                        format!("{a}{b}x"),
                        format!("{a}y"),
                        format!("{a}"),
                        format!("{a}{b}z"),
                        format!("a{a}{b}w"),
                        format!("a{a}w"),
                        "aw".to_owned(),
                    ] {
                        let mut matcher = pattern.matcher();
                        let decision = matcher.feed(&pattern, &mut cache, text.as_bytes());
                        let matched = decision == Decision::Matched;
                        assert_eq!(matched, regex.is_match(&text), "{class} {text:?}");
                    }
                }
            }
        }
    }
}
