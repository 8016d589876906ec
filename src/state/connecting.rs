//! The race of addresses, as RFC 8305, section 5 has it.

use super::{Cx, Handshaking, State, Transition, Wait};
use crate::net::{Attempt, Endpoint, Io};
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Success};
use crate::target::{ATTEMPTS, Target};
use mio::Interest;
use rustix::io::Errno;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an attempt is alone before the next begins: RFC 8305's "Connection Attempt Delay".
const CONNECTION_ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// How long to wait before a full backlog is tried again, in ms: no event tells when it has room.
const BACKLOG_RETRY_MS: [u64; 4] = [1, 2, 5, 10];

/// Begins attempts and waits for the first connection.
pub struct Connecting {
    addresses: Addresses,
    /// How many attempts have been begun.
    begun: u8,
    running: [Option<RunningAttempt>; ATTEMPTS],
    /// When the next attempt may begin; `None` is at once.
    next: Option<Instant>,
    /// When attempts that are silent begin to give their places to addresses that have had none.
    reclaim_at: Option<Instant>,
    tried: Vec<FailedAttempt>,
}

enum Addresses {
    Socket,
    One(SocketAddr),
    Many(Vec<SocketAddr>),
}

#[derive(Clone, Copy)]
struct RunningAttempt {
    attempt: Attempt,
    /// Which of the addresses.
    index: u8,
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
            reclaim_at: None,
            tried: Vec::new(),
        }
    }

    /// How many attempts may be under way at a time.
    pub fn sockets(&self) -> usize {
        match &self.addresses {
            Addresses::Socket | Addresses::One(_) => 1,
            Addresses::Many(addresses) => addresses.len().min(ATTEMPTS),
        }
    }

    pub(super) fn step(mut self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        loop {
            let mut blocked = None;
            for slot in &mut self.running {
                let Some(running) = *slot else { continue };
                match Io::of(cx.net.connected(running.attempt), Interest::WRITABLE) {
                    Ok(Io::Ready(())) => {
                        let address = self.addresses.at(running.index);
                        return win(cx, running.attempt, address);
                    }
                    Ok(Io::Blocked(on)) => blocked = Some(on),
                    Err(e) => {
                        *slot = None;
                        let address = self.addresses.at(running.index);
                        if is_post_connect_error(&e) {
                            return lose(cx, address, e);
                        }
                        self.tried.push(FailedAttempt {
                            address,
                            outcome: AttemptOutcome::Failed(e),
                        });
                        self.next = None;
                    }
                }
            }
            let Some(to) = self.upcoming(cx.target) else {
                if blocked.is_none() {
                    return Err(Cause::Unconnected(self.tried));
                }
                return Transition::pending(self, Wait::either(blocked, None));
            };
            let until = match (self.next.filter(|&next| next > cx.now), self.vacancy()) {
                (Some(next), _) => next,
                (None, Some(vacancy)) => match self.begin(cx, vacancy, to) {
                    Some(open) => return Ok(Transition::Next(open)),
                    None => continue,
                },
                (None, None) => {
                    let reclaim_at = self.reclaim_at(cx);
                    if reclaim_at <= cx.now {
                        self.give_up_oldest(cx);
                        continue;
                    }
                    reclaim_at
                }
            };
            return Transition::pending(self, Wait::either(blocked, Some(until)));
        }
    }

    /// The deadline: what has not come to its end was silent, and the rest had no turn.
    pub(super) fn expire(mut self) -> Cause {
        for running in self.running.into_iter().flatten() {
            let address = self.addresses.at(running.index);
            self.tried.push(FailedAttempt {
                address,
                outcome: AttemptOutcome::Silence,
            });
        }
        match &self.addresses {
            Addresses::Many(addresses) => {
                let rest = addresses
                    .iter()
                    .skip(usize::from(self.begun))
                    .copied()
                    .map(Some);
                self.tried.extend(rest.map(|address| FailedAttempt {
                    address,
                    outcome: AttemptOutcome::Untried,
                }));
            }
            Addresses::Socket if self.tried.is_empty() => {
                let outcome = AttemptOutcome::Failed(io::ErrorKind::WouldBlock.into());
                self.tried.push(FailedAttempt {
                    address: None,
                    outcome,
                });
            }
            Addresses::Socket | Addresses::One(_) => {}
        }
        Cause::Unconnected(self.tried)
    }

    /// The address that was tried last.
    pub fn latest(&self) -> Option<SocketAddr> {
        self.addresses.at(self.begun.checked_sub(1)?)
    }

    /// Where the next attempt goes, if there is one left.
    fn upcoming<'a>(&self, target: &'a Target) -> Option<Endpoint<'a>> {
        match (&self.addresses, target) {
            (Addresses::Socket, Target::Socket(path)) => {
                let idle = self.running.iter().all(Option::is_none);
                (idle && self.tried.is_empty()).then_some(Endpoint::Unix(path))
            }
            (Addresses::Socket, _) => None,
            (Addresses::One(address), _) => (self.begun == 0).then_some(Endpoint::Tcp(*address)),
            (Addresses::Many(addresses), _) => addresses
                .get(usize::from(self.begun))
                .copied()
                .map(Endpoint::Tcp),
        }
    }

    fn vacancy(&self) -> Option<usize> {
        self.running.iter().position(Option::is_none)
    }

    /// Half of the time left when the places were first found taken: the addresses that wait get
    /// the other half.
    fn reclaim_at(&mut self, cx: &Cx<'_>) -> Instant {
        let left = cx.deadline.saturating_duration_since(cx.now);
        *self.reclaim_at.get_or_insert(cx.now + left / 2)
    }

    fn give_up_oldest(&mut self, cx: &mut Cx<'_>) {
        let running = self.running.iter_mut().filter(|slot| slot.is_some());
        let oldest = running.min_by_key(|slot| slot.map(|running| running.index));
        if let Some(RunningAttempt { attempt, index }) = oldest.and_then(Option::take) {
            cx.net.abandon(attempt);
            self.tried.push(FailedAttempt {
                address: self.addresses.at(index),
                outcome: AttemptOutcome::GivenUp,
            });
        }
    }

    /// Begins an attempt. `Some` where even its refusal shows a listener, and that was the
    /// question.
    fn begin(&mut self, cx: &mut Cx<'_>, vacancy: usize, to: Endpoint<'_>) -> Option<State> {
        let address = match to {
            Endpoint::Tcp(address) => Some(address),
            Endpoint::Unix(_) => None,
        };
        let index = self.begun;
        self.begun = self.begun.saturating_add(1);
        match cx.net.connect(to) {
            Ok(attempt) => {
                if let Some(slot) = self.running.get_mut(vacancy) {
                    *slot = Some(RunningAttempt { attempt, index });
                }
                self.next = Some(cx.now + CONNECTION_ATTEMPT_DELAY);
            }
            Err(e) if address.is_none() && e.kind() == io::ErrorKind::WouldBlock => {
                if cx.check.expect_closed {
                    return Some(State::Done(Success::PortOpen));
                }
                let pause = BACKLOG_RETRY_MS
                    .get(usize::from(index))
                    .or(BACKLOG_RETRY_MS.last())
                    .copied()
                    .unwrap_or_default();
                self.next = Some(cx.now + Duration::from_millis(pause));
            }
            Err(e) => self.tried.push(FailedAttempt {
                address,
                outcome: AttemptOutcome::Failed(e),
            }),
        }
        None
    }
}

