//! Look-ups: what is at hand, what is under way, and whom an answer is for.

use super::names::{self, Names};
use super::pending::{LookupCapacity, LookupLimits, Pending};
use super::platform::Platform;
use super::slots::SlotKey;
use crate::net::LookupError;
use crate::resolve::{LookupRequest, LookupResult};
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

/// All look-ups of an engine.
pub struct Lookups {
    names: Names,
    pending: Pending,
}

impl Lookups {
    pub fn new(limits: LookupLimits) -> Self {
        Self {
            names: Names::default(),
            pending: Pending::new(limits),
        }
    }

    /// Whether a check that asks this could begin.
    pub fn lookup_capacity(&self, request: &LookupRequest, now: Instant) -> LookupCapacity {
        match self.names.has(request, now) {
            true => LookupCapacity::Available,
            false => self.pending.lookup_capacity(request),
        }
    }

    /// Asks for `key`; addresses have port 0. Where the answer has to be waited for, it comes out of
    /// [`answers`](Self::answers).
    pub fn ask(
        &mut self,
        key: SlotKey,
        request: LookupRequest,
        now: Instant,
        platform: &mut impl Platform,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        if let Some(answer) = self.names.answer(&request, now) {
            return Poll::Ready(answer);
        }
        if !self.pending.join(key, &request) {
            return Poll::Pending;
        }
        match platform.start_lookup(request.clone()) {
            Ok(()) => Poll::Pending,
            Err(e) => {
                self.pending.refused(&request, platform.max_lookups());
                Poll::Ready(Err(LookupError::Local(e)))
            }
        }
    }

    /// The check of this key has ended, and did not have its answer. The look-up goes on, and what
    /// comes of it is of use to others.
    pub fn leave(&mut self, key: SlotKey, request: &LookupRequest) {
        self.pending.leave(key, request);
    }

    /// Hands out the answers that have come. Never waits.
    pub fn answers(
        &mut self,
        now: Instant,
        platform: &mut impl Platform,
        mut tell: impl FnMut(SlotKey, Result<Vec<SocketAddr>, LookupError>),
    ) {
        while let Some(LookupResult { request, addresses }) = platform.next_lookup_result() {
            for key in self.pending.answered(&request) {
                tell(key, names::copy(&addresses));
            }
            self.names.keep(request, addresses, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::platform::PollEvent;
    use super::super::slots::Slots;
    use super::super::socket::Socket;
    use super::*;
    use crate::net::Endpoint;
    use crate::target::Family;
    use std::io;
    use std::time::{Duration, SystemTime};

    /// What was asked, and the answers that have come.
    #[derive(Default)]
    struct Asked(Vec<LookupRequest>, Vec<LookupResult>);

    impl Platform for Asked {
        type Stream = Socket;

        fn now(&self) -> Instant {
            Instant::now()
        }

        fn wall_clock(&self) -> SystemTime {
            SystemTime::now()
        }

        fn connect(&mut self, _: Endpoint<'_>, _: usize) -> io::Result<Socket> {
            Err(io::ErrorKind::Unsupported.into())
        }

        fn poll(&mut self, _: Duration, _: &mut dyn FnMut(PollEvent)) -> io::Result<()> {
            Ok(())
        }

        fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()> {
            self.0.push(request);
            Ok(())
        }

        fn max_lookups(&self) -> usize {
            1
        }

        fn next_lookup_result(&mut self) -> Option<LookupResult> {
            self.1.pop()
        }
    }

    #[test]
    fn what_comes_too_late_for_one_check_is_at_hand_for_the_next() {
        let mut slots = Slots::new();
        let (first, next) = (slots.insert(()), slots.insert(()));
        let (mut platform, now) = (Asked::default(), Instant::now());
        let request = LookupRequest {
            host: "a.example".to_owned(),
            family: Family::Any,
        };
        let mut lookups = Lookups::new(LookupLimits {
            places: 1,
            threads: 1,
        });
        let asked = lookups.ask(first, request.clone(), now, &mut platform);
        assert!(asked.is_pending());
        lookups.leave(first, &request);
        let addresses = || vec![([192, 0, 2, 1], 0).into()];
        platform.1.push(LookupResult {
            request: request.clone(),
            addresses: Ok(addresses()),
        });
        lookups.answers(now, &mut platform, |_, _| panic!("nobody waits for it"));
        match lookups.ask(next, request, now, &mut platform) {
            Poll::Ready(Ok(found)) => assert_eq!(found, addresses()),
            _ => panic!("it is at hand"),
        }
        assert_eq!(platform.0.len(), 1, "it was asked once");
    }
}
