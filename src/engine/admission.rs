//! Which check begins next, and when. No clock and no poll in here: `now` comes in.

use super::lookups::LookupCapacity;
use super::rate::RateLimit;
use crate::outcome::Shortage;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::mem;
use std::time::{Duration, Instant};

/// How many checks are set aside at most while no further look-up can begin; the list is not read on
/// behind them.
const MAX_SET_ASIDE: usize = 16_384;

/// How many checks one request looks at: to set them aside must not take long either.
const MAX_EXAMINED: usize = 64;

/// When a check that found no local address free is tried again, after each try: three times over
/// two seconds.
const ADDRESS_RETRY_DELAYS: [Duration; 3] = [
    Duration::from_millis(400),
    Duration::from_millis(600),
    Duration::from_millis(1000),
];

/// A check that waits to be begun.
pub trait Candidate {
    /// Names a look-up.
    type Lookup: Clone + Eq + Hash;

    /// The look-up that it begins with; `None` where it needs none.
    fn lookup(&self) -> Option<Self::Lookup>;

    /// How long it may take.
    fn timeout(&self) -> Duration;

    /// How often it has been tried again for want of a local address.
    fn address_retries(&mut self) -> &mut u8;
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextAction<C> {
    /// Begin this check. Where it is to be alone, nothing else is in flight, and nothing begins before
    /// it has ended.
    Start {
        /// Which.
        candidate: C,
        /// Because it lacked room before.
        alone: bool,
    },
    /// Let this check end: it has waited in vain to begin its look-up, for as long as it may take.
    Expire(C),
    /// Nothing before this moment, unless a check ends or a look-up is answered.
    WaitUntil(Instant),
    /// Nothing before a check ends, a look-up is answered, or the list brings more.
    WaitForEvent,
}

/// Decides what begins.
pub struct Admission<C: Candidate> {
    parallel: usize,
    rate: Option<RateLimit>,
    /// Something was lacking: nothing begins before a check has ended.
    is_blocked: bool,
    /// Those that lacked room.
    short_of_resources: VecDeque<C>,
    /// Those that can begin as soon as there is a place.
    ready: VecDeque<C>,
    /// Those that wait to begin their look-up, by name.
    waiting_for_lookup: HashMap<C::Lookup, Vec<C>>,
    /// The names, by when the first of their checks will have waited as long as it may take.
    lookup_deadlines: BTreeMap<(Instant, u64), C::Lookup>,
    set_aside: usize,
    /// Those that wait for a moment. They keep their places.
    retry_at: BTreeMap<(Instant, u64), C>,
    serial: u64,
}

impl<C: Candidate> Admission<C> {
    /// At most `parallel` at a time, and `rate` new ones a second.
    pub fn new(parallel: usize, rate: Option<f64>) -> Self {
        Self {
            parallel,
            rate: rate.map(RateLimit::new),
            is_blocked: false,
            short_of_resources: VecDeque::new(),
            ready: VecDeque::new(),
            waiting_for_lookup: HashMap::new(),
            lookup_deadlines: BTreeMap::new(),
            set_aside: 0,
            retry_at: BTreeMap::new(),
            serial: 0,
        }
    }

    /// What begins now, with `in_flight` under way. Fresh checks come from `list`; `lookup_capacity` says of a
    /// name whether its look-up could begin, and `fits` of a check whether there is room for all that
    /// it may open.
    pub fn next(
        &mut self,
        now: Instant,
        in_flight: usize,
        list: impl FnMut() -> Option<C>,
        lookup_capacity: impl Fn(&C::Lookup) -> LookupCapacity,
        fits: impl Fn(&C) -> bool,
    ) -> NextAction<C> {
        if self.is_blocked {
            return NextAction::WaitForEvent;
        }
        let first = self.lookup_deadlines.first_key_value();
        let due = first.filter(|(_, name)| lookup_capacity(name) == LookupCapacity::Unresponsive);
        let due = due.map(|(&(due, _), _)| due);
        if due.is_some_and(|due| due <= now)
            && let Some(candidate) = self.overdue()
        {
            return NextAction::Expire(candidate);
        }
        let waits = |name: &C::Lookup| lookup_capacity(name) != LookupCapacity::Available;
        match (self.begin(now, in_flight, list, waits, fits), due) {
            (NextAction::WaitForEvent, Some(due)) => NextAction::WaitUntil(due),
            (NextAction::WaitUntil(at), Some(due)) => NextAction::WaitUntil(at.min(due)),
            (next, _) => next,
        }
    }

