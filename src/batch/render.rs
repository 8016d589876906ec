//! What the output thread says of each record, and at the end.

use super::output::Render;
use crate::cli::{RunOptions, Style};
use crate::record::{Event, Label, Record, UsageError};
use crate::report::summary::{EMPTY, End, Summary};
use crate::report::text;
use crate::report::{Judged, judge_record};
use crate::status::Status;
use crate::verdict::Reason;
use std::sync::{Arc, OnceLock};

/// The renderer of a style. `cut` says why the run is not whole, and is set before the output is
/// closed.
pub fn of(run: &RunOptions, cut: Arc<OnceLock<String>>) -> Box<dyn Render> {
    match run.style {
        Style::Text => Box::new(Each {
            render: |judged| text::record_line(judged, true),
            if_empty: None,
        }),
        Style::Json => Box::new(Each {
            render: |judged| judged.json(),
            if_empty: Some(IfEmpty {
                name: run.name.clone(),
                cut,
            }),
        }),
        Style::Summary => Box::new(Whole {
            summary: Summary::new(run.name.clone(), run.perfdata),
            cut,
        }),
    }
}

/// One text a record.
struct Each {
    render: fn(&Judged<'_>) -> String,
    /// A usage error is told in place of records, as long as there was none.
    if_empty: Option<IfEmpty>,
}

/// What is known of a list before it is read.
struct IfEmpty {
    name: String,
    cut: Arc<OnceLock<String>>,
}

/// Nothing but the summary.
struct Whole {
    summary: Summary,
    cut: Arc<OnceLock<String>>,
}

impl Render for Each {
    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Status {
        self.if_empty = None;
        let judged = judge_record(record);
        out.extend_from_slice((self.render)(&judged).as_bytes());
        judged.verdict.status
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        // Why a run is not whole is told on standard error.
        let whole = self.if_empty.take().filter(|it| it.cut.get().is_none());
        if let Some(IfEmpty { name, .. }) = whole {
            let message = EMPTY.to_owned();
            let record = Record {
                label: Label::default(),
                event: Event::NotChecked {
                    reason: Reason::Usage,
                    error: UsageError { name, message },
                },
            };
            out.extend_from_slice((self.render)(&judge_record(&record)).as_bytes());
        }
    }
}

impl Render for Whole {
    fn record(&mut self, record: &Record, _out: &mut Vec<u8>) -> Status {
        let judged = judge_record(record);
        self.summary.add(&judged);
        judged.verdict.status
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        let end = self.cut.get().map_or(End::Whole, |why| End::Broken(why));
        out.extend_from_slice(self.summary.render(end).as_bytes());
    }
}
