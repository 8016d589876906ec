//! The progress line: counts, rate and share of a run.

use super::drawn_line::Drawn;
use super::output::OutputCounters;
use crate::report::colour;
use crate::status::{Status, StatusCounts};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Time over which the rate is measured.
const WINDOW: Duration = Duration::from_secs(3);

/// Stands between two parts of the line.
const SEPARATOR: &str = ", ";

/// Columns around a bar.
const FRAME: usize = "[] ".len();

/// Columns of a bar at most; at least, and that where words are shortened.
const MAX_BAR: usize = 30;
const MIN_BAR: usize = 10;
const SHORT_BAR: usize = 6;

/// Letters of a status where words are shortened.
const SHORT_WORD: usize = 4;

/// Counts of a run, written by the event loop and the output thread, read by the console thread.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Verdicts so far.
    pub counters: Arc<OutputCounters>,
    /// Number of checks in flight.
    pub in_flight: AtomicUsize,
    /// Bytes of the list that have been read.
    pub bytes: AtomicU64,
    /// Lines in them that ask for a check.
    pub lines: AtomicU64,
    /// Size of the list in bytes, if it is a regular file.
    pub size: Option<u64>,
}

/// The values that one progress line shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Snapshot {
    /// The verdicts so far.
    pub verdicts: StatusCounts,
    /// Number of checks in flight.
    pub in_flight: usize,
    /// Verdicts per second.
    pub rate: f64,
    /// Share of the list that has its verdicts, from 0 to 1.
    pub share: Option<f64>,
    /// The time until all of it has them, at the present rate.
    pub left: Option<Duration>,
}

/// The rate of a run.
#[derive(Debug, Default)]
pub(super) struct Rates(RateMeter);

/// Measures the rate of a counter that only grows.
#[derive(Debug, Default)]
pub(super) struct RateMeter {
    samples: VecDeque<(Instant, u64)>,
}

/// A part of the line.
struct Part {
    text: String,
    /// Its colour.
    status: Option<Status>,
    /// More important than a bar.
    is_vital: bool,
}

impl Progress {
    /// Takes a snapshot at `now`, which is the current time.
    pub(super) fn snapshot(&self, rates: &mut Rates, now: Instant) -> Snapshot {
        let verdicts = self.counters.counts().verdicts;
        let rate = rates.0.update(now, verdicts.total());
        let total = self.estimate_lines();
        // What was read last may have longer lines than what came before.
        let share = |total: f64| (verdicts.total() as f64 / total).min(1.0);
        let left = |total: f64| {
            let left = (total - verdicts.total() as f64) / rate;
            Duration::try_from_secs_f64(left).ok()
        };
        Snapshot {
            verdicts,
            in_flight: self.in_flight.load(Ordering::Relaxed),
            rate,
            share: total.map(share),
            left: total.and_then(left).filter(|left| !left.is_zero()),
        }
    }

