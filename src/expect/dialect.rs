//! Parser of Go's regex dialect (RE2) into the HIR of `regex-syntax`.
//!
//! The grammar is that of Go's `regexp/syntax` with the flags `regexp.Compile` sets. Reading it
//! here, rather than rewriting patterns for the parser of `regex-syntax`, leaves no way for that
//! parser's own extensions to slip through.

use super::class::Classes;
use super::cursor::Cursor;
use super::error::{ErrorKind, ParseError};
use super::tree::{Name, Tree};
use crate::feature::Feature;
use regex_syntax::hir::{Dot, Hir, Look};
use std::borrow::Cow;
use std::mem;

/// Counts over this are refused, as in Go.
const MAX_COUNT: u32 = 1000;

/// More named groups are refused: what finding them costs grows with their number.
const MAX_NAMED: usize = 64;

/// A parsed pattern, without its groups: a match does not depend on them, and
/// without them the automaton is smaller.
pub(super) struct ParsedPattern {
    pub(super) hir: Hir,
    /// The names of the groups, each once, in the order of the pattern.
    pub(super) names: Box<[Box<str>]>,
}

/// Parses a pattern.
pub(super) fn parse(pattern: &str) -> Result<ParsedPattern, ParseError> {
    let mut parser = Parser::new(pattern, Classes::default(), false);
    let hir = parser.read()?;
    let names = parser.names.into();
    Ok(ParsedPattern { hir, names })
}

/// Parses a pattern and keeps its named groups, except those that no text can match. `classes`
/// bounds the size of its character classes.
pub(super) fn parse_named(pattern: &str, classes: Classes) -> Result<Hir, ParseError> {
    Parser::new(pattern, classes, true).read()
}

/// The name of a group in the tree. The `regex` crate refuses names that begin with a digit, so
/// they get a prefix with a dot, which Go refuses in names.
pub(super) fn called(name: &str) -> Cow<'_, str> {
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => Cow::Owned(format!("_.{name}")),
        false => Cow::Borrowed(name),
    }
}

/// The flags of `(?imsU)`.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`: letters stand for all their cases.
    fold: bool,
    /// `m`: `^` and `$` match at line breaks too.
    lines: bool,
    /// `s`: `.` matches a line feed too.
    dot_all: bool,
    /// `U`: `*` is lazy and `*?` greedy.
    swap_greed: bool,
}

struct Parser<'p> {
    cursor: Cursor<'p>,
    flags: Flags,
    classes: Classes,
    /// The innermost open group, or the whole pattern.
    group: OpenGroup,
    /// The groups around it, the outermost first.
    outer: Vec<OpenGroup>,
    /// The last item was a repetition, which cannot be repeated again.
    after_repetition: bool,
    /// NamedClass groups so far, those that share a name included.
    named: usize,
    /// Their names, each once.
    names: Vec<Box<str>>,
    /// NamedClass groups are kept in the tree.
    keeps_named: bool,
}

/// A group that is not closed yet.
#[derive(Default)]
struct OpenGroup {
    /// The position of its parenthesis.
    opened: usize,
    /// The flags that hold again once it is closed.
    flags: Flags,
    /// The alternatives before the last `|`.
    branches: Vec<Tree>,
    /// The parts since the last `|`.
    items: Vec<Tree>,
    /// Its name, where it is kept.
    name: Option<Name>,
}

impl<'p> Parser<'p> {
    fn new(pattern: &'p str, classes: Classes, keeps_named: bool) -> Self {
        Self {
            cursor: Cursor::new(pattern),
            flags: Flags::default(),
            classes,
            group: OpenGroup::default(),
            outer: Vec::new(),
            after_repetition: false,
            named: 0,
            names: Vec::new(),
            keeps_named,
        }
    }

