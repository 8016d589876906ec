//! The targets that are not OK, worst status first, as a summary has them.

use super::Judged;
use crate::status::{Status, StatusCounts};
use std::time::Duration;

/// Counts all targets, and keeps the texts of those that are not OK: at most so many bytes for each
/// status.
#[derive(Debug)]
pub(super) struct WorstFirst {
    pub counts: StatusCounts,
    /// The slowest response time.
    pub slowest: Option<Duration>,
    max_bytes: usize,
    critical: StatusTexts,
    warning: StatusTexts,
    unknown: StatusTexts,
}

/// The texts of the first targets with one status, each ending with a newline.
#[derive(Debug, Default)]
struct StatusTexts {
    text: Vec<u8>,
    /// There were more than fit.
    is_truncated: bool,
}

impl WorstFirst {
    /// Nothing yet.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            counts: StatusCounts::default(),
            slowest: None,
            max_bytes,
            critical: StatusTexts::default(),
            warning: StatusTexts::default(),
            unknown: StatusTexts::default(),
        }
    }

    /// Adds a target. `push` appends its text, newline included.
    pub(super) fn add(&mut self, judged: &Judged<'_>, push: impl FnOnce(&mut Vec<u8>)) {
        self.counts.add(judged.verdict.status);
        self.slowest = self.slowest.max(judged.response_time());
        let texts = match judged.verdict.status {
            Status::Ok => return,
            Status::Critical => &mut self.critical,
            Status::Warning => &mut self.warning,
            Status::Unknown => &mut self.unknown,
        };
        if texts.is_truncated {
            return;
        }
        let length = texts.text.len();
        push(&mut texts.text);
        texts.is_truncated = texts.text.len() > self.max_bytes;
        if texts.is_truncated {
            texts.text.truncate(length);
        }
    }

    /// The number of targets that are not OK.
    pub(super) fn not_ok(&self) -> u64 {
        self.counts.total() - self.counts.ok
    }

    /// Returns the texts that fit into `spare` bytes, the worst status first. While others are to
    /// follow, `reserved` bytes are left for the number of those omitted.
    pub(super) fn fitting(&self, mut spare: usize, reserved: usize) -> Vec<&[u8]> {
        let mut left = self.not_ok();
        let mut fitting = Vec::new();
        for text in self.texts() {
            let reserved = if left == 1 { 0 } else { reserved };
            if text.len() + reserved > spare {
                break;
            }
            spare -= text.len();
            left -= 1;
            fitting.push(text);
        }
        fitting
    }

    /// Returns the texts that were kept, the worst status first. After a status of which some are
    /// missing there is none, since a better status must not displace a worse one.
    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let all = [&self.critical, &self.warning, &self.unknown];
        let complete = all.iter().take_while(|texts| !texts.is_truncated).count();
        all.into_iter()
            .take(complete + 1)
            .flat_map(|texts| texts.text.split_inclusive(|byte| *byte == b'\n'))
    }
}
