//! The depth of a queue between two threads, and the point at which a full one has drained.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the items on their way from one thread to another. One thread asks and adds, the other
/// counts off; neither ever waits in here.
///
/// No wake-up is lost: whoever read a full queue read a value that precedes, in the order of this
/// one atomic, the next crossing of half the limit; so the wake-up for that crossing comes later.
/// `Relaxed` is enough, since the count publishes nothing but itself: the items go through a
/// channel, and the waker orders what the woken thread reads.
#[derive(Debug)]
pub struct Room {
    limit: usize,
    queued: AtomicUsize,
}

impl Room {
    /// An empty queue that is full at `limit` items.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            queued: AtomicUsize::new(0),
        }
    }

    /// Returns true if fewer than the limit are on their way. Where not, a later
    /// [`free`](Self::free) returns true.
    pub fn is_there(&self) -> bool {
        self.queued.load(Ordering::Relaxed) < self.limit
    }

    /// Counts `n` more, even beyond the limit; to be called before they are sent.
    pub fn take(&self, n: usize) {
        self.queued.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts `n` off. Returns true if a wake-up is due: this crossed half the limit downwards, so
    /// that a good many items fit in before the queue is full again. A queue that stays about half
    /// full wakes for nothing, at most once a call.
    #[must_use]
    pub fn free(&self, n: usize) -> bool {
        let before = self.queued.fetch_sub(n, Ordering::Relaxed);
        let half = self.limit / 2;
        before > half && before.saturating_sub(n) <= half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_up_is_due_when_half_is_free_and_not_again_before_it_was_taken() {
        let room = Room::new(10);
        room.take(9);
        assert!(room.is_there());
        room.take(4);
        assert!(!room.is_there());
        assert!(!room.free(4), "nine are left");
        assert!(!room.free(3), "six are left");
        assert!(room.free(1));
        assert!(!room.free(5), "it is not due twice");
        room.take(6);
        assert!(room.free(6), "half was taken again");
    }

    #[test]
    fn a_queue_for_one_wakes_each_time_that_it_is_empty() {
        let room = Room::new(1);
        for _ in 0..3 {
            room.take(1);
            assert!(!room.is_there());
            assert!(room.free(1));
            assert!(room.is_there());
        }
        assert!(!room.free(0), "nothing was counted off");
    }
}
