//! Look-ups: what is at hand, what is under way, and whom an answer is for.

use super::names::{self, Names};
use super::pending::{LookupLimits, Opening, Pending};
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
        system: &mut impl System,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        if let Some(answer) = self.names.answer(&question, now) {
            return Poll::Ready(answer);
        }
        if !self.pending.join(key, &question) {
            return Poll::Pending;
        }
        match system.ask(question.clone()) {
            Ok(()) => Poll::Pending,
            Err(e) => {
                self.pending.refused(&question, system.resolvers());
                Poll::Ready(Err(LookupError::Lack(e)))
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
        system: &mut impl System,
        mut tell: impl FnMut(Key, Result<Vec<SocketAddr>, LookupError>),
    ) {
        while let Some(Answer {
            question,
            addresses,
        }) = system.answer()
        {
            for key in self.pending.answered(&question) {
                tell(key, names::copy(&addresses));
            }
            self.names.keep(question, addresses, now);
        }
    }
}