impl Addresses {
    /// `None` for a Unix socket.
    fn at(&self, index: u8) -> Option<SocketAddr> {
        match self {
            Self::Socket => None,
            Self::One(address) => Some(*address),
            Self::Many(addresses) => addresses.get(usize::from(index)).copied(),
        }
    }
}

/// The first connection wins.
fn win(
    cx: &mut Cx<'_>,
    attempt: Attempt,
    address: Option<SocketAddr>,
) -> Result<Transition, Cause> {
    cx.net.keep(attempt);
    *cx.peer = address;
    if cx.check.expect_closed {
        return Ok(Transition::Next(open(cx)));
    }
    Transition::next(Handshaking::default())
}

/// Won, and lost again before we looked.
fn lose(cx: &mut Cx<'_>, address: Option<SocketAddr>, e: io::Error) -> Result<Transition, Cause> {
    *cx.peer = address;
    if cx.check.expect_closed {
        return Ok(Transition::Next(open(cx)));
    }
    Err(Cause::Io(e))
}

/// Connected, and no more was asked.
fn open(cx: &mut Cx<'_>) -> State {
    cx.timestamps.connect(cx.net.now());
    State::Done(Success::PortOpen)
}

/// Whether the error can only befall a connection that was up: a reset in answer to our SYN is
/// ECONNREFUSED.
fn is_post_connect_error(e: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(e),
        Some(Errno::CONNRESET | Errno::PIPE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_sockets_are_open_at_a_time_as_there_are_addresses_and_four_at_most() {
        let address = SocketAddr::from(([192, 0, 2, 1], 25));
        assert_eq!(Connecting::socket().sockets(), 1);
        assert_eq!(Connecting::address(address).sockets(), 1);
        for (addresses, sockets) in [(1, 1), (3, 3), (4, 4), (8, 4)] {
            let race = Connecting::race(vec![address; addresses]);
            assert_eq!(race.sockets(), sockets, "{addresses} addresses");
        }
    }
}
