//! Sending of the send string.

use super::{Cx, Transition, Wait};
use crate::link::LinkError;
use crate::net::Io;
use crate::outcome::Cause;
use std::io;

/// Hands the send string to the kernel.
#[derive(Default)]
pub(crate) struct Sending {
    sent: usize,
}

impl Sending {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        match cx.link.write_all(cx.net, &cx.check.send, &mut self.sent) {
            Ok(Io::Blocked(on)) => Transition::pending(self, Wait::on(on)),
            Ok(Io::Ready(())) => Transition::next(cx.next_step()),
            // A peer that closed may have replied before. Its reply decides, as it does if the
            // kernel took our bytes and learned of the close only later.
            Err(e) if cx.check.expect.is_some() && is_closed_by_peer(&e) => {
                Transition::next(cx.next_step())
            }
            Err(e) => Err(e.into()),
        }
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
