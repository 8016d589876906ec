//! What the line says behind `NAME STATUS: `, performance data aside.

use super::failure::{behind, describe, place, span};
use super::sanitize::{push_sanitized, sanitize};
use super::trim::between_line_ends;
use crate::check::Check;
use crate::outcome::{Cause, Failure, Reply, Success};
use crate::target::Target;
use crate::verdict::{Reason, judge};
use std::time::Duration;

/// The parts of a message. All that strangers may have chosen is made harmless when it is put
/// together; the reply gives way where it would get too long.
#[derive(Default)]
pub struct Message<'a> {
    own: String,
    reply: Option<&'a Reply>,
    behind: String,
}

impl<'a> Message<'a> {
    /// What came of a check.
    pub fn of(check: &Check, target: &Target, outcome: &'a Result<Success, Failure>) -> Self {
        match outcome {
            Ok(Success::Completed { elapsed, reply }) => answered(target, *elapsed, reply.as_ref()),
            Ok(Success::PortOpen) => Self::own(about_port(target, "Unexpectedly open", "")),
            Err(_) if judge(check, outcome).reason == Reason::Ok => {
                Self::own(about_port(target, "Verified that the", " is closed"))
            }
            Err(
                failure @ Failure {
                    cause: Cause::Unexpected { reply, open, .. },
                    ..
                },
            ) => Self {
                own: "Unexpected response from host/socket: ".to_owned(),
                reply: Some(reply),
                behind: match open {
                    true => format!(
                        " (the pattern was still open after {})",
                        span(check.timeout)
                    ),
                    false => String::new(),
                } + &behind(failure),
            },
            Err(failure) => Self::own(describe(check, target, failure)),
        }
    }

    /// A message without a reply.
    pub fn own(own: String) -> Self {
        Self {
            own,
            ..Self::default()
        }
    }

    /// The message in at most `room` characters.
    pub fn within(&self, room: usize) -> String {
        let room = room.saturating_sub(width(&self.behind));
        let mut text = sanitize(self.own.as_bytes(), room);
        if let Some(reply) = self.reply {
            let room = room.saturating_sub(width(&text));
            push_reply(&mut text, reply, room);
        }
        text.push_str(&self.behind);
        text
    }
}

/// Adds what is shown of a reply, in at most `room` characters.
pub fn push_reply(out: &mut String, reply: &Reply, room: usize) {
    let more = reply.total() > reply.kept().len() as u64;
    let text = between_line_ends(reply.kept(), more);
    push_sanitized(out, text, room, more);
}

/// How many characters a text has.
pub fn width(text: &str) -> usize {
    text.chars().count()
}

fn answered<'a>(target: &Target, elapsed: Duration, reply: Option<&'a Reply>) -> Message<'a> {
    let read = reply.filter(|reply| reply.total() > 0);
    let (before, behind) = if read.is_some() {
        (" [", "]")
    } else {
        ("", "")
    };
    let port = match target {
        Target::Name { port, .. } => format!(" port {port}"),
        Target::Address { address, .. } => format!(" port {}", address.port()),
        Target::Socket(_) => String::new(),
    };
    let place = place(target);
    let elapsed = elapsed.saturating_add(Duration::from_micros(500));
    let (seconds, millis) = (elapsed.as_secs(), elapsed.subsec_millis());
    Message {
        own: format!("{seconds}.{millis:03} seconds response time on {place}{port}{before}"),
        reply: read,
        behind: behind.to_owned(),
    }
}

fn about_port(target: &Target, before: &str, behind: &str) -> String {
    match target {
        Target::Name { port, .. } => format!("{before} port{behind}. (port={port})"),
        Target::Address { address, .. } => {
            format!("{before} port{behind}. (port={})", address.port())
        }
        Target::Socket(_) => format!("{before} unixsock{behind}. (sock={})", place(target)),
    }
}
