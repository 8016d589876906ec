//! The rate limit: a maximum number of new checks a second, evenly spread.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Delay behind the schedule that may be caught up: the rounding of the poll's timer. The limit
/// holds within any second all the same.
const SLACK: Duration = Duration::from_millis(5);

const SECOND: Duration = Duration::from_secs(1);

/// Limits the number of checks that begin within any second, and spaces them evenly.
pub(super) struct RateLimit {
    gap: Duration,
    most: usize,
    next: Option<Instant>,
    /// The starts of the last second.
    begun: VecDeque<Instant>,
}

impl RateLimit {
    /// Creates a limit of `rate` a second, which must be above 0.
    pub(super) fn new(rate: f64) -> Self {
        Self {
            gap: Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX),
            most: (rate as usize).max(1),
            next: None,
            begun: VecDeque::new(),
        }
    }

    /// Returns the earliest start of the next check if that is later than `now`.
    pub(super) fn earliest(&mut self, now: Instant) -> Option<Instant> {
        if let Some(next) = self.next.filter(|&next| next > now) {
            return Some(next);
        }
        while self.begun.front().is_some_and(|&at| at + SECOND <= now) {
            self.begun.pop_front();
        }
        let first = self.begun.front().filter(|_| self.begun.len() >= self.most);
        first.map(|&first| first + SECOND)
    }

    /// Records that a check begins at `now`.
    pub(super) fn record(&mut self, now: Instant) {
        let due = self.next.unwrap_or(now);
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        self.next = due.max(earliest).checked_add(self.gap);
        self.begun.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    impl RateLimit {
        /// Begins a check, or returns the time at which it may begin.
        fn not_before(&mut self, now: Instant) -> Option<Instant> {
            let earliest = self.earliest(now);
            if earliest.is_none() {
                self.record(now);
            }
            earliest
        }
    }

    #[test]
    fn starts_are_even_and_a_late_poll_is_caught_up_with() {
        let start = Instant::now();
        let mut rate = RateLimit::new(100.0);
        let mut not_before = |after| rate.not_before(start + ms(after));
        assert_eq!(not_before(0), None);
        assert_eq!(not_before(0), Some(start + ms(10)));
        assert_eq!(not_before(12), None);
        assert_eq!(not_before(12), Some(start + ms(20)));
        // A gap in the list is no credit.
        assert_eq!(not_before(1000), None);
        assert_eq!(not_before(1000), Some(start + ms(1005)));
    }

    #[test]
    fn no_second_has_more_however_late_the_poll_is() {
        for limit in [1, 7, 1000, 4000] {
            let start = Instant::now();
            let mut rate = RateLimit::new(limit as f64);
            let mut begun: Vec<Duration> = Vec::new();
            for tick in 0..5_000 {
                // As late as a poll is that counts milliseconds.
                let now = ms(tick) + Duration::from_micros(tick * 7919 % 1000);
                while rate.not_before(start + now).is_none() {
                    begun.push(now);
                }
            }
            for (first, at) in begun.iter().enumerate() {
                let second = begun.iter().skip(first).take_while(|t| **t < *at + SECOND);
                assert!(second.count() <= limit, "{limit} a second");
            }
            let wanted = limit * 5 * 9 / 10;
            assert!(begun.len() >= wanted, "{} of {limit} a second", begun.len());
        }
    }

    #[test]
    fn a_rate_may_be_below_one_a_second() {
        let start = Instant::now();
        let mut rate = RateLimit::new(0.25);
        assert_eq!(rate.not_before(start), None);
        assert_eq!(rate.not_before(start), Some(start + ms(4000)));
        assert_eq!(RateLimit::new(1e-300).not_before(start), None);
    }
}
