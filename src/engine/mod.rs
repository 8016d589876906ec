//! The poll loop: any number of probes on one thread.
//!
//! One turn:
//!
//! 1. [`wait`](Engine::wait) sleeps until an event, a lookup result or the earliest timer, and
//!    collects the probes that these concern.
//! 2. [`step`](Engine::step) steps those probes, each as far as it can go. A probe that has ended
//!    leaves its slot, and its sockets close.
//! 3. [`admit`](Engine::admit) begins new probes, each with a first step; how many,
//!    [`admission`] decides.
//!
//! So everything that is ready is read, timed and judged before anything new begins. Probes that
//! are due were collected after the last slot was freed and are stepped before the next slot is
//! taken, so no event reaches a probe that it was not meant for. (A step too many would have no
//! effect.)
//!
//! A probe that used up the budget of its step has *yielded*: it queues behind all that are due,
//! and all yielded probes together have a slice of each turn, so that peers that send without end
//! cost others no time. One that is *deferred* is stepped first in the next turn.

pub(crate) mod admission;
mod clock;
mod lookups;
mod one;
pub(crate) mod os_platform;
pub(crate) mod platform;
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
pub(crate) use lookups::LookupCapacity;
pub use lookups::LookupLimits;
use lookups::Lookups;
use mio::Interest;
pub use one::run_one;
use os_platform::OsPlatform;
pub(crate) use os_platform::wall_clock;
use platform::{Platform, PollEvent};
use probe_net::{LookupState, ProbeNet, Sockets};
use slots::{SlotKey, Slots};
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

/// Longest sleep: epoll counts milliseconds in 31 bits.
const MAX_SLEEP: Duration = Duration::from_secs(3600);

/// Longest sleep while checks are in flight. If the process is stopped or the machine suspended
/// while it sleeps, at most this much of that time counts against their deadlines.
const MAX_SLEEP_IN_FLIGHT: Duration = Duration::from_millis(250);

/// Time for which yielded probes are stepped in one turn.
const YIELD_SLICE: Duration = Duration::from_micros(500);

/// Drives probes on a poll loop. It knows when to step a probe, never why. `T` is an opaque tag,
/// which is returned with each outcome.
pub struct Engine<T, S: Platform = OsPlatform> {
    platform: S,
    clock: Clock,
    slots: Slots<InFlight<T, S::Stream>>,
    /// The slots to step in this turn.
    due: Vec<usize>,
    /// The slots of deferred probes, which are stepped first in the next turn.
    deferred: Vec<usize>,
    /// Yielded probes, in the order in which they are stepped.
    yielded: VecDeque<SlotKey>,
    scratch: Scratch,
    max_sockets: usize,
    /// The number of sockets that the probes in flight may open together.
    reserved: usize,
    lookups: Lookups,
}

/// The result of a [`wait`](Engine::wait).
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

/// Limits on the resources of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sockets of all probes together. An attempt beyond that fails with `EMFILE`, as the system's
    /// own limit would; only a check that runs alone is admitted without [fitting](Engine::fits).
    pub sockets: usize,
    /// Concurrent lookups.
    pub lookups: LookupLimits,
}

/// A probe that has ended, with its outcome.
pub struct Completion<T> {
    /// The tag it was admitted with.
    pub tag: T,
    /// The probe.
    pub probe: Probe,
    /// Its outcome.
    pub outcome: Result<Success, Failure>,
    /// The time of its end.
    pub at: Instant,
}

/// A probe with its sockets and its lookup.
struct InFlight<T, S> {
    probe: Probe,
    sockets: Sockets<S>,
    lookup: LookupState,
    is_yielded: bool,
    /// The number of sockets reserved for it.
    reserved: usize,
    tag: T,
}

impl<T, S> InFlight<T, S> {
    /// Returns true if an event is a reason to step the probe. One that yielded or is deferred will
    /// be stepped anyway.
    fn is_waiting_for(&self, ready: Interest) -> bool {
        let wait = self.probe.wait();
        !self.is_yielded && !wait.is_deferred && wait.is_helped_by(ready)
    }
}

impl<T, S: Platform> Engine<T, S> {
    /// Creates an idle engine.
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

    /// Returns the time by the clock of the probes, which stops while the process is stopped.
    pub fn now(&self) -> Instant {
        self.clock.read(self.platform.now())
    }

    /// Returns the time of day.
    pub fn wall_clock(&self) -> SystemTime {
        self.platform.wall_clock()
    }

    /// Returns the number of probes that have been admitted and have not ended.
    pub fn in_flight(&self) -> usize {
        self.slots.len()
    }

    /// Returns the capacity for a check that begins with this lookup.
    pub fn lookup_capacity(&self, request: &LookupRequest) -> LookupCapacity {
        self.lookups.capacity(request, self.now())
    }

    /// Returns true if a check of this target may open all its sockets, even if every probe in
    /// flight opens all of its own.
    pub fn fits(&self, target: &Target) -> bool {
        self.reserved.saturating_add(target.sockets()) <= self.max_sockets
    }

    /// Begins a check: its time starts here, and it is stepped once. Returns it if that ends it.
    pub fn admit(&mut self, tag: T, target: Target, check: Arc<Check>) -> Option<Completion<T>> {
        let probe = Probe::new(target, check, self.now());
        self.begin(tag, probe, LookupState::NotStarted)
    }

