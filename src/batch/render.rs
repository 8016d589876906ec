//! What the output thread says of each record, and at the end.

use super::output::Render;
use crate::cli::{Run, Style};
use crate::outcome::Status;
use crate::report::finish::{Finished, finish};
use crate::report::record::Record;
use crate::report::summary::{End, Summary};
use std::sync::{Arc, OnceLock};

/// The renderer of a style. `cut` says why the run is not whole, and is set before the output is
/// closed.
pub fn of(run: &Run, cut: Arc<OnceLock<String>>) -> Box<dyn Render> {
    match run.style {
        Style::Text => Box::new(Each(|finished| finished.text())),
        Style::Json => Box::new(Each(|finished| finished.json())),
        Style::Summary => Box::new(Whole {
            summary: Summary::new(run.name.clone(), run.perfdata),
            cut,
        }),
    }
}

/// One text a record.
struct Each(fn(&Finished<'_>) -> String);

/// Nothing but the summary.
struct Whole {
    summary: Summary,
    cut: Arc<OnceLock<String>>,
}

impl Render for Each {
    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Status {
        let finished = finish(record);
        out.extend_from_slice((self.0)(&finished).as_bytes());
        finished.status
    }

    fn finish(&mut self, _out: &mut Vec<u8>) {}
}

impl Render for Whole {
    fn record(&mut self, record: &Record, _out: &mut Vec<u8>) -> Status {
        let finished = finish(record);
        self.summary.add(&finished);
        finished.status
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        let end = self.cut.get().map_or(End::Whole, |why| End::Broken(why));
        out.extend_from_slice(self.summary.render(end).as_bytes());
    }
}
