//! Look-ups: what is at hand, what is under way, and whom an answer is for.

use super::names::{Asked, Names};
use super::slots::Key;
use super::system::System;
use crate::net::LookupError;
use crate::resolve::{Answer, Question};
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

/// All look-ups of an engine.
pub struct Lookups {
    names: Names,
}

impl Lookups {
    /// At most `threads` at a time.
    pub fn new(threads: usize) -> Self {
        Self {
            names: Names::new(threads),
        }
    }

    /// Whether a check that asks this would have to wait for a thread.
    pub fn would_wait(&self, question: &Question, now: Instant) -> bool {
        self.names.would_wait(question, now)
    }

    /// Asks for `key`; addresses have port 0. Where the answer has to be waited for, it comes out of
    /// [`answers`](Self::answers).
    pub fn ask(
        &mut self,
        key: Key,
        question: Question,
        now: Instant,
        system: &mut impl System,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        match self.names.ask(key, &question, now) {
            Asked::Known(answer) => return Poll::Ready(answer),
            Asked::Pending => return Poll::Pending,
            Asked::New => {}
        }
        match system.ask(question.clone()) {
            Ok(()) => Poll::Pending,
            Err(e) => {
                self.names.forget(&question);
                self.names.have(system.resolvers());
                Poll::Ready(Err(LookupError::Lack(e)))
            }
        }
    }

    /// Hands out the answers that have come. Never waits.
    pub fn answers(
        &mut self,
        now: Instant,
        system: &mut impl System,
        mut tell: impl FnMut(Key, Result<Vec<SocketAddr>, LookupError>),
    ) {
        while let Some(Answer {
            question,
            addresses,
        }) = system.answer()
        {
            for (key, answer) in self.names.answered(question, addresses, now) {
                tell(key, answer);
            }
        }
    }
}
