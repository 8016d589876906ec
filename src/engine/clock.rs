//! The clock of the probes, which stops while the process is stopped.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// Delay of a reading from which the process counts as stopped: by a signal, or with its machine
/// suspended.
const STANDSTILL: Duration = Duration::from_secs(1);

/// A clock that leaves out the time in which the process did not run.
///
/// Each reading is compared with the one before it, or with the wake-up that was due since. If it
/// is more than [`STANDSTILL`] late, the process did not run in the meantime, and the delay is
/// subtracted.
#[derive(Debug)]
pub(super) struct Clock {
    /// Expected time of the next reading, by the system's clock: now, unless the loop sleeps.
    due: Cell<Instant>,
    /// Sum of the delays that are subtracted.
    stopped: Cell<Duration>,
}

impl Clock {
    /// Creates a clock that starts at `now`.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            due: Cell::new(now),
            stopped: Cell::default(),
        }
    }

    /// Returns the time, given the system's time.
    pub(super) fn read(&self, now: Instant) -> Instant {
        let late = now.saturating_duration_since(self.due.get());
        if late > STANDSTILL {
            self.stopped.set(self.stopped.get() + late);
        }
        self.due.set(now.max(self.due.get()));
        now.checked_sub(self.stopped.get()).unwrap_or(now)
    }

    /// Notes that the loop is about to sleep for at most `most`.
    pub(super) fn sleep(&self, most: Duration) {
        self.due.set(self.due.get() + most);
    }

    /// Notes that the loop is awake again, and returns the time, given the system's time.
    pub(super) fn wake(&self, now: Instant) -> Instant {
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
    fn only_a_standstill_is_subtracted() {
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
    fn a_sleep_is_no_standstill_but_a_delay_after_it_is() {
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
