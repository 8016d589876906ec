//! Admission decides which check begins next, and when. It has no clock and no poll: `now` is an
//! argument.
//!
//! Checks that cannot begin yet wait in queues. In the order in which these are served:
//!
//! | queue | its checks | served |
//! |---|---|---|
//! | `retry_at` | found no free local address; they keep their places | at their time |
//! | `short_of_resources` | found no free descriptor, buffer or thread | once a check has ended |
//! | `ready` | may begin | when places, sockets and rate allow |
//! | `waiting_for_lookup` | need a lookup, without capacity for one | once there is capacity |
//! | the list | not read yet | last |
//!
//! A check from `short_of_resources` runs alone if nothing else is in flight. The checks of one
//! name move from `waiting_for_lookup` to `ready` together, or [expire](NextAction::Expire) there
//! one by one. The list is not read on behind 16,384 of them.

use super::lookups::LookupCapacity;
use super::rate::RateLimit;
use crate::outcome::Shortage;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::mem;
use std::time::{Duration, Instant};

/// Most checks that wait for a lookup.
const MAX_SET_ASIDE: usize = 16_384;

/// Most checks that one call examines: setting many aside takes time that other probes need.
const MAX_EXAMINED: usize = 64;

/// Pauses before a check that found no free local address is tried again: three times in two
/// seconds.
const ADDRESS_RETRY_DELAYS: [Duration; 3] = [
    Duration::from_millis(400),
    Duration::from_millis(600),
    Duration::from_millis(1000),
];

/// A check that has not begun.
pub trait Candidate {
    /// A lookup; checks with equal ones share it.
    type Lookup: Clone + Eq + Hash;

    /// Returns the lookup that the check begins with; `None` if it needs none.
    fn lookup(&self) -> Option<Self::Lookup>;

    /// Returns its time limit.
    fn timeout(&self) -> Duration;

    /// The number of times it was tried again because no local address was free.
    fn address_retries(&mut self) -> &mut u8;
}

/// The next action of the loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextAction<C> {
    /// Begin this check.
    Start {
        /// The check.
        candidate: C,
        /// It was short of resources before and now runs alone: nothing else is in flight, and
        /// nothing begins before it has ended. A shortage that it meets again is not of our making.
        alone: bool,
    },
    /// End this check: it has waited for its whole time limit to begin its lookup.
    Expire(C),
    /// Nothing before this time, unless a check ends or a lookup result arrives.
    WaitUntil(Instant),
    /// Nothing before a check ends, a lookup result arrives, or the list has another line.
    WaitForEvent,
}

/// Decides which check begins next.
pub struct Admission<C: Candidate> {
    parallel: usize,
    rate: Option<RateLimit>,
    /// A shortage was met, or a check runs alone: nothing begins before a check has ended.
    is_blocked: bool,
    /// Checks that met a shortage of resources.
    short_of_resources: VecDeque<C>,
    /// Checks that can begin as soon as there is a place.
    ready: VecDeque<C>,
    /// Checks that wait to begin their lookup.
    waiting_for_lookup: HashMap<C::Lookup, Vec<C>>,
    /// The keys of `waiting_for_lookup`, by the time at which the first check of each reaches its
    /// time limit.
    lookup_deadlines: BTreeMap<(Instant, u64), C::Lookup>,
    /// The number of checks in `waiting_for_lookup`.
    set_aside: usize,
    /// Checks to be tried again, by time. They count as in flight.
    retry_at: BTreeMap<(Instant, u64), C>,
    /// Tells entries of the same time apart.
    serial: u64,
}

impl<C: Candidate> Admission<C> {
    /// Admits at most `parallel` checks at a time and at most `rate` new ones a second.
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

    /// Returns the next action, with `in_flight` checks in flight. New checks come from `list`;
    /// `lookup_capacity` returns the capacity for a lookup, and `fits` is true for a check whose
    /// sockets are within the limit.
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
        // A time limit counts only while the resolver does not answer: else every name has its
        // turn.
        let first = self.lookup_deadlines.first_key_value();
        let due = first.filter(|(_, name)| lookup_capacity(name) == LookupCapacity::Unresponsive);
        let due = due.map(|(&(due, _), _)| due);
        if due.is_some_and(|due| due <= now)
            && let Some(candidate) = self.take_expired()
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

