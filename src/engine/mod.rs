//! The poll loop: any number of probes, one thread.
//!
//! One turn:
//!
//! 1. [`wait`](Engine::wait): the loop sleeps until an event, a look-up's answer or the earliest timer,
//!    and collects whom they are for.
//! 2. [`step`](Engine::step): those are stepped, each as far as it can go. A probe that has ended leaves
//!    its slot, and its sockets close. One that has had its share and could go on is greedy: it has its
//!    next turn behind all others, and all the greedy together have a slice of each turn, so that peers
//!    that send without end cost the others no time.
//! 3. [`admit`](Engine::admit): new probes come in, and are stepped for the first time at once; how
//!    many, [`admission`] decides.
//!
//! So what is ready is read, stamped and judged before anything new is begun. What is due was
//! collected after the last slot was left and is used up before one is taken, so no event reaches a
//! probe that it was not meant for. One too many would be harmless.
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

pub mod admission;
mod lookups;
mod names;
mod rate;
mod slots;
mod socket;
mod watch;
mod world;

use crate::check::Check;
use crate::outcome::{Failure, Report};
use crate::probe::Probe;
use crate::resolve::Question;
use crate::state::Scratch;
use crate::target::Target;
use lookups::Lookups;
use mio::{Events, Poll, Token};
use slots::{Key, Slots};
use socket::Places;
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::Arc;
use std::task;
use std::time::{Duration, Instant};
use watch::{LISTENED, WAKER, WATCHED};
use world::{Lookup, Sockets, World};

/// How many events one turn takes up.
const EVENTS: usize = 1024;

/// The longest sleep: the system counts milliseconds in 31 bits.
const NAP: Duration = Duration::from_secs(3600);

/// For how long in one turn the greedy are stepped.
const GREED: Duration = Duration::from_micros(500);

/// Runs probes. Knows when to step one, never why. With each probe goes a `T`, of which the engine
/// knows nothing.
pub struct Engine<T> {
    poll: Poll,
    events: Events,
    slots: Slots<Body<T>>,
    due: Vec<usize>,
    /// When the last of those that were due had been stepped.
    done: Instant,
    /// Those that could go on at once, in the order of their turns.
    greedy: VecDeque<Key>,
    scratch: Scratch,
    places: Places,
    /// How many sockets those in flight may come to have open together.
    reserved: usize,
    lookups: Lookups,
    watched: bool,
    is_over: bool,
    woke: Instant,
}

/// How much an engine may take at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Probes, about: events are taken up by so many.
    pub probes: usize,
    /// Sockets of all probes together; more are refused as the system would, with `EMFILE`. Who asks
    /// first whether a check [fits](Engine::fits) never meets that.
    pub sockets: usize,
    /// Look-ups under way, each on a thread.
    pub lookups: usize,
}

/// A probe that has ended, and what came of it.
pub struct Ended<T> {
    /// What was admitted with it.
    pub tag: T,
    /// The probe.
    pub probe: Probe,
    /// What came of it.
    pub outcome: Result<Report, Failure>,
    /// When.
    pub at: Instant,
}

/// A probe, and what of the world is its own.
struct Body<T> {
    probe: Probe,
    sockets: Sockets,
    lookup: Lookup,
    is_greedy: bool,
    reserved: usize,
    tag: T,
}