    fn read(&mut self) -> Result<Hir, ParseError> {
        loop {
            let at = self.cursor.at();
            let Some(c) = self.cursor.take() else { break };
            let after_repetition = mem::take(&mut self.after_repetition);
            match c {
                '(' => self.open(at)?,
                ')' => self.close(at)?,
                '|' => self.group.end_branch(),
                '[' => {
                    let class = self
                        .classes
                        .bracketed(&mut self.cursor, at, self.flags.fold)?;
                    self.push(class);
                }
                '.' => self.push(Hir::dot(match self.flags.dot_all {
                    true => Dot::AnyChar,
                    false => Dot::AnyCharExceptLF,
                })),
                '^' if self.flags.lines => self.push(Hir::look(Look::StartLF)),
                '^' => self.push(Hir::look(Look::Start)),
                '$' if self.flags.lines => self.push(Hir::look(Look::EndLF)),
                '$' => self.push(Hir::look(Look::End)),
                '*' => self.repeat(at, 0, None, after_repetition)?,
                '+' => self.repeat(at, 1, None, after_repetition)?,
                '?' => self.repeat(at, 0, Some(1), after_repetition)?,
                '{' => match self.counts() {
                    Some((min, max)) => self.count(at, min, max, after_repetition)?,
                    None => self.character(c)?,
                },
                '\\' => self.escape(at)?,
                _ => self.character(c)?,
            }
        }
        if !self.outer.is_empty() {
            return Err(ErrorKind::MissingParen.at(self.group.opened));
        }
        Ok(mem::take(&mut self.group).finish().into_hir())
    }

    fn push(&mut self, hir: Hir) {
        self.group.items.push(Tree::leaf(hir));
    }

    fn character(&mut self, c: char) -> Result<(), ParseError> {
        let hir = self.classes.character(c.into(), self.flags.fold)?;
        self.push(hir);
        Ok(())
    }

