//! Sending of the quit string, which ends the response time, and the close of the stream.

use super::{Cx, READS_PER_STEP, STEP_TIME_BUDGET, State, Transition, Wait};
use crate::link::{Chunk, Link, LinkError};
use crate::net::Io;
use crate::outcome::{Cause, Reply, Success};
use std::time::{Duration, Instant};

/// Longest wait for the peer to close a TLS session too: longer than a server needs to answer, and
/// too short to matter if it never does.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// Upper bound of the round trip that is added while the peer may still refuse a client without a
/// certificate.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(1);

/// Hands the quit string to the kernel, which ends the response time.
///
/// Under TLS it then waits a moment for the peer to close. With a quit string `close_notify` comes
/// after that: Postfix, for one, logs a lost connection if `close_notify` arrives before it has
/// answered. Without one `close_notify` comes first, and the wait keeps the port open for what the
/// peer still sends (tickets, its own `close_notify`), which a closed port would answer with a
/// reset.
///
/// If nothing was read and the peer has requested a client certificate, it has that moment, and one
/// round trip, before our `close_notify`, to refuse a client without one: a close in that time is
/// the peer's own decision.
pub(crate) struct Quitting {
    result: ReadResult,
    sent: usize,
    quit_sent: Option<QuitSent>,
}

/// The result of reading, with the response time up to the decision.
pub(super) enum ReadResult {
    /// The check has no pattern.
    NotRead,
    /// The check has no pattern, and the peer may still refuse a client without a certificate.
    NotAccepted,
    Matched {
        reply: Reply,
        elapsed: Duration,
    },
    Unexpected {
        reply: Reply,
        elapsed: Duration,
        /// The pattern was still undecided at the deadline.
        open: bool,
        /// The reply may continue: the quit string is left out.
        is_partial: bool,
    },
}

/// The response time with the quit string sent, and the time at which the wait for the peer ends.
#[derive(Clone, Copy)]
struct QuitSent {
    elapsed: Duration,
    close_by: Instant,
}

impl Quitting {
    pub(super) fn new(result: ReadResult) -> Self {
        Self {
            result,
            sent: 0,
            quit_sent: None,
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        let quit = match self.result {
            ReadResult::Unexpected {
                is_partial: true, ..
            } => &[],
            _ => cx.check.quit.as_slice(),
        };
        let quit_sent = match self.quit_sent {
            Some(quit_sent) => quit_sent,
            None => match cx.link.write_all(cx.net, quit, &mut self.sent) {
                Ok(Io::Blocked(on)) => return Transition::pending(self, Wait::on(on)),
                Ok(Io::Ready(())) => {
                    let round_trip = match self.may_be_refused() {
                        true => cx.timestamps.handshake().min(MAX_ROUND_TRIP),
                        false => Duration::ZERO,
                    };
                    let (elapsed, close_by) = (cx.elapsed(), cx.now + CLOSE_TIMEOUT + round_trip);
                    if quit.is_empty() && !self.may_be_refused() {
                        cx.link.send_close_notify(cx.net);
                    }
                    *self.quit_sent.insert(QuitSent { elapsed, close_by })
                }
                Err(e) if self.result.is_not_read() => return Err(e.into()),
                Err(_) => return Transition::next(self.result.end(None)?),
            },
        };
        for _ in 0..READS_PER_STEP {
            if !cx.link.is_tls() || cx.now >= quit_sent.close_by {
                if !self.may_be_refused() || !cx.check.quit.is_empty() {
                    return Transition::next(self.result.end(Some(quit_sent.elapsed))?);
                }
                self.accept(cx);
                let close_by = cx.now + CLOSE_TIMEOUT;
                self.quit_sent = Some(QuitSent {
                    close_by,
                    ..quit_sent
                });
                return Transition::yield_now(self, cx);
            }
            match cx.link.read(cx.net, &mut cx.scratch.buffer) {
                Ok(Io::Blocked(on)) => {
                    return Transition::pending(
                        self,
                        Wait::either(Some(on), Some(quit_sent.close_by)),
                    );
                }
                // A peer that sends data has accepted the client.
                Ok(Io::Ready(Chunk::Bytes(_))) if self.may_be_refused() => self.accept(cx),
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::Nothing))
                    if cx.net.now() >= cx.now + STEP_TIME_BUDGET =>
                {
                    break;
                }
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::Nothing)) => {}
                // A close after a quit string is no refusal: the quit string asked for it.
                Ok(Io::Ready(Chunk::End)) if self.may_be_refused() && cx.check.quit.is_empty() => {
                    return Err(Cause::Closed);
                }
                Err(e) if self.may_be_refused() => return Err(e.into()),
                Err(LinkError::Tls(e)) if matches!(self.result, ReadResult::NotRead) => {
                    return Err(e.into());
                }
                Ok(Io::Ready(Chunk::End)) | Err(_) => {
                    return Transition::next(self.result.end(Some(quit_sent.elapsed))?);
                }
            }
        }
        Transition::yield_now(self, cx)
    }

    /// Returns true if the peer may still refuse a client without a certificate.
    fn may_be_refused(&self) -> bool {
        matches!(self.result, ReadResult::NotAccepted)
    }

    /// Notes that the peer has not refused the client, and closes the session as any other.
    fn accept(&mut self, cx: &mut Cx<'_>) {
        self.result = ReadResult::NotRead;
        if cx.check.quit.is_empty() {
            cx.link.send_close_notify(cx.net);
        }
    }

    pub(super) fn expire(self) -> Result<State, Cause> {
        self.result
            .end(self.quit_sent.map(|quit_sent| quit_sent.elapsed))
    }
}

impl ReadResult {
    /// Returns the result of a check without a pattern.
    pub(super) fn not_read(link: &Link) -> Self {
        match link.is_certificate_requested() {
            true => Self::NotAccepted,
            false => Self::NotRead,
        }
    }

    fn is_not_read(&self) -> bool {
        matches!(self, Self::NotRead | Self::NotAccepted)
    }

    /// Ends the check. `quit_sent` is the response time with the quit string sent, if it was. If it
    /// was not, a reply has decided the check before; without a reply the check fails.
    fn end(self, quit_sent: Option<Duration>) -> Result<State, Cause> {
        let (elapsed, reply) = match self {
            Self::NotRead | Self::NotAccepted => (quit_sent.ok_or(Cause::TimedOut)?, None),
            Self::Matched { reply, elapsed } => (quit_sent.unwrap_or(elapsed), Some(reply)),
            Self::Unexpected {
                reply,
                elapsed,
                open,
                is_partial: _,
            } => {
                return Err(Cause::Unexpected {
                    reply: Box::new(reply),
                    elapsed,
                    open,
                });
            }
        };
        Ok(State::Done(Success::Completed { elapsed, reply }))
    }
}
