//! The quit string goes out, and the response time is taken.

use super::{Cx, STEP_TIME_BUDGET, State, Transition, Wait};
use crate::link::{Chunk, LinkError};
use crate::net::Io;
use crate::outcome::{Cause, Reply, Success};
use std::time::{Duration, Instant};

/// How many reads one step may take: a peer can send without end.
const READS: usize = 16;

/// How long the peer has under TLS to close too: longer than a server needs to answer, and
/// too short to matter where it does not.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// How much longer it may have to refuse who has no certificate, at most.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(1);

/// Hands the quit string to the kernel, which ends the response time. Under TLS it then waits a
/// moment for the peer's end: after the quit string, because Postfix, for one, takes a
/// `close_notify` that comes before its answer for a lost connection; without one, after our
/// `close_notify`, because what the peer still sends (tickets, its own) would meet a closed port
/// and come back to it as a reset.
///
/// Where nothing was read, and the peer has asked for a client certificate, it has the same moment
/// before that `close_notify`, and the way there and back, to refuse who has none: whatever end it
/// makes then is of its own will.
pub struct Quitting {
    result: ReadResult,
    sent: usize,
    quit_sent: Option<QuitSent>,
}

/// The result of reading, and when it was decided.
enum ReadResult {
    /// Nothing was asked.
    NotRead,
    /// Nothing was asked, and the peer may yet refuse a client without a certificate.
    NotAccepted,
    Matched {
        reply: Reply,
        elapsed: Duration,
    },
    /// The peer is told goodbye all the same, unless its reply `goes_on`.
    Unexpected {
        reply: Reply,
        elapsed: Duration,
        open: bool,
        goes_on: bool,
    },
}

/// The quit string is with the kernel.
#[derive(Clone, Copy)]
struct QuitSent {
    elapsed: Duration,
    close_by: Instant,
}

impl Quitting {
    pub(super) fn unread(cx: &Cx<'_>) -> Self {
        Self::after(match cx.link.is_certificate_requested() {
            true => ReadResult::NotAccepted,
            false => ReadResult::NotRead,
        })
    }

    pub(super) fn matched(reply: Reply, cx: &Cx<'_>) -> Self {
        let elapsed = cx.elapsed();
        Self::after(ReadResult::Matched { reply, elapsed })
    }

    pub(super) fn unexpected(reply: Reply, cx: &Cx<'_>, open: bool) -> Self {
        let elapsed = cx.elapsed();
        Self::after(ReadResult::Unexpected {
            reply,
            elapsed,
            open,
            goes_on: false,
        })
    }

    /// The same in the middle of what the peer says: the quit string is left out.
    pub(super) fn without_a_word(mut self) -> Self {
        if let ReadResult::Unexpected { goes_on, .. } = &mut self.result {
            *goes_on = true;
        }
        self
    }

    fn after(result: ReadResult) -> Self {
        Self {
            result,
            sent: 0,
            quit_sent: None,
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        let quit = match self.result {
            ReadResult::Unexpected { goes_on: true, .. } => &[],
            _ => cx.check.quit.as_slice(),
        };
        let quit_sent = match self.quit_sent {
            Some(quit_sent) => quit_sent,
            None => match cx.link.write_all(cx.net, quit, &mut self.sent) {
                Ok(Io::Blocked(on)) => return Transition::pending(self, Wait::on(on)),
                Ok(Io::Ready(())) => {
                    let way = match self.may_be_refused() {
                        true => cx.timestamps.handshake().min(MAX_ROUND_TRIP),
                        false => Duration::ZERO,
                    };
                    let (elapsed, close_by) = (cx.elapsed(), cx.now + CLOSE_TIMEOUT + way);
                    if quit.is_empty() && !self.may_be_refused() {
                        cx.link.send_close_notify(cx.net);
                    }
                    *self.quit_sent.insert(QuitSent { elapsed, close_by })
                }
                Err(e) if self.result.is_unread() => return Err(e.into()),
                Err(_) => return Ok(Transition::Next(self.result.end(None)?)),
            },
        };
        for _ in 0..READS {
            if !cx.link.is_tls() || cx.now >= quit_sent.close_by {
                if !self.may_be_refused() || !cx.check.quit.is_empty() {
                    return Ok(Transition::Next(self.result.end(Some(quit_sent.elapsed))?));
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
                // Who says something of its own has accepted us.
                Ok(Io::Ready(Chunk::Bytes(_))) if self.may_be_refused() => self.accept(cx),
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::Nothing))
                    if cx.net.now() >= cx.now + STEP_TIME_BUDGET =>
                {
                    break;
                }
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::Nothing)) => {}
                // After a quit string an end is what it asks for.
                Ok(Io::Ready(Chunk::End)) if self.may_be_refused() && cx.check.quit.is_empty() => {
                    return Err(Cause::Closed);
                }
                Err(e) if self.may_be_refused() => return Err(e.into()),
                Err(LinkError::Tls(e)) if matches!(self.result, ReadResult::NotRead) => {
                    return Err(e.into());
                }
                Ok(Io::Ready(Chunk::End)) | Err(_) => {
                    return Ok(Transition::Next(self.result.end(Some(quit_sent.elapsed))?));
                }
            }
        }
        Transition::yield_now(self, cx)
    }

    /// Whether the peer may still refuse a client without a certificate.
    fn may_be_refused(&self) -> bool {
        matches!(self.result, ReadResult::NotAccepted)
    }

    /// The peer has not refused us: it is told goodbye as any other.
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
    fn is_unread(&self) -> bool {
        matches!(self, ReadResult::NotRead | ReadResult::NotAccepted)
    }

    /// The end, with the time at which the quit string was with the kernel. Where it never was, the
    /// reply has decided already and nothing else counts; without one, that is a failure.
    fn end(self, quit_sent: Option<Duration>) -> Result<State, Cause> {
        let (elapsed, reply) = match self {
            ReadResult::NotRead | ReadResult::NotAccepted => {
                (quit_sent.ok_or(Cause::TimedOut)?, None)
            }
            Self::Matched { reply, elapsed } => (quit_sent.unwrap_or(elapsed), Some(reply)),
            Self::Unexpected {
                reply,
                elapsed,
                open,
                goes_on: _,
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