    /// Opens a group, or sets flags for the rest of the one that is open.
    fn open(&mut self, at: usize) -> Result<(), ParseError> {
        if !self.cursor.eat("?") {
            self.enter(at);
            return Ok(());
        }
        if self.cursor.eat("P<") || self.cursor.eat("<") {
            let from = self.cursor.at();
            let name = self.cursor.until(">").unwrap_or_default();
            if name.is_empty() || !name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) {
                return Err(ErrorKind::GroupName.at(from));
            }
            if !Feature::Captures.is_built_in() {
                return Err(ErrorKind::Missing(Feature::Captures).at(at));
            }
            self.named += 1;
            if self.named > MAX_NAMED {
                return Err(ErrorKind::TooManyNamed.at(at));
            }
            self.enter(at);
            self.group.name = self.note(name);
            return Ok(());
        }
        self.set_flags(at)
    }

    /// Records a name, and returns the name of its group if it is kept: of several groups with one
    /// name only the first is, which is the one that Go's `SubexpIndex` finds.
    fn note(&mut self, name: &str) -> Option<Name> {
        if self.names.iter().any(|known| **known == *name) {
            return None;
        }
        self.names.push(name.into());
        let index = u32::try_from(self.names.len()).ok()?;
        let name = called(name).into();
        self.keeps_named.then_some(Name { index, name })
    }

    /// Parses the flags behind `(?`: `i)`, `:`, `im-sU:`.
    fn set_flags(&mut self, opened: usize) -> Result<(), ParseError> {
        let mut flags = self.flags;
        let mut on = true;
        let mut complete = true; // a minus sign needs a flag behind it
        loop {
            let at = self.cursor.at();
            match self.cursor.take() {
                Some('i') => flags.fold = on,
                Some('m') => flags.lines = on,
                Some('s') => flags.dot_all = on,
                Some('U') => flags.swap_greed = on,
                Some('-') if on => {
                    on = false;
                    complete = false;
                    continue;
                }
                Some(')') if complete => break,
                Some(':') if complete => {
                    self.enter(opened);
                    break;
                }
                Some(_) => return Err(ErrorKind::Group.at(at)),
                None => return Err(ErrorKind::MissingParen.at(opened)),
            }
            complete = true;
        }
        self.flags = flags;
        Ok(())
    }

    fn enter(&mut self, opened: usize) {
        let group = OpenGroup {
            opened,
            flags: self.flags,
            ..OpenGroup::default()
        };
        self.outer.push(mem::replace(&mut self.group, group));
    }

    fn close(&mut self, at: usize) -> Result<(), ParseError> {
        let outer = self.outer.pop().ok_or(ErrorKind::UnexpectedParen.at(at))?;
        let mut group = mem::replace(&mut self.group, outer);
        self.flags = group.flags;
        let name = group.name.take();
        let tree = group.finish().nested().ok_or(ErrorKind::TooDeep.at(at))?;
        self.group.items.push(match name {
            Some(name) => tree.named(name),
            None => tree,
        });
        Ok(())
    }

    /// Parses `n}`, `n,}` or `n,m}`, of any size. Reads nothing otherwise: `{` is a literal then.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let mut cursor = self.cursor;
        let min = cursor.number()?;
        let max = match cursor.eat(",") {
            true if cursor.rest().starts_with('}') => None,
            true => Some(cursor.number()?),
            false => Some(min),
        };
        if !cursor.eat("}") {
            return None;
        }
        self.cursor = cursor;
        Some((min, max))
    }

    fn count(
        &mut self,
        at: usize,
        min: u32,
        max: Option<u32>,
        again: bool,
    ) -> Result<(), ParseError> {
        let most = max.unwrap_or(min);
        if min > most || most > MAX_COUNT {
            return Err(ErrorKind::Count.at(at));
        }
        self.repeat(at, min, max, again)?;
        let copies = self
            .group
            .items
            .last_mut()
            .map(|tree| tree.count_copies(min, max));
        if copies > Some(MAX_COUNT) {
            return Err(ErrorKind::Count.at(at));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        at: usize,
        min: u32,
        max: Option<u32>,
        again: bool,
    ) -> Result<(), ParseError> {
        if again {
            return Err(ErrorKind::RepeatedTwice.at(at));
        }
        let lazy = self.cursor.eat("?");
        self.after_repetition = true;
        let tree = self
            .group
            .items
            .pop()
            .ok_or(ErrorKind::NothingToRepeat.at(at))?;
        let greedy = lazy == self.flags.swap_greed;
        let tree = tree
            .repeat(min, max, greedy)
            .ok_or(ErrorKind::TooDeep.at(at))?;
        self.group.items.push(tree);
        Ok(())
    }

    /// Parses an escape outside of brackets.
    fn escape(&mut self, at: usize) -> Result<(), ParseError> {
        let look = match self.cursor.peek() {
            Some('A') => Look::Start,
            Some('z') => Look::End,
            Some('b') => Look::WordAscii,
            Some('B') => Look::WordAsciiNegate,
            Some('Q') => return self.quoted(),
            _ => {
                let class = self
                    .classes
                    .escaped(&mut self.cursor, at, self.flags.fold)?;
                let hir = match class {
                    Some(class) => class,
                    None => {
                        let point = self.cursor.escaped(at)?;
                        self.classes.character(point, self.flags.fold)?
                    }
                };
                self.push(hir);
                return Ok(());
            }
        };
        self.cursor.take();
        self.push(Hir::look(look));
        Ok(())
    }

    /// `Q...\E`; without an end it runs to the end of the pattern.
    fn quoted(&mut self) -> Result<(), ParseError> {
        self.cursor.take();
        let text = self
            .cursor
            .until("\\E")
            .unwrap_or_else(|| self.cursor.take_rest());
        text.chars().try_for_each(|c| self.character(c))
    }
}

impl OpenGroup {
    fn end_branch(&mut self) {
        let branch = Tree::concat(mem::take(&mut self.items));
        self.branches.push(branch);
    }

    fn finish(mut self) -> Tree {
        self.end_branch();
        Tree::alternate(self.branches)
    }
}
