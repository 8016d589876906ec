//! A vector that allocates only when it grows long.

use std::fmt;

/// A vector with up to `N` items inline, and on the heap once there have been more: a probe of a
/// peer that answers as usual allocates nothing.
#[derive(Clone)]
pub(crate) struct InlineVec<T, const N: usize>(Storage<T, N>);

#[derive(Clone)]
enum Storage<T, const N: usize> {
    Inline { items: [T; N], length: u8 },
    Heap(Vec<T>),
}

impl<T: Copy, const N: usize> InlineVec<T, N> {
    /// An empty vector. `filler` fills unused places and is never returned.
    pub(crate) const fn new(filler: T) -> Self {
        const { assert!(N <= u8::MAX as usize) };
        Self(Storage::Inline {
            items: [filler; N],
            length: 0,
        })
    }

    /// The items.
    pub(crate) fn as_slice(&self) -> &[T] {
        match &self.0 {
            Storage::Inline { items, length } => {
                items.get(..usize::from(*length)).unwrap_or_default()
            }
            Storage::Heap(items) => items,
        }
    }

    /// Appends items.
    pub(crate) fn extend_from_slice(&mut self, more: &[T]) {
        match &mut self.0 {
            Storage::Inline { items, length } => {
                let start = usize::from(*length);
                if let Some(free) = items.get_mut(start..start + more.len()) {
                    free.copy_from_slice(more);
                    *length += more.len() as u8; // within the array, so within a u8
                } else {
                    self.0 = Storage::Heap([self.as_slice(), more].concat());
                }
            }
            Storage::Heap(items) => items.extend_from_slice(more),
        }
    }

    /// Replaces all items. On the heap, no capacity beyond them is reserved.
    pub(crate) fn replace(&mut self, by: &[T]) {
        match &mut self.0 {
            Storage::Heap(items) => {
                items.clear();
                items.reserve_exact(by.len());
                items.extend_from_slice(by);
            }
            Storage::Inline { length, .. } => {
                *length = 0;
                self.extend_from_slice(by);
            }
        }
    }
}

#[cfg(test)]
impl<T, const N: usize> InlineVec<T, N> {
    /// The number of items that the heap allocation holds.
    pub(crate) fn heap_capacity(&self) -> usize {
        match &self.0 {
            Storage::Inline { .. } => 0,
            Storage::Heap(items) => items.capacity(),
        }
    }
}

impl<T: Copy + PartialEq, const N: usize> PartialEq for InlineVec<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Copy + Eq, const N: usize> Eq for InlineVec<T, N> {}

impl<T: Copy + fmt::Debug, const N: usize> fmt::Debug for InlineVec<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_the_same_wherever_they_are_kept() {
        for length in 0..10 {
            for cut in 0..=length {
                let all: Vec<u8> = (0..length).collect();
                let (first, rest) = all.split_at(cut.into());
                let mut vec = InlineVec::<u8, 4>::new(0);
                vec.extend_from_slice(first);
                vec.extend_from_slice(rest);
                assert_eq!(vec.as_slice(), all);
                assert_eq!(vec.heap_capacity() == 0, length <= 4, "{length}");
                vec.replace(rest);
                assert_eq!(vec.as_slice(), rest);
            }
        }
    }
}
