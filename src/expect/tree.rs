//! The parse tree, with bounds on its depth and on the product of its counts.

use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

/// A node of the parse tree.
///
/// A node that can match nothing (`[^\x00-\x{10FFFF}]`) is pruned with all that can't match without
/// it, so that the automaton has no states that lead nowhere.
pub(super) struct Tree {
    hir: Hir,
    /// Groups and repetitions inside one another.
    height: usize,
    /// Copies of one thing that the counted repetitions inside ask for.
    copies: u32,
}

/// The name of a group that is kept, and its number among them, from 1.
pub(super) struct Name {
    pub(super) index: u32,
    pub(super) name: Box<str>,
}

/// The compiler underneath recurses this deep.
const MAX_HEIGHT: usize = 250;

impl Tree {
    pub(super) fn leaf(hir: Hir) -> Self {
        Self {
            hir,
            height: 0,
            copies: 1,
        }
    }

    /// A concatenation.
    pub(super) fn concat(parts: Vec<Self>) -> Self {
        Self::join(parts, |parts| match parts.iter().any(matches_nothing) {
            true => Hir::fail(),
            false => Hir::concat(parts),
        })
    }

    /// An alternation.
    pub(super) fn alternate(branches: Vec<Self>) -> Self {
        Self::join(branches, |mut branches| {
            branches.retain(|branch| !matches_nothing(branch));
            Hir::alternation(branches)
        })
    }

    /// `min` times and more, up to `max` where there is one. `None` where it is nested too deeply.
    pub(super) fn repeat(self, min: u32, max: Option<u32>, greedy: bool) -> Option<Self> {
        let Self {
            hir,
            height,
            copies,
        } = self;
        let hir = match matches_nothing(&hir) {
            true if min == 0 => Hir::empty(),
            true => hir,
            false => Hir::repetition(Repetition {
                min,
                max,
                greedy,
                sub: Box::new(hir),
            }),
        };
        Self {
            hir,
            height,
            copies,
        }
        .nested()
    }

    /// The node as a named group; a node that no text matches needs no group.
    pub(super) fn named(self, Name { index, name }: Name) -> Self {
        if matches_nothing(&self.hir) {
            return self;
        }
        let hir = Hir::capture(Capture {
            index,
            name: Some(name),
            sub: Box::new(self.hir),
        });
        Self { hir, ..self }
    }

    /// Applies the counts of a repetition, and returns the number of copies that it makes of one
    /// node inside.
    pub(super) fn count_copies(&mut self, min: u32, max: Option<u32>) -> u32 {
        self.copies = match max.unwrap_or(min) {
            0 if max.is_some() => 1, // `x{0}` is nothing
            most => self.copies.saturating_mul(most.max(1)),
        };
        self.copies
    }

    pub(super) fn into_hir(self) -> Hir {
        self.hir
    }

    fn join(parts: Vec<Self>, join: impl FnOnce(Vec<Hir>) -> Hir) -> Self {
        let height = parts.iter().map(|part| part.height).max().unwrap_or(0);
        let copies = parts.iter().map(|part| part.copies).max().unwrap_or(1);
        let hir = join(parts.into_iter().map(Self::into_hir).collect());
        Self {
            hir,
            height,
            copies,
        }
    }

    /// One level higher, as in a group. `None` where it is nested too deeply.
    pub(super) fn nested(mut self) -> Option<Self> {
        self.height += 1;
        (self.height <= MAX_HEIGHT).then_some(self)
    }
}

/// Returns true for the tree that no text matches.
pub(super) fn matches_nothing(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Class(class) if class.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Tree {
        Tree::leaf(Hir::literal(text.as_bytes()))
    }

    fn nothing() -> Tree {
        Tree::leaf(Hir::fail())
    }

    #[test]
    fn what_cannot_match_takes_along_all_that_needs_it() {
        assert!(matches_nothing(
            &Tree::concat(vec![text("a"), nothing()]).hir
        ));
        assert!(matches_nothing(
            &nothing().repeat(1, None, true).unwrap().hir
        ));
        assert!(matches_nothing(
            &Tree::alternate(vec![nothing(), nothing()]).hir
        ));
    }

    #[test]
    fn what_can_do_without_it_stays() {
        assert_eq!(nothing().repeat(0, None, true).unwrap().hir, Hir::empty());
        let either = Tree::alternate(vec![nothing(), text("a")]);
        assert_eq!(either.hir, text("a").hir);
    }

    #[test]
    fn counts_multiply_inside_one_another_and_not_side_by_side() {
        let hundred = || {
            let mut tree = text("a").repeat(100, Some(100), true).unwrap();
            tree.count_copies(100, Some(100));
            tree
        };
        let mut both = Tree::concat(vec![hundred(), hundred()]);
        assert_eq!(both.copies, 100);
        assert_eq!(both.count_copies(0, None), 100);
        assert_eq!(both.count_copies(2, None), 200);
        assert_eq!(both.count_copies(0, Some(3)), 600);
        assert_eq!(both.count_copies(0, Some(0)), 1);
    }
}
