//! Which check begins next, and when. No clock and no poll in here: `now` comes in.

use crate::outcome::Lacked;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How many checks are set aside at most while all threads that look names up are taken; the list
/// is not read on behind them.
const ASIDE: usize = 16_384;

/// How many checks one question looks at: to set them aside must not take long either.
const LOOKED_AT: usize = 64;

/// When a check that found no local address free is tried again, after each try: three times over
/// two seconds.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(400),
    Duration::from_millis(600),
    Duration::from_millis(1000),
];

/// How far behind its schedule the rate limit may catch up: what the timer of the poll rounds away,
/// and no burst.
const SLACK: Duration = Duration::from_millis(5);

/// A check that waits to be begun.
pub trait Candidate {
    /// Names a look-up.
    type Name: Clone + Eq + Hash;

    /// The look-up that it begins with; `None` where it needs none.
    fn name(&self) -> Option<Self::Name>;

    /// How often it has been tried again for want of a local address.
    fn tries(&mut self) -> &mut u8;
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<C> {
    /// Begin this check.
    Start(C),
    /// Nothing before this moment, unless a check ends or a look-up is answered.
    At(Instant),
    /// Nothing before a check ends, a look-up is answered, or the list brings more.
    Nothing,
}

/// Decides what begins.
pub struct Admission<C: Candidate> {
    parallel: usize,
    gap: Duration,
    /// The earliest moment that the rate allows.
    next: Option<Instant>,
    /// Something was lacking: nothing begins before a check has ended.
    crowded: bool,
    /// Those that can begin as soon as there is a place.
    ready: VecDeque<C>,
    /// Those that wait for a thread, by name, and the names in order.
    aside: HashMap<C::Name, Vec<C>>,
    order: VecDeque<C::Name>,
    set_aside: usize,
    /// Those that wait for a moment. They keep their places.
    later: BTreeMap<(Instant, u64), C>,
    serial: u64,
}

impl<C: Candidate> Admission<C> {
    /// At most `parallel` at a time, and `rate` new ones a second.
    pub fn new(parallel: usize, rate: Option<f64>) -> Self {
        let gap = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self {
            parallel,
            gap: gap.unwrap_or_default(),
            next: None,
            crowded: false,
            ready: VecDeque::new(),
            aside: HashMap::new(),
            order: VecDeque::new(),
            set_aside: 0,
            later: BTreeMap::new(),
            serial: 0,
        }
    }

    /// What begins now, with `in_flight` under way. Fresh checks come from `list`; `waits` says of a
    /// name whether its look-up would have to wait for a thread.
    pub fn next(
        &mut self,
        now: Instant,
        in_flight: usize,
        mut list: impl FnMut() -> Option<C>,
        waits: impl Fn(&C::Name) -> bool,
    ) -> Next<C> {
        if self.crowded {
            return Next::Nothing;
        }
        let due = self.later.keys().next().map(|&(at, _)| at);
        let is_due = due.is_some_and(|at| at <= now);
        if !is_due && in_flight + self.later.len() >= self.parallel {
            return due.map_or(Next::Nothing, Next::At);
        }
        if let Some(next) = self.next.filter(|&next| next > now) {
            return Next::At(next);
        }
        if is_due && let Some((_, candidate)) = self.later.pop_first() {
            return self.start(candidate, now);
        }
        self.call_back(&waits);
        for _ in 0..LOOKED_AT {
            let Some(candidate) = self.ready.pop_front().or_else(|| self.from(&mut list)) else {
                return due.map_or(Next::Nothing, Next::At);
            };
            match candidate.name().filter(|name| waits(name)) {
                Some(name) => self.put_aside(name, candidate),
                None => return self.start(candidate, now),
            }
        }
        Next::At(now)
    }

    /// A check has ended, and there may be room again.
    pub fn ended(&mut self) {
        self.crowded = false;
    }

    /// Whether what came of a check stands although this machine lacked something: it had nothing
    /// beside it (`alone`) that could have taken its room, or was tried often enough.
    pub fn stands(&self, lacked: Lacked, alone: bool, tries: u8) -> bool {
        match lacked {
            Lacked::Room => alone,
            Lacked::Address => usize::from(tries) >= PAUSES.len(),
        }
    }

