//! Which check begins next, and when. No clock and no poll in here: `now` comes in.

use super::pending::LookupCapacity;
use super::rate::Rate;
use crate::outcome::Shortage;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::mem;
use std::time::{Duration, Instant};

/// How many checks are set aside at most while no further look-up can begin; the list is not read on
/// behind them.
const ASIDE: usize = 16_384;

/// How many checks one request looks at: to set them aside must not take long either.
const LOOKED_AT: usize = 64;

/// When a check that found no local address free is tried again, after each try: three times over
/// two seconds.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(400),
    Duration::from_millis(600),
    Duration::from_millis(1000),
];

/// A check that waits to be begun.
pub trait Candidate {
    /// Names a look-up.
    type Name: Clone + Eq + Hash;

    /// The look-up that it begins with; `None` where it needs none.
    fn name(&self) -> Option<Self::Name>;

    /// How long it may take.
    fn patience(&self) -> Duration;

    /// How often it has been tried again for want of a local address.
    fn tries(&mut self) -> &mut u8;
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<C> {
    /// Begin this check. Where it is to be alone, nothing else is in flight, and nothing begins before
    /// it has ended.
    Start {
        /// Which.
        candidate: C,
        /// Because it lacked room before.
        alone: bool,
    },
    /// Let this check end: it has waited in vain to begin its look-up, for as long as it may take.
    Overdue(C),
    /// Nothing before this moment, unless a check ends or a look-up is answered.
    At(Instant),
    /// Nothing before a check ends, a look-up is answered, or the list brings more.
    Nothing,
}

/// Decides what begins.
pub struct Admission<C: Candidate> {
    parallel: usize,
    rate: Option<Rate>,
    /// Something was lacking: nothing begins before a check has ended.
    crowded: bool,
    /// Those that lacked room.
    lacking: VecDeque<C>,
    /// Those that can begin as soon as there is a place.
    ready: VecDeque<C>,
    /// Those that wait to begin their look-up, by name.
    aside: HashMap<C::Name, Vec<C>>,
    /// The names, by when the first of their checks will have waited as long as it may take.
    order: BTreeMap<(Instant, u64), C::Name>,
    set_aside: usize,
    /// Those that wait for a moment. They keep their places.
    later: BTreeMap<(Instant, u64), C>,
    serial: u64,
}

impl<C: Candidate> Admission<C> {
    /// At most `parallel` at a time, and `rate` new ones a second.
    pub fn new(parallel: usize, rate: Option<f64>) -> Self {
        Self {
            parallel,
            rate: rate.map(Rate::new),
            crowded: false,
            lacking: VecDeque::new(),
            ready: VecDeque::new(),
            aside: HashMap::new(),
            order: BTreeMap::new(),
            set_aside: 0,
            later: BTreeMap::new(),
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
        lookup_capacity: impl Fn(&C::Name) -> LookupCapacity,
        fits: impl Fn(&C) -> bool,
    ) -> Next<C> {
        if self.crowded {
            return Next::Nothing;
        }
        let first = self.order.first_key_value();
        let due = first.filter(|(_, name)| lookup_capacity(name) == LookupCapacity::Unresponsive);
        let due = due.map(|(&(due, _), _)| due);
        if due.is_some_and(|due| due <= now)
            && let Some(candidate) = self.overdue()
        {
            return Next::Overdue(candidate);
        }
        let waits = |name: &C::Name| lookup_capacity(name) != LookupCapacity::Available;
        match (self.begin(now, in_flight, list, waits, fits), due) {
            (Next::Nothing, Some(due)) => Next::At(due),
            (Next::At(at), Some(due)) => Next::At(at.min(due)),
            (next, _) => next,
        }
    }

    fn begin(
        &mut self,
        now: Instant,
        in_flight: usize,
        mut list: impl FnMut() -> Option<C>,
        waits: impl Fn(&C::Name) -> bool,
        fits: impl Fn(&C) -> bool,
    ) -> Next<C> {
        let is_due = self.later.keys().next().is_some_and(|&(at, _)| at <= now);
        if !is_due && in_flight + self.later.len() >= self.parallel {
            return self.rest();
        }
        if is_due && let Some((_, candidate)) = self.later.pop_first() {
            self.ready.push_front(candidate);
        }
        self.call_back(&waits);
        for _ in 0..LOOKED_AT {
            let lacked = !self.lacking.is_empty();
            let Some(candidate) = self.first(&mut list) else {
                return self.rest();
            };
            if let Some(name) = candidate.name().filter(|name| waits(name)) {
                self.put_aside(name, candidate, now);
                continue;
            }
            let held = match in_flight > 0 && !fits(&candidate) {
                true => Some(self.rest()),
                false => self
                    .rate
                    .as_mut()
                    .and_then(|rate| rate.held(now))
                    .map(Next::At),
            };
            if let Some(next) = held {
                let queue = if lacked {
                    &mut self.lacking
                } else {
                    &mut self.ready
                };
                queue.push_front(candidate);
                return next;
            }
            if let Some(rate) = &mut self.rate {
                rate.count(now);
            }
            // What is to be alone stays so until it has ended.
            let alone = lacked && in_flight == 0;
            self.crowded = alone;
            return Next::Start { candidate, alone };
        }
        Next::At(now)
    }

    /// A check has ended, and there may be room again.
    pub fn ended(&mut self) {
        self.crowded = false;
    }

    /// Whether what came of a check stands although this machine lacked something: it was alone, so
    /// that nothing of ours could have taken its room, or was tried often enough.
    pub fn stands(&self, lacked: Shortage, alone: bool, tries: u8) -> bool {
        match lacked {
            Shortage::Room => alone,
            Shortage::Address => usize::from(tries) >= PAUSES.len(),
        }
    }

    /// Takes back a check that has ended, to be tried again. `in_flight` are still under way.
    pub fn again(&mut self, mut candidate: C, lacked: Shortage, now: Instant, in_flight: usize) {
        match lacked {
            Shortage::Room => {
                self.crowded = in_flight > 0;
                self.lacking.push_back(candidate);
            }
            Shortage::Address => {
                self.crowded = false;
                let tries = candidate.tries();
                let pause = PAUSES.get(usize::from(*tries)).copied().unwrap_or_default();
                *tries += 1;
                self.serial += 1;
                self.later.insert((now + pause, self.serial), candidate);
            }
        }
    }

    /// Whether no check is left here.
    pub fn is_empty(&self) -> bool {
        let queues = [&self.lacking, &self.ready];
        queues.into_iter().all(VecDeque::is_empty) && self.set_aside == 0 && self.later.is_empty()
    }

    /// Gives up: hands out all that wait here.
    pub fn give_up(&mut self) -> impl Iterator<Item = C> {
        self.order.clear();
        self.set_aside = 0;
        let lacking = mem::take(&mut self.lacking);
        let ready = mem::take(&mut self.ready);
        let aside = mem::take(&mut self.aside).into_values().flatten();
        let later = mem::take(&mut self.later).into_values();
        lacking.into_iter().chain(ready).chain(aside).chain(later)
    }

    /// Whose turn it is: what lacked room comes before all that is ready, and that before the list.
    fn first(&mut self, list: &mut impl FnMut() -> Option<C>) -> Option<C> {
        let queued = self.lacking.pop_front().or_else(|| self.ready.pop_front());
        queued.or_else(|| (self.set_aside < ASIDE).then(list).flatten())
    }

    /// Nothing begins now, or before the next moment that a check waits for.
    fn rest(&self) -> Next<C> {
        let at = self.later.keys().next().map(|&(at, _)| at);
        at.map_or(Next::Nothing, Next::At)
    }

    fn put_aside(&mut self, name: C::Name, candidate: C, now: Instant) {
        self.set_aside += 1;
        let group = self.aside.entry(name.clone()).or_default();
        if group.is_empty() {
            self.serial += 1;
            let due = now + candidate.patience();
            self.order.insert((due, self.serial), name);
        }
        group.push(candidate);
    }

    /// One of the checks of the name that can wait no longer.
    fn overdue(&mut self) -> Option<C> {
        let first = self.order.first_entry()?;
        let group = self.aside.get_mut(first.get())?;
        let candidate = group.pop();
        self.set_aside = self.set_aside.saturating_sub(1);
        if group.is_empty() {
            self.aside.remove(&first.remove());
        }
        candidate
    }

    /// Once a look-up can begin, the name that can wait least has its turn: all its checks do, for
    /// they share the look-up. One name at a time, for the first of its checks takes the place.
    fn call_back(&mut self, waits: &impl Fn(&C::Name) -> bool) {
        if !self.ready.is_empty() {
            return;
        }
        let Some(first) = self.order.first_entry() else {
            return;
        };
        if waits(first.get()) {
            return;
        }
        let name = first.remove();
        let group = self.aside.remove(&name).unwrap_or_default();
        self.set_aside = self.set_aside.saturating_sub(group.len());
        self.ready.extend(group);
    }
}

#[cfg(test)]
mod tests;
