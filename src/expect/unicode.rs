//! What Unicode says of characters: their cases, and the categories and scripts they are of.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// Tables that `build.rs` makes. No pointers are in them, so that a start has no work with them.
struct Tables {
    /// The names of each property, divided by `/`, in small letters and without `_`.
    names: &'static str,
    /// Where the ranges of each property begin and end.
    spans: &'static [(u16, u16)],
    /// The ranges of all properties.
    ranges: &'static [(char, char)],
    /// Each character that has other cases, in order, with each of them.
    cases: &'static [(char, char)],
}

#[cfg(feature = "unicode")]
const TABLES: Tables = include!(concat!(env!("OUT_DIR"), "/unicode.rs"));

#[cfg(not(feature = "unicode"))]
const TABLES: Tables = Tables {
    names: "",
    spans: &[],
    ranges: &[],
    cases: &[],
};

/// The characters of a category or script, by a name as the table has it.
pub(super) fn property(name: &str) -> Option<ClassUnicode> {
    let mut properties = TABLES.names.split(' ');
    let at = properties.position(|names| names.split('/').any(|known| known == name))?;
    let &(from, to) = TABLES.spans.get(at)?;
    let ranges = TABLES.ranges.get(from.into()..to.into())?;
    let ranges = ranges.iter().copied();
    Some(ClassUnicode::new(
        ranges.map(|(low, high)| ClassUnicodeRange::new(low, high)),
    ))
}

/// Adds the other cases of all that a class holds, by simple case folding.
pub(super) fn fold(class: &mut ClassUnicode) {
    let mut others = Vec::new();
    for range in class.iter() {
        let from = TABLES.cases.partition_point(|(c, _)| *c < range.start());
        let cases = TABLES.cases.iter().skip(from);
        let cases = cases.take_while(|(c, _)| *c <= range.end());
        others.extend(cases.map(|&(_, other)| ClassUnicodeRange::new(other, other)));
    }
    class.union(&ClassUnicode::new(others));
}

#[cfg(feature = "unicode")]
#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::hir::{Class, HirKind};

    fn range(low: char, high: char) -> ClassUnicode {
        ClassUnicode::new([ClassUnicodeRange::new(low, high)])
    }

    /// What `regex-syntax` has under a name: `regex` brings its tables into the tests.
    fn wanted(name: &str) -> ClassUnicode {
        let hir = regex_syntax::parse(&format!(r"\p{{{name}}}")).expect(name);
        match hir.into_kind() {
            HirKind::Class(Class::Unicode(class)) => class,
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).expect("UTF-8");
                let c = text.parse().expect("one character");
                range(c, c)
            }
            kind => panic!("{name}: {kind:?}"),
        }
    }

    /// The characters of the properties whose names these are.
    fn all<'n>(names: impl Iterator<Item = &'n str>) -> ClassUnicode {
        let mut all = ClassUnicode::empty();
        names.for_each(|name| all.union(&property(name).expect(name)));
        all
    }

    #[test]
    fn each_character_has_the_cases_that_regex_syntax_knows() {
        let hold = |mut class: ClassUnicode| {
            let mut wanted = class.clone();
            wanted.case_fold_simple();
            let before = format!("{:?}", class.ranges().first());
            fold(&mut class);
            assert_eq!(class, wanted, "from {before}");
        };
        let mut even = Vec::new();
        for c in '\0'..=char::MAX {
            hold(range(c, c));
            if u32::from(c).is_multiple_of(2) {
                even.push(ClassUnicodeRange::new(c, c));
            }
        }
        hold(ClassUnicode::new(even));
        hold(range('M', 'ϼ'));
        hold(range('\u{D7FF}', char::MAX));
        hold(range('\0', char::MAX));
        hold(ClassUnicode::empty());
    }

    #[test]
    fn each_name_stands_for_what_it_does_in_regex_syntax() {
        for name in TABLES.names.split([' ', '/']) {
            assert_eq!(property(name), Some(wanted(name)), "{name}");
        }
    }

    #[test]
    fn no_category_and_no_script_is_missing() {
        let properties = || TABLES.names.split(' ').map(|names| names.split('/'));
        let first = || properties().filter_map(|mut names| names.next());
        let categories = first().filter(|name| name.len() == 2 && *name != "lc");
        let mut but_surrogates = range('\0', '\u{D7FF}');
        but_surrogates.union(&range('\u{E000}', char::MAX));
        assert_eq!(all(categories), but_surrogates);

        let scripts = first().skip_while(|name| *name != "adlam");
        let mut with_a_script = wanted("Assigned");
        with_a_script.difference(&wanted("Private_Use"));
        assert_eq!(all(scripts), with_a_script);
    }
}
