//! Look-ups: what is at hand, what is under way, and the threads that ask.

use super::names::{Asked, Names};
use super::slots::Key;
use super::watch::WAKER;
use crate::net::LookupError;
use crate::resolve::{Answer, Question, Resolver};
use mio::{Registry, Waker};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

/// All look-ups of an engine. The first one starts a thread, and makes the waker.
pub struct Lookups {
    names: Names,
    resolver: Option<Resolver>,
    waker: Option<Arc<Waker>>,
    threads: usize,
}

impl Lookups {
    /// At most `threads` at a time.
    pub fn new(threads: usize) -> Self {
        Self {
            names: Names::new(threads),
            resolver: None,
            waker: None,
            threads,
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
        registry: &Registry,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        match self.names.ask(key, &question, now) {
            Asked::Known(answer) => return Poll::Ready(answer),
            Asked::Pending => return Poll::Pending,
            Asked::New => {}
        }
        match self.put(question.clone(), registry) {
            Ok(()) => Poll::Pending,
            Err(e) => {
                self.names.forget(&question);
                let threads = self.resolver.as_ref().map_or(0, Resolver::most);
                self.names.have(threads);
                Poll::Ready(Err(LookupError::Lack(e)))
            }
        }
    }

    /// Hands out the answers that have come. Never waits.
    pub fn answers(
        &mut self,
        now: Instant,
        mut tell: impl FnMut(Key, Result<Vec<SocketAddr>, LookupError>),
    ) {
        let Some(resolver) = &mut self.resolver else {
            return;
        };
        while let Some(Answer {
            question,
            addresses,
        }) = resolver.answer()
        {
            for (key, answer) in self.names.answered(question, addresses, now) {
                tell(key, answer);
            }
        }
    }

    /// What wakes this poll from another thread.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn waker(&mut self, registry: &Registry) -> io::Result<Arc<Waker>> {
        if let Some(waker) = &self.waker {
            return Ok(waker.clone());
        }
        let waker = Arc::new(Waker::new(registry, WAKER)?);
        Ok(self.waker.insert(waker).clone())
    }

    fn put(&mut self, question: Question, registry: &Registry) -> io::Result<()> {
        let resolver = match self.resolver.take() {
            Some(resolver) => resolver,
            None => {
                let waker = self.waker(registry)?;
                // A wake-up that fails is one that is pending already.
                Resolver::new(self.threads, move || drop(waker.wake()))
            }
        };
        self.resolver.insert(resolver).ask(question)
    }
}
