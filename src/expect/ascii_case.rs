//! The cases of ASCII, without the tables of Unicode.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// Adds the other cases of all that a class of ASCII holds: those of its letters, and the two
/// characters beyond ASCII that are cases of `k` and `s`.
pub(super) fn fold(class: &mut ClassUnicode) {
    let holds = |c: char| move |range: &ClassUnicodeRange| range.start() <= c && c <= range.end();
    let mut cases = Vec::new();
    for small in 'a'..='z' {
        let capital = small.to_ascii_uppercase();
        if !class
            .iter()
            .any(|range| holds(small)(range) || holds(capital)(range))
        {
            continue;
        }
        cases.extend([small, capital]);
        match small {
            'k' => cases.push('\u{212A}'),
            's' => cases.push('\u{17F}'),
            _ => {}
        }
    }
    let cases = cases.into_iter().map(|c| ClassUnicodeRange::new(c, c));
    class.union(&ClassUnicode::new(cases));
}

#[cfg(feature = "unicode")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_tables() {
        for from in '\0'..='\x7F' {
            for to in from..='\x7F' {
                let mut class = ClassUnicode::new([ClassUnicodeRange::new(from, to)]);
                let mut wanted = class.clone();
                fold(&mut class);
                wanted.case_fold_simple();
                assert_eq!(class, wanted, "{from:?} to {to:?}");
            }
        }
    }
}
