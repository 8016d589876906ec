//! What was made last, kept for those who ask for the same again.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

/// The values of the keys that were last asked for, so many at most.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    /// A value, and the turn in which it was last asked for.
    kept: HashMap<Arc<[K]>, (u64, V)>,
    /// The same keys by that turn: the first is the one to go.
    turns: BTreeMap<u64, Arc<[K]>>,
    turn: u64,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Keeps `most` values.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: HashMap::new(),
            turns: BTreeMap::new(),
            turn: 0,
        }
    }

    /// The value that is kept for the key; else the one that `make` makes of it, which is kept in
    /// the place of the one that was not asked for the longest.
    pub(super) fn value(&mut self, key: Vec<K>, make: impl FnOnce(&[K]) -> V) -> V {
        self.turn += 1;
        if let Some((last, value)) = self.kept.get_mut(key.as_slice()) {
            if let Some(key) = self.turns.remove(last) {
                self.turns.insert(self.turn, key);
            }
            *last = self.turn;
            return value.clone();
        }
        if self.kept.len() >= self.most
            && let Some((_, oldest)) = self.turns.pop_first()
        {
            self.kept.remove(&oldest);
        }
        let value = make(&key);
        let key: Arc<[K]> = key.into();
        self.turns.insert(self.turn, key.clone());
        self.kept.insert(key, (self.turn, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks for the keys one after the other, and returns those whose values had to be made.
    fn made(recent: &mut Recent<u32, u32>, keys: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut made = Vec::new();
        for key in keys {
            let value = recent.value(vec![key], |key| {
                made.extend(key);
                key.iter().sum::<u32>() * 2
            });
            assert_eq!(value, key * 2);
        }
        made
    }

    #[test]
    fn what_is_asked_for_again_is_made_once() {
        let mut recent = Recent::new(3);
        let keys = [1, 2, 3].repeat(100);
        assert_eq!(made(&mut recent, keys), [1, 2, 3]);
    }

    #[test]
    fn the_one_not_asked_for_the_longest_goes_first() {
        let mut recent = Recent::new(3);
        assert_eq!(made(&mut recent, [1, 2, 3, 1, 4]), [1, 2, 3, 4]);
        assert_eq!(made(&mut recent, [1, 3, 4]), [0; 0], "2 was the one to go");
        assert_eq!(made(&mut recent, [2]), [2]);
        assert_eq!(made(&mut recent, [3, 4, 2]), [0; 0], "1 was the one to go");
    }

    #[test]
    fn no_more_than_the_most_are_kept() {
        let mut recent = Recent::new(3);
        made(&mut recent, 0..1_000);
        assert_eq!((recent.kept.len(), recent.turns.len()), (3, 3));
    }
}
