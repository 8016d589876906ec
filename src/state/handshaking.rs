//! From a connection to a stream: TLS comes up, where it is asked for.

use super::{Cx, Sending, Turn, Wait};
use crate::net::Io;
use crate::outcome::Cause;

/// How many reads one step may take: a peer can send records without end.
const READS: usize = 16;

/// Brings TLS up; in the clear it passes at once.
#[derive(Default)]
pub struct Handshaking {
    begun: bool,
}

impl Handshaking {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Turn, Cause> {
        if let Some(tls) = cx.check.tls.as_ref().filter(|_| !self.begun) {
            self.begun = true;
            // The end of our handshake and what is sent after it are two small writes; the second
            // must not wait for the peer's delayed acknowledgement of the first.
            cx.net.nodelay();
            cx.link.secure(tls.session(cx.target, *cx.peer)?);
        }
        for _ in 0..READS {
            match cx.link.handshake(cx.net)? {
                Io::Blocked(on) => return Turn::wait(self, Wait::on(on)),
                Io::Ready(true) => return Turn::go(Sending::default()),
                Io::Ready(false) => {}
            }
        }
        Turn::again(self, cx)
    }
}