    /// The lines of the whole list that ask for a check, as far as those that were read tell.
    fn estimate_lines(&self) -> Option<f64> {
        let size = self.size.filter(|&size| size > 0)?;
        let bytes = self.bytes.load(Ordering::Relaxed);
        let lines = self.lines.load(Ordering::Relaxed);
        // A file that is still being appended to may have grown since its size was read.
        let parts = (size as f64 / bytes as f64).max(1.0);
        Some(lines as f64 * parts).filter(|total| *total > 0.0 && total.is_finite())
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

/// Renders the progress line within `columns`: what does not fit is shortened, or else left out, the
/// least important first. The counts are in colour if that is wanted; all else is ASCII.
pub(super) fn render_line(snapshot: &Snapshot, columns: usize, colour: bool) -> Drawn {
    let bar = |width| snapshot.share.map_or(0, |_| FRAME + width);
    let mut parts = parts(snapshot, usize::MAX);
    let mut min_bar = MIN_BAR;
    let text: usize = parts.iter().map(|part| part.text.len()).sum();
    if bar(min_bar) + text + SEPARATOR.len() * (parts.len() - 1) > columns {
        parts = self::parts(snapshot, SHORT_WORD);
        min_bar = SHORT_BAR;
    }
    let mut drawn = Drawn::default();
    for part in parts {
        let separator = if drawn.width == 0 { "" } else { SEPARATOR };
        let width = drawn.width + separator.len() + part.text.len();
        let reserved = if part.is_vital { 0 } else { bar(min_bar) };
        if width + reserved > columns {
            break;
        }
        drawn.width = width;
        drawn.text += separator;
        match part.status.filter(|_| colour) {
            Some(status) => drawn.text += &colour::paint(status, &part.text),
            None => drawn.text += &part.text,
        }
    }
    let width = columns.saturating_sub(drawn.width + FRAME).min(MAX_BAR);
    if let Some(share) = snapshot.share.filter(|_| width >= min_bar) {
        drawn.width += FRAME + width;
        drawn.text.insert_str(0, &render_bar(share, width));
    }
    drawn
}

/// The parts of the line in their order, the most important first, with statuses of so many letters.
fn parts(snapshot: &Snapshot, letters: usize) -> Vec<Part> {
    let part = |text: String| Part {
        text,
        status: None,
        is_vital: false,
    };
    let vital = |text| Part {
        is_vital: true,
        ..part(text)
    };
    let mut parts = Vec::new();
    // Rounded down, so that 100 % means all.
    let share = |share| vital(format!("{} %", f64::floor(share * 100.0)));
    parts.extend(snapshot.share.map(share));
    let counts = snapshot.verdicts;
    for (count, status, is_vital) in [
        (counts.ok, Status::Ok, true),
        (counts.critical, Status::Critical, true),
        (counts.warning, Status::Warning, false),
        (counts.unknown, Status::Unknown, false),
    ] {
        if count > 0 || status == Status::Ok {
            let word = status.word().to_ascii_lowercase();
            let word = word.get(..letters).unwrap_or(&word);
            parts.push(Part {
                text: format!("{count} {word}"),
                status: Some(status).filter(|_| count > 0),
                is_vital,
            });
        }
    }
    // One decimal, so that a slow run differs from one that is stuck.
    let digits = usize::from(snapshot.rate > 0.0 && snapshot.rate < 9.95);
    parts.push(part(format!("{:.digits$}/s", snapshot.rate)));
    let left = |left| part(format!("{} left", format_duration(left)));
    parts.extend(snapshot.left.map(left));
    parts.push(part(format!("{} in flight", snapshot.in_flight)));
    parts
}

/// Renders a bar with a space behind it.
fn render_bar(share: f64, width: usize) -> String {
    let done = ((share * width as f64) as usize).min(width);
    format!("[{}{}] ", "#".repeat(done), "-".repeat(width - done))
}

/// Returns `0:42`, `12:05` or `3:00:12`.
fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_the_run_is() {
        let verdicts = StatusCounts {
            ok: 1_200,
            warning: 3,
            critical: 7,
            unknown: 0,
        };
        let snapshot = Snapshot {
            verdicts,
            in_flight: 512,
            rate: 1841.7,
            share: None,
            left: None,
        };
        let known = |share| Snapshot {
            share: Some(share),
            left: Some(Duration::from_secs(42)),
            ..snapshot
        };
        let rate = |rate| Snapshot { rate, ..snapshot };
        let counts = "1200 ok, 7 critical, 3 warning";
        let short = "1200 ok, 7 crit, 3 warn";
        let colours = regex::Regex::new("\x1b\\[[0-9]+m").expect("a pattern");
        for (snapshot, columns, line) in [
            (snapshot, 79, format!("{counts}, 1842/s, 512 in flight")),
            (
                known(0.375),
                199,
                format!(
                    "[###########-------------------] 37 %, {counts}, 1842/s, 0:42 left, 512 in flight"
                ),
            ),
            (
                known(0.375),
                84,
                format!("[####-------] 37 %, {counts}, 1842/s, 0:42 left, 512 in flight"),
            ),
            (
                known(0.375),
                79,
                format!("[####---------] 37 %, {short}, 1842/s, 0:42 left, 512 in flight"),
            ),
            (
                known(0.375),
                70,
                format!("[#######------------] 37 %, {short}, 1842/s, 0:42 left"),
            ),
            (known(0.375), 39, format!("[##-----] 37 %, {short}")),
            (
                known(0.999_9),
                37,
                "[############-] 99 %, 1200 ok, 7 crit".to_owned(),
            ),
            (known(1.0), 20, "100 %, 1200 ok".to_owned()),
            (known(0.0), 8, "0 %".to_owned()),
            (rate(0.0), 60, format!("{counts}, 0/s, 512 in flight")),
            (rate(0.25), 60, format!("{counts}, 0.2/s, 512 in flight")),
            (rate(9.96), 60, format!("{counts}, 10/s, 512 in flight")),
            (snapshot, 4, String::new()),
            (Snapshot::default(), 79, "0 ok, 0/s, 0 in flight".to_owned()),
        ] {
            let drawn = render_line(&snapshot, columns, false);
            assert_eq!(drawn.text, line);
            assert_eq!(drawn.width, line.len());
            assert!(drawn.width <= columns);
            let coloured = render_line(&snapshot, columns, true);
            assert_eq!(coloured.width, drawn.width);
            assert_eq!(colours.replace_all(&coloured.text, ""), line);
        }
    }

    #[test]
    fn a_duration_has_hours_where_there_are_any() {
        for (seconds, text) in [
            (0, "0:00"),
            (42, "0:42"),
            (725, "12:05"),
            (10_812, "3:00:12"),
        ] {
            assert_eq!(format_duration(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn the_share_is_that_of_the_verdicts_and_needs_a_size() {
        let now = Instant::now();
        for (verdicts, lines, bytes, size, share) in [
            (1, 4, 50, None, None),
            (1, 4, 50, Some(0), None),
            (0, 0, 0, Some(200), None),
            (0, 4, 200, Some(200), Some(0.0)),
            (1, 4, 200, Some(200), Some(0.25)),
            (1, 4, 50, Some(200), Some(0.0625)),
            (4, 4, 300, Some(200), Some(1.0)),
        ] {
            let progress = Progress {
                bytes: AtomicU64::new(bytes),
                lines: AtomicU64::new(lines),
                size,
                ..Progress::default()
            };
            (0..verdicts).for_each(|_| progress.counters.add_verdict(Status::Ok));
            let snapshot = progress.snapshot(&mut Rates::default(), now);
            assert_eq!(snapshot.share, share, "{verdicts} of {lines}, {size:?}");
        }
    }

    #[test]
    fn the_time_that_is_left_is_that_of_the_verdicts_that_are_missing() {
        let progress = Progress {
            bytes: AtomicU64::new(200),
            lines: AtomicU64::new(60),
            size: Some(200),
            ..Progress::default()
        };
        let mut rates = Rates::default();
        let start = Instant::now();
        assert_eq!(progress.snapshot(&mut rates, start).left, None);
        (0..10).for_each(|_| progress.counters.add_verdict(Status::Ok));
        let snapshot = progress.snapshot(&mut rates, start + Duration::from_secs(1));
        assert_eq!(snapshot.left, Some(Duration::from_secs(5)));
    }

    #[test]
    fn the_line_counts_what_was_judged() {
        let progress = Progress::default();
        progress.in_flight.store(9, Ordering::Relaxed);
        let mut rate = Rates::default();
        let start = Instant::now();
        assert_eq!(progress.snapshot(&mut rate, start).verdicts.total(), 0);
        for status in [Status::Ok, Status::Ok, Status::Warning, Status::Unknown] {
            progress.counters.add_verdict(status);
        }
        let snapshot = Snapshot {
            verdicts: StatusCounts {
                ok: 2,
                warning: 1,
                critical: 0,
                unknown: 1,
            },
            in_flight: 9,
            rate: 8.0,
            share: None,
            left: None,
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
