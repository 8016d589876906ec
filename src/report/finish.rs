//! From a record to what is said of it.

use super::{json, text};
use crate::outcome::response_time;
use crate::record::{Event, Record};
use crate::status::Status;
use crate::verdict::{Reason, judge};
use std::time::Duration;

/// A record, judged.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// What came of a target.
    pub record: &'a Record,
    /// The verdict, `--status-as` applied.
    pub status: Status,
}

/// Judges a record. A target that could not be checked is UNKNOWN.
pub fn finish(record: &Record) -> Finished<'_> {
    let status = match &record.event {
        Event::Checked(checked) => judge(&checked.check, &checked.outcome).status,
        Event::NotChecked { .. } => Status::Unknown,
    };
    Finished { record, status }
}

impl Finished<'_> {
    /// The line, as a single check prints it, newline included.
    pub fn line(&self) -> String {
        text::line(self.record, self.status)
    }

    /// `--format text` of a list: label, tab and line, newline included.
    pub fn text(&self) -> String {
        text::record(self.record, self.status)
    }

    /// `--format json`: an object, newline included.
    pub fn json(&self) -> String {
        json::record(self.record, self.status, self.reason())
    }

    /// Why. Only JSON says it in a word, so nothing else pays for finding it.
    pub fn reason(&self) -> Reason {
        match &self.record.event {
            Event::Checked(checked) => judge(&checked.check, &checked.outcome).reason,
            Event::NotChecked { reason, .. } => *reason,
        }
    }

    /// The response time, for what has one.
    pub fn response_time(&self) -> Option<Duration> {
        match &self.record.event {
            Event::Checked(checked) => response_time(&checked.outcome),
            Event::NotChecked { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::outcome::Cause;
    use crate::phase::Phase;
    use crate::report::sample::{answered, failed, record, refused};

    #[test]
    fn status_as_replaces_the_verdict_and_leaves_the_reason() {
        let mut check = Check::default();
        check.status_as.set(Status::Critical, Status::Warning);
        check.status_as.set(Status::Unknown, Status::Ok);
        let closed = record(check, failed(Phase::Reading, Cause::Closed));
        let told = finish(&closed);
        assert_eq!((told.status, told.reason()), (Status::Warning, Reason::Eof));
        assert!(told.text().contains("\tTCP WARNING: reading from"));
        assert!(
            told.json()
                .contains(r#""status":"WARNING","code":1,"reason":"eof""#)
        );

        let usage = refused("mx", "no port");
        let told = finish(&usage);
        assert_eq!(
            (told.status, told.reason()),
            (Status::Unknown, Reason::Usage)
        );
        assert_eq!(told.response_time(), None);
        let answered = record(Check::default(), answered(7, None));
        let took = finish(&answered).response_time();
        assert_eq!(took, Some(Duration::from_millis(7)));
    }
}
