//! How many verdicts of each kind there are.

use crate::outcome::Status;
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
    /// How many targets were OK.
    pub ok: u64,
    /// How many were WARNING.
    pub warning: u64,
    /// How many were CRITICAL.
    pub critical: u64,
    /// How many were UNKNOWN.
    pub unknown: u64,
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
            ok: ok.load(Ordering::Relaxed),
            warning: warning.load(Ordering::Relaxed),
            critical: critical.load(Ordering::Relaxed),
            unknown: unknown.load(Ordering::Relaxed),
            written,
        }
    }
}

impl Tally {
    pub fn verdicts(&self) -> crate::outcome::Verdicts {
        crate::outcome::Verdicts {
            ok: self.ok,
            warning: self.warning,
            critical: self.critical,
            unknown: self.unknown,
        }
    }

    /// How many were judged.
    pub fn judged(&self) -> u64 {
        self.ok + self.not_ok()
    }

    /// How many were judged to be other than OK.
    pub fn not_ok(&self) -> u64 {
        self.warning + self.critical + self.unknown
    }

    /// The worst verdict, in the order of Monitoring Plugins' `max_state_alt`: CRITICAL, WARNING,
    /// UNKNOWN, OK. `None` where nothing was judged.
    pub fn worst(&self) -> Option<Status> {
        let worst_first = [
            (self.critical, Status::Critical),
            (self.warning, Status::Warning),
            (self.unknown, Status::Unknown),
            (self.ok, Status::Ok),
        ];
        let found = worst_first.into_iter().find(|&(count, _)| count > 0);
        found.map(|(_, status)| status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_critical_then_warning_then_unknown_then_ok() {
        let counts = Counts::default();
        assert_eq!(counts.tally().worst(), None);
        for status in [
            Status::Ok,
            Status::Unknown,
            Status::Warning,
            Status::Critical,
        ] {
            counts.judge(status);
            counts.judge(Status::Ok);
            assert_eq!(counts.tally().worst(), Some(status));
        }
        let tally = counts.tally();
        assert_eq!((tally.judged(), tally.not_ok(), tally.ok), (8, 3, 5));
    }
}
