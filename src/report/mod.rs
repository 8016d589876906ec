//! Rendering of records: text, JSON and the summary of a run.

pub mod json;
pub mod line;
pub mod sanitize;
pub mod summary;
pub mod text;

pub(crate) mod failure;
mod field;

#[cfg(test)]
pub(crate) mod sample;

use crate::outcome::response_time;
use crate::record::{Event, Record};
use crate::status::Status;
use crate::verdict::{Verdict, judge};
use std::time::Duration;

/// A record and the verdict on it.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The record.
    pub record: &'a Record,
    /// The verdict.
    pub verdict: Verdict,
}

/// Judges a record. A target that was not checked is UNKNOWN.
pub fn judge_record(record: &Record) -> Judged<'_> {
    let verdict = match &record.event {
        Event::Checked(checked) => judge(&checked.check, &checked.outcome),
        Event::NotChecked { reason, .. } => Verdict {
            reason: *reason,
            status: Status::Unknown,
        },
    };
    Judged { record, verdict }
}

impl Judged<'_> {
    /// The object of `--format json`, newline included.
    pub fn json(&self) -> String {
        json::record(self)
    }

    /// The response time of a check that has one.
    pub fn response_time(&self) -> Option<Duration> {
        match &self.record.event {
            Event::Checked(checked) => response_time(&checked.outcome),
            Event::NotChecked { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{answered, failed, record, refused};
    use super::*;
    use crate::check::Check;
    use crate::outcome::Cause;
    use crate::phase::Phase;
    use crate::verdict::Reason;

    #[test]
    fn status_as_replaces_the_status_and_leaves_the_reason() {
        let mut check = Check::default();
        check.status_as.set(Status::Critical, Status::Warning);
        check.status_as.set(Status::Unknown, Status::Ok);
        let closed = record(check, failed(Phase::Reading, Cause::Closed));
        let Verdict { reason, status } = judge_record(&closed).verdict;
        assert_eq!((status, reason), (Status::Warning, Reason::Eof));

        let usage = refused("mx", "no port");
        let Verdict { reason, status } = judge_record(&usage).verdict;
        assert_eq!((status, reason), (Status::Unknown, Reason::Usage));
    }

    #[test]
    fn only_a_check_that_completed_has_a_response_time() {
        let answered = record(Check::default(), answered(7, None));
        let elapsed = judge_record(&answered).response_time();
        assert_eq!(elapsed, Some(Duration::from_millis(7)));
        assert_eq!(judge_record(&refused("mx", "")).response_time(), None);
    }
}
