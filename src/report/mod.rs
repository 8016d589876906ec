//! Rendering of records: text, JSON, Prometheus' format and the summary of a run.
//!
//! A format is a [`Renderer`] in a file of its own, a variant of [`Format`] with its name, and a
//! row in [`renderer`]. A single check and a list are rendered by the same.

pub(crate) mod colour;
pub(crate) mod failure;
mod field;
#[cfg(feature = "json")]
mod json;
pub(crate) mod line;
pub(crate) mod output_file;
mod path_end;
#[cfg(feature = "list")]
mod prometheus;
mod sanitize;
#[cfg(feature = "list")]
pub(crate) mod summary;
mod text;
#[cfg(feature = "list")]
mod worst_first;

#[cfg(test)]
pub(crate) mod sample;

use crate::feature::Feature;
use crate::outcome::response_time;
use crate::reason::Reason;
use crate::record::{Event, Label, Record, UsageError};
use crate::status::Status;
use crate::verdict::{Verdict, judge};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Default of `--summary-bytes`: what agents read of one check.
pub(crate) const SUMMARY_BYTES: usize = 8192;

/// Bytes that a summary in JSON may take without its targets, whatever its numbers are.
pub(crate) const MIN_JSON_SUMMARY_BYTES: usize = 320;

/// Message of a list without a target.
const EMPTY_LIST: &str = "nothing was checked: the list is empty";

/// Renders the records of one run.
pub trait Renderer: Send {
    /// Appends the text of one record, which may be empty.
    fn render_record(&mut self, judged: &Judged<'_>, out: &mut Vec<u8>);

    /// Appends the text that follows the last record, which may be empty. Returns true if there is
    /// more of it, for which it is called again.
    fn render_end(&mut self, end: RunEnd<'_>, out: &mut Vec<u8>) -> bool;
}

/// Options of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputOptions {
    /// Name of the run in its summary and its errors: the service in upper case, or `TCP`.
    pub name: String,
    /// `--format`.
    pub format: Format,
    /// `--summary`: one verdict on the run in place of one on each target.
    pub summary: bool,
    /// `--perfdata` of the summary. That of a line is an option of its check.
    pub perfdata: bool,
    /// `--quiet`: what is OK is left out.
    pub quiet: bool,
    /// The status of a line is in colour.
    pub colour: bool,
    /// Maximum length of a summary in bytes.
    pub summary_bytes: usize,
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            format: Format::default(),
            summary: false,
            perfdata: false,
            quiet: false,
            colour: false,
            summary_bytes: SUMMARY_BYTES,
        }
    }
}

/// `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// A line of text for each target.
    #[default]
    Text,
    /// A JSON object for each target.
    Json,
    /// Samples of Prometheus.
    Prometheus,
}

/// The end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnd<'a> {
    /// The reason why some line of the list has no verdict, if there is one.
    pub incomplete: Option<&'a str>,
    /// When the run began, by the wall clock.
    pub began: SystemTime,
    /// The duration of the run.
    pub took: Duration,
}

impl RunEnd<'_> {
    /// A run that began at the epoch and took no time.
    pub const COMPLETE: Self = Self {
        incomplete: None,
        began: UNIX_EPOCH,
        took: Duration::ZERO,
    };
}

impl Format {
    const NAMES: [(&str, Self); 3] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("prometheus", Self::Prometheus),
    ];

    /// Returns the feature that the format needs.
    pub fn feature(self) -> Option<Feature> {
        match self {
            Self::Text => None,
            Self::Json => Some(Feature::Json),
            Self::Prometheus => Some(Feature::List),
        }
    }

    /// Returns the format of a name in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        let is_named = |(known, _): &&(&str, Self)| known.eq_ignore_ascii_case(name);
        Some(Self::NAMES.iter().find(is_named)?.1)
    }
}