impl<T> Engine<T> {
    /// An idle engine.
    ///
    /// # Errors
    /// The system has no poll descriptor left.
    pub fn new(limits: Limits) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(limits.probes.clamp(1, EVENTS)),
            slots: Slots::new(),
            due: Vec::new(),
            done: Instant::now(),
            greedy: VecDeque::new(),
            scratch: Scratch::default(),
            places: Places::new(limits.sockets),
            reserved: 0,
            lookups: Lookups::new(limits.lookups),
            watched: false,
            is_over: false,
            woke: Instant::now(),
        })
    }

    /// The time, by the clock that all probes go by.
    pub fn now(&self) -> Instant {
        Instant::now()
    }

    /// How long it took, after the last [`wait`](Self::wait), until all that were due had been stepped,
    /// the greedy aside.
    pub fn lag(&self) -> Duration {
        self.done.saturating_duration_since(self.woke)
    }

    /// Whether the last [`wait`](Self::wait) came back for something other than its time.
    pub fn is_called(&self) -> bool {
        !(self.events.is_empty() && self.due.is_empty() && self.greedy.is_empty())
    }

    /// How many probes have been admitted and have not ended.
    pub fn in_flight(&self) -> usize {
        self.slots.len()
    }

    /// Whether a check of this target would have to wait until a thread is free to look its name up.
    pub fn would_wait(&self, question: &Question) -> bool {
        self.lookups.would_wait(question, Instant::now())
    }

    /// Whether there is room for all the sockets that a check of this target may open, whatever those in
    /// flight may yet do.
    pub fn fits(&self, target: &Target) -> bool {
        self.reserved.saturating_add(target.sockets()) <= self.places.most()
    }

    /// Takes up a check: its clock starts here, and it is stepped at once. Where that is its end, it is
    /// returned.
    pub fn admit(&mut self, tag: T, target: Target, check: Arc<Check>) -> Option<Ended<T>> {
        let body = Body {
            probe: Probe::new(target, check, Instant::now()),
            sockets: Sockets::default(),
            lookup: Lookup::default(),
            is_greedy: false,
            reserved: 0,
            tag,
        };
        let key = self.slots.insert(body);
        self.step_one(key.index)
    }

    /// Steps all that are due, and hands out those that have ended.
    pub fn step(&mut self, mut ended: impl FnMut(Ended<T>)) {
        let mut due = mem::take(&mut self.due);
        for index in due.drain(..) {
            if let Some(end) = self.step_one(index) {
                ended(end);
            }
        }
        self.due = due;
        let start = Instant::now();
        self.done = start;
        for _ in 0..self.greedy.len() {
            let Some(key) = self.greedy.pop_front() else {
                return;
            };
            let Some(body) = self.slots.of(key) else {
                continue;
            };
            body.is_greedy = false;
            if let Some(end) = self.step_one(key.index) {
                ended(end);
            }
            if start.elapsed() > GREED {
                return;
            }
        }
    }

    /// Sleeps until a probe is due, `until` has come, something that is [watched](Self::watch) has
    /// happened, or the [waker](Self::waker) was used. May come back for less.
    ///
    /// # Errors
    /// The poll itself failed.
    pub fn wait(&mut self, until: Option<Instant>) -> io::Result<()> {
        let earliest = [self.slots.wake_at(), until].into_iter().flatten().min();
        let sleep = match self.greedy.is_empty() {
            true => earliest.map_or(NAP, |at| at.saturating_duration_since(Instant::now())),
            false => Duration::ZERO,
        };
        match self.poll.poll(&mut self.events, Some(sleep.min(NAP))) {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => return Err(e),
            _ => {}
        }
        for event in &self.events {
            match event.token() {
                WAKER => {}
                WATCHED => self.watched = true,
                LISTENED => self.is_over |= event.is_error() || event.is_write_closed(),
                // The greedy have their turn as it is, and need no event.
                Token(index) if self.slots.at(index).is_some_and(|(_, body)| body.is_greedy) => {}
                Token(index) => self.due.push(index),
            }
        }
        let now = Instant::now();
        self.woke = now;
        self.slots.expired(now, &mut self.due);
        self.lookups.answers(now, |key, answer| {
            if let Some(body) = self.slots.of(key) {
                body.lookup = Lookup::Answered(answer);
                self.due.push(key.index);
            }
        });
        Ok(())
    }

    /// Breaks off all that is in flight, and hands it out.
    pub fn interrupt(&mut self, mut ended: impl FnMut(Ended<T>)) {
        for mut body in self.slots.drain() {
            let failure = body.probe.interrupt();
            ended(Ended {
                tag: body.tag,
                probe: body.probe,
                outcome: Err(failure),
                at: Instant::now(),
            });
        }
        self.due.clear();
        self.greedy.clear();
        self.reserved = 0;
    }

    fn step_one(&mut self, index: usize) -> Option<Ended<T>> {
        // An event may come behind the end of its probe.
        let (key, body) = self.slots.at(index)?;
        let mut world = World {
            registry: self.poll.registry(),
            token: Token(index),
            key,
            sockets: &mut body.sockets,
            lookup: &mut body.lookup,
            places: &self.places,
            lookups: &mut self.lookups,
        };
        let stepped = body.probe.step(&mut world, &mut self.scratch);
        let needs = match stepped {
            task::Poll::Pending => body.probe.sockets(),
            task::Poll::Ready(_) => 0,
        };
        self.reserved = self.reserved + needs - body.reserved;
        body.reserved = needs;
        match stepped {
            task::Poll::Pending => {
                let at = body.probe.wake_at();
                if body.probe.wait().until.is_none() || at > Instant::now() {
                    self.slots.wake(key, at);
                    return None;
                }
                let deadline = body.probe.deadline();
                if !mem::replace(&mut body.is_greedy, true) {
                    self.greedy.push_back(key);
                }
                self.slots.wake(key, deadline);
                None
            }
            task::Poll::Ready(outcome) => {
                let body = self.slots.remove(key)?;
                Some(Ended {
                    tag: body.tag,
                    probe: body.probe,
                    outcome,
                    at: Instant::now(),
                })
            }
        }
    }
}

/// One check, from start to end.
///
/// # Errors
/// The poll loop could not be set up or failed.
pub fn run_one(target: Target, check: Arc<Check>) -> io::Result<Ended<()>> {
    let mut engine = Engine::new(Limits {
        probes: 1,
        sockets: usize::MAX,
        lookups: 1,
    })?;
    let mut result = engine.admit((), target, check);
    while result.is_none() && engine.in_flight() > 0 {
        engine.wait(None)?;
        engine.step(|ended| result = Some(ended));
    }
    result.ok_or_else(|| io::Error::other("the probe ended without an outcome"))
}
