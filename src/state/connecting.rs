//! The connection attempts: a race of the addresses by RFC 8305, section 5.

use super::{Cx, State, Transition, Wait};
use crate::net::{Attempt, Endpoint, Io};
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Success};
use crate::target::{ATTEMPTS, Target};
use mio::Interest;
use rustix::io::Errno;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Time between the starts of two attempts: the "Connection Attempt Delay" of RFC 8305.
const CONNECTION_ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Pauses between attempts at a Unix listener whose backlog is full, in ms: no event follows once
/// it accepts connections again.
const BACKLOG_RETRY_MS: [u64; 4] = [1, 2, 5, 10];

/// Starts attempts and waits for the first connection.
pub(crate) struct Connecting {
    addresses: Addresses,
    /// The number of attempts started so far.
    begun: u8,
    running: [Option<RunningAttempt>; ATTEMPTS],
    /// Earliest start of the next attempt; `None` is at once.
    next: Option<Instant>,
    /// The time from which attempts without an answer are abandoned in favour of addresses that
    /// have not been tried.
    reclaim_at: Option<Instant>,
    tried: Vec<FailedAttempt>,
}

/// The addresses of a target, in the order in which they are tried.
pub(super) enum Addresses {
    Socket,
    One(SocketAddr),
    Many(Vec<SocketAddr>),
}

#[derive(Clone, Copy)]
struct RunningAttempt {
    attempt: Attempt,
    /// The position of its address.
    index: u8,
}

impl Connecting {
    pub(super) fn new(addresses: Addresses) -> Self {
        Self {
            addresses,
            begun: 0,
            running: [None; ATTEMPTS],
            next: None,
            reclaim_at: None,
            tried: Vec::new(),
        }
    }

    /// The most attempts that may be in progress at a time.
    pub(crate) fn sockets(&self) -> usize {
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
                        let address = self.addresses.get(running.index);
                        return win(cx, running.attempt, address);
                    }
                    Ok(Io::Blocked(on)) => blocked = Some(on),
                    Err(e) => {
                        *slot = None;
                        let address = self.addresses.get(running.index);
                        if is_post_connect_error(&e) {
                            return lose(cx, address, e);
                        }
                        self.tried.push(FailedAttempt {
                            address,
                            outcome: AttemptOutcome::Failed(e),
                        });
                        // RFC 8305, section 5: a failure starts the next attempt at once.
                        self.next = None;
                    }
                }
            }
            let Some(to) = self.upcoming(cx.target) else {
                // The last attempts run to the deadline.
                if blocked.is_none() {
                    return Err(Cause::Unconnected(self.tried));
                }
                return Transition::pending(self, Wait::either(blocked, None));
            };
            let until = match (self.next.filter(|&next| next > cx.now), self.vacancy()) {
                (Some(next), _) => next,
                (None, Some(vacancy)) => match self.start(cx, vacancy, to) {
                    Some(end) => return Transition::next(end),
                    None => continue,
                },
                (None, None) => {
                    // Every place is taken and addresses are left.
                    let reclaim_at = self.reclaim_at(cx);
                    if reclaim_at <= cx.now {
                        self.abandon_oldest(cx);
                        continue;
                    }
                    reclaim_at
                }
            };
            return Transition::pending(self, Wait::either(blocked, Some(until)));
        }
    }

    /// Returns the cause of a failure at the deadline: attempts in progress had no answer, and the
    /// other addresses were not tried.
    pub(super) fn expire(mut self) -> Cause {
        for running in self.running.into_iter().flatten() {
            let address = self.addresses.get(running.index);
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

    /// The address tried last.
    pub(crate) fn latest(&self) -> Option<SocketAddr> {
        self.addresses.get(self.begun.checked_sub(1)?)
    }

    /// The endpoint of the next attempt, if any is left.
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

    /// The first free place for an attempt.
    fn vacancy(&self) -> Option<usize> {
        self.running.iter().position(Option::is_none)
    }

    /// The time from which attempts are abandoned: half of what was left when all places were first
    /// taken. The addresses that wait get the other half.
    fn reclaim_at(&mut self, cx: &Cx<'_>) -> Instant {
        let left = cx.deadline.saturating_duration_since(cx.now);
        *self.reclaim_at.get_or_insert(cx.now + left / 2)
    }

    fn abandon_oldest(&mut self, cx: &mut Cx<'_>) {
        let running = self.running.iter_mut().filter(|slot| slot.is_some());
        let oldest = running.min_by_key(|slot| slot.map(|running| running.index));
        if let Some(RunningAttempt { attempt, index }) = oldest.and_then(Option::take) {
            cx.net.abandon(attempt);
            self.tried.push(FailedAttempt {
                address: self.addresses.get(index),
                outcome: AttemptOutcome::GivenUp,
            });
        }
    }

    /// Starts an attempt. Returns the final state if a full Unix backlog, which only a listener
    /// has, already answers `--expect-closed`.
    fn start(&mut self, cx: &mut Cx<'_>, vacancy: usize, to: Endpoint<'_>) -> Option<State> {
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
    /// Returns the address at `index`; `None` for a Unix socket.
    fn get(&self, index: u8) -> Option<SocketAddr> {
        match self {
            Self::Socket => None,
            Self::One(address) => Some(*address),
            Self::Many(addresses) => addresses.get(usize::from(index)).copied(),
        }
    }
}

/// Makes the first connection the stream of the probe.
fn win(
    cx: &mut Cx<'_>,
    attempt: Attempt,
    address: Option<SocketAddr>,
) -> Result<Transition, Cause> {
    cx.net.keep(attempt);
    *cx.peer = address;
    cx.timestamps.connect(cx.net.now());
    Transition::next(match cx.check.expect_closed {
        true => State::Done(Success::PortOpen),
        false => cx.next_step(),
    })
}

/// Handles a connection that was established and broken before this step saw it.
fn lose(cx: &mut Cx<'_>, address: Option<SocketAddr>, e: io::Error) -> Result<Transition, Cause> {
    *cx.peer = address;
    if cx.check.expect_closed {
        cx.timestamps.connect(cx.net.now());
        return Transition::next(State::Done(Success::PortOpen));
    }
    Err(Cause::Io(e))
}

/// Returns true if only an established connection can fail with this error: a reset in answer to
/// our SYN is ECONNREFUSED.
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
    fn a_race_opens_a_socket_for_each_address_and_at_most_four() {
        let address = SocketAddr::from(([192, 0, 2, 1], 25));
        assert_eq!(Connecting::new(Addresses::Socket).sockets(), 1);
        assert_eq!(Connecting::new(Addresses::One(address)).sockets(), 1);
        for (addresses, sockets) in [(1, 1), (3, 3), (4, 4), (8, 4)] {
            let race = Connecting::new(Addresses::Many(vec![address; addresses]));
            assert_eq!(race.sockets(), sockets, "{addresses} addresses");
        }
    }
}
