//! Sending of a text.

use super::{Cx, Progress, READS_PER_STEP, STEP_TIME_BUDGET, Transition, Wait};
use crate::check::Check;
use crate::dialogue::{Step, Values};
use crate::link::{Chunk, LinkError};
use crate::net::Io;
use crate::outcome::Cause;
use crate::target::Target;
use std::borrow::Cow;
use std::io;

/// Hands the text of a step to the kernel.
#[derive(Default)]
pub(crate) struct Sending {
    is_begun: bool,
    sent: usize,
}

impl Sending {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        if !self.is_begun {
            self.is_begun = true;
            end_reply(cx)?;
        }
        let text = text(cx);
        match cx.link.write_all(cx.net, &text, &mut self.sent) {
            Ok(Io::Blocked(on)) => Transition::pending(self, Wait::on(on)),
            Ok(Io::Ready(())) => Transition::next(cx.next_step()),
            // A peer that closed may have replied before. Its reply decides, as it does if the
            // kernel took our bytes and learned of the close only later.
            Err(e) if cx.is_reply_expected() && is_closed_by_peer(&e) => {
                Transition::next(cx.next_step())
            }
            Err(e) => Err(e.into()),
        }
    }
}

/// Ends the reply before the text: what has come by now does not answer it. Nothing has, where the
/// text is the first step, or the first under TLS.
fn end_reply(cx: &mut Cx<'_>) -> Result<(), Cause> {
    let before = cx.step_index().checked_sub(1);
    match before.and_then(|before| cx.check.steps.get(before)) {
        None | Some(Step::StartTls) => return Ok(()),
        Some(_) => {}
    }
    let progress = cx.progress.get_or_insert_default();
    for _ in 0..READS_PER_STEP {
        match cx.link.read(cx.net, &mut cx.scratch.buffer)? {
            Io::Ready(Chunk::Bytes(read)) => {
                progress.discard(cx.scratch.buffer.get(..read).unwrap_or_default());
            }
            Io::Ready(Chunk::Nothing) => {}
            Io::Blocked(_) | Io::Ready(Chunk::End) => break,
        }
        if cx.net.now() >= cx.now + STEP_TIME_BUDGET {
            break;
        }
    }
    progress.begin_sending(cx.check);
    Ok(())
}

/// Returns the text of the step.
fn text<'a>(cx: &Cx<'a>) -> Cow<'a, [u8]> {
    let (check, progress) = (cx.check, cx.progress.as_deref());
    match check.steps.get(cx.step_index()) {
        Some(Step::Send(template)) => template.fill(&Known {
            check,
            progress,
            target: cx.target,
        }),
        _ => Cow::Borrowed(&check.send),
    }
}

/// The values of a text's places.
struct Known<'a> {
    check: &'a Check,
    progress: Option<&'a Progress>,
    target: &'a Target,
}

impl Values for Known<'_> {
    fn capture(&self, name: &str) -> &[u8] {
        let captured = self.progress.map(Progress::captured).unwrap_or_default();
        let found = captured.iter().find(|captured| *captured.name == *name);
        found.and_then(|it| it.text.as_deref()).unwrap_or_default()
    }

    fn peer_name(&self) -> String {
        let tls = self.check.tls.as_ref();
        tls.map(|tls| tls.name_text(self.target))
            .unwrap_or_default()
    }
}

/// Returns true if the peer ended the stream.
fn is_closed_by_peer(e: &LinkError) -> bool {
    let closed = [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset];
    match e {
        LinkError::Io(e) => closed.contains(&e.kind()),
        LinkError::Tls(_) => true,
    }
}
