//! The progress line: counts, rate and share of a run.

use super::output::OutputCounters;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Time over which the rate is measured.
const WINDOW: Duration = Duration::from_secs(3);

/// Counts of a run, written by the event loop and the output thread, read by the console thread.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Verdicts so far: [`Output::counters`](super::output::Output::counters).
    pub counters: Arc<OutputCounters>,
    /// Number of checks in flight.
    pub in_flight: AtomicUsize,
    /// Bytes of the list that have been read.
    pub bytes: AtomicU64,
    /// Size of the list in bytes, if it is a regular file.
    pub size: Option<u64>,
}

/// The values that one progress line shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Snapshot {
    /// Number of targets that have their verdict.
    pub done: u64,
    /// Number of checks in flight.
    pub in_flight: usize,
    /// Number of verdicts other than OK.
    pub not_ok: u64,
    /// Verdicts per second.
    pub rate: f64,
    /// Share of the list that has been read, from 0 to 1.
    pub share: Option<f64>,
}

/// Measures the rate of a counter that only grows.
#[derive(Debug, Default)]
pub(super) struct RateMeter {
    samples: VecDeque<(Instant, u64)>,
}

impl Progress {
    /// Takes a snapshot at `now`, which is the current time.
    pub(super) fn snapshot(&self, rate: &mut RateMeter, now: Instant) -> Snapshot {
        let verdicts = self.counters.counts().verdicts;
        let read = self.bytes.load(Ordering::Relaxed);
        // A file that is still being appended to may have grown since its size was read.
        let share = |size: u64| (read as f64 / size as f64).min(1.0);
        Snapshot {
            done: verdicts.total(),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            not_ok: verdicts.total() - verdicts.ok,
            rate: rate.update(now, verdicts.total()),
            share: self.size.filter(|&size| size > 0).map(share),
        }
    }
}

impl RateMeter {
    /// Adds a sample, and returns the increase per second over the last three seconds, or since the
    /// first sample.
    pub(super) fn update(&mut self, now: Instant, n: u64) -> f64 {
        self.samples.push_back((now, n));
        // Keeps one sample from before the window, so that the rate covers all of it.
        while let Some((at, _)) = self.samples.get(1)
            && now.saturating_duration_since(*at) >= WINDOW
        {
            self.samples.pop_front();
        }
        let Some(&(at, before)) = self.samples.front() else {
            return 0.0;
        };
        let seconds = now.saturating_duration_since(at).as_secs_f64();
        match seconds > 0.0 {
            true => n.saturating_sub(before) as f64 / seconds,
            false => 0.0,
        }
    }
}

/// Renders the progress line in ASCII, without a newline and cut to `columns`.
pub(super) fn render_line(snapshot: &Snapshot, columns: usize) -> String {
    let Snapshot {
        done,
        in_flight,
        not_ok,
        rate,
        share,
    } = *snapshot;
    // One decimal, so that a slow run differs from one that is stuck.
    let digits = usize::from(rate > 0.0 && rate < 9.95);
    let mut line =
        format!("{done} done, {in_flight} in flight, {not_ok} not OK, {rate:.digits$} a second");
    if let Some(share) = share {
        // Rounded down, so that 100 % means all.
        line += &format!(", {} % read", (share * 100.0).floor());
    }
    line.truncate(columns);
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Status;

    #[test]
    fn the_line_tells_how_far_the_run_is() {
        let snapshot = Snapshot {
            done: 1234,
            in_flight: 512,
            not_ok: 7,
            rate: 1841.7,
            share: None,
        };
        let share = |share| Snapshot { share, ..snapshot };
        let rate = |rate| Snapshot { rate, ..snapshot };
        let start = "1234 done, 512 in flight, 7 not OK, ";
        for (snapshot, columns, line) in [
            (snapshot, 79, "1842 a second"),
            (share(Some(0.0)), 79, "1842 a second, 0 % read"),
            (share(Some(0.375)), 79, "1842 a second, 37 % read"),
            (share(Some(0.999_9)), 79, "1842 a second, 99 % read"),
            (share(Some(1.0)), 79, "1842 a second, 100 % read"),
            (rate(0.0), 79, "0 a second"),
            (rate(0.25), 79, "0.2 a second"),
            (rate(9.94), 79, "9.9 a second"),
            (rate(9.96), 79, "10 a second"),
            (snapshot, 40, "1842"),
        ] {
            assert_eq!(render_line(&snapshot, columns), format!("{start}{line}"));
        }
        assert_eq!(render_line(&snapshot, 4), "1234");
        assert_eq!(render_line(&snapshot, 0), "");
        let first = "0 done, 0 in flight, 0 not OK, 0 a second";
        assert_eq!(render_line(&Snapshot::default(), 79), first);
    }

    #[test]
    fn the_share_needs_a_size_and_is_never_more_than_all() {
        let now = Instant::now();
        for (bytes, size, share) in [
            (50, None, None),
            (50, Some(0), None),
            (0, Some(200), Some(0.0)),
            (50, Some(200), Some(0.25)),
            (300, Some(200), Some(1.0)),
        ] {
            let progress = Progress {
                bytes: AtomicU64::new(bytes),
                size,
                ..Progress::default()
            };
            let snapshot = progress.snapshot(&mut RateMeter::default(), now);
            assert_eq!(snapshot.share, share, "{bytes} of {size:?}");
        }
    }

    #[test]
    fn the_line_counts_what_was_judged() {
        let progress = Progress::default();
        progress.in_flight.store(9, Ordering::Relaxed);
        let mut rate = RateMeter::default();
        let start = Instant::now();
        assert_eq!(progress.snapshot(&mut rate, start).done, 0);
        for status in [Status::Ok, Status::Ok, Status::Warning, Status::Unknown] {
            progress.counters.add_verdict(status);
        }
        let snapshot = Snapshot {
            done: 4,
            in_flight: 9,
            not_ok: 2,
            rate: 8.0,
            share: None,
        };
        let later = start + Duration::from_millis(500);
        assert_eq!(progress.snapshot(&mut rate, later), snapshot);
    }

    #[test]
    fn the_rate_is_that_of_the_last_three_seconds() {
        let start = Instant::now();
        let mut rate = RateMeter::default();
        assert_eq!(rate.update(start, 0), 0.0);
        // A hundred a second for ten seconds, then ten a second.
        for tenth in 1..=100 {
            let now = start + Duration::from_millis(100 * tenth);
            let found = rate.update(now, 10 * tenth);
            assert!((found - 100.0).abs() < 1e-6, "{found} after {tenth} tenths");
        }
        for tenth in 101..=200 {
            let now = start + Duration::from_millis(100 * tenth);
            let found = rate.update(now, 1_000 + tenth - 100);
            let settled = (found - 10.0).abs() < 1e-6;
            assert_eq!(settled, tenth >= 130, "{found} after {tenth} tenths");
        }
        assert!(rate.samples.len() < 40, "{} samples", rate.samples.len());
    }

    #[test]
    fn a_clock_that_stands_still_gives_no_rate() {
        let now = Instant::now();
        let mut rate = RateMeter::default();
        assert_eq!(rate.update(now, 5), 0.0);
        assert_eq!(rate.update(now, 9), 0.0);
    }
}
