//! A record as text: what the target is called, a tab, and the line that a single check prints.

use super::line;
use super::sanitize::sanitize;
use crate::check::Check;
use crate::outcome::{Failure, Success};
use crate::record::{Event, Label, Record};
use crate::status::Status;
use crate::target::Target;

/// How many characters of a label are shown.
const LABEL: usize = 256;

/// The line of a record, as a single check prints it; newline included.
pub fn line(record: &Record, status: Status) -> String {
    line_by(line::check, record, status)
}

/// The same with the label before it.
pub fn record(record: &Record, status: Status) -> String {
    labelled(&record.label, &line(record, status))
}

/// With the label too, but without performance data.
pub fn bare(record: &Record, status: Status) -> String {
    labelled(&record.label, &line_by(line::bare, record, status))
}

fn line_by(
    checked: fn(&Check, &Target, &Result<Success, Failure>, Status) -> String,
    record: &Record,
    status: Status,
) -> String {
    match &record.event {
        Event::Checked(it) => checked(&it.check, &it.target, &it.outcome, status),
        Event::NotChecked { error, .. } => line::usage(&error.name, &error.message),
    }
}

fn labelled(label: &Label, line: &str) -> String {
    let label = sanitize(label.shown().as_bytes(), LABEL);
    [&label, "\t", line].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, answered, refused};

    #[test]
    fn the_label_stands_before_what_a_single_check_prints() {
        let check = Check {
            perfdata: true,
            ..Check::default()
        };
        let mut checked = sample::record(check, answered(12, None));
        let line = "TCP OK: 0.012 seconds response time on mail.example port 25";
        assert_eq!(
            record(&checked, Status::Ok),
            format!("mail.example:25\t{line}|time=0.012000s;;;0;10\n")
        );
        assert_eq!(
            bare(&checked, Status::Ok),
            format!("mail.example:25\t{line}\n")
        );
        checked.label.name = Some("mx\tone\n".into());
        assert_eq!(bare(&checked, Status::Ok), format!("mx\\tone\\n\t{line}\n"));
        let long = refused(&"x".repeat(1000), "line 3: no port");
        assert_eq!(
            record(&long, Status::Unknown),
            format!("{}...\tSMTP UNKNOWN: line 3: no port\n", "x".repeat(253))
        );
    }
}
