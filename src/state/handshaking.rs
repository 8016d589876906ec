//! From a connection to a stream: TLS comes up, where it is asked for.

use super::{Cx, Phase, STEP_TIME_BUDGET, Sending, Transition, Wait};
use crate::check::Check;
use crate::net::Io;
use crate::outcome::Cause;

/// How many reads one step may take: a peer can send records without end.
const READS: usize = 16;

/// Brings TLS up; in the clear it passes at once. What verifies a certificate has cost much: others
/// are stepped before the check goes on.
#[derive(Default)]
pub struct Handshaking {
    begun: bool,
}

impl Handshaking {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        if let Some(tls) = cx.check.tls.as_ref().filter(|_| !self.begun) {
            self.begun = true;
            // The end of our handshake and what is sent after it are two small writes; the second
            // must not wait for the peer's delayed acknowledgement of the first.
            cx.net.nodelay();
            cx.link.enable_tls(tls.new_connection(cx.target, *cx.peer)?);
        }
        let mut is_busy = false;
        for _ in 0..READS {
            match cx.link.handshake(cx.net)? {
                Io::Blocked(on) => return Transition::pending(self, Wait::on(on)),
                Io::Ready(true) if is_busy && asks_more(cx.check) => {
                    // The handshake ends here, whoever comes next.
                    cx.timestamps.enter(Phase::Sending, cx.net.now());
                    return Transition::defer(Sending::default(), cx);
                }
                Io::Ready(true) => return Transition::next(Sending::default()),
                Io::Ready(false) if cx.net.now() >= cx.now + STEP_TIME_BUDGET => break,
                Io::Ready(false) => is_busy = true,
            }
        }
        Transition::yield_now(self, cx)
    }
}

/// Whether there is anything to do once the session is up. Else the response time ends here.
fn asks_more(check: &Check) -> bool {
    check.expect.is_some() || !check.send.is_empty() || !check.quit.is_empty()
}
