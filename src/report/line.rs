//! The output line of a check, an error or a run: printable, and at most 1,024 characters long.

use super::failure::{describe, format_duration, format_target, guess_suffix, step_suffix};
use super::path_end;
use super::sanitize::{push_sanitized, sanitize};
use super::{Judged, colour};
use crate::escape::strip_partial_char;
use crate::outcome::{Cause, Failure, Reply, Success, response_time};
use crate::record::{Checked, Event};
use crate::status::Status;
use crate::target::Target;
use crate::verdict::{Reason, Verdict};
use std::borrow::Cow;
use std::time::Duration;

/// Maximum length of a line in characters, newline included: Mackerel's limit.
pub const MAX_LINE_CHARS: usize = 1024;

/// Maximum length of the name before the status.
const MAX_NAME_CHARS: usize = 64;

/// Returns the line of a check, newline included.
pub fn check_line(checked: &Checked, verdict: Verdict) -> String {
    OutputLine::of_check(checked, verdict).render(&perfdata(checked))
}

/// A line `NAME STATUS: MESSAGE`. The name is sanitized here and the message when it is rendered,
/// to the length that is left for it; a reply in it is truncated before the rest.
pub(super) struct OutputLine<'a> {
    /// The name, sanitized.
    pub name: String,
    status: Status,
    text: Cow<'a, str>,
    reply: Option<&'a Reply>,
    suffix: String,
}

impl<'a> OutputLine<'a> {
    /// The line of a check or a run without a reply.
    pub(super) fn new(name: &str, status: Status, text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            name: sanitize(name.as_bytes(), MAX_NAME_CHARS),
            status,
            text: text.into(),
            reply: None,
            suffix: String::new(),
        }
    }

    /// The line of a record.
    pub(super) fn of_record(judged: &Judged<'a>) -> Self {
        match &judged.record.event {
            Event::Checked(checked) => Self::of_check(checked, judged.verdict),
            Event::NotChecked { error, .. } => {
                Self::new(&error.name, judged.verdict.status, &error.message)
            }
        }
    }

    /// The certificate stands in front if it is the reason, and else behind a response time.
    fn of_check(checked: &'a Checked, verdict: Verdict) -> Self {
        let mut line = Self::of_outcome(checked, verdict);
        if verdict.reason == Reason::Expiry {
            let end = path_end::describe(checked.path_end(), checked.began);
            line.text = format!("{end}, {}", line.text).into();
        }
        line
    }

    fn of_outcome(checked: &'a Checked, verdict: Verdict) -> Self {
        let Checked {
            check,
            target,
            outcome,
            ..
        } = checked;
        let line = |text| Self::new(&check.name, verdict.status, text);
        let negotiates = checked.expectation().and_then(|it| it.negotiates);
        match outcome {
            Ok(Success::Completed { elapsed, reply }) => {
                let mut text = format_response_time(target, *elapsed);
                if checked.path_end().is_some() && verdict.reason != Reason::Expiry {
                    text += ", ";
                    text += &path_end::describe(checked.path_end(), checked.began);
                }
                let is_shown = |reply: &&Reply| reply.total() > 0 && !check.hide_reply;
                match reply.as_ref().filter(is_shown) {
                    None => line(text),
                    reply => Self {
                        reply,
                        suffix: "]".to_owned(),
                        ..line(text + " [")
                    },
                }
            }
            Ok(Success::PortOpen) => line(describe_port(target, "Unexpectedly open", "")),
            Err(_) if verdict.reason == Reason::Ok => {
                line(describe_port(target, "Verified that the", " is closed"))
            }
            Err(
                failure @ Failure {
                    cause: Cause::Unexpected { reply, open, .. },
                    ..
                },
            ) => {
                let timeout = || format_duration(check.timeout);
                let open =
                    open.then(|| format!(" (the pattern was still open after {})", timeout()));
                let suffix =
                    open.unwrap_or_default() + &step_suffix(checked) + &guess_suffix(failure);
                let text = match negotiates {
                    Some(_) => describe(check, target, failure, negotiates),
                    None => "Unexpected response from host/socket".to_owned(),
                };
                match check.hide_reply {
                    true => line(text + &suffix),
                    false => Self {
                        reply: Some(reply),
                        suffix,
                        ..line(text + ": ")
                    },
                }
            }
            Err(failure) => {
                let text = describe(check, target, failure, negotiates);
                line(text + &step_suffix(checked))
            }
        }
    }

    /// The message, truncated so that the line without performance data fits.
    pub(super) fn message(&self) -> String {
        self.message_before("")
    }

    /// The line, newline included. `perfdata` is as [`perfdata`] returns it.
    pub(super) fn render(&self, perfdata: &str) -> String {
        self.render_with(self.status.word(), perfdata)
    }

    /// The same with the status in its colour, for a terminal.
    pub(super) fn render_in_colour(&self, perfdata: &str) -> String {
        self.render_with(&colour::paint(self.status, self.status.word()), perfdata)
    }

    fn render_with(&self, status: &str, perfdata: &str) -> String {
        let message = self.message_before(perfdata);
        [&self.name, " ", status, ": ", &message, perfdata, "\n"].concat()
    }

    fn message_before(&self, perfdata: &str) -> String {
        let head = width(&self.name) + self.status.word().len() + " : ".len();
        let rest = width(&self.suffix) + width(perfdata) + "\n".len();
        let max_chars = MAX_LINE_CHARS.saturating_sub(head + rest);
        let mut message = sanitize(self.text.as_bytes(), max_chars);
        if let Some(reply) = self.reply {
            let max_chars = max_chars.saturating_sub(width(&message));
            push_reply(&mut message, reply, max_chars);
        }
        message.push_str(&self.suffix);
        message
    }
}

