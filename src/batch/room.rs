//! How much is on its way between two threads, and who is to be woken when it has become less.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Counts what one thread has handed to another. Two threads use it: one asks and adds, the other
/// takes. Neither ever waits in here.
#[derive(Debug)]
pub struct Room {
    limit: usize,
    taken: AtomicUsize,
    /// A wake-up is owed: there was no room when it was asked for.
    wanted: AtomicBool,
}

impl Room {
    /// Room for `limit`.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            taken: AtomicUsize::new(0),
            wanted: AtomicBool::new(false),
        }
    }

    /// Whether less than the limit is on its way. Where it is not, a later [`free`](Self::free)
    /// will say that it is time for a wake-up.
    pub fn is_there(&self) -> bool {
        if self.taken.load(Ordering::SeqCst) >= self.limit {
            self.wanted.store(true, Ordering::SeqCst);
            // The other thread may have taken all there was between the question and the wish, and
            // be asleep. All accesses stand in one order: either it finds the wish after it has
            // counted off, or this second question finds what it counted off.
            if self.taken.load(Ordering::SeqCst) >= self.limit {
                return false;
            }
        }
        // Whoever knows that there is room need not be told.
        if self.wanted.load(Ordering::Relaxed) {
            self.wanted.store(false, Ordering::SeqCst);
        }
        true
    }

    /// Counts `n` more, whether there is room or not; to be called before they are handed over.
    pub fn take(&self, n: usize) {
        self.taken.fetch_add(n, Ordering::SeqCst);
    }

    /// Counts `n` off. Returns whether a wake-up is due: room was asked for in vain, and now half
    /// of it is free, so that a good many can come before the next.
    #[must_use]
    pub fn free(&self, n: usize) -> bool {
        let left = self.taken.fetch_sub(n, Ordering::SeqCst).saturating_sub(n);
        left <= self.limit / 2 && self.wanted.swap(false, Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{self, RecvTimeoutError};
    use std::thread;
    use std::time::Duration;

    #[test]
    fn a_wake_up_is_due_once_and_when_half_is_free() {
        let room = Room::new(10);
        room.take(9);
        assert!(room.is_there());
        room.take(4);
        assert!(!room.is_there());
        assert!(!room.is_there());
        assert!(!room.free(4), "nine are left");
        assert!(!room.free(3), "six are left");
        assert!(room.free(1));
        assert!(!room.free(5), "it is not due twice");
    }

    #[test]
    fn no_wake_up_is_due_to_one_who_knows() {
        let room = Room::new(10);
        room.take(10);
        assert!(!room.free(10), "nobody asked");
        room.take(10);
        assert!(!room.is_there());
        assert!(!room.free(1));
        assert!(room.is_there(), "and this is known now");
        assert!(!room.free(9));
    }

    #[test]
    fn no_wake_up_is_lost_however_the_threads_run() {
        // With room for one, and neither thread asleep for long, each step of the one meets all of
        // the other's.
        const TIMES: usize = 100_000;
        let room = Room::new(1);
        let ended = AtomicBool::new(false);
        let (wake, woken) = mpsc::channel();
        let taking = || {
            while !ended.load(Ordering::SeqCst) {
                if room.taken.load(Ordering::SeqCst) == 0 {
                    thread::yield_now();
                } else if room.free(1) {
                    wake.send(()).unwrap();
                }
            }
        };
        let asking = || {
            for _ in 0..TIMES {
                while !room.is_there() {
                    woken.recv_timeout(Duration::from_secs(60))?;
                }
                room.take(1);
            }
            Ok::<(), RecvTimeoutError>(())
        };
        let result = thread::scope(|threads| {
            threads.spawn(taking);
            let result = asking();
            ended.store(true, Ordering::SeqCst);
            result
        });
        assert_eq!(result, Ok(()), "a wake-up was lost");
    }
}
