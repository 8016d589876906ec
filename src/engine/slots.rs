//! A slab whose entries have a timer each. No clock and no poll in here: `now` is an argument.

use slab::Slab;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// The number of stale timers that are not worth removing.
const SPARE: usize = 32;

/// Identifies an entry. A later entry in the same slot has another serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SlotKey {
    /// The number of the slot.
    pub index: usize,
    serial: u64,
}

/// A slab with a timer for each entry.
pub(super) struct Slots<T> {
    slab: Slab<Slot<T>>,
    /// A timer that was moved leaves a stale one behind, which is skipped when its time comes.
    timers: BinaryHeap<Reverse<(Instant, SlotKey)>>,
    serial: u64,
}

struct Slot<T> {
    entry: T,
    serial: u64,
    armed: Option<Instant>,
}

impl<T> Slots<T> {
    pub(super) fn new() -> Self {
        Self {
            slab: Slab::new(),
            timers: BinaryHeap::new(),
            serial: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    pub(super) fn insert(&mut self, entry: T) -> SlotKey {
        self.serial += 1;
        let serial = self.serial;
        let index = self.slab.insert(Slot {
            entry,
            serial,
            armed: None,
        });
        SlotKey { index, serial }
    }

    /// Returns the entry that is in a slot now.
    pub(super) fn get_by_index(&mut self, index: usize) -> Option<(SlotKey, &mut T)> {
        let slot = self.slab.get_mut(index)?;
        Some((
            SlotKey {
                index,
                serial: slot.serial,
            },
            &mut slot.entry,
        ))
    }

    /// Returns the entry that the key was made for, if it is still there.
    pub(super) fn get(&mut self, key: SlotKey) -> Option<&mut T> {
        self.slot_mut(key).map(|slot| &mut slot.entry)
    }

    pub(super) fn remove(&mut self, key: SlotKey) -> Option<T> {
        self.slot_mut(key)?;
        Some(self.slab.remove(key.index).entry)
    }

    /// Empties all slots. Keys of former entries find nothing.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.timers.clear();
        self.slab.drain().map(|slot| slot.entry)
    }

    /// Sets the timer of an entry. There is one each, so this moves it.
    pub(super) fn set_timer(&mut self, key: SlotKey, at: Instant) {
        let Some(slot) = self.slot_mut(key) else {
            return;
        };
        if slot.armed != Some(at) {
            slot.armed = Some(at);
            self.timers.push(Reverse((at, key)));
            self.sweep();
        }
    }

    /// Returns the time of the earliest timer.
    pub(super) fn earliest_timer(&mut self) -> Option<Instant> {
        while let Some(&Reverse((at, key))) = self.timers.peek() {
            if self
                .slot_mut(key)
                .is_some_and(|slot| slot.armed == Some(at))
            {
                return Some(at);
            }
            self.timers.pop();
        }
        None
    }

    /// Adds to `due` the slots whose timers have expired by `now`, and clears those timers.
    pub(super) fn take_expired(&mut self, now: Instant, due: &mut Vec<usize>) {
        while let Some(at) = self.earliest_timer().filter(|&at| at <= now) {
            let Some(Reverse((_, key))) = self.timers.pop() else {
                return;
            };
            if let Some(slot) = self.slot_mut(key).filter(|slot| slot.armed == Some(at)) {
                slot.armed = None;
                due.push(key.index);
            }
        }
    }

    /// Removes stale timers once they outnumber the others: a probe whose peer floods it moves its
    /// timer between now and its deadline at every step.
    fn sweep(&mut self) {
        if self.timers.len() <= 2 * self.slab.len() + SPARE {
            return;
        }
        let armed = |(index, slot): (usize, &Slot<T>)| {
            let serial = slot.serial;
            let key = SlotKey { index, serial };
            slot.armed.map(|at| Reverse((at, key)))
        };
        self.timers = self.slab.iter().filter_map(armed).collect();
    }

    fn slot_mut(&mut self, key: SlotKey) -> Option<&mut Slot<T>> {
        self.slab
            .get_mut(key.index)
            .filter(|slot| slot.serial == key.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn due(slots: &mut Slots<char>, now: Instant) -> Vec<usize> {
        let mut due = Vec::new();
        slots.take_expired(now, &mut due);
        due
    }

    #[test]
    fn a_moved_timer_expires_once_at_its_last_time() {
        let start = Instant::now();
        let second = |n| start + Duration::from_secs(n);
        let mut slots = Slots::new();
        let a = slots.insert('a');
        slots.set_timer(a, second(5));
        slots.set_timer(a, second(1));
        slots.set_timer(a, second(3));
        assert_eq!(slots.earliest_timer(), Some(second(3)));
        assert_eq!(due(&mut slots, second(2)), [0; 0]);
        assert_eq!(due(&mut slots, second(9)), [a.index]);
        assert_eq!(due(&mut slots, second(9)), [0; 0]);
        assert_eq!(slots.earliest_timer(), None);
    }

    #[test]
    fn a_timer_of_a_former_owner_does_not_wake_the_next() {
        let start = Instant::now();
        let mut slots = Slots::new();
        let a = slots.insert('a');
        slots.set_timer(a, start);
        assert_eq!(slots.remove(a), Some('a'));
        let b = slots.insert('b');
        assert_eq!(b.index, a.index, "the slot is used again");
        assert_eq!(due(&mut slots, start), [0; 0]);
        assert_eq!(slots.get(a), None);
        assert_eq!(slots.remove(a), None);
        assert_eq!(slots.get(b), Some(&mut 'b'));
    }

    #[test]
    fn stale_timers_are_removed() {
        let start = Instant::now();
        let deadline = start + Duration::from_secs(10);
        let mut slots = Slots::new();
        let a = slots.insert('a');
        let b = slots.insert('b');
        slots.set_timer(b, start + Duration::from_secs(5));
        for _ in 0..10_000 {
            slots.set_timer(a, deadline);
            slots.set_timer(a, start);
            assert_eq!(due(&mut slots, start), [a.index]);
        }
        assert!(slots.timers.len() < 100, "{} entries", slots.timers.len());
        slots.set_timer(a, deadline);
        assert_eq!(due(&mut slots, deadline), [b.index, a.index]);
    }

    #[test]
    fn timers_expire_in_order_of_time() {
        let start = Instant::now();
        let mut slots = Slots::new();
        let keys: Vec<SlotKey> = ('a'..='c').map(|c| slots.insert(c)).collect();
        for (key, ms) in keys.iter().zip([30, 10, 20]) {
            slots.set_timer(*key, start + Duration::from_millis(ms));
        }
        let order: Vec<usize> = [1, 2, 0].iter().map(|&i: &usize| keys[i].index).collect();
        assert_eq!(due(&mut slots, start + Duration::from_millis(30)), order);
    }
}
