//! The clock that all probes go by. It stands still while the process does.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// By how much a reading may come later than it should before the process counts as having stood
/// still: stopped by a signal, its machine suspended.
const STANDSTILL: Duration = Duration::from_secs(1);

/// What of the machine's time has passed for the probes.
///
/// Each reading is held against the one before it, or the wake-up that was due since. Where it is more
/// than [`STANDSTILL`] late, nobody was there in the meantime, and it is taken off.
#[derive(Debug)]
pub struct Clock {
    /// When the next reading is due, by the machine's clock: at once, unless the loop sleeps.
    due: Cell<Instant>,
    /// What has been taken off.
    stood: Cell<Duration>,
}

impl Clock {
    /// A clock that runs since `now`.
    pub fn new(now: Instant) -> Self {
        Self {
            due: Cell::new(now),
            stood: Cell::default(),
        }
    }

    /// The time, where it is `now` by the machine's clock.
    pub fn read(&self, now: Instant) -> Instant {
        let late = now.saturating_duration_since(self.due.get());
        if late > STANDSTILL {
            self.stood.set(self.stood.get() + late);
        }
        self.due.set(now.max(self.due.get()));
        now.checked_sub(self.stood.get()).unwrap_or(now)
    }

    /// The loop is about to sleep, `most` at the longest.
    pub fn sleep(&self, most: Duration) {
        self.due.set(self.due.get() + most);
    }

    /// The loop is awake again, and it is `now` by the machine's clock.
    pub fn wake(&self, now: Instant) -> Instant {
        let time = self.read(now);
        self.due.set(now);
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_standstill_is_taken_off_and_nothing_else() {
        let start = Instant::now();
        let clock = Clock::new(start);
        let passed = |at| clock.read(start + at).duration_since(start);
        assert_eq!(passed(ms(900)), ms(900), "slow, but there");
        assert_eq!(passed(ms(1_900)), ms(1_900), "a second is not over one");
        assert_eq!(passed(ms(3_900)), ms(1_900), "stopped");
        assert_eq!(passed(ms(4_000)), ms(2_000), "and it goes on from there");
        assert_eq!(passed(ms(9_000)), ms(2_000), "stopped once more");
    }

    #[test]
    fn a_sleep_is_no_standstill_but_what_comes_after_it_is() {
        let start = Instant::now();
        let clock = Clock::new(start);
        let woken = |at| clock.wake(start + at).duration_since(start);
        clock.sleep(ms(5_000));
        assert_eq!(woken(ms(5_020)), ms(5_020));
        clock.sleep(ms(5_000));
        assert_eq!(woken(ms(6_000)), ms(6_000), "an event came before");
        clock.sleep(ms(100));
        assert_eq!(woken(ms(9_100)), ms(6_100), "stopped in its sleep");
        assert_eq!(woken(ms(10_000)), ms(7_000));
    }
}
