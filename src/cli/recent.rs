//! What was made last, kept for those who ask for the same again.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

/// The values of the keys that were last asked for, so many at most, and so large together.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    most_bytes: usize,
    kept: HashMap<Arc<[K]>, Kept<V>>,
    /// What all that is kept takes up.
    bytes: usize,
    /// The same keys by that turn: the first is the one to go.
    turns: BTreeMap<u64, Arc<[K]>>,
    turn: u64,
}

#[derive(Debug)]
struct Kept<V> {
    /// The turn in which it was last asked for.
    turn: u64,
    bytes: usize,
    value: V,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Keeps `most` values that take up `most_bytes` together, but always the last.
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self {
            most,
            most_bytes,
            kept: HashMap::new(),
            bytes: 0,
            turns: BTreeMap::new(),
            turn: 0,
        }
    }

    /// The value that is kept for the key; else the one that `make` makes of it, with what both
    /// take up in bytes, which is kept in the place of those that were not asked for the longest.
    pub(super) fn value(&mut self, key: Vec<K>, make: impl FnOnce(&[K]) -> (V, usize)) -> V {
        self.turn += 1;
        if let Some(kept) = self.kept.get_mut(key.as_slice()) {
            if let Some(key) = self.turns.remove(&kept.turn) {
                self.turns.insert(self.turn, key);
            }
            kept.turn = self.turn;
            return kept.value.clone();
        }
        let (value, bytes) = make(&key);
        self.bytes += bytes;
        while self.kept.len() >= self.most || self.bytes > self.most_bytes {
            let Some((_, oldest)) = self.turns.pop_first() else {
                break;
            };
            let bytes = self.kept.remove(&oldest).map_or(0, |kept| kept.bytes);
            self.bytes -= bytes;
        }
        let key: Arc<[K]> = key.into();
        self.turns.insert(self.turn, key.clone());
        let kept = Kept {
            turn: self.turn,
            bytes,
            value: value.clone(),
        };
        self.kept.insert(key, kept);
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
                let sum = key.iter().sum::<u32>();
                (sum * 2, sum as usize)
            });
            assert_eq!(value, key * 2);
        }
        made
    }

    #[test]
    fn what_is_asked_for_again_is_made_once() {
        let mut recent = Recent::new(3, usize::MAX);
        let keys = [1, 2, 3].repeat(100);
        assert_eq!(made(&mut recent, keys), [1, 2, 3]);
    }

    #[test]
    fn the_one_not_asked_for_the_longest_goes_first() {
        let mut recent = Recent::new(3, usize::MAX);
        assert_eq!(made(&mut recent, [1, 2, 3, 1, 4]), [1, 2, 3, 4]);
        assert_eq!(made(&mut recent, [1, 3, 4]), [0; 0], "2 was the one to go");
        assert_eq!(made(&mut recent, [2]), [2]);
        assert_eq!(made(&mut recent, [3, 4, 2]), [0; 0], "1 was the one to go");
    }

    #[test]
    fn no_more_is_kept_than_may_be_taken_up() {
        let mut recent = Recent::new(100, 10);
        assert_eq!(made(&mut recent, [1, 2, 3, 4, 1]), [1, 2, 3, 4]);
        assert_eq!(
            made(&mut recent, [5, 1]),
            [5],
            "2 and 3 were the ones to go"
        );
        assert_eq!((recent.kept.len(), recent.bytes), (3, 10));
        assert_eq!(
            made(&mut recent, [11, 11]),
            [11],
            "the last stays, however large"
        );
        assert_eq!((recent.kept.len(), recent.bytes), (1, 11));
        assert_eq!(made(&mut recent, [1]), [1]);
        assert_eq!((recent.kept.len(), recent.bytes), (1, 1));
    }

    #[test]
    fn no_more_than_the_most_are_kept() {
        let mut recent = Recent::new(3, usize::MAX);
        made(&mut recent, 0..1_000);
        assert_eq!((recent.kept.len(), recent.turns.len()), (3, 3));
    }
}
