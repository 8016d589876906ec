//! The quit string goes out, and the response time is taken.

use super::{Cx, SHARE, State, Transition, Wait};
use crate::link::{Chunk, LinkError};
use crate::net::Io;
use crate::outcome::{Cause, Reply, Success};
use std::time::{Duration, Instant};

/// How many reads one step may take: a peer can send without end.
const READS: usize = 16;

/// How long the peer has under TLS to take its leave too: longer than a server needs to answer, and
/// too short to matter where it does not.
const LEAVE: Duration = Duration::from_millis(200);

/// How much longer it may have to refuse who has no certificate, at most.
const FAR: Duration = Duration::from_secs(1);

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
    found: Found,
    sent: usize,
    said: Option<Said>,
}

/// What the reading found, and when it was decided.
enum Found {
    /// Nothing was asked.
    Unread,
    /// Nothing was asked, and the peer may yet refuse a client without a certificate.
    Unaccepted,
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
struct Said {
    elapsed: Duration,
    leave: Instant,
}

impl Quitting {
    pub(super) fn unread(cx: &Cx<'_>) -> Self {
        Self::after(match cx.link.is_certificate_requested() {
            true => Found::Unaccepted,
            false => Found::Unread,
        })
    }

    pub(super) fn matched(reply: Reply, cx: &Cx<'_>) -> Self {
        let elapsed = cx.elapsed();
        Self::after(Found::Matched { reply, elapsed })
    }

    pub(super) fn unexpected(reply: Reply, cx: &Cx<'_>, open: bool) -> Self {
        let elapsed = cx.elapsed();
        Self::after(Found::Unexpected {
            reply,
            elapsed,
            open,
            goes_on: false,
        })
    }

    /// The same in the middle of what the peer says: the quit string is left out.
    pub(super) fn without_a_word(mut self) -> Self {
        if let Found::Unexpected { goes_on, .. } = &mut self.found {
            *goes_on = true;
        }
        self
    }

    fn after(found: Found) -> Self {
        Self {
            found,
            sent: 0,
            said: None,
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        let quit = match self.found {
            Found::Unexpected { goes_on: true, .. } => &[],
            _ => cx.check.quit.as_slice(),
        };
        let said = match self.said {
            Some(said) => said,
            None => match cx.link.write_all(cx.net, quit, &mut self.sent) {
                Ok(Io::Blocked(on)) => return Transition::pending(self, Wait::on(on)),
                Ok(Io::Ready(())) => {
                    let way = match self.may_be_refused() {
                        true => cx.stamps.handshake().min(FAR),
                        false => Duration::ZERO,
                    };
                    let (elapsed, leave) = (cx.elapsed(), cx.now + LEAVE + way);
                    if quit.is_empty() && !self.may_be_refused() {
                        cx.link.say_goodbye(cx.net);
                    }
                    *self.said.insert(Said { elapsed, leave })
                }
                Err(e) if self.found.is_unread() => return Err(e.into()),
                Err(_) => return Ok(Transition::Next(self.found.end(None)?)),
            },
        };
        for _ in 0..READS {
            if !cx.link.is_secure() || cx.now >= said.leave {
                if !self.may_be_refused() || !cx.check.quit.is_empty() {
                    return Ok(Transition::Next(self.found.end(Some(said.elapsed))?));
                }
                self.accept(cx);
                let leave = cx.now + LEAVE;
                self.said = Some(Said { leave, ..said });
                return Transition::yield_now(self, cx);
            }
            match cx.link.read(cx.net, &mut cx.scratch.buffer) {
                Ok(Io::Blocked(on)) => {
                    return Transition::pending(self, Wait::either(Some(on), Some(said.leave)));
                }
                // Who says something of its own has accepted us.
                Ok(Io::Ready(Chunk::Bytes(_))) if self.may_be_refused() => self.accept(cx),
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::Nothing))
                    if cx.net.now() >= cx.now + SHARE =>
                {
                    break;
                }
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::Nothing)) => {}
                // After a quit string an end is what it asks for.
                Ok(Io::Ready(Chunk::End)) if self.may_be_refused() && cx.check.quit.is_empty() => {
                    return Err(Cause::Closed);
                }
                Err(e) if self.may_be_refused() => return Err(e.into()),
                Err(LinkError::Tls(e)) if matches!(self.found, Found::Unread) => {
                    return Err(e.into());
                }
                Ok(Io::Ready(Chunk::End)) | Err(_) => {
                    return Ok(Transition::Next(self.found.end(Some(said.elapsed))?));
                }
            }
        }
        Transition::yield_now(self, cx)
    }

    /// Whether the peer may still refuse a client without a certificate.
    fn may_be_refused(&self) -> bool {
        matches!(self.found, Found::Unaccepted)
    }

    /// The peer has not refused us: it is told goodbye as any other.
    fn accept(&mut self, cx: &mut Cx<'_>) {
        self.found = Found::Unread;
        if cx.check.quit.is_empty() {
            cx.link.say_goodbye(cx.net);
        }
    }

    pub(super) fn expire(self) -> Result<State, Cause> {
        self.found.end(self.said.map(|said| said.elapsed))
    }
}

impl Found {
    fn is_unread(&self) -> bool {
        matches!(self, Self::Unread | Self::Unaccepted)
    }

    /// The end, with the time at which the quit string was with the kernel. Where it never was, the
    /// reply has decided already and nothing else counts; without one, that is a failure.
    fn end(self, said: Option<Duration>) -> Result<State, Cause> {
        let (elapsed, reply) = match self {
            Self::Unread | Self::Unaccepted => (said.ok_or(Cause::TimedOut)?, None),
            Self::Matched { reply, elapsed } => (said.unwrap_or(elapsed), Some(reply)),
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
