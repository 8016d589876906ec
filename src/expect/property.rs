//! The names that `\p{...}` knows: categories and scripts, as Go has them.

use super::unicode;
use regex_syntax::hir::ClassUnicode;

/// The characters of a Unicode category, a script, or one of `Any`, `Assigned` and `ASCII`.
///
/// Case, spaces, `-` and `_` make no difference, as in Go from 1.25 on.
pub(super) fn class(name: &str) -> Option<ClassUnicode> {
    let name = canonical(name)?;
    if matches!(&*name, "cs" | "surrogate") {
        return Some(ClassUnicode::empty()); // a category, but one that no text holds
    }
    unicode::property(&name)
}

/// The name in small letters, without what makes no difference.
fn canonical(name: &str) -> Option<String> {
    let mut canonical = String::with_capacity(name.len());
    for c in name.chars().filter(|c| !matches!(c, ' ' | '-' | '_')) {
        if !c.is_ascii_alphabetic() {
            return None;
        }
        canonical.push(c.to_ascii_lowercase());
    }
    (!canonical.is_empty()).then_some(canonical)
}

#[cfg(feature = "unicode")]
#[cfg(test)]
mod tests {
    use super::*;

    fn holds(name: &str, c: char) -> Option<bool> {
        class(name).map(|class| {
            class
                .iter()
                .any(|range| range.start() <= c && c <= range.end())
        })
    }

    #[test]
    fn categories_and_scripts_are_known() {
        for name in [
            "L",
            "Lu",
            "lu",
            "Letter",
            "Uppercase_Letter",
            "uppercase letter",
            "LC",
            "Any",
        ] {
            assert_eq!(holds(name, 'A'), Some(true), "{name}");
            assert_eq!(holds(name, '\u{1F600}'), Some(name == "Any"), "{name}");
        }
        assert_eq!(holds("Greek", 'α'), Some(true));
        assert_eq!(holds("Thai", 'ก'), Some(true));
        assert_eq!(holds("Mark", '\u{301}'), Some(true));
        assert_eq!(holds("ASCII", '\u{80}'), Some(false));
        assert_eq!(holds("Zl", '\u{2028}'), Some(true));
        assert_eq!(holds("Sc", '€'), Some(true));
        assert_eq!(holds("Cf", '\u{AD}'), Some(true));
    }

    #[test]
    fn no_text_holds_a_surrogate() {
        assert_eq!(class("Cs"), Some(ClassUnicode::empty()));
    }

    #[test]
    fn what_only_rust_knows_is_refused() {
        for name in [
            "",
            "Grek",
            "Latn",
            "isGreek",
            "script=Greek",
            "sc:Greek",
            "gc=L",
            "L!",
            "Gréek",
        ] {
            assert_eq!(class(name), None, "{name}");
        }
        for name in [
            "Alphabetic",
            "White_Space",
            "Emoji",
            "Age",
            "Script",
            "xyz",
            "\u{212A}",
        ] {
            assert_eq!(class(name), None, "{name}");
        }
    }
}