    /// Takes back a check that has ended, to be tried again. `in_flight` are still under way.
    pub fn again(&mut self, mut candidate: C, lacked: Lacked, now: Instant, in_flight: usize) {
        match lacked {
            Lacked::Room => {
                self.crowded = in_flight > 0;
                self.ready.push_front(candidate);
            }
            Lacked::Address => {
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
        self.ready.is_empty() && self.set_aside == 0 && self.later.is_empty()
    }

    /// Gives up: hands out those that were begun and wait to be tried again; all others are forgotten.
    pub fn give_up(&mut self) -> impl Iterator<Item = C> {
        self.ready.clear();
        self.aside.clear();
        self.order.clear();
        self.set_aside = 0;
        std::mem::take(&mut self.later).into_values()
    }

    fn start(&mut self, candidate: C, now: Instant) -> Next<C> {
        if !self.gap.is_zero() {
            let due = self.next.unwrap_or(now);
            let earliest = now.checked_sub(SLACK).unwrap_or(now);
            self.next = Some(due.max(earliest) + self.gap);
        }
        Next::Start(candidate)
    }

    fn from(&self, list: &mut impl FnMut() -> Option<C>) -> Option<C> {
        (self.set_aside < ASIDE).then(list).flatten()
    }

    fn put_aside(&mut self, name: C::Name, candidate: C) {
        self.set_aside += 1;
        let group = self.aside.entry(name.clone()).or_default();
        if group.is_empty() {
            self.order.push_back(name);
        }
        group.push(candidate);
    }

    /// Once a thread is free, the name that has waited longest has its turn: all its checks do, for
    /// they share the look-up. One name at a time, for the first of its checks takes the thread.
    fn call_back(&mut self, waits: &impl Fn(&C::Name) -> bool) {
        if !self.ready.is_empty() {
            return;
        }
        let Some(name) = self.order.pop_front() else {
            return;
        };
        if waits(&name) {
            return self.order.push_front(name);
        }
        let group = self.aside.remove(&name).unwrap_or_default();
        self.set_aside = self.set_aside.saturating_sub(group.len());
        self.ready.extend(group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name, or none, and the tries.
    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Line(Option<&'static str>, u8);

    impl Candidate for Line {
        type Name = &'static str;

        fn name(&self) -> Option<&'static str> {
            self.0
        }

        fn tries(&mut self) -> &mut u8 {
            &mut self.1
        }
    }

    const LITERAL: Line = Line(None, 0);

    fn named(name: &'static str) -> Line {
        Line(Some(name), 0)
    }

    fn endless() -> Option<Line> {
        Some(LITERAL)
    }

    fn none() -> Option<Line> {
        None
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn no_more_than_so_many_are_in_flight() {
        let now = Instant::now();
        let mut admission = Admission::new(2, None);
        let mut next = |in_flight| admission.next(now, in_flight, endless, |_| false);
        assert_eq!(next(1), Next::Start(LITERAL));
        assert_eq!(next(2), Next::Nothing);
    }

    #[test]
    fn the_rate_is_kept_evenly_and_a_late_poll_is_caught_up_with() {
        let start = Instant::now();
        let mut admission = Admission::new(99, Some(100.0));
        let mut next = |after| admission.next(start + ms(after), 0, endless, |_| false);
        assert_eq!(next(0), Next::Start(LITERAL));
        assert_eq!(next(0), Next::At(start + ms(10)));
        assert_eq!(next(12), Next::Start(LITERAL));
        assert_eq!(next(12), Next::At(start + ms(20)));
        // A gap in the list is no credit.
        assert_eq!(next(1000), Next::Start(LITERAL));
        assert_eq!(next(1000), Next::At(start + ms(1005)));
    }

    #[test]
    fn names_wait_while_all_threads_are_taken_and_nobody_waits_with_them() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        let mut list = [named("a"), named("b"), named("a"), LITERAL].into_iter();
        let next = admission.next(now, 0, || list.next(), |_| true);
        assert_eq!(next, Next::Start(LITERAL));
        assert_eq!(admission.next(now, 0, none, |_| true), Next::Nothing);
        assert!(!admission.is_empty());
        // One thread is free: `a` takes it, and the other `a` shares it.
        let mut began = Vec::new();
        let mut free = true;
        while let Next::Start(line) =
            admission.next(now, 0, none, |name| !(free || began_has(&began, name)))
        {
            began.push(line);
            free = false;
        }
        assert_eq!(began, [named("a"), named("a")]);
        let next = admission.next(now, 0, none, |_| false);
        assert_eq!(next, Next::Start(named("b")));
        assert!(admission.is_empty());
    }

    fn began_has(began: &[Line], name: &&'static str) -> bool {
        began.iter().any(|line| line.0 == Some(name))
    }

    #[test]
    fn the_list_is_not_read_on_behind_too_many_names_that_wait() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        let mut read = 0;
        loop {
            let list = || {
                read += 1;
                Some(named("a"))
            };
            match admission.next(now, 0, list, |_| true) {
                Next::At(at) => assert_eq!(at, now, "there is more to look at"),
                next => break assert_eq!(next, Next::Nothing),
            }
        }
        assert_eq!(read, ASIDE);
    }

    #[test]
    fn what_lacked_room_waits_until_something_has_ended() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        assert!(!admission.stands(Lacked::Room, false, 9));
        admission.again(named("a"), Lacked::Room, now, 1);
        assert_eq!(admission.next(now, 1, endless, |_| false), Next::Nothing);
        admission.ended();
        let next = admission.next(now, 0, endless, |_| false);
        assert_eq!(next, Next::Start(named("a")));
        assert!(
            admission.stands(Lacked::Room, true, 0),
            "nothing of ours is in its way"
        );
    }

    #[test]
    fn what_lacked_room_is_tried_at_once_where_nothing_is_in_its_way() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        admission.again(named("a"), Lacked::Room, now, 1);
        admission.again(named("b"), Lacked::Room, now, 0);
        let next = admission.next(now, 0, endless, |_| false);
        assert_eq!(next, Next::Start(named("b")));
    }

    #[test]
    fn what_lacked_an_address_is_tried_three_times_over_two_seconds() {
        let start = Instant::now();
        let mut admission = Admission::new(1, None);
        let mut line = LITERAL;
        let mut now = start;
        for _ in 0..3 {
            assert!(!admission.stands(Lacked::Address, true, line.1));
            admission.again(line, Lacked::Address, now, 0);
            let Next::At(at) = admission.next(now, 0, endless, |_| false) else {
                panic!("its place is kept");
            };
            now = at;
            match admission.next(now, 0, none, |_| false) {
                Next::Start(again) => line = again,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(now, start + ms(2000));
        assert!(admission.stands(Lacked::Address, false, line.1));
        assert!(admission.is_empty());
    }

    #[test]
    fn what_was_begun_is_handed_out_when_the_run_is_given_up() {
        let now = Instant::now();
        let mut admission = Admission::new(9, None);
        admission.again(LITERAL, Lacked::Address, now, 0);
        admission.next(now, 0, || None, |_| true);
        let mut list = [named("a")].into_iter();
        admission.next(now, 0, || list.next(), |_| true);
        assert_eq!(admission.give_up().count(), 1);
        assert!(admission.is_empty());
    }
}
