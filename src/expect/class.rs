//! Character classes: `[a-z]`, `[[:alpha:]]`, `\d`, `\p{Greek}`.

use super::cursor::Cursor;
use super::error::{ErrorKind, ParseError};
use super::{ascii_case, property, unicode};
use crate::feature::Feature;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir};

/// Parses the classes and characters of one pattern within a bound on their size.
pub(super) struct Classes {
    /// Ranges that the pattern may still hold.
    left: usize,
    /// The rest of the pattern may hold the end of a `[:name:]`. Where none was found, none is
    /// looked for again.
    posix: bool,
}

/// A bracket expression under construction.
struct CharSet {
    fold: bool,
    /// To be closed under case folding where that is asked for.
    ranges: Vec<ClassUnicodeRange>,
    /// Closed already: what was left out by a negated class inside.
    rest: Vec<ClassUnicodeRange>,
}

/// A class with a name, as `\W` or `[:^space:]`.
struct NamedClass {
    class: ClassUnicode,
    negated: bool,
}

/// 2 MiB of ranges: some four hundred times `\pL`.
const RANGES: usize = 1 << 18;

/// Code points that are folded at the price of one range.
const FOLDED_PER_RANGE: usize = 64;

impl Default for Classes {
    fn default() -> Self {
        Self::within(RANGES)
    }
}

impl Classes {
    /// A parser whose classes may hold this many ranges in sum.
    pub(super) fn within(ranges: usize) -> Self {
        Self {
            left: ranges,
            posix: true,
        }
    }

    /// One character, in all its cases where `fold` says so. `point` may be a surrogate: that
    /// matches nothing.
    pub(super) fn character(&mut self, point: u32, fold: bool) -> Result<Hir, ParseError> {
        match char::from_u32(point) {
            Some(c) if !fold => Ok(Hir::literal(c.encode_utf8(&mut [0; 4]).as_bytes())),
            _ => {
                let mut set = CharSet::new(fold);
                set.add_range(point, point);
                self.complete(set, false)
            }
        }
    }

    /// `\d`, `\pN` and their like, where one comes next; the cursor stands behind the backslash,
    /// which is at `from`.
    pub(super) fn escaped(
        &mut self,
        cursor: &mut Cursor<'_>,
        from: usize,
        fold: bool,
    ) -> Result<Option<Hir>, ParseError> {
        let Some(named) = escaped(cursor, from)? else {
            return Ok(None);
        };
        let mut set = CharSet::new(fold);
        self.add_named(&mut set, named)?;
        self.complete(set, false).map(Some)
    }

    /// A class in brackets; the first of them, at `from`, has been read.
    pub(super) fn bracketed(
        &mut self,
        cursor: &mut Cursor<'_>,
        from: usize,
        fold: bool,
    ) -> Result<Hir, ParseError> {
        let missing = ErrorKind::MissingBracket.at(from);
        let negated = cursor.eat("^");
        let mut set = CharSet::new(fold);
        let mut first = true; // where ] is a character
        while first || !cursor.eat("]") {
            first = false;
            let item = cursor.at();
            if let Some(named) = self.posix(cursor)? {
                self.add_named(&mut set, named)?;
                continue;
            }
            let mut after = *cursor;
            if after.eat("\\")
                && let Some(named) = escaped(&mut after, item)?
            {
                *cursor = after;
                self.add_named(&mut set, named)?;
                continue;
            }
            let low = character(cursor)?.ok_or(missing)?;
            let rest = cursor.rest();
            let high = match rest.starts_with('-') && !rest.starts_with("-]") {
                true => {
                    cursor.take();
                    character(cursor)?.ok_or(missing)?
                }
                false => low,
            };
            if high < low {
                return Err(ErrorKind::Range.at(item));
            }
            set.add_range(low, high);
        }
        self.complete(set, negated)
    }

