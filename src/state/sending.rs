//! The send string goes out.

use super::{Cx, Delay, Turn, Wait};
use crate::net::Io;
use crate::outcome::Cause;

/// Hands the send string to the kernel.
#[derive(Default)]
pub struct Sending {
    sent: usize,
}

impl Sending {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Turn, Cause> {
        match cx.link.write_all(cx.net, &cx.check.send, &mut self.sent)? {
            Io::Blocked(on) => Turn::wait(self, Wait::on(on)),
            Io::Ready(()) => Turn::go(Delay::enter(cx)),
        }
    }
}
