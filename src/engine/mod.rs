//! The poll loop: any number of probes, one thread.
//!
//! One turn:
//!
//! 1. [`wait`](Engine::wait): the loop sleeps until an event, a look-up's answer or the earliest timer,
//!    and collects whom they are for.
//! 2. [`step`](Engine::step): those are stepped, each as far as it can go. A probe that has ended leaves
//!    its slot, and its sockets close. One that has had its share and could go on is yielded: it has its
//!    next turn behind all others, and all the yielded together have a slice of each turn, so that peers
//!    that send without end cost the others no time. One that yields is due again in the next turn.
//! 3. [`admit`](Engine::admit): new probes come in, and are stepped for the first time at once; how
//!    many, [`admission`] decides.
//!
//! So what is ready is read, stamped and judged before anything new is begun. What is due was
//! collected after the last slot was left and is used up before one is taken, so no event reaches a
//! probe that it was not meant for. One too many would be harmless.

pub mod admission;
mod clock;
mod lookups;
mod one;
pub mod os_platform;
pub mod platform;
mod probe_net;
mod rate;
mod slots;
mod socket;

use crate::check::Check;
use crate::outcome::{Failure, Success};
use crate::probe::Probe;
use crate::resolve::LookupRequest;
use crate::state::Scratch;
use crate::target::Target;
use clock::Clock;
use lookups::Lookups;
pub use lookups::{LookupCapacity, LookupLimits};
use mio::Interest;
pub use one::run_one;
use os_platform::OsPlatform;
use platform::{Platform, PollEvent};
use probe_net::{LookupState, ProbeNet, Sockets};
use slots::{SlotKey, Slots};
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

/// The longest sleep: the system counts milliseconds in 31 bits.
const MAX_SLEEP: Duration = Duration::from_secs(3600);

/// The longest sleep while checks are in flight: no more than this of a time in which the process
/// stood still is ever counted as theirs.
const MAX_SLEEP_IN_FLIGHT: Duration = Duration::from_millis(250);

/// For how long in one turn the yielded are stepped.
const YIELD_SLICE: Duration = Duration::from_micros(500);

/// Runs probes. Knows when to step one, never why. With each probe goes a `T`, of which the engine
/// knows nothing.
pub struct Engine<T, S: Platform = OsPlatform> {
    platform: S,
    clock: Clock,
    slots: Slots<InFlight<T, S::Stream>>,
    due: Vec<usize>,
    /// Those that are due in the next turn, since they let others go first.
    deferred: Vec<usize>,
    /// Those that could go on at once, in the order of their turns.
    yielded: VecDeque<SlotKey>,
    scratch: Scratch,
    max_sockets: usize,
    /// How many sockets those in flight may come to have open together.
    reserved: usize,
    lookups: Lookups,
}

/// What ended a [`wait`](Engine::wait).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// The time of the wake-up.
    pub at: Instant,
    /// Something other than time ended the wait, or there are probes to step.
    pub has_work: bool,
    /// The descriptor that is [watched](OsPlatform::watch_readable) can be read.
    pub is_readable: bool,
    /// The other end of the descriptor that is [watched](OsPlatform::watch_hang_up) was closed.
    pub is_hung_up: bool,
}

/// How much an engine may take at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sockets of all probes together; more are refused as the system would, with `EMFILE`. Who asks
    /// first whether a check [fits](Engine::fits) never meets that.
    pub sockets: usize,
    /// Look-ups under way.
    pub lookups: LookupLimits,
}

/// A probe that has ended, and what came of it.
pub struct Ended<T> {
    /// What was admitted with it.
    pub tag: T,
    /// The probe.
    pub probe: Probe,
    /// What came of it.
    pub outcome: Result<Success, Failure>,
    /// When.
    pub at: Instant,
}

/// A probe, and what of the world is its own.
struct InFlight<T, S> {
    probe: Probe,
    sockets: Sockets<S>,
    lookup: LookupState,
    is_yielded: bool,
    reserved: usize,
    tag: T,
}

impl<T, S> InFlight<T, S> {
    /// Whether its turn comes for an event. The yielded have their turn as it is, and so has one that
    /// deferred.
    fn is_waiting_for(&self, ready: Interest) -> bool {
        let wait = self.probe.wait();
        !self.is_yielded && !wait.is_deferred && wait.is_helped_by(ready)
    }
}

