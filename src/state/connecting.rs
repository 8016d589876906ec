//! The race of addresses, as RFC 8305, section 5 has it.

use super::{Cx, Handshaking, State, Turn, Wait};
use crate::net::{ATTEMPTS, Attempt, Endpoint, Io};
use crate::outcome::{Came, Cause, Report, Tried};
use crate::target::Target;
use mio::Interest;
use rustix::io::Errno;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an attempt is alone before the next begins: RFC 8305's "Connection Attempt Delay".
const HEAD_START: Duration = Duration::from_millis(250);

/// How long to wait before a full backlog is tried again, in ms: no event tells when it has room.
const PAUSES: [u64; 4] = [1, 2, 5, 10];

/// Begins attempts and waits for the first connection.
pub struct Connecting {
    addresses: Addresses,
    /// How many attempts have been begun.
    begun: usize,
    running: [Option<Running>; ATTEMPTS],
    /// When the next attempt may begin; `None` is at once.
    next: Option<Instant>,
    tried: Vec<Tried>,
}

enum Addresses {
    Socket,
    One(SocketAddr),
    Many(Vec<SocketAddr>),
}

#[derive(Clone, Copy)]
struct Running {
    attempt: Attempt,
    /// `None` for a Unix socket.
    address: Option<SocketAddr>,
}

impl Connecting {
    pub(super) fn socket() -> Self {
        Self::to(Addresses::Socket)
    }

    pub(super) fn address(address: SocketAddr) -> Self {
        Self::to(Addresses::One(address))
    }

    pub(super) fn race(addresses: Vec<SocketAddr>) -> Self {
        Self::to(Addresses::Many(addresses))
    }

    fn to(addresses: Addresses) -> Self {
        Self {
            addresses,
            begun: 0,
            running: [None; ATTEMPTS],
            next: None,
            tried: Vec::new(),
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Turn, Cause> {
        loop {
            let mut blocked = None;
            for slot in &mut self.running {
                let Some(running) = *slot else { continue };
                match Io::of(cx.net.connected(running.attempt), Interest::WRITABLE) {
                    Ok(Io::Ready(())) => return won(cx, running),
                    Ok(Io::Blocked(on)) => blocked = Some(on),
                    Err(e) => {
                        *slot = None;
                        if was_up(&e) {
                            return lost(cx, running.address, e);
                        }
                        self.tried.push(Tried {
                            address: running.address,
                            came: Came::Failed(e),
                        });
                        self.next = None;
                    }
                }
            }
            match self.upcoming(cx.target) {
                Some((vacancy, to)) if self.next.is_none_or(|next| next <= cx.now) => {
                    if let Some(open) = self.begin(cx, vacancy, to) {
                        return Ok(Turn::Go(open));
                    }
                }
                None if blocked.is_none() => return Err(Cause::Unconnected(self.tried)),
                upcoming => {
                    let until = upcoming.and(self.next);
                    return Turn::wait(self, Wait { on: blocked, until });
                }
            }
        }
    }

    /// The deadline: what has not come to its end was silent, and the rest had no turn.
    pub(super) fn expire(mut self) -> Cause {
        let running = self.running.into_iter().flatten();
        let silent = running.map(|Running { address, .. }| Tried {
            address,
            came: Came::Silence,
        });
        self.tried.extend(silent);
        match &self.addresses {
            Addresses::Many(addresses) => {
                let rest = addresses.iter().skip(self.begun).copied().map(Some);
                self.tried.extend(rest.map(|address| Tried {
                    address,
                    came: Came::Untried,
                }));
            }
            Addresses::Socket if self.tried.is_empty() => {
                let came = Came::Failed(io::ErrorKind::WouldBlock.into());
                self.tried.push(Tried {
                    address: None,
                    came,
                });
            }
            Addresses::Socket | Addresses::One(_) => {}
        }
        Cause::Unconnected(self.tried)
    }

    /// Where the next attempt goes, and its place, if there is both.
    fn upcoming<'a>(&self, target: &'a Target) -> Option<(usize, Endpoint<'a>)> {
        let vacancy = self.running.iter().position(Option::is_none)?;
        let endpoint = match (&self.addresses, target) {
            (Addresses::Socket, Target::Socket(path)) => {
                let idle = self.running.iter().all(Option::is_none);
                (idle && self.tried.is_empty()).then_some(Endpoint::Unix(path))
            }
            (Addresses::Socket, _) => None,
            (Addresses::One(address), _) => (self.begun == 0).then_some(Endpoint::Tcp(*address)),
            (Addresses::Many(addresses), _) => {
                addresses.get(self.begun).copied().map(Endpoint::Tcp)
            }
        };
        endpoint.map(|endpoint| (vacancy, endpoint))
    }

    /// Begins an attempt. `Some` where even its refusal shows a listener, and that was the
    /// question.
    fn begin(&mut self, cx: &mut Cx<'_>, vacancy: usize, to: Endpoint<'_>) -> Option<State> {
        let address = match to {
            Endpoint::Tcp(address) => Some(address),
            Endpoint::Unix(_) => None,
        };
        let turn = self.begun;
        self.begun += 1;
        match cx.net.connect(to) {
            Ok(attempt) => {
                if let Some(slot) = self.running.get_mut(vacancy) {
                    *slot = Some(Running { attempt, address });
                }
                self.next = Some(cx.now + HEAD_START);
            }
            Err(e) if address.is_none() && e.kind() == io::ErrorKind::WouldBlock => {
                if cx.check.expect_closed {
                    return Some(State::Done(Report::Open));
                }
                let pause = PAUSES
                    .get(turn)
                    .or(PAUSES.last())
                    .copied()
                    .unwrap_or_default();
                self.next = Some(cx.now + Duration::from_millis(pause));
            }
            Err(e) => self.tried.push(Tried {
                address,
                came: Came::Failed(e),
            }),
        }
        None
    }
}

/// The first connection wins.
fn won(cx: &mut Cx<'_>, running: Running) -> Result<Turn, Cause> {
    cx.net.keep(running.attempt);
    *cx.peer = running.address;
    if cx.check.expect_closed {
        return Ok(Turn::Go(State::Done(Report::Open)));
    }
    Turn::go(Handshaking::default())
}

/// Won, and lost again before we looked.
fn lost(cx: &mut Cx<'_>, address: Option<SocketAddr>, e: io::Error) -> Result<Turn, Cause> {
    *cx.peer = address;
    if cx.check.expect_closed {
        return Ok(Turn::Go(State::Done(Report::Open)));
    }
    Err(Cause::Io(e))
}

/// Whether the error can only befall a connection that was up: a reset in answer to our SYN is
/// ECONNREFUSED.
fn was_up(e: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(e),
        Some(Errno::CONNRESET | Errno::PIPE)
    )
}