    /// Returns the check to begin, or the time to wait for.
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
        // A check that is due again needs no free place: it has kept its own.
        if !is_due && in_flight + self.retry_at.len() >= self.parallel {
            return self.wait();
        }
        if is_due && let Some((_, candidate)) = self.retry_at.pop_first() {
            self.ready.push_front(candidate);
        }
        self.release_lookups(&waits);
        for _ in 0..MAX_EXAMINED {
            let was_short = !self.short_of_resources.is_empty();
            let Some(candidate) = self.take_first(&mut list) else {
                return self.wait();
            };
            if let Some(name) = candidate.lookup().filter(|name| waits(name)) {
                self.put_aside(name, candidate, now);
                continue;
            }
            // With nothing in flight no socket will become free, so the check begins all the same.
            let held_back = match in_flight > 0 && !fits(&candidate) {
                true => Some(self.wait()),
                false => self
                    .rate
                    .as_mut()
                    .and_then(|rate| rate.earliest(now))
                    .map(NextAction::WaitUntil),
            };
            if let Some(next) = held_back {
                let queue = if was_short {
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
            // Nothing may begin beside it, or it could be short of resources through our own fault.
            let alone = was_short && in_flight == 0;
            self.is_blocked = alone;
            return NextAction::Start { candidate, alone };
        }
        // More checks to examine: at once, once the loop has served what is ready.
        NextAction::WaitUntil(now)
    }

    /// Notes that a check has ended, which may have freed resources.
    pub fn check_ended(&mut self) {
        self.is_blocked = false;
    }

    /// Returns true if a check that met a shortage is not tried again: it ran alone, so that no
    /// other check can have caused the shortage, or it was tried often enough.
    pub fn is_final(&self, shortage: Shortage, alone: bool, tries: u8) -> bool {
        match shortage {
            Shortage::Resources => alone,
            Shortage::LocalAddress => usize::from(tries) >= ADDRESS_RETRY_DELAYS.len(),
        }
    }

    /// Takes back a check that met a shortage, to try it again. `in_flight` others are in flight.
    pub fn retry(&mut self, mut candidate: C, shortage: Shortage, now: Instant, in_flight: usize) {
        match shortage {
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

    /// Returns true if no check waits.
    pub fn is_empty(&self) -> bool {
        let queues = [&self.short_of_resources, &self.ready];
        queues.into_iter().all(VecDeque::is_empty)
            && self.set_aside == 0
            && self.retry_at.is_empty()
    }

    /// Removes and returns all checks that wait.
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

    /// Takes the next check: one that was short of resources, a ready one, or one from the list.
    fn take_first(&mut self, list: &mut impl FnMut() -> Option<C>) -> Option<C> {
        let queued = self
            .short_of_resources
            .pop_front()
            .or_else(|| self.ready.pop_front());
        queued.or_else(|| (self.set_aside < MAX_SET_ASIDE).then(list).flatten())
    }

    /// Nothing begins before the next check is to be tried again, if any is.
    fn wait(&self) -> NextAction<C> {
        let at = self.retry_at.keys().next().map(|&(at, _)| at);
        at.map_or(NextAction::WaitForEvent, NextAction::WaitUntil)
    }

    /// Has a check wait for its lookup. The first one of a name sets the time limit of the name.
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

    /// Takes a check of the name whose time limit comes first.
    fn take_expired(&mut self) -> Option<C> {
        let first = self.lookup_deadlines.first_entry()?;
        let group = self.waiting_for_lookup.get_mut(first.get())?;
        let candidate = group.pop();
        self.set_aside = self.set_aside.saturating_sub(1);
        if group.is_empty() {
            self.waiting_for_lookup.remove(&first.remove());
        }
        candidate
    }

    /// Moves the checks of the name whose time limit comes first to `ready` once its lookup can
    /// begin. All of them, because they share the lookup; but one name at a time, because its first
    /// check takes the place.
    fn release_lookups(&mut self, waits: &impl Fn(&C::Lookup) -> bool) {
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
