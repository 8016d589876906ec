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
