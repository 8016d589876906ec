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
    pub(super) fn snapshot(&self, rate: &mut RateMeter, now: Instant) -> Snapshot {
        let verdicts = self.counters.counts().verdicts;
        let rate = rate.update(now, verdicts.total());
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
mod tests;