    /// Begins a check that has waited for its whole timeout to begin its lookup: it ends as if it
    /// had begun then and the resolver had not answered.
    pub fn admit_expired(
        &mut self,
        tag: T,
        target: Target,
        check: Arc<Check>,
    ) -> Option<Completion<T>> {
        let now = self.now();
        let started = now.checked_sub(check.timeout).unwrap_or(now);
        self.begin(
            tag,
            Probe::new(target, check, started),
            LookupState::Pending,
        )
    }

    fn begin(&mut self, tag: T, probe: Probe, lookup: LookupState) -> Option<Completion<T>> {
        let entry = InFlight {
            probe,
            sockets: Sockets::default(),
            lookup,
            is_yielded: false,
            reserved: 0,
            tag,
        };
        let key = self.slots.insert(entry);
        self.step_one(key.index)
    }

    /// Steps the probes that are due, then yielded ones for a slice of time, and hands out those
    /// that ended. Returns the time between the two: its distance from [`Wake::at`] is the lag of
    /// the loop.
    pub fn step(&mut self, mut ended: impl FnMut(Completion<T>)) -> Instant {
        let mut due = mem::take(&mut self.due);
        let first = self.deferred.len();
        due.splice(..0, self.deferred.drain(..));
        for (n, index) in due.drain(..).enumerate() {
            // A probe that is deferred in this turn may have been due twice.
            let is_deferred =
                |(_, entry): (SlotKey, &mut InFlight<T, S::Stream>)| entry.probe.wait().is_deferred;
            if n >= first && self.slots.get_by_index(index).is_some_and(is_deferred) {
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
    fn step_yielded(&mut self, start: Instant, mut ended: impl FnMut(Completion<T>)) {
        for _ in 0..self.yielded.len() {
            let Some(key) = self.yielded.pop_front() else {
                return;
            };
            let Some(entry) = self.slots.get(key) else {
                continue;
            };
            entry.is_yielded = false;
            if let Some(end) = self.step_one(key.index) {
                ended(end);
            }
            if self.now().saturating_duration_since(start) > YIELD_SLICE {
                return;
            }
        }
    }

    /// Sleeps until a probe is due, `until` has come, or the platform [reports](Platform::poll) an
    /// event. May return early.
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
                    let entry = self.slots.get_by_index(slot);
                    if entry.is_some_and(|(_, entry)| entry.is_waiting_for(ready)) {
                        self.due.push(slot);
                    }
                }
            }
        });
        let at = self.clock.wake(self.platform.now());
        polled?;
        self.slots.take_expired(at, &mut self.due);
        self.lookups.deliver(at, &mut self.platform, |key, result| {
            if let Some(entry) = self.slots.get(key) {
                entry.lookup = LookupState::Ready(result);
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

    /// Interrupts all probes in flight and hands them out.
    pub fn interrupt(&mut self, mut ended: impl FnMut(Completion<T>)) {
        let at = self.now();
        for entry in self.slots.drain() {
            let failure = entry.probe.interrupt();
            ended(Completion {
                tag: entry.tag,
                probe: entry.probe,
                outcome: Err(failure),
                at,
            });
        }
        self.due.clear();
        self.deferred.clear();
        self.yielded.clear();
        self.reserved = 0;
    }

    /// Returns the longest time that the loop may sleep.
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

    /// Steps the probe in a slot, and then arms its timer, queues it, or frees the slot.
    fn step_one(&mut self, index: usize) -> Option<Completion<T>> {
        // An event may arrive after its probe has ended.
        let (key, entry) = self.slots.get_by_index(index)?;
        let mut net = ProbeNet {
            platform: &mut self.platform,
            clock: &self.clock,
            key,
            sockets: &mut entry.sockets,
            lookup: &mut entry.lookup,
            max_sockets: self.max_sockets,
            lookups: &mut self.lookups,
        };
        let stepped = entry.probe.step(&mut net, &mut self.scratch);
        let reserved = match stepped {
            Poll::Pending => entry.probe.sockets(),
            Poll::Ready(_) => 0,
        };
        self.reserved = self.reserved + reserved - entry.reserved;
        entry.reserved = reserved;
        match stepped {
            Poll::Pending if entry.probe.wait().is_deferred => {
                // The timer lets a deadline that passes meanwhile count as due.
                let deadline = entry.probe.deadline();
                self.slots.set_timer(key, deadline);
                self.deferred.push(index);
                None
            }
            Poll::Pending => {
                let at = entry.probe.wake_at();
                if entry.probe.wait().until.is_none() || at > self.clock.read(self.platform.now()) {
                    self.slots.set_timer(key, at);
                    return None;
                }
                // It waits for a time that has passed: it yielded.
                let deadline = entry.probe.deadline();
                if !mem::replace(&mut entry.is_yielded, true) {
                    self.yielded.push_back(key);
                }
                self.slots.set_timer(key, deadline);
                None
            }
            Poll::Ready(outcome) => {
                let at = self.now();
                let entry = self.slots.remove(key)?;
                if let (LookupState::Pending, Some(request)) =
                    (&entry.lookup, entry.probe.lookup_request())
                {
                    self.lookups.leave(key, &request);
                }
                Some(Completion {
                    tag: entry.tag,
                    probe: entry.probe,
                    outcome,
                    at,
                })
            }
        }
    }
}
