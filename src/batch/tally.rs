//! How many verdicts of each kind there are.

use crate::status::{Status, StatusCounts};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of what was judged and written; one thread adds, any thread reads.
#[derive(Debug, Default)]
pub struct Counts {
    judged: [AtomicU64; 4],
    written: AtomicU64,
}

/// The counts as they stand at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was judged.
    pub verdicts: StatusCounts,
    /// For how many the system has taken what is to be written of them at once. Never more than
    /// were judged, and as many once
    /// [`Output::is_done`](super::output::Output::is_done), unless it is broken.
    pub written: u64,
}

impl Counts {
    /// Counts one verdict.
    pub fn judge(&self, status: Status) {
        let [ok, warning, critical, unknown] = &self.judged;
        let count = match status {
            Status::Ok => ok,
            Status::Warning => warning,
            Status::Critical => critical,
            Status::Unknown => unknown,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts `more` verdicts as written; they have been judged before.
    pub fn write(&self, more: u64) {
        self.written.fetch_add(more, Ordering::Release);
    }

    /// What has been counted so far.
    pub fn tally(&self) -> Tally {
        // First, and in order, so that what is written is never more than what is judged.
        let written = self.written.load(Ordering::Acquire);
        let [ok, warning, critical, unknown] = &self.judged;
        Tally {
            verdicts: StatusCounts {
                ok: ok.load(Ordering::Relaxed),
                warning: warning.load(Ordering::Relaxed),
                critical: critical.load(Ordering::Relaxed),
                unknown: unknown.load(Ordering::Relaxed),
            },
            written,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_counts_as_what_it_is() {
        let counts = Counts::default();
        for (status, times) in [
            (Status::Ok, 4),
            (Status::Warning, 3),
            (Status::Critical, 2),
            (Status::Unknown, 1),
        ] {
            (0..times).for_each(|_| counts.judge(status));
        }
        counts.write(7);
        let tally = Tally {
            verdicts: StatusCounts {
                ok: 4,
                warning: 3,
                critical: 2,
                unknown: 1,
            },
            written: 7,
        };
        assert_eq!(counts.tally(), tally);
    }
}