impl<T, S: Platform> Engine<T, S> {
    /// An idle engine.
    pub fn new(platform: S, limits: Limits) -> Self {
        let now = platform.now();
        Self {
            platform,
            clock: Clock::new(now),
            slots: Slots::new(),
            due: Vec::new(),
            deferred: Vec::new(),
            yielded: VecDeque::new(),
            scratch: Scratch::default(),
            max_sockets: limits.sockets,
            reserved: 0,
            lookups: Lookups::new(limits.lookups),
        }
    }

    /// The time, by the clock that all probes go by. It stands still while the process does.
    pub fn now(&self) -> Instant {
        self.clock.read(self.platform.now())
    }

    /// The time of day.
    pub fn wall_clock(&self) -> SystemTime {
        self.platform.wall_clock()
    }

    /// How many probes have been admitted and have not ended.
    pub fn in_flight(&self) -> usize {
        self.slots.len()
    }

    /// Whether a check that asks this could begin now.
    pub fn lookup_capacity(&self, request: &LookupRequest) -> LookupCapacity {
        self.lookups.capacity(request, self.now())
    }

    /// Whether there is room for all the sockets that a check of this target may open, whatever those in
    /// flight may yet do.
    pub fn fits(&self, target: &Target) -> bool {
        self.reserved.saturating_add(target.sockets()) <= self.max_sockets
    }

    /// Takes up a check: its clock starts here, and it is stepped at once. Where that is its end, it is
    /// returned.
    pub fn admit(&mut self, tag: T, target: Target, check: Arc<Check>) -> Option<Ended<T>> {
        let probe = Probe::new(target, check, self.now());
        self.begin(tag, probe, LookupState::NotStarted)
    }

    /// Takes up a check that has waited in vain to begin its look-up, for as long as it may take: it
    /// ends as if it had begun then, and nothing had been answered.
    pub fn admit_overdue(&mut self, tag: T, target: Target, check: Arc<Check>) -> Option<Ended<T>> {
        let now = self.now();
        let started = now.checked_sub(check.timeout).unwrap_or(now);
        self.begin(
            tag,
            Probe::new(target, check, started),
            LookupState::Pending,
        )
    }

    fn begin(&mut self, tag: T, probe: Probe, lookup: LookupState) -> Option<Ended<T>> {
        let body = InFlight {
            probe,
            sockets: Sockets::default(),
            lookup,
            is_yielded: false,
            reserved: 0,
            tag,
        };
        let key = self.slots.insert(body);
        self.step_one(key.index)
    }

    /// Steps the probes that are due, then yielded ones for a slice of time, and hands out those that
    /// ended. Returns the time between the two: its distance from [`Wake::at`] is the lag of the loop.
    pub fn step(&mut self, mut ended: impl FnMut(Ended<T>)) -> Instant {
        let mut due = mem::take(&mut self.due);
        let first = self.deferred.len();
        due.splice(..0, self.deferred.drain(..));
        for (n, index) in due.drain(..).enumerate() {
            // One that yields in this turn may be due twice.
            let yields =
                |(_, body): (SlotKey, &mut InFlight<T, S::Stream>)| body.probe.wait().is_deferred;
            if n >= first && self.slots.get_by_index(index).is_some_and(yields) {
                continue;
            }
            if let Some(end) = self.step_one(index) {
                ended(end);
            }
        }
        self.due = due;
        let stepped = self.now();
        self.step_yielded(stepped, ended);
        stepped
    }

    /// Steps yielded probes, each once at most, until [`YIELD_SLICE`] has passed since `start`.
    fn step_yielded(&mut self, start: Instant, mut ended: impl FnMut(Ended<T>)) {
        for _ in 0..self.yielded.len() {
            let Some(key) = self.yielded.pop_front() else {
                return;
            };
            let Some(body) = self.slots.get(key) else {
                continue;
            };
            body.is_yielded = false;
            if let Some(end) = self.step_one(key.index) {
                ended(end);
            }
            if self.now().saturating_duration_since(start) > YIELD_SLICE {
                return;
            }
        }
    }

