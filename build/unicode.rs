//! Tables of Unicode without pointers, made of those of `regex-syntax`.
//!
//! That crate's own are arrays of pointers, 112 KB that the loader would move to where the program lies
//! at each start, whether a pattern needs them or not: a fourteenth of what a plain check takes.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};
use std::error::Error;
use std::fmt::Write;

/// The categories that Go knows, each by all of its names, and what else it knows as one. `Cs` is not
/// here, for no text holds a surrogate.
const CATEGORIES: &str = "\
    Any ASCII Assigned C/Other Cc/Control/cntrl Cf/Format Cn/Unassigned Co/Private_Use L/Letter \
    LC/Cased_Letter Ll/Lowercase_Letter Lm/Modifier_Letter Lo/Other_Letter Lt/Titlecase_Letter \
    Lu/Uppercase_Letter M/Mark/Combining_Mark Mc/Spacing_Mark Me/Enclosing_Mark \
    Mn/Nonspacing_Mark N/Number Nd/Decimal_Number/digit Nl/Letter_Number No/Other_Number \
    P/Punctuation/punct Pc/Connector_Punctuation Pd/Dash_Punctuation Pe/Close_Punctuation \
    Pf/Final_Punctuation Pi/Initial_Punctuation Po/Other_Punctuation Ps/Open_Punctuation S/Symbol \
    Sc/Currency_Symbol Sk/Modifier_Symbol Sm/Math_Symbol So/Other_Symbol Z/Separator \
    Zl/Line_Separator Zp/Paragraph_Separator Zs/Space_Separator";

/// The scripts, which Go does not know by their ISO 15924 codes.
const SCRIPTS: &str = "\
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak \
    Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian \
    Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot \
    Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs \
    Elbasan Elymaic Ethiopic Garay Georgian Glagolitic Gothic Grantha Greek Gujarati \
    Gunjala_Gondi Gurmukhi Gurung_Khema Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana \
    Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi \
    Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi \
    Kirat_Rai Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar \
    Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui \
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean \
    Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki \
    Ol_Onal Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian \
    Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene \
    Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada \
    Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Sunuwar \
    Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut \
    Telugu Thaana Thai Tibetan Tifinagh Tirhuta Todhri Toto Tulu_Tigalari Ugaritic Vai Vithkuqi \
    Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

/// The source of the tables, for `src/expect/unicode.rs`.
pub(crate) fn tables() -> Result<String, Box<dyn Error>> {
    let names = format!("{CATEGORIES} {SCRIPTS}");
    let (mut spans, mut ranges) = (String::new(), Vec::new());
    for name in names.split(' ') {
        let from = ranges.len();
        let ends = |range: &ClassUnicodeRange| (range.start(), range.end());
        ranges.extend(property(name)?.iter().map(ends));
        write!(spans, "({from},{}),", ranges.len())?;
    }
    let names = names.replace('_', "").to_ascii_lowercase();
    let (ranges, cases) = (pairs(&ranges), pairs(&cases()));
    Ok(format!(
        "Tables {{ names: {names:?}, spans: &[{spans}], ranges: &[{ranges}], cases: &[{cases}] }}"
    ))
}

/// The characters of a property, by the first of its names.
fn property(names: &str) -> Result<ClassUnicode, Box<dyn Error>> {
    let name = names.split('/').next().unwrap_or_default();
    match regex_syntax::parse(&format!(r"\p{{{name}}}"))?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Ok(class),
        HirKind::Literal(literal) => {
            let characters = std::str::from_utf8(&literal.0)?.chars();
            Ok(ClassUnicode::new(characters.map(only)))
        }
        _ => Err(format!("{name} is no class").into()),
    }
}

/// Each character that has other cases, with each of them.
fn cases() -> Vec<(char, char)> {
    let mut cases = Vec::new();
    for c in '\0'..=char::MAX {
        let mut class = ClassUnicode::new([only(c)]);
        class.case_fold_simple();
        let all = class.iter().flat_map(|range| range.start()..=range.end());
        cases.extend(all.filter(|other| *other != c).map(|other| (c, other)));
    }
    cases
}

/// The class of one character.
fn only(c: char) -> ClassUnicodeRange {
    ClassUnicodeRange::new(c, c)
}

/// The pairs in the source of an array.
fn pairs(pairs: &[(char, char)]) -> String {
    let pair =
        |&(a, b): &(char, char)| format!("('{}','{}'),", a.escape_unicode(), b.escape_unicode());
    pairs.iter().map(pair).collect()
}
