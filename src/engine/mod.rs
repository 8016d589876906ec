//! The poll loop: any number of probes, one thread.
//!
//! One turn:
//!
//! 1. Probes that are due are stepped: those just admitted, those whose sockets had events, those
//!    whose timers or look-ups have come. A step goes as far as it can.
//! 2. A probe that has ended leaves its slot, and its sockets close.
//! 3. Where nothing is due, the loop sleeps until an event or the earliest timer.
//!
//! Admission happens between turns only, and what is due was collected after the last slot was left,
//! so no event reaches a probe that it was not meant for. One too many would be harmless.
//!
//! # System calls
//!
//! All that `strace -f` shows of one plain check of a literal address (`-H 127.0.0.1 -p PORT
//! -e ^220 -q QUIT`) once the dynamic loader is done, on x86-64 with glibc 2.36:
//!
//! | calls | whose, and why |
//! |---|---|
//! | `poll` | Rust: are descriptors 0 to 2 open? No socket must pass for one of them |
//! | `rt_sigaction` | Rust: `SIGPIPE` is ignored; a reader that is gone is an error of `write` |
//! | `getrandom`, 2 `brk` | glibc: `malloc` begins |
//! | `openat`, `newfstatat`, 3 `read`, `close` | glibc: `/proc/self/maps`, for the stack's end |
//! | `prlimit64`, `sched_getaffinity` | glibc: the same question, which Rust has put |
//! | 4 `rt_sigaction`, 2 `sigaltstack` | Rust: the handler that knows an overflow of the stack |
//! | `mmap`, `mprotect`, `gettid` | Rust: the handler's own stack |
//! | `epoll_create1` | [`Engine::new`]: the poll |
//! | `socket`, `connect` | an attempt, non-blocking from birth |
//! | `epoll_ctl` | it is registered once, for both directions, and never again |
//! | `getpeername`, `getsockname` | is it up? On loopback it is at once. And is it not we ourselves? |
//! | `recvfrom` | the banner |
//! | `sendto` | the quit string |
//! | `recvfrom` | is anything left unread? Closing over it would send a reset |
//! | `close` | the socket, which takes it off the poll |
//! | `close` | the poll |
//! | `write` | the line |
//! | `sigaltstack`, `munmap`, `exit_group` | Rust: the end |
//!
//! These are 37. Where the peer takes its time, `epoll_wait` and another try come before what was
//! not there yet: `getpeername` with a `getsockopt` for the error, or `recvfrom`. The first
//! `epoll_wait` after the connection is up tells that it can be written to, which nobody waits for;
//! to keep that silent would take another `epoll_ctl`.

mod slots;
mod world;

use crate::check::Check;
use crate::outcome::{Failure, Report};
use crate::probe::Probe;
use crate::resolve::{Answer, Resolver};
use crate::state::Scratch;
use crate::target::Target;
use mio::{Events, Poll, Token};
use slots::{Key, Slots};
use std::io;
use std::mem;
use std::sync::Arc;
use std::task;
use std::time::{Duration, Instant};
use world::{Lookup, Sockets, World};

/// The token of the waker; no slot has it.
const WAKER: Token = Token(usize::MAX);

/// How many events one turn takes up.
const EVENTS: usize = 1024;

/// The longest sleep: the system counts milliseconds in 31 bits.
const NAP: Duration = Duration::from_secs(3600);

/// Runs probes. Knows when to step one, never why.
pub struct Engine {
    poll: Poll,
    events: Events,
    slots: Slots<Body>,
    due: Vec<usize>,
    scratch: Scratch,
    resolver: Option<Resolver<Key>>,
}

/// A probe, and what of the world is its own.
struct Body {
    probe: Probe,
    sockets: Sockets,
    lookup: Lookup,
}

impl Engine {
    /// An idle engine for about `capacity` probes at a time.
    ///
    /// # Errors
    /// The system has no poll descriptor left.
    pub fn new(capacity: usize) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(capacity.clamp(1, EVENTS)),
            slots: Slots::new(),
            due: Vec::new(),
            scratch: Scratch::default(),
            resolver: None,
        })
    }

    /// Takes up a check; its clock starts here.
    pub fn admit(&mut self, target: Target, check: Arc<Check>) {
        let probe = Probe::new(target, check, Instant::now());
        let body = Body {
            probe,
            sockets: Sockets::default(),
            lookup: Lookup::default(),
        };
        self.due.push(self.slots.insert(body).index);
    }

    /// How many probes have been admitted and have not ended.
    pub fn in_flight(&self) -> usize {
        self.slots.len()
    }

    /// Steps what is due, hands out what has ended, then waits for the next event or timer. With
    /// nothing in flight it returns at once.
    ///
    /// # Errors
    /// The poll itself failed.
    pub fn turn(
        &mut self,
        mut ended: impl FnMut(&Probe, Result<Report, Failure>),
    ) -> io::Result<()> {
        let mut due = mem::take(&mut self.due);
        for index in due.drain(..) {
            self.step(index, &mut ended);
        }
        self.due = due;
        if self.in_flight() == 0 {
            return Ok(());
        }
        let now = Instant::now();
        let sleep = self
            .slots
            .wake_at()
            .map_or(NAP, |at| at.saturating_duration_since(now));
        match self.poll.poll(&mut self.events, Some(sleep.min(NAP))) {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => return Err(e),
            _ => {}
        }
        let sockets = self
            .events
            .iter()
            .map(|event| event.token())
            .filter(|&token| token != WAKER);
        self.due.extend(sockets.map(|token| token.0));
        self.slots.expired(Instant::now(), &mut self.due);
        self.answers();
        Ok(())
    }

    fn step(&mut self, index: usize, ended: &mut impl FnMut(&Probe, Result<Report, Failure>)) {
        // An event may come behind the end of its probe.
        let Some((key, body)) = self.slots.at(index) else {
            return;
        };
        let mut world = World {
            registry: self.poll.registry(),
            token: Token(index),
            key,
            sockets: &mut body.sockets,
            lookup: &mut body.lookup,
            resolver: &mut self.resolver,
        };
        match body.probe.step(&mut world, &mut self.scratch) {
            task::Poll::Pending => {
                let at = body.probe.wake_at();
                self.slots.wake(key, at);
            }
            task::Poll::Ready(outcome) => {
                if let Some(body) = self.slots.remove(key) {
                    ended(&body.probe, outcome);
                }
            }
        }
    }

    /// Puts the answers of the resolver where their probes will find them.
    fn answers(&mut self) {
        let Some(resolver) = &mut self.resolver else {
            return;
        };
        while let Some(Answer { key, addresses }) = resolver.answer() {
            if let Some(body) = self.slots.of(key) {
                body.lookup = Lookup::Answered(addresses);
                self.due.push(key.index);
            }
        }
    }
}

/// One check, from start to outcome.
///
/// # Errors
/// The poll loop could not be set up or failed.
pub fn run_one(target: Target, check: Arc<Check>) -> io::Result<Result<Report, Failure>> {
    let mut engine = Engine::new(1)?;
    let mut result = None;
    engine.admit(target, check);
    while engine.in_flight() > 0 {
        engine.turn(|_, outcome| result = Some(outcome))?;
    }
    result.ok_or_else(|| io::Error::other("the probe ended without an outcome"))
}
