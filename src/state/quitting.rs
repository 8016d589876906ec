//! The quit string goes out, and the response time is taken.

use super::{Cx, State, Turn, Wait};
use crate::link::Chunk;
use crate::net::Io;
use crate::outcome::{Cause, Reply, Report};
use std::time::{Duration, Instant};

/// How long the peer has to answer the quit string under TLS before it is parted from.
const LAST_WORD: Duration = Duration::from_millis(200);

/// Hands the quit string to the kernel; under TLS it then waits a moment for the peer's last word.
/// Postfix, for one, takes a `close_notify` that comes before its answer for a lost connection.
pub struct Quitting {
    found: Found,
    sent: usize,
    said: Option<Said>,
}

/// What the reading found.
enum Found {
    /// Nothing was asked.
    Unread,
    Matched(Reply),
    /// The peer is told goodbye all the same.
    Unexpected {
        reply: Reply,
        elapsed: Duration,
        open: bool,
    },
}

/// The quit string is with the kernel.
#[derive(Clone, Copy)]
struct Said {
    elapsed: Duration,
    leave: Instant,
}

impl Quitting {
    pub(super) fn unread() -> Self {
        Self::after(Found::Unread)
    }

    pub(super) fn matched(reply: Reply) -> Self {
        Self::after(Found::Matched(reply))
    }

    pub(super) fn unexpected(reply: Reply, cx: &Cx<'_>, open: bool) -> Self {
        let elapsed = cx.elapsed();
        Self::after(Found::Unexpected {
            reply,
            elapsed,
            open,
        })
    }

    fn after(found: Found) -> Self {
        Self {
            found,
            sent: 0,
            said: None,
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Turn, Cause> {
        let said = match self.said {
            Some(said) => said,
            None => match cx.link.write_all(cx.net, &cx.check.quit, &mut self.sent) {
                Ok(Io::Blocked(on)) => return Turn::wait(self, Wait::on(on)),
                Ok(Io::Ready(())) => {
                    let (elapsed, leave) = (cx.elapsed(), cx.now + LAST_WORD);
                    *self.said.insert(Said { elapsed, leave })
                }
                Err(e) if matches!(self.found, Found::Unread) => return Err(e.into()),
                // The reply has decided; that the goodbye was not heard changes nothing.
                Err(_) => return Ok(Turn::Go(self.found.end(cx.elapsed())?)),
            },
        };
        if cx.link.is_secure() && !cx.check.quit.is_empty() && cx.now < said.leave {
            match cx.link.read(cx.net, &mut cx.scratch.buffer) {
                Ok(Io::Blocked(on)) => {
                    let until = Some(said.leave);
                    return Turn::wait(
                        self,
                        Wait {
                            on: Some(on),
                            until,
                        },
                    );
                }
                Ok(Io::Ready(Chunk::Nothing)) => {
                    let now = cx.now;
                    return Turn::wait(self, Wait::until(now));
                }
                Ok(Io::Ready(Chunk::Bytes(_) | Chunk::End)) | Err(_) => {}
            }
        }
        Ok(Turn::Go(self.found.end(said.elapsed)?))
    }

    pub(super) fn expire(self, cx: &Cx<'_>) -> Result<State, Cause> {
        match (self.said, self.found) {
            (Some(said), found) => found.end(said.elapsed),
            (None, Found::Unread) => Err(Cause::TimedOut),
            (None, found) => found.end(cx.elapsed()),
        }
    }
}

impl Found {
    fn end(self, elapsed: Duration) -> Result<State, Cause> {
        let reply = match self {
            Self::Unread => None,
            Self::Matched(reply) => Some(reply),
            Self::Unexpected {
                reply,
                elapsed,
                open,
            } => {
                return Err(Cause::Unexpected {
                    reply,
                    elapsed,
                    open,
                });
            }
        };
        Ok(State::Done(Report::Answered { elapsed, reply }))
    }
}
