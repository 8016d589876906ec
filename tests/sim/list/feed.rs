//! The list and the writer of the virtual machine.

use super::inner::{Event, Inner, Line};
use check_tcp::internal::list::ParsedLine;
use check_tcp::internal::record::{Event as Outcome, Job, Label, Record, UsageError};
use check_tcp::verdict::Reason;
use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::task::Poll;
use std::time::Duration;

impl Inner {
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// Number of lines that can be read.
    pub fn readable(&self) -> usize {
        let lines = self.script.lines.iter();
        let read = || lines.filter(|line| line.at <= self.now).count();
        self.stopped.unwrap_or_else(read)
    }

    pub fn stop(&mut self) {
        self.stopped = Some(self.readable());
    }

    /// The first start of each line that was begun.
    pub fn starts(&self) -> BTreeMap<usize, Duration> {
        let start = |(n, line): (usize, &Line)| Some((n, line.start?));
        self.lines.iter().enumerate().filter_map(start).collect()
    }

    pub fn take_line(&mut self) -> Poll<Option<io::Result<ParsedLine>>> {
        if self.taken == self.count() {
            return Poll::Ready(None);
        }
        if self.taken == self.readable() {
            return Poll::Pending;
        }
        let n = self.taken;
        self.taken += 1;
        let label = Label {
            line: Some(n as u64 + 1),
            ..Label::default()
        };
        let line = match &self.lines[n].asks {
            Some((_, target, check)) => ParsedLine::Job(Job {
                label,
                target: target.clone(),
                check: check.clone(),
            }),
            None => ParsedLine::Refused(Record {
                label,
                event: Outcome::NotChecked {
                    reason: Reason::Usage,
                    error: UsageError {
                        name: "TCP".to_owned(),
                        message: format!("line {}: no port", n + 1),
                    },
                },
            }),
        };
        Poll::Ready(Some(Ok(line)))
    }

    pub fn has_room(&mut self) -> bool {
        self.place.1 += 1;
        self.begins = false;
        self.may_begin = self.queue.has_capacity();
        self.may_begin
    }

    pub fn hand(&mut self, records: &mut Vec<Record>) {
        self.queue.add(records.len());
        self.queued += records.len();
        self.handed.append(records);
        if self.writing == 0 {
            self.write();
        }
    }

    /// Begins to write all that is queued.
    pub fn write(&mut self) {
        self.writing = mem::take(&mut self.queued);
        if self.writing > 0 {
            let takes = self.rng.duration(self.script.write);
            self.plan(self.now + takes, Event::Written);
        }
    }

    pub fn is_written(&self) -> bool {
        self.writing == 0
    }
}