    fn begin(
        &mut self,
        now: Instant,
        in_flight: usize,
        mut list: impl FnMut() -> Option<C>,
        waits: impl Fn(&C::Lookup) -> bool,
        fits: impl Fn(&C) -> bool,
    ) -> NextAction<C> {
        let is_due = self
            .retry_at
            .keys()
            .next()
            .is_some_and(|&(at, _)| at <= now);
        if !is_due && in_flight + self.retry_at.len() >= self.parallel {
            return self.rest();
        }
        if is_due && let Some((_, candidate)) = self.retry_at.pop_first() {
            self.ready.push_front(candidate);
        }
        self.call_back(&waits);
        for _ in 0..MAX_EXAMINED {
            let lacked = !self.short_of_resources.is_empty();
            let Some(candidate) = self.first(&mut list) else {
                return self.rest();
            };
            if let Some(name) = candidate.lookup().filter(|name| waits(name)) {
                self.put_aside(name, candidate, now);
                continue;
            }
            let held_back = match in_flight > 0 && !fits(&candidate) {
                true => Some(self.rest()),
                false => self
                    .rate
                    .as_mut()
                    .and_then(|rate| rate.earliest(now))
                    .map(NextAction::WaitUntil),
            };
            if let Some(next) = held_back {
                let queue = if lacked {
                    &mut self.short_of_resources
                } else {
                    &mut self.ready
                };
                queue.push_front(candidate);
                return next;
            }
            if let Some(rate) = &mut self.rate {
                rate.record(now);
            }
            // What is to be alone stays so until it has ended.
            let alone = lacked && in_flight == 0;
            self.is_blocked = alone;
            return NextAction::Start { candidate, alone };
        }
        NextAction::WaitUntil(now)
    }

    /// A check has ended, and there may be room again.
    pub fn check_ended(&mut self) {
        self.is_blocked = false;
    }

    /// Whether what came of a check stands although this machine lacked something: it was alone, so
    /// that nothing of ours could have taken its room, or was tried often enough.
    pub fn is_final(&self, lacked: Shortage, alone: bool, tries: u8) -> bool {
        match lacked {
            Shortage::Resources => alone,
            Shortage::LocalAddress => usize::from(tries) >= ADDRESS_RETRY_DELAYS.len(),
        }
    }

    /// Takes back a check that has ended, to be tried again. `in_flight` are still under way.
    pub fn retry(&mut self, mut candidate: C, lacked: Shortage, now: Instant, in_flight: usize) {
        match lacked {
            Shortage::Resources => {
                self.is_blocked = in_flight > 0;
                self.short_of_resources.push_back(candidate);
            }
            Shortage::LocalAddress => {
                self.is_blocked = false;
                let tries = candidate.address_retries();
                let pause = ADDRESS_RETRY_DELAYS
                    .get(usize::from(*tries))
                    .copied()
                    .unwrap_or_default();
                *tries += 1;
                self.serial += 1;
                self.retry_at.insert((now + pause, self.serial), candidate);
            }
        }
    }

    /// Whether no check is left here.
    pub fn is_empty(&self) -> bool {
        let queues = [&self.short_of_resources, &self.ready];
        queues.into_iter().all(VecDeque::is_empty)
            && self.set_aside == 0
            && self.retry_at.is_empty()
    }

    /// Gives up: hands out all that wait here.
    pub fn drain(&mut self) -> impl Iterator<Item = C> {
        self.lookup_deadlines.clear();
        self.set_aside = 0;
        let short_of_resources = mem::take(&mut self.short_of_resources);
        let ready = mem::take(&mut self.ready);
        let waiting_for_lookup = mem::take(&mut self.waiting_for_lookup)
            .into_values()
            .flatten();
        let retry_at = mem::take(&mut self.retry_at).into_values();
        short_of_resources
            .into_iter()
            .chain(ready)
            .chain(waiting_for_lookup)
            .chain(retry_at)
    }

    /// Whose turn it is: what lacked room comes before all that is ready, and that before the list.
    fn first(&mut self, list: &mut impl FnMut() -> Option<C>) -> Option<C> {
        let queued = self
            .short_of_resources
            .pop_front()
            .or_else(|| self.ready.pop_front());
        queued.or_else(|| (self.set_aside < MAX_SET_ASIDE).then(list).flatten())
    }

    /// Nothing begins now, or before the next moment that a check waits for.
    fn rest(&self) -> NextAction<C> {
        let at = self.retry_at.keys().next().map(|&(at, _)| at);
        at.map_or(NextAction::WaitForEvent, NextAction::WaitUntil)
    }

    fn put_aside(&mut self, name: C::Lookup, candidate: C, now: Instant) {
        self.set_aside += 1;
        let group = self.waiting_for_lookup.entry(name.clone()).or_default();
        if group.is_empty() {
            self.serial += 1;
            let due = now + candidate.timeout();
            self.lookup_deadlines.insert((due, self.serial), name);
        }
        group.push(candidate);
    }

    /// One of the checks of the name that can wait no longer.
    fn overdue(&mut self) -> Option<C> {
        let first = self.lookup_deadlines.first_entry()?;
        let group = self.waiting_for_lookup.get_mut(first.get())?;
        let candidate = group.pop();
        self.set_aside = self.set_aside.saturating_sub(1);
        if group.is_empty() {
            self.waiting_for_lookup.remove(&first.remove());
        }
        candidate
    }

    /// Once a look-up can begin, the name that can wait least has its turn: all its checks do, for
    /// they share the look-up. One name at a time, for the first of its checks takes the place.
    fn call_back(&mut self, waits: &impl Fn(&C::Lookup) -> bool) {
        if !self.ready.is_empty() {
            return;
        }
        let Some(first) = self.lookup_deadlines.first_entry() else {
            return;
        };
        if waits(first.get()) {
            return;
        }
        let name = first.remove();
        let group = self.waiting_for_lookup.remove(&name).unwrap_or_default();
        self.set_aside = self.set_aside.saturating_sub(group.len());
        self.ready.extend(group);
    }
}

#[cfg(test)]
mod tests;