    /// `[:alpha:]`, where something of that form comes next.
    fn posix(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<NamedClass>, ParseError> {
        let mut after = *cursor;
        if !self.posix || !after.eat("[:") {
            return Ok(None);
        }
        let Some(name) = after.until(":]") else {
            self.posix = false;
            return Ok(None);
        };
        let (name, negated) = negation(name);
        let class = posix(name).ok_or(ErrorKind::ClassName.at(cursor.at()))?;
        *cursor = after;
        Ok(Some(NamedClass { class, negated }))
    }

    fn add_named(&mut self, set: &mut CharSet, named: NamedClass) -> Result<(), ParseError> {
        let NamedClass { mut class, negated } = named;
        self.pay(class.ranges().len())?;
        if !negated {
            set.ranges.extend(class.iter());
            return Ok(());
        }
        if set.fold {
            self.fold(&mut class)?;
        }
        class.negate();
        set.rest.extend(class.iter());
        Ok(())
    }

    fn complete(&mut self, set: CharSet, negated: bool) -> Result<Hir, ParseError> {
        let mut class = ClassUnicode::new(set.ranges);
        if set.fold {
            self.fold(&mut class)?;
        }
        class.union(&ClassUnicode::new(set.rest));
        if negated {
            class.negate();
        }
        self.pay(class.ranges().len())?;
        Ok(Hir::class(Class::Unicode(class)))
    }

    /// Adds the other cases of all that the class holds.
    fn fold(&mut self, class: &mut ClassUnicode) -> Result<(), ParseError> {
        let points: usize = class.iter().map(ClassUnicodeRange::len).sum();
        self.pay(points / FOLDED_PER_RANGE)?;
        match Feature::Unicode.is_built_in() {
            true => unicode::fold(class),
            false if class.is_ascii() => ascii_case::fold(class),
            false => return Err(ErrorKind::Missing(Feature::Unicode).anywhere()),
        }
        Ok(())
    }

    fn pay(&mut self, cost: usize) -> Result<(), ParseError> {
        self.left = self
            .left
            .checked_sub(cost)
            .ok_or(ErrorKind::TooLarge.anywhere())?;
        Ok(())
    }
}

impl CharSet {
    fn new(fold: bool) -> Self {
        Self {
            fold,
            ranges: Vec::new(),
            rest: Vec::new(),
        }
    }

    /// Adds the characters from `low` to `high`; surrogates between them are none.
    fn add_range(&mut self, low: u32, high: u32) {
        let low = char::from_u32(low).unwrap_or('\u{E000}');
        let high = char::from_u32(high).unwrap_or('\u{D7FF}');
        if low <= high {
            self.ranges.push(ClassUnicodeRange::new(low, high));
        }
    }
}

/// One end of a range.
fn character(cursor: &mut Cursor<'_>) -> Result<Option<u32>, ParseError> {
    let from = cursor.at();
    match cursor.take() {
        Some('\\') => cursor.escaped(from).map(Some),
        c => Ok(c.map(u32::from)),
    }
}

/// A class that a letter behind a backslash stands for.
fn escaped(cursor: &mut Cursor<'_>, from: usize) -> Result<Option<NamedClass>, ParseError> {
    let Some(letter) = cursor.peek() else {
        return Ok(None);
    };
    let ascii = match letter {
        'd' | 'D' => "09",
        'w' | 'W' => "09AZaz__",
        's' | 'S' => "\t\n\x0C\r  ", // no \v
        'p' | 'P' => {
            cursor.take();
            return unicode(cursor, letter == 'P', from).map(Some);
        }
        _ => return Ok(None),
    };
    cursor.take();
    Ok(Some(NamedClass {
        class: pairs(ascii),
        negated: letter.is_ascii_uppercase(),
    }))
}

/// The name of a Unicode property: one letter, or any number in braces, negated by `^`.
fn unicode(cursor: &mut Cursor<'_>, inverse: bool, from: usize) -> Result<NamedClass, ParseError> {
    if !Feature::Unicode.is_built_in() {
        return Err(ErrorKind::Missing(Feature::Unicode).at(from));
    }
    let unknown = ErrorKind::ClassName.at(from);
    let rest = cursor.rest();
    let name = match cursor.eat("{") {
        true => cursor.until("}"),
        false => cursor
            .take()
            .and_then(|letter| rest.get(..letter.len_utf8())),
    };
    let name = name.ok_or(unknown)?;
    let (name, negated) = negation(name);
    let class = property::class(name).ok_or(unknown)?;
    Ok(NamedClass {
        class,
        negated: negated != inverse,
    })
}

/// The POSIX class of a name (`[:alpha:]`).
fn posix(name: &str) -> Option<ClassUnicode> {
    let ascii = match name {
        "alnum" => "09AZaz",
        "alpha" => "AZaz",
        "ascii" => "\0\x7F",
        "blank" => "\t\t  ",
        "cntrl" => "\0\x1F\x7F\x7F",
        "digit" => "09",
        "graph" => "!~",
        "lower" => "az",
        "print" => " ~",
        "punct" => "!/:@[`{~",
        "space" => "\t\r  ",
        "upper" => "AZ",
        "word" => "09AZaz__",
        "xdigit" => "09AFaf",
        _ => return None,
    };
    Some(pairs(ascii))
}

fn negation(name: &str) -> (&str, bool) {
    match name.strip_prefix('^') {
        Some(name) => (name, true),
        None => (name, false),
    }
}

/// The class whose ranges are written one after the other: `09AZ` is `[0-9A-Z]`.
fn pairs(ends: &str) -> ClassUnicode {
    let low = ends.chars().step_by(2);
    let high = ends.chars().skip(1).step_by(2);
    ClassUnicode::new(
        low.zip(high)
            .map(|(low, high)| ClassUnicodeRange::new(low, high)),
    )
}