/// Returns the renderer of one run. A format that is not built in is text; no command line asks for
/// it.
pub fn renderer(options: &OutputOptions) -> Box<dyn Renderer> {
    let quiet = options.quiet;
    match (options.format, options.summary) {
        #[cfg(feature = "list")]
        (Format::Text, true) => Box::new(summary::Summary::new(options.clone())),
        #[cfg(all(feature = "json", feature = "list"))]
        (Format::Json, true) => Box::new(json::JsonSummary::new(options.clone())),
        #[cfg(feature = "json")]
        (Format::Json, _) => Box::new(json::JsonRenderer::new(options.name.clone(), quiet)),
        #[cfg(feature = "list")]
        (Format::Prometheus, _) => {
            Box::new(prometheus::PrometheusRenderer::new(options.name.clone()))
        }
        _ => Box::new(text::TextRenderer {
            quiet,
            colour: options.colour,
        }),
    }
}

/// Renders a record that is the only one of its run, which ended at `end`.
pub fn render(judged: &Judged<'_>, options: &OutputOptions, end: RunEnd<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut renderer = renderer(options);
    renderer.render_record(judged, &mut out);
    while renderer.render_end(end, &mut out) {}
    out
}

/// A record and the verdict on it.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The record.
    pub record: &'a Record,
    /// The verdict.
    pub verdict: Verdict,
}

/// `--quiet`: what is OK is not printed.
fn is_printed(status: Status, quiet: bool) -> bool {
    !quiet || status != Status::Ok
}

/// The record of a run without a target.
fn empty_list(name: String) -> Record {
    let message = EMPTY_LIST.to_owned();
    Record {
        label: Label::default(),
        event: Event::NotChecked {
            reason: Reason::Usage,
            error: UsageError { name, message },
        },
    }
}

/// Judges a record. A target that was not checked is UNKNOWN.
pub fn judge_record(record: &Record) -> Judged<'_> {
    let verdict = match &record.event {
        Event::Checked(checked) => judge(checked),
        Event::NotChecked { reason, .. } => Verdict {
            reason: *reason,
            status: Status::Unknown,
        },
    };
    Judged { record, verdict }
}

impl Judged<'_> {
    /// The response time of a check that has one.
    pub fn response_time(&self) -> Option<Duration> {
        match &self.record.event {
            Event::Checked(checked) => response_time(&checked.outcome),
            Event::NotChecked { .. } => None,
        }
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::sample::{answered, failed, invalid, record};
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

        let usage = invalid("mx", "no port");
        let Verdict { reason, status } = judge_record(&usage).verdict;
        assert_eq!((status, reason), (Status::Unknown, Reason::Usage));
    }

    #[test]
    fn a_format_is_found_by_its_name_in_any_case() {
        for (name, format) in [
            ("text", Some(Format::Text)),
            ("json", Some(Format::Json)),
            ("JSON", Some(Format::Json)),
            ("", None),
            ("jsonl", None),
        ] {
            assert_eq!(Format::from_name(name), format, "{name}");
        }
    }

    #[test]
    fn an_empty_list_is_an_error_in_json_and_in_a_summary() {
        let render_empty = |format, summary, end| {
            let mut out = Vec::new();
            let mut renderer = renderer(&OutputOptions {
                name: "SMTP".to_owned(),
                format,
                summary,
                ..OutputOptions::default()
            });
            renderer.render_end(end, &mut out);
            String::from_utf8(out).expect("text")
        };
        let message = "nothing was checked: the list is empty";
        let json = render_empty(Format::Json, false, RunEnd::COMPLETE);
        assert!(json.contains(r#""service":"SMTP""#), "{json}");
        assert!(
            json.contains(&format!(r#""message":"{message}""#)),
            "{json}"
        );
        assert_eq!(
            render_empty(Format::Text, true, RunEnd::COMPLETE),
            format!("SMTP UNKNOWN: {message}\n")
        );
        assert_eq!(render_empty(Format::Text, false, RunEnd::COMPLETE), "");
        let interrupted = RunEnd {
            incomplete: Some("interrupted"),
            ..RunEnd::COMPLETE
        };
        assert_eq!(render_empty(Format::Json, false, interrupted), "");
    }

    #[test]
    fn only_a_check_that_completed_has_a_response_time() {
        let answered = record(Check::default(), answered(7, None));
        let elapsed = judge_record(&answered).response_time();
        assert_eq!(elapsed, Some(Duration::from_millis(7)));
        assert_eq!(judge_record(&invalid("mx", "")).response_time(), None);
    }
}
