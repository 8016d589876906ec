//! The TLS handshake.

use super::{Cx, Progress, READS_PER_STEP, STEP_TIME_BUDGET, Transition, Wait};
use crate::dialogue::StepKind;
use crate::link::Chunk;
use crate::net::Io;
use crate::outcome::Cause;
use crate::tls::{TlsError, WantedFacts};

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
            if *cx.steps_begun > 1 {
                check_clear_data(cx)?;
            }
            // The end of our handshake and the data after it are two small writes; the second must
            // not wait for the peer's delayed acknowledgement of the first.
            cx.net.nodelay();
            let wanted = WantedFacts {
                path_end: cx.check.expiry.is_some() || cx.check.tells_certificates,
                chain: cx.check.tells_certificates,
            };
            let session = tls.new_connection(cx.target, *cx.peer, wanted)?;
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
                    let has_more_to_do = has_more_to_do(cx);
                    let next = cx.next_step();
                    return match was_busy && has_more_to_do {
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
fn has_more_to_do(cx: &Cx<'_>) -> bool {
    let mut steps = (0..).map_while(|skipped| cx.upcoming_step(skipped));
    steps.any(|step| !matches!(step, StepKind::Delay(_))) || !cx.check.quit.is_empty()
}

/// Checks that nothing has come in the clear behind the reply that agreed to TLS: what a peer says
/// before TLS could be of anyone in between (RFC 3207, section 4.2).
fn check_clear_data(cx: &mut Cx<'_>) -> Result<(), Cause> {
    let has_clear_data = cx.progress.as_deref().is_some_and(Progress::has_clear_data);
    match cx.link.read(cx.net, &mut cx.scratch.buffer)? {
        Io::Ready(Chunk::Bytes(_)) => Err(TlsError::ClearData.into()),
        _ if has_clear_data => Err(TlsError::ClearData.into()),
        Io::Ready(Chunk::End) => Err(TlsError::Closed.into()),
        Io::Blocked(_) | Io::Ready(Chunk::Nothing) => {
            cx.progress().begin_tls();
            Ok(())
        }
    }
}
