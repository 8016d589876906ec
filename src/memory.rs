//! A bound on memory that many parties share.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A bounded count of bytes in use, taken as [leases](Lease).
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    used: Mutex<Used>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Used {
    bytes: usize,
    /// True if a thread waits for capacity.
    is_awaited: bool,
}

/// A part of a [`Budget`], given back when it is dropped. The default is a part of none.
#[derive(Default)]
pub struct Lease {
    budget: Option<Arc<Budget>>,
    bytes: usize,
}

impl Budget {
    /// A budget of `limit` bytes, none of them in use.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            used: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Returns true if less than the limit is in use.
    pub fn has_capacity(&self) -> bool {
        self.lock().bytes < self.limit
    }

    /// Blocks until less than the limit is in use: forever, if the caller holds all that is in use.
    pub fn wait_for_capacity(&self) {
        let mut used = self.lock();
        while used.bytes >= self.limit {
            used.is_awaited = true;
            used = self
                .freed
                .wait(used)
                .unwrap_or_else(PoisonError::into_inner);
        }
        used.is_awaited = false;
    }

    /// Takes `bytes`, even beyond the limit. One thread that asks for
    /// [capacity](Self::has_capacity) first exceeds the limit by this one lease at most.
    pub fn acquire(self: &Arc<Self>, bytes: usize) -> Lease {
        let mut used = self.lock();
        used.bytes = used.bytes.saturating_add(bytes);
        self.lease(bytes)
    }

    /// Takes `bytes`; `None` if that would exceed the limit.
    pub fn try_acquire(self: &Arc<Self>, bytes: usize) -> Option<Lease> {
        let mut used = self.lock();
        let after = used.bytes.checked_add(bytes)?;
        if after > self.limit {
            return None;
        }
        used.bytes = after;
        Some(self.lease(bytes))
    }

    fn lease(self: &Arc<Self>, bytes: usize) -> Lease {
        Lease {
            budget: Some(self.clone()),
            bytes,
        }
    }

    fn release(&self, bytes: usize) {
        let mut used = self.lock();
        used.bytes = used.bytes.saturating_sub(bytes);
        if used.is_awaited && used.bytes < self.limit {
            used.is_awaited = false;
            self.freed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// The number of bytes taken.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.release(self.bytes);
        }
    }
}

impl fmt::Debug for Lease {
    /// Always the same, so that checks that differ only in their leases are shown alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lease")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn a_lease_counts_until_it_is_dropped() {
        let budget = Arc::new(Budget::new(10));
        let nine = budget.acquire(9);
        assert!(budget.has_capacity());
        assert!(budget.try_acquire(2).is_none());
        let one = budget.try_acquire(1).expect("capacity");
        assert!(!budget.has_capacity());
        let beyond = budget.acquire(100);
        drop(nine);
        assert!(!budget.has_capacity());
        drop((one, beyond));
        assert!(budget.has_capacity());
        assert_eq!(budget.lock().bytes, 0);
    }

    #[test]
    fn with_capacity_left_nobody_waits() {
        let budget = Arc::new(Budget::new(10));
        let _nine = budget.acquire(9);
        budget.wait_for_capacity();
    }

    #[test]
    fn no_wake_up_is_lost_however_the_threads_run() {
        // With capacity for one, each step of the one thread meets all of the other's.
        const TIMES: usize = 20_000;
        let budget = Arc::new(Budget::new(1));
        let (hand_over, leases) = mpsc::channel();
        let (done, waited) = mpsc::channel();
        thread::spawn(move || {
            for _ in 0..TIMES {
                budget.wait_for_capacity();
                hand_over.send(budget.acquire(1)).unwrap();
            }
            done.send(()).unwrap();
        });
        thread::spawn(move || leases.into_iter().for_each(drop));
        let woken = waited.recv_timeout(Duration::from_secs(60));
        assert_eq!(woken, Ok(()), "a wake-up was lost");
    }
}
