//! Which check begins next, and when. No clock and no poll in here: `now` comes in.

use super::rate::Rate;
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
    /// Begin this check. Where it is to be alone, nothing else is in flight, and nothing begins before
    /// it has ended.
    Start {
        /// Which.
        candidate: C,
        /// Because it lacked room before.
        alone: bool,
    },
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
        Self {
            parallel,
            rate: rate.map(Rate::new),
            crowded: false,
            lacking: VecDeque::new(),
            ready: VecDeque::new(),
            aside: HashMap::new(),
            order: VecDeque::new(),
            set_aside: 0,
            later: BTreeMap::new(),
            serial: 0,
        }
    }

    /// What begins now, with `in_flight` under way. Fresh checks come from `list`; `waits` says of a
    /// name whether its look-up would have to wait for a thread, and `fits` of a check whether there
    /// is room for all that it may open.
    pub fn next(
        &mut self,
        now: Instant,
        in_flight: usize,
        mut list: impl FnMut() -> Option<C>,
        waits: impl Fn(&C::Name) -> bool,
        fits: impl Fn(&C) -> bool,
    ) -> Next<C> {
        if self.crowded {
            return Next::Nothing;
        }
        let due = self.later.keys().next().map(|&(at, _)| at);
        let is_due = due.is_some_and(|at| at <= now);
        if !is_due && in_flight + self.later.len() >= self.parallel {
            return due.map_or(Next::Nothing, Next::At);
        }
        if is_due && let Some((_, candidate)) = self.later.pop_first() {
            self.ready.push_front(candidate);
        }
        while let Some(candidate) = self.lacking.pop_front() {
            match candidate.name().filter(|name| waits(name)) {
                Some(name) => self.put_aside(name, candidate),
                None => return self.start(candidate, in_flight == 0, now, Self::lack_again),
            }
        }
        self.call_back(&waits);
        for _ in 0..LOOKED_AT {
            let Some(candidate) = self.ready.pop_front().or_else(|| self.from(&mut list)) else {
                return due.filter(|_| !is_due).map_or(Next::Nothing, Next::At);
            };
            match candidate.name().filter(|name| waits(name)) {
                Some(name) => self.put_aside(name, candidate),
                None if in_flight > 0 && !fits(&candidate) => {
                    self.ready.push_front(candidate);
                    return Next::Nothing;
                }
                None => return self.start(candidate, false, now, Self::ready_again),
            }
        }
        Next::At(now)
    }

    /// A check has ended, and there may be room again.
    pub fn ended(&mut self) {
        self.crowded = false;
    }

    /// Whether what came of a check stands although this machine lacked something: it was alone, so
    /// that nothing of ours could have taken its room, or was tried often enough.
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
                self.lacking.push_back(candidate);
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
        let queues = [&self.lacking, &self.ready];
        queues.into_iter().all(VecDeque::is_empty) && self.set_aside == 0 && self.later.is_empty()
    }

    /// Gives up: hands out those that were begun and wait to be tried again; all others are forgotten.
    pub fn give_up(&mut self) -> impl Iterator<Item = C> {
        self.lacking.clear();
        self.ready.clear();
        self.aside.clear();
        self.order.clear();
        self.set_aside = 0;
        std::mem::take(&mut self.later).into_values()
    }

    /// Begins a check, unless the rate has it wait: then `back` takes it.
    fn start(
        &mut self,
        candidate: C,
        alone: bool,
        now: Instant,
        back: fn(&mut Self, C),
    ) -> Next<C> {
        if let Some(at) = self.rate.as_mut().and_then(|rate| rate.not_before(now)) {
            back(self, candidate);
            return Next::At(at);
        }
        // What is to be alone stays so until it has ended.
        self.crowded = alone;
        Next::Start { candidate, alone }
    }

    fn lack_again(&mut self, candidate: C) {
        self.lacking.push_front(candidate);
    }

    fn ready_again(&mut self, candidate: C) {
        self.ready.push_front(candidate);
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

    fn starts(candidate: Line) -> Next<Line> {
        let alone = false;
        Next::Start { candidate, alone }
    }

    /// With threads and room to spare.
    fn ask(
        admission: &mut Admission<Line>,
        now: Instant,
        in_flight: usize,
        list: impl FnMut() -> Option<Line>,
    ) -> Next<Line> {
        admission.next(now, in_flight, list, |_| false, |_| true)
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn no_more_than_so_many_are_in_flight() {
        let now = Instant::now();
        let mut admission = Admission::new(2, None);
        let mut next = |in_flight| admission.next(now, in_flight, endless, |_| false, |_| true);
        assert_eq!(next(1), starts(LITERAL));
        assert_eq!(next(2), Next::Nothing);
    }

    #[test]
    fn the_rate_is_kept_and_the_end_of_the_list_does_not_wait_for_it() {
        let start = Instant::now();
        let mut admission = Admission::new(99, Some(100.0));
        let mut list = [LITERAL, named("a")].into_iter();
        assert_eq!(
            ask(&mut admission, start, 0, || list.next()),
            starts(LITERAL)
        );
        let next = ask(&mut admission, start, 1, || list.next());
        assert_eq!(next, Next::At(start + ms(10)));
        let next = ask(&mut admission, start + ms(10), 1, || list.next());
        assert_eq!(next, starts(named("a")), "it was kept");
        assert_eq!(ask(&mut admission, start + ms(10), 1, none), Next::Nothing);
        assert!(admission.is_empty());
    }

    #[test]
    fn what_does_not_fit_waits_unless_it_would_be_alone() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        let mut next =
            |in_flight, fits| admission.next(now, in_flight, endless, |_| false, |_| fits);
        assert_eq!(next(1, false), Next::Nothing);
        assert_eq!(next(1, true), starts(LITERAL));
        assert_eq!(next(0, false), starts(LITERAL));
    }

    #[test]
    fn names_wait_while_all_threads_are_taken_and_nobody_waits_with_them() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        let mut list = [named("a"), named("b"), named("a"), LITERAL].into_iter();
        let next = admission.next(now, 0, || list.next(), |_| true, |_| true);
        assert_eq!(next, starts(LITERAL));
        assert_eq!(
            admission.next(now, 0, none, |_| true, |_| true),
            Next::Nothing
        );
        assert!(!admission.is_empty());
        // One thread is free: `a` takes it, and the other `a` shares it.
        let mut began = Vec::new();
        let mut free = true;
        while let Next::Start {
            candidate: line, ..
        } = admission.next(
            now,
            0,
            none,
            |name| !(free || began_has(&began, name)),
            |_| true,
        ) {
            began.push(line);
            free = false;
        }
        assert_eq!(began, [named("a"), named("a")]);
        let next = admission.next(now, 0, none, |_| false, |_| true);
        assert_eq!(next, starts(named("b")));
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
            match admission.next(now, 0, list, |_| true, |_| true) {
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
        admission.again(named("a"), Lacked::Room, now, 2);
        assert_eq!(ask(&mut admission, now, 2, endless), Next::Nothing);
        admission.ended();
        assert_eq!(ask(&mut admission, now, 1, endless), starts(named("a")));
        assert_eq!(ask(&mut admission, now, 2, endless), starts(LITERAL));
        assert!(!admission.stands(Lacked::Room, false, 9));
    }

    #[test]
    fn what_lacked_room_with_nothing_beside_it_is_alone_until_it_has_ended() {
        let now = Instant::now();
        let mut admission = Admission::new(99, None);
        admission.again(named("a"), Lacked::Room, now, 1);
        admission.again(named("b"), Lacked::Room, now, 0);
        let alone = Next::Start {
            candidate: named("a"),
            alone: true,
        };
        assert_eq!(ask(&mut admission, now, 0, endless), alone);
        assert!(admission.stands(Lacked::Room, true, 0));
        assert_eq!(ask(&mut admission, now, 1, endless), Next::Nothing);
        admission.ended();
        let next = ask(&mut admission, now, 0, endless);
        assert!(matches!(next, Next::Start { alone: true, .. }), "{next:?}");
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
            let Next::At(at) = ask(&mut admission, now, 0, endless) else {
                panic!("its place is kept");
            };
            now = at;
            match ask(&mut admission, now, 0, none) {
                Next::Start { candidate, .. } => line = candidate,
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
        admission.next(now, 0, || None, |_| true, |_| true);
        let mut list = [named("a")].into_iter();
        admission.next(now, 0, || list.next(), |_| true, |_| true);
        assert_eq!(admission.give_up().count(), 1);
        assert!(admission.is_empty());
    }
}
