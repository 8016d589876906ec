//! A queue-depth counter that signals when a full queue has drained.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the items on their way from one thread to another. One thread asks and adds, the other
/// counts off; neither ever waits in here.
///
/// No wake-up is lost: whoever read a full queue read a value that precedes, in the order of this
/// one atomic, the next crossing of half the limit; so the wake-up for that crossing comes later.
/// `Relaxed` is enough, since the count publishes nothing but itself: the items go through a
/// channel, and the waker orders what the woken thread reads.
#[derive(Debug)]
pub struct QueueGauge {
    limit: usize,
    queued: AtomicUsize,
}

impl QueueGauge {
    /// An empty queue that is full at `limit` items.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            queued: AtomicUsize::new(0),
        }
    }

    /// Returns true if fewer than the limit are on their way. Where not, a later
    /// [`release`](Self::release) returns true.
    pub fn has_capacity(&self) -> bool {
        self.queued.load(Ordering::Relaxed) < self.limit
    }

    /// Counts `n` more, even beyond the limit; to be called before they are sent.
    pub fn add(&self, n: usize) {
        self.queued.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts `n` off. Returns true if a wake-up is due: this crossed half the limit downwards, so
    /// that a good many items fit in before the queue is full again. A queue that stays about half
    /// full wakes for nothing, at most once a call.
    #[must_use]
    pub fn release(&self, n: usize) -> bool {
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
        let gauge = QueueGauge::new(10);
        gauge.add(9);
        assert!(gauge.has_capacity());
        gauge.add(4);
        assert!(!gauge.has_capacity());
        assert!(!gauge.release(4), "nine are left");
        assert!(!gauge.release(3), "six are left");
        assert!(gauge.release(1));
        assert!(!gauge.release(5), "it is not due twice");
        gauge.add(6);
        assert!(gauge.release(6), "half was taken again");
    }

    #[test]
    fn a_queue_for_one_wakes_each_time_that_it_is_empty() {
        let gauge = QueueGauge::new(1);
        for _ in 0..3 {
            gauge.add(1);
            assert!(!gauge.has_capacity());
            assert!(gauge.release(1));
            assert!(gauge.has_capacity());
        }
        assert!(!gauge.release(0), "nothing was counted off");
    }
}
