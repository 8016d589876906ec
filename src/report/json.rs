//! `--format json`: an object in one line for each record. Every key is always present, and in this
//! order.

#[cfg(feature = "list")]
mod summary;
mod tls;

use super::line::OutputLine;
use super::{Judged, Renderer, RunEnd, empty_list, field, is_printed, judge_record};
use crate::expect::Group;
use crate::outcome::{PhaseDurations, final_phase};
use crate::record::{Checked, Event};
use crate::rfc3339;
use crate::target::Target;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use std::mem;
#[cfg(feature = "list")]
pub(super) use summary::JsonSummary;
use tls::JsonTls;

/// Renders each record as an object, and an empty list as an error.
pub(super) struct JsonRenderer {
    /// Name of the run.
    name: String,
    /// Those that are OK are left out.
    quiet: bool,
    is_empty: bool,
}

impl JsonRenderer {
    /// A renderer without a record yet.
    pub(super) fn new(name: String, quiet: bool) -> Self {
        Self {
            name,
            quiet,
            is_empty: true,
        }
    }
}

impl Renderer for JsonRenderer {
    fn render_record(&mut self, judged: &Judged<'_>, out: &mut Vec<u8>) {
        self.is_empty = false;
        if is_printed(judged.verdict.status, self.quiet) {
            push_object(judged, out);
        }
    }

    fn render_end(&mut self, end: RunEnd<'_>, out: &mut Vec<u8>) -> bool {
        // The reason of an incomplete run is on standard error.
        if !self.is_empty || end.incomplete.is_some() {
            return false;
        }
        let record = empty_list(mem::take(&mut self.name));
        push_object(&judge_record(&record), out);
        false
    }
}

/// Appends the object of a record, newline included.
///
/// Untrusted text is sanitized as in the line, so that it can be printed on a terminal; `message`
/// is as long as the line allows, the others are not truncated.
fn push_object(judged: &Judged<'_>, out: &mut Vec<u8>) {
    // Neither text and numbers nor writing to memory can fail.
    let _ = serde_json::to_writer(&mut *out, &JsonRecord(judged));
    out.push(b'\n');
}

struct JsonRecord<'a>(&'a Judged<'a>);

impl Serialize for JsonRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Judged { record, verdict } = self.0;
        let label = &record.label;
        let checked = match &record.event {
            Event::Checked(checked) => Some(&**checked),
            Event::NotChecked { .. } => None,
        };
        let line = OutputLine::of_record(self.0);
        let target = checked.map(|checked| &checked.target);
        let trace = checked.map(|checked| &checked.trace);
        let reply = checked.and_then(field::reply);
        // An invalid command line may have no target; a line of a list has one, even if empty.
        let has_target = label.line.is_some() || !label.target.is_empty();
        let written = has_target.then_some(&label.target);
        let mut object = serializer.serialize_struct("Record", 21)?;
        object.serialize_field(
            "target",
            &written.map(|target| field::sanitize_all(target.as_bytes())),
        )?;
        object.serialize_field(
            "name",
            &label
                .name
                .as_ref()
                .map(|name| field::sanitize_all(name.as_bytes())),
        )?;
        object.serialize_field("line", &label.line)?;
        object.serialize_field("service", &line.name)?;
        object.serialize_field("host", &target.and_then(field::host))?;
        object.serialize_field("port", &target.and_then(Target::port))?;
        object.serialize_field("socket", &target.and_then(field::socket))?;
        object.serialize_field("address", &checked.and_then(field::address))?;
        object.serialize_field("status", verdict.status.word())?;
        object.serialize_field("code", &verdict.status.code())?;
        object.serialize_field("reason", verdict.reason.word())?;
        object.serialize_field(
            "phase",
            &checked.map(|checked| final_phase(&checked.outcome).word()),
        )?;
        object.serialize_field("message", &line.message())?;
        object.serialize_field(
            "elapsed",
            &checked.map(field::elapsed).map(|it| it.as_secs_f64()),
        )?;
        object.serialize_field("phases", &trace.map(|trace| JsonPhases(trace.phases)))?;
        object.serialize_field("bytes", &reply.map(|reply| reply.total()))?;
        object.serialize_field("reply", &reply.map(field::reply_text))?;
        object.serialize_field("tls", &checked.and_then(JsonTls::new))?;
        object.serialize_field(
            "captures",
            &checked.and_then(field::captures).map(JsonCaptures),
        )?;
        object.serialize_field(
            "time",
            &checked.and_then(|checked| rfc3339::format_millis(checked.began)),
        )?;
        let step = checked.and_then(Checked::step);
        object.serialize_field("step", &step.map(|(number, _)| number))?;
        object.end()
    }
}

struct JsonPhases(PhaseDurations);

impl Serialize for JsonPhases {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PhaseDurations {
            resolve,
            connect,
            tls,
            first_byte,
        } = self.0;
        let mut phases = serializer.serialize_struct("PhaseDurations", 4)?;
        phases.serialize_field("resolve", &resolve.map(|it| it.as_secs_f64()))?;
        phases.serialize_field("connect", &connect.map(|it| it.as_secs_f64()))?;
        phases.serialize_field("tls", &tls.map(|it| it.as_secs_f64()))?;
        phases.serialize_field("first_byte", &first_byte.map(|it| it.as_secs_f64()))?;
        phases.end()
    }
}

struct JsonCaptures<'a>(Vec<Group<'a, 'a>>);

impl Serialize for JsonCaptures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut captures = serializer.serialize_map(Some(self.0.len()))?;
        for group in &self.0 {
            let text = group.text.map(field::sanitize_all);
            captures.serialize_entry(group.name, &text)?;
        }
        captures.end()
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