    /// Sleeps until a probe is due, `until` has come, or the platform [reports](Platform::poll) an event.
    /// May return early.
    ///
    /// # Errors
    /// The poll itself failed.
    pub fn wait(&mut self, until: Option<Instant>) -> io::Result<Wake> {
        let sleep = self.sleep(until);
        let mut has_work = !self.yielded.is_empty();
        let (mut is_readable, mut is_hung_up) = (false, false);
        self.clock.sleep(sleep);
        let polled = self.platform.poll(sleep, &mut |event| {
            has_work = true;
            match event {
                PollEvent::Woken => {}
                PollEvent::Readable => is_readable = true,
                PollEvent::HungUp => is_hung_up = true,
                PollEvent::Slot(slot, ready) => {
                    let body = self.slots.get_by_index(slot);
                    if body.is_some_and(|(_, body)| body.is_waiting_for(ready)) {
                        self.due.push(slot);
                    }
                }
            }
        });
        let at = self.clock.wake(self.platform.now());
        polled?;
        self.slots.take_expired(at, &mut self.due);
        self.lookups.deliver(at, &mut self.platform, |key, answer| {
            if let Some(body) = self.slots.get(key) {
                body.lookup = LookupState::Ready(answer);
                self.due.push(key.index);
            }
        });
        has_work |= !self.due.is_empty() || !self.deferred.is_empty();
        Ok(Wake {
            at,
            has_work,
            is_readable,
            is_hung_up,
        })
    }

    /// Breaks off all that is in flight, and hands it out.
    pub fn interrupt(&mut self, mut ended: impl FnMut(Ended<T>)) {
        let at = self.now();
        for body in self.slots.drain() {
            let failure = body.probe.interrupt();
            ended(Ended {
                tag: body.tag,
                probe: body.probe,
                outcome: Err(failure),
                at,
            });
        }
        self.due.clear();
        self.deferred.clear();
        self.yielded.clear();
        self.reserved = 0;
    }

    /// How long it may sleep.
    fn sleep(&mut self, until: Option<Instant>) -> Duration {
        if !self.yielded.is_empty() || !self.deferred.is_empty() {
            return Duration::ZERO;
        }
        let longest = match self.in_flight() {
            0 => MAX_SLEEP,
            _ => MAX_SLEEP_IN_FLIGHT,
        };
        let earliest = [self.slots.earliest_timer(), until]
            .into_iter()
            .flatten()
            .min();
        let now = self.now();
        let sleep = earliest.map(|at| at.saturating_duration_since(now));
        sleep.map_or(longest, |sleep| sleep.min(longest))
    }

    fn step_one(&mut self, index: usize) -> Option<Ended<T>> {
        // An event may come behind the end of its probe.
        let (key, body) = self.slots.get_by_index(index)?;
        let mut net = ProbeNet {
            platform: &mut self.platform,
            clock: &self.clock,
            key,
            sockets: &mut body.sockets,
            lookup: &mut body.lookup,
            max_sockets: self.max_sockets,
            lookups: &mut self.lookups,
        };
        let stepped = body.probe.step(&mut net, &mut self.scratch);
        let needs = match stepped {
            Poll::Pending => body.probe.sockets(),
            Poll::Ready(_) => 0,
        };
        self.reserved = self.reserved + needs - body.reserved;
        body.reserved = needs;
        match stepped {
            Poll::Pending if body.probe.wait().is_deferred => {
                let deadline = body.probe.deadline();
                self.slots.set_timer(key, deadline);
                self.deferred.push(index);
                None
            }
            Poll::Pending => {
                let at = body.probe.wake_at();
                if body.probe.wait().until.is_none() || at > self.clock.read(self.platform.now()) {
                    self.slots.set_timer(key, at);
                    return None;
                }
                let deadline = body.probe.deadline();
                if !mem::replace(&mut body.is_yielded, true) {
                    self.yielded.push_back(key);
                }
                self.slots.set_timer(key, deadline);
                None
            }
            Poll::Ready(outcome) => {
                let at = self.now();
                let body = self.slots.remove(key)?;
                if let (LookupState::Pending, Some(request)) =
                    (&body.lookup, body.probe.lookup_request())
                {
                    self.lookups.leave(key, &request);
                }
                Some(Ended {
                    tag: body.tag,
                    probe: body.probe,
                    outcome,
                    at,
                })
            }
        }
    }
}
