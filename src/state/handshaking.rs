//! The TLS handshake.

use super::{Cx, READS_PER_STEP, STEP_TIME_BUDGET, Transition, Wait};
use crate::check::Check;
use crate::net::Io;
use crate::outcome::Cause;

/// Performs the TLS handshake. Verifying a certificate is expensive, so other probes are stepped
/// before the check continues.
#[derive(Default)]
pub(crate) struct Handshaking {
    is_begun: bool,
}

impl Handshaking {
    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        if let Some(tls) = cx.check.tls.as_ref().filter(|_| !self.is_begun) {
            self.is_begun = true;
            // The end of our handshake and the data after it are two small writes; the second must
            // not wait for the peer's delayed acknowledgement of the first.
            cx.net.nodelay();
            let has_path_end = cx.check.expiry.is_some();
            let session = tls.new_connection(cx.target, *cx.peer, has_path_end)?;
            cx.link.enable_tls(session);
        }
        let mut was_busy = false;
        for _ in 0..READS_PER_STEP {
            match cx.link.handshake(cx.net)? {
                Io::Blocked(on) => return Transition::pending(self, Wait::on(on)),
                Io::Ready(true) => {
                    // Before the probe is deferred: the handshake ends here, whoever is stepped
                    // next.
                    cx.timestamps.secure(cx.net.now());
                    let next = cx.next_step();
                    return match was_busy && has_more_to_do(cx.check) {
                        true => Transition::defer(next, cx),
                        false => Transition::next(next),
                    };
                }
                Io::Ready(false) if cx.net.now() >= cx.now + STEP_TIME_BUDGET => break,
                Io::Ready(false) => was_busy = true,
            }
        }
        Transition::yield_now(self, cx)
    }
}

/// Returns true if the check sends or reads anything under TLS. Otherwise its response time ends
/// with the handshake, and must not include the steps of other probes.
fn has_more_to_do(check: &Check) -> bool {
    check.expect.is_some() || !check.send.is_empty() || !check.quit.is_empty()
}