/// Appends a reply without the line ends around it, sanitized, in at most `max_chars` characters.
pub(super) fn push_reply(out: &mut String, reply: &Reply, max_chars: usize) {
    let kept = reply.kept();
    let more = reply.total() > kept.len() as u64;
    let is_text = |byte: &u8| !matches!(byte, b'\r' | b'\n');
    let start = kept.iter().position(is_text).unwrap_or(kept.len());
    let text = kept.get(start..).unwrap_or_default();
    let text = match more {
        // Where more was received, a line end is not the last one.
        true => strip_partial_char(text),
        false => {
            let end = text.iter().rposition(is_text).map_or(0, |last| last + 1);
            text.get(..end).unwrap_or_default()
        }
    };
    push_sanitized(out, text, max_chars, more);
}

/// Returns `|time=...` with the thresholds and the timeout (Monitoring Plugins Development
/// Guidelines, "Performance data"). Empty without `--perfdata` or a response time.
pub(super) fn perfdata(checked: &Checked) -> String {
    let check = &checked.check;
    let Some(elapsed) = response_time(&checked.outcome).filter(|_| check.perfdata) else {
        return String::new();
    };
    let limit = |limit: Option<Duration>| limit.map(shortest_seconds).unwrap_or_default();
    let time = format!(
        "|time={};{};{};0;{}",
        perfdata_time(elapsed),
        limit(check.warning),
        limit(check.critical),
        shortest_seconds(check.timeout)
    );
    match (check.expiry, checked.path_end()) {
        (Some(expiry), Some(end)) => time + &path_end::perfdata(expiry, end, checked.began),
        _ => time,
    }
}

/// Returns a time in seconds with its unit, rounded to microseconds.
pub(super) fn perfdata_time(elapsed: Duration) -> String {
    let elapsed = elapsed.saturating_add(Duration::from_nanos(500));
    format!("{}.{:06}s", elapsed.as_secs(), elapsed.subsec_micros())
}

/// Returns seconds with as few digits as are exact.
fn shortest_seconds(duration: Duration) -> String {
    let digits = format!("{}.{:09}", duration.as_secs(), duration.subsec_nanos());
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// Returns `0.012 seconds response time on HOST port PORT`, rounded to milliseconds.
fn format_response_time(target: &Target, elapsed: Duration) -> String {
    let port = match target {
        Target::Name { port, .. } => format!(" port {port}"),
        Target::Address { address, .. } => format!(" port {}", address.port()),
        Target::Socket(_) => String::new(),
    };
    let target = format_target(target);
    let elapsed = elapsed.saturating_add(Duration::from_micros(500));
    let (seconds, millis) = (elapsed.as_secs(), elapsed.subsec_millis());
    format!("{seconds}.{millis:03} seconds response time on {target}{port}")
}

fn describe_port(target: &Target, before: &str, after: &str) -> String {
    match target {
        Target::Name { port, .. } => format!("{before} port{after}. (port={port})"),
        Target::Address { address, .. } => {
            format!("{before} port{after}. (port={})", address.port())
        }
        Target::Socket(_) => {
            format!("{before} unixsock{after}. (sock={})", format_target(target))
        }
    }
}

/// Returns the number of characters of a text.
fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
