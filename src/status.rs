//! The verdicts of a plugin.

/// The four verdicts of a plugin.
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

/// `--status-as`: what each status is replaced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusMap([Status; 4]);

/// How many verdicts of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// How many are OK.
    pub ok: u64,
    /// How many are WARNING.
    pub warning: u64,
    /// How many are CRITICAL.
    pub critical: u64,
    /// How many are UNKNOWN.
    pub unknown: u64,
}

impl Verdicts {
    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        match status {
            Status::Ok => self.ok += 1,
            Status::Warning => self.warning += 1,
            Status::Critical => self.critical += 1,
            Status::Unknown => self.unknown += 1,
        }
    }

    /// How many there are in all.
    pub fn total(&self) -> u64 {
        self.ok + self.warning + self.critical + self.unknown
    }

    /// The worst, in the order of Monitoring Plugins' `max_state_alt`: CRITICAL, WARNING, UNKNOWN,
    /// OK. `None` where there is none.
    pub fn worst(&self) -> Option<Status> {
        match self {
            Self { critical: 1.., .. } => Some(Status::Critical),
            Self { warning: 1.., .. } => Some(Status::Warning),
            Self { unknown: 1.., .. } => Some(Status::Unknown),
            Self { ok: 1.., .. } => Some(Status::Ok),
            _ => None,
        }
    }

    /// The verdict on a run of them all: the worst, and UNKNOWN where there is none. A run that is not
    /// whole is CRITICAL where one of them is, else UNKNOWN.
    pub fn of_run(&self, is_whole: bool) -> Status {
        match self.worst().unwrap_or(Status::Unknown) {
            Status::Critical => Status::Critical,
            worst if is_whole => worst,
            _ => Status::Unknown,
        }
    }

    /// Each with the word for it.
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
    /// The plugin's exit code.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The word in the line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Default for StatusMap {
    /// Every status stays.
    fn default() -> Self {
        Self([
            Status::Ok,
            Status::Warning,
            Status::Critical,
            Status::Unknown,
        ])
    }
}

impl StatusMap {
    /// Makes `from` read as `to`.
    pub fn set(&mut self, from: Status, to: Status) {
        self.0[from as usize] = to;
    }

    /// What `status` reads as.
    pub fn apply(&self, status: Status) -> Status {
        self.0[status as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_is_worse_than_warning_and_warning_worse_than_unknown() {
        let mut verdicts = Verdicts::default();
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
    fn a_run_is_as_bad_as_its_worst_and_unknown_where_it_is_not_whole() {
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
            let mut verdicts = Verdicts::default();
            statuses.iter().for_each(|status| verdicts.add(*status));
            assert_eq!(verdicts.of_run(true), whole, "{statuses:?}");
            assert_eq!(verdicts.of_run(false), cut, "{statuses:?}");
        }
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
            assert_eq!(StatusMap::default().apply(status), status);
        }
    }
}
