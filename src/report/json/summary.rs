//! `--summary` with `--format json`: the run as one object.

use super::push_object;
use crate::report::sanitize::sanitize;
use crate::report::worst_first::WorstFirst;
use crate::report::{Judged, OutputOptions, Renderer, RunEnd, is_printed};
use crate::rfc3339;
use crate::status::{Status, StatusCounts};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::time::Duration;

/// Maximum length of the name of the run.
const MAX_NAME_CHARS: usize = 64;

/// Renders one object with the verdict on the run and the records of the targets that are not OK: the
/// worst status first, then in the order of the records. What does not fit is counted.
pub(in crate::report) struct JsonSummary {
    options: OutputOptions,
    targets: WorstFirst,
}

/// All keys but those of the targets.
struct Head<'a> {
    service: &'a str,
    status: Status,
    counts: StatusCounts,
    slowest: Option<Duration>,
    end: RunEnd<'a>,
}

struct Counts(StatusCounts);

impl JsonSummary {
    /// A summary without a record yet.
    pub(in crate::report) fn new(options: OutputOptions) -> Self {
        let targets = WorstFirst::new(options.summary_bytes);
        Self { options, targets }
    }
}

impl Renderer for JsonSummary {
    fn render_record(&mut self, judged: &Judged<'_>, _out: &mut Vec<u8>) {
        self.targets.add(judged, |text| push_object(judged, text));
    }

    fn render_end(&mut self, end: RunEnd<'_>, out: &mut Vec<u8>) -> bool {
        let counts = self.targets.counts;
        let status = counts.of_run(end.incomplete.is_none());
        if !is_printed(status, self.options.quiet) {
            return false;
        }
        let head = Head {
            service: &sanitize(self.options.name.as_bytes(), MAX_NAME_CHARS),
            status,
            counts,
            slowest: self.targets.slowest,
            end,
        };
        let begin = out.len();
        // Neither text and numbers nor writing to memory can fail.
        let _ = serde_json::to_writer(&mut *out, &head);
        // The brace that ends the object, which goes on.
        out.pop();
        out.extend_from_slice(b",\"targets\":[");
        let tail = |left_out: u64| format!("],\"left_out\":{left_out}}}\n");
        let used = out.len() - begin + tail(self.targets.not_ok()).len();
        let spare = self.options.summary_bytes.saturating_sub(used);
        let fitting = self.targets.fitting(spare, 0);
        for (position, object) in fitting.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            // A comma stands in the place of its newline.
            out.extend_from_slice(object.strip_suffix(b"\n").unwrap_or(object));
        }
        let left_out = self.targets.not_ok() - fitting.len() as u64;
        out.extend_from_slice(tail(left_out).as_bytes());
        false
    }
}

impl Serialize for Head<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Summary", 7)?;
        object.serialize_field("service", self.service)?;
        object.serialize_field("status", self.status.word())?;
        object.serialize_field("code", &self.status.code())?;
        object.serialize_field("counts", &Counts(self.counts))?;
        object.serialize_field("slowest", &self.slowest.map(|it| it.as_secs_f64()))?;
        object.serialize_field("complete", &self.end.incomplete.is_none())?;
        object.serialize_field("time", &rfc3339::format_millis(self.end.began))?;
        object.end()
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut counts = serializer.serialize_struct("Counts", 5)?;
        for (word, count) in self.0.named() {
            counts.serialize_field(word, &count)?;
        }
        counts.serialize_field("total", &self.0.total())?;
        counts.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::PRESETS;
    use crate::report::MIN_JSON_SUMMARY_BYTES;
    use std::time::UNIX_EPOCH;

    #[test]
    fn every_object_without_targets_fits_into_the_least_size() {
        let longest = PRESETS.iter().map(|preset| preset.name);
        let mut options = OutputOptions {
            name: longest
                .max_by_key(|name| name.len())
                .unwrap_or_default()
                .to_owned(),
            summary_bytes: MIN_JSON_SUMMARY_BYTES,
            ..OutputOptions::default()
        };
        options.name.make_ascii_uppercase();
        let mut summary = JsonSummary::new(options);
        // As many as there can be, in 366 days of 10,000,000 each second.
        let many = 366 * 86_400 * 10_000_000;
        summary.targets.counts = StatusCounts {
            ok: many,
            warning: many,
            critical: many,
            unknown: many,
        };
        summary.targets.slowest = Some(Duration::new(366 * 86_400, 123_456_789));
        let mut out = Vec::new();
        let end = RunEnd {
            incomplete: Some("interrupted"),
            began: UNIX_EPOCH,
            took: Duration::MAX,
        };
        summary.render_end(end, &mut out);
        let text = String::from_utf8_lossy(&out);
        let spare = MIN_JSON_SUMMARY_BYTES.checked_sub(out.len());
        assert!(spare.is_some_and(|spare| spare < 16), "{spare:?}: {text}");
    }
}
