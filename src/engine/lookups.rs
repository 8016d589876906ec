//! Look-ups: what is at hand, what is under way, and whom an answer is for.

use super::names::{self, Names};
use super::pending::{LookupLimits, Opening, Pending};
use super::platform::Platform;
use super::slots::Key;
use crate::net::LookupError;
use crate::resolve::{Answer, Question};
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
    pub fn opening(&self, question: &Question, now: Instant) -> Opening {
        match self.names.has(question, now) {
            true => Opening::Free,
            false => self.pending.opening(question),
        }
    }

    /// Asks for `key`; addresses have port 0. Where the answer has to be waited for, it comes out of
    /// [`answers`](Self::answers).
    pub fn ask(
        &mut self,
        key: Key,
        question: Question,
        now: Instant,
        platform: &mut impl Platform,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        if let Some(answer) = self.names.answer(&question, now) {
            return Poll::Ready(answer);
        }
        if !self.pending.join(key, &question) {
            return Poll::Pending;
        }
        match platform.ask(question.clone()) {
            Ok(()) => Poll::Pending,
            Err(e) => {
                self.pending.refused(&question, platform.resolvers());
                Poll::Ready(Err(LookupError::Local(e)))
            }
        }
    }

    /// The check of this key has ended, and did not have its answer. The look-up goes on, and what
    /// comes of it is of use to others.
    pub fn leave(&mut self, key: Key, question: &Question) {
        self.pending.leave(key, question);
    }

    /// Hands out the answers that have come. Never waits.
    pub fn answers(
        &mut self,
        now: Instant,
        platform: &mut impl Platform,
        mut tell: impl FnMut(Key, Result<Vec<SocketAddr>, LookupError>),
    ) {
        while let Some(Answer {
            question,
            addresses,
        }) = platform.answer()
        {
            for key in self.pending.answered(&question) {
                tell(key, names::copy(&addresses));
            }
            self.names.keep(question, addresses, now);
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
    struct Asked(Vec<Question>, Vec<Answer>);

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

        fn ask(&mut self, question: Question) -> io::Result<()> {
            self.0.push(question);
            Ok(())
        }

        fn resolvers(&self) -> usize {
            1
        }

        fn answer(&mut self) -> Option<Answer> {
            self.1.pop()
        }
    }

    #[test]
    fn what_comes_too_late_for_one_check_is_at_hand_for_the_next() {
        let mut slots = Slots::new();
        let (first, next) = (slots.insert(()), slots.insert(()));
        let (mut platform, now) = (Asked::default(), Instant::now());
        let question = Question {
            host: "a.example".to_owned(),
            family: Family::Any,
        };
        let mut lookups = Lookups::new(LookupLimits {
            places: 1,
            threads: 1,
        });
        let asked = lookups.ask(first, question.clone(), now, &mut platform);
        assert!(asked.is_pending());
        lookups.leave(first, &question);
        let addresses = || vec![([192, 0, 2, 1], 0).into()];
        platform.1.push(Answer {
            question: question.clone(),
            addresses: Ok(addresses()),
        });
        lookups.answers(now, &mut platform, |_, _| panic!("nobody waits for it"));
        match lookups.ask(next, question, now, &mut platform) {
            Poll::Ready(Ok(found)) => assert_eq!(found, addresses()),
            _ => panic!("it is at hand"),
        }
        assert_eq!(platform.0.len(), 1, "it was asked once");
    }
}
