//! The statuses of a monitoring plugin, and counts of them.

use crate::reason::Reason;

/// The status of a monitoring plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Exit code 0.
    Ok,
    /// Exit code 1.
    Warning,
    /// Exit code 2.
    Critical,
    /// Exit code 3.
    Unknown,
}

/// The replacements of `--status-as`. The default replaces nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusMap {
    by_status: [Option<Status>; 4],
    by_reason: [Option<Status>; Reason::COUNT],
}

/// Counts of verdicts by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// The number of OK.
    pub ok: u64,
    /// The number of WARNING.
    pub warning: u64,
    /// The number of CRITICAL.
    pub critical: u64,
    /// The number of UNKNOWN.
    pub unknown: u64,
}

impl StatusCounts {
    /// Counts a verdict.
    pub fn add(&mut self, status: Status) {
        match status {
            Status::Ok => self.ok += 1,
            Status::Warning => self.warning += 1,
            Status::Critical => self.critical += 1,
            Status::Unknown => self.unknown += 1,
        }
    }

    /// Returns the sum.
    pub fn total(&self) -> u64 {
        self.ok + self.warning + self.critical + self.unknown
    }

    /// Returns the worst status, in the order of Monitoring Plugins' `max_state_alt`: CRITICAL,
    /// WARNING, UNKNOWN, OK. `None` if nothing was counted.
    pub fn worst(&self) -> Option<Status> {
        match self {
            Self { critical: 1.., .. } => Some(Status::Critical),
            Self { warning: 1.., .. } => Some(Status::Warning),
            Self { unknown: 1.., .. } => Some(Status::Unknown),
            Self { ok: 1.., .. } => Some(Status::Ok),
            _ => None,
        }
    }

    /// Returns the status of a run with these verdicts: the worst, or UNKNOWN without any. An
    /// incomplete run is CRITICAL if one of them is, otherwise UNKNOWN.
    pub fn of_run(&self, is_whole: bool) -> Status {
        let worst = self.worst().unwrap_or(Status::Unknown);
        match is_whole {
            true => worst,
            false => worst.or_unknown(),
        }
    }

    /// Returns the counts with their words.
    pub fn named(&self) -> [(&'static str, u64); 4] {
        [
            ("ok", self.ok),
            ("warning", self.warning),
            ("critical", self.critical),
            ("unknown", self.unknown),
        ]
    }
}

impl Status {
    /// The status where this verdict could not be told: UNKNOWN, but CRITICAL stays.
    pub fn or_unknown(self) -> Self {
        match self {
            Self::Critical => Self::Critical,
            _ => Self::Unknown,
        }
    }

    /// All statuses, by exit code.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Critical, Self::Unknown];

    /// Returns the exit code.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Returns true if it is worse than `other`, in the order of [`StatusCounts::worst`].
    pub fn is_worse_than(self, other: Self) -> bool {
        let severity = |status| match status {
            Self::Ok => 0,
            Self::Unknown => 1,
            Self::Warning => 2,
            Self::Critical => 3,
        };
        severity(self) > severity(other)
    }

    /// Returns the word in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl StatusMap {
    /// Replaces the status `from` by `to`.
    pub fn set(&mut self, from: Status, to: Status) {
        if let Some(replacement) = self.by_status.get_mut(from as usize) {
            *replacement = Some(to);
        }
    }

    /// Replaces the status of every check with this reason by `to`.
    pub fn set_reason(&mut self, from: Reason, to: Status) {
        if let Some(replacement) = self.by_reason.get_mut(from as usize) {
            *replacement = Some(to);
        }
    }

    /// Returns the replacement for checks with this reason, if it has one.
    pub fn of_reason(&self, reason: Reason) -> Option<Status> {
        self.by_reason.get(reason as usize).copied().flatten()
    }

    /// Returns the replacement of `status`: that of the reason, else that of the status itself.
    pub fn apply(&self, reason: Reason, status: Status) -> Status {
        let of_status = || self.by_status.get(status as usize).copied().flatten();
        self.of_reason(reason).or_else(of_status).unwrap_or(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_is_worse_than_warning_and_warning_worse_than_unknown() {
        let mut verdicts = StatusCounts::default();
        assert_eq!(verdicts.worst(), None);
        for status in [
            Status::Ok,
            Status::Unknown,
            Status::Warning,
            Status::Critical,
        ] {
            verdicts.add(status);
            verdicts.add(Status::Ok);
            assert_eq!(verdicts.worst(), Some(status));
        }
        assert_eq!((verdicts.total(), verdicts.ok), (8, 5));
        let named = [("ok", 5), ("warning", 1), ("critical", 1), ("unknown", 1)];
        assert_eq!(verdicts.named(), named);
    }

    #[test]
    fn a_run_has_its_worst_status_and_is_unknown_if_incomplete() {
        for (statuses, whole, cut) in [
            (&[][..], Status::Unknown, Status::Unknown),
            (&[Status::Ok], Status::Ok, Status::Unknown),
            (
                &[Status::Ok, Status::Warning],
                Status::Warning,
                Status::Unknown,
            ),
            (
                &[Status::Unknown, Status::Ok],
                Status::Unknown,
                Status::Unknown,
            ),
            (
                &[Status::Critical, Status::Unknown],
                Status::Critical,
                Status::Critical,
            ),
        ] {
            let mut verdicts = StatusCounts::default();
            statuses.iter().for_each(|status| verdicts.add(*status));
            assert_eq!(verdicts.of_run(true), whole, "{statuses:?}");
            assert_eq!(verdicts.of_run(false), cut, "{statuses:?}");
        }
    }

    #[test]
    fn a_reason_decides_before_the_status() {
        let mut map = StatusMap::default();
        map.set(Status::Critical, Status::Warning);
        map.set_reason(Reason::Refused, Status::Ok);
        assert_eq!(map.apply(Reason::Refused, Status::Critical), Status::Ok);
        assert_eq!(map.apply(Reason::Refused, Status::Warning), Status::Ok);
        assert_eq!(
            map.apply(Reason::Timeout, Status::Critical),
            Status::Warning
        );
        assert_eq!(map.apply(Reason::Slow, Status::Warning), Status::Warning);
    }

    #[test]
    fn words_and_exit_codes_are_those_of_plugins() {
        for (status, word, code) in [
            (Status::Ok, "OK", 0),
            (Status::Warning, "WARNING", 1),
            (Status::Critical, "CRITICAL", 2),
            (Status::Unknown, "UNKNOWN", 3),
        ] {
            assert_eq!((status.word(), status.code()), (word, code));
            assert_eq!(StatusMap::default().apply(Reason::Ok, status), status);
        }
    }
}
