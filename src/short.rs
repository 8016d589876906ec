//! A sequence that is mostly short.

use std::fmt;

/// Items that are kept in place as long as there are few, and on the heap once there have been more
/// than `N`: a probe whose peer says what such peers mostly say allocates nothing.
#[derive(Clone)]
pub struct Short<T, const N: usize>(Kept<T, N>);

#[derive(Clone)]
enum Kept<T, const N: usize> {
    Here { items: [T; N], length: u8 },
    Heap(Vec<T>),
}

impl<T: Copy, const N: usize> Short<T, N> {
    /// Nothing. `filler` stands where no item is yet, and is never seen.
    pub const fn empty(filler: T) -> Self {
        const { assert!(N <= u8::MAX as usize) };
        Self(Kept::Here {
            items: [filler; N],
            length: 0,
        })
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        match &self.0 {
            Kept::Here { items, length } => items.get(..usize::from(*length)).unwrap_or_default(),
            Kept::Heap(items) => items,
        }
    }

    /// Adds items behind those there are.
    pub fn extend(&mut self, more: &[T]) {
        match &mut self.0 {
            Kept::Here { items, length } => {
                let start = usize::from(*length);
                if let Some(room) = items.get_mut(start..start + more.len()) {
                    room.copy_from_slice(more);
                    *length += more.len() as u8; // within the array, so within a u8
                } else {
                    self.0 = Kept::Heap([self.items(), more].concat());
                }
            }
            Kept::Heap(items) => items.extend_from_slice(more),
        }
    }

    /// Takes these items in the place of those there are. What is on the heap has no room to spare.
    pub fn replace(&mut self, by: &[T]) {
        match &mut self.0 {
            Kept::Heap(items) => {
                items.clear();
                items.reserve_exact(by.len());
                items.extend_from_slice(by);
            }
            Kept::Here { length, .. } => {
                *length = 0;
                self.extend(by);
            }
        }
    }
}

#[cfg(test)]
impl<T, const N: usize> Short<T, N> {
    /// For how many items there is room on the heap.
    pub fn heap(&self) -> usize {
        match &self.0 {
            Kept::Here { .. } => 0,
            Kept::Heap(items) => items.capacity(),
        }
    }
}

impl<T: Copy + PartialEq, const N: usize> PartialEq for Short<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.items() == other.items()
    }
}

impl<T: Copy + Eq, const N: usize> Eq for Short<T, N> {}

impl<T: Copy + fmt::Debug, const N: usize> fmt::Debug for Short<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items().fmt(f)
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
                let mut short = Short::<u8, 4>::empty(0);
                short.extend(first);
                short.extend(rest);
                assert_eq!(short.items(), all);
                assert_eq!(short.heap() == 0, length <= 4, "{length}");
                short.replace(rest);
                assert_eq!(short.items(), rest);
            }
        }
    }
}
