//! The send string goes out.

use super::{Cx, Delay, Transition, Wait};
use crate::link::LinkError;
use crate::net::Io;
use crate::outcome::Cause;
use std::io;

/// Hands the send string to the kernel.
#[derive(Default)]
pub struct Sending {
    sent: usize,
}

impl Sending {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        match cx.link.write_all(cx.net, &cx.check.send, &mut self.sent) {
            Ok(Io::Blocked(on)) => Transition::pending(self, Wait::on(on)),
            Ok(Io::Ready(())) => Transition::next(Delay::enter(cx)),
            // What the peer sent before the end decides, as it does where the kernel still took
            // our bytes and learnt too late that nobody would read them.
            Err(e) if cx.check.expect.is_some() && is_over(&e) => {
                Transition::next(Delay::enter(cx))
            }
            Err(e) => Err(e.into()),
        }
    }
}

/// Whether it was the peer that ended the stream.
fn is_over(e: &LinkError) -> bool {
    let gone = [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset];
    match e {
        LinkError::Io(e) => gone.contains(&e.kind()),
        LinkError::Tls(_) => true,
    }
}
