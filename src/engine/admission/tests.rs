use super::*;

/// A name, or none, and the tries.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TestCandidate(Option<&'static str>, u8);

impl Candidate for TestCandidate {
    type Lookup = &'static str;

    fn lookup(&self) -> Option<&'static str> {
        self.0
    }

    fn timeout(&self) -> Duration {
        PATIENCE
    }

    fn address_retries(&mut self) -> &mut u8 {
        &mut self.1
    }
}

const LITERAL: TestCandidate = TestCandidate(None, 0);
const PATIENCE: Duration = Duration::from_secs(1);

fn free(_: &&str) -> LookupCapacity {
    LookupCapacity::Available
}

fn taken(_: &&str) -> LookupCapacity {
    LookupCapacity::Full
}

fn silent(_: &&str) -> LookupCapacity {
    LookupCapacity::Unresponsive
}

fn named(name: &'static str) -> TestCandidate {
    TestCandidate(Some(name), 0)
}

fn endless() -> Option<TestCandidate> {
    Some(LITERAL)
}

fn none() -> Option<TestCandidate> {
    None
}

fn starts(candidate: TestCandidate) -> NextAction<TestCandidate> {
    let alone = false;
    NextAction::Start { candidate, alone }
}

/// Asks with free places and no other limit.
fn ask(
    admission: &mut Admission<TestCandidate>,
    now: Instant,
    in_flight: usize,
    list: impl FnMut() -> Option<TestCandidate>,
) -> NextAction<TestCandidate> {
    admission.next(now, in_flight, list, free, |_| true)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn the_number_in_flight_is_limited() {
    let now = Instant::now();
    let mut admission = Admission::new(2, None);
    let mut next = |in_flight| admission.next(now, in_flight, endless, free, |_| true);
    assert_eq!(next(1), starts(LITERAL));
    assert_eq!(next(2), NextAction::WaitForEvent);
}

#[test]
fn the_rate_limits_starts_but_not_the_end_of_the_list() {
    let start = Instant::now();
    let mut admission = Admission::new(99, Some(100.0));
    let mut list = [LITERAL, named("a")].into_iter();
    assert_eq!(
        ask(&mut admission, start, 0, || list.next()),
        starts(LITERAL)
    );
    let next = ask(&mut admission, start, 1, || list.next());
    assert_eq!(next, NextAction::WaitUntil(start + ms(10)));
    let next = ask(&mut admission, start + ms(10), 1, || list.next());
    assert_eq!(next, starts(named("a")), "it was kept");
    assert_eq!(
        ask(&mut admission, start + ms(10), 1, none),
        NextAction::WaitForEvent
    );
    assert!(admission.is_empty());
}

#[test]
fn a_check_beyond_the_socket_limit_waits_unless_nothing_is_in_flight() {
    let now = Instant::now();
    let mut admission = Admission::new(99, None);
    let mut next = |in_flight, fits| admission.next(now, in_flight, endless, free, |_| fits);
    assert_eq!(next(1, false), NextAction::WaitForEvent);
    assert_eq!(next(1, true), starts(LITERAL));
    assert_eq!(next(0, false), starts(LITERAL));
}

#[test]
fn names_wait_for_a_lookup_while_literals_begin() {
    let now = Instant::now();
    let mut admission = Admission::new(99, None);
    let mut list = [named("a"), named("b"), named("a"), LITERAL].into_iter();
    let next = admission.next(now, 0, || list.next(), taken, |_| true);
    assert_eq!(next, starts(LITERAL));
    assert_eq!(
        admission.next(now, 0, none, taken, |_| true),
        NextAction::WaitForEvent
    );
    assert!(!admission.is_empty());
    // One place is free: `a` takes it, and the other `a` shares it.
    let mut began = Vec::new();
    let mut has_place = true;
    while let NextAction::Start {
        candidate: line, ..
    } = admission.next(
        now,
        0,
        none,
        |name| match has_place || began_has(&began, name) {
            true => LookupCapacity::Available,
            false => LookupCapacity::Full,
        },
        |_| true,
    ) {
        began.push(line);
        has_place = false;
    }
    assert_eq!(began, [named("a"), named("a")]);
    let next = admission.next(now, 0, none, free, |_| true);
    assert_eq!(next, starts(named("b")));
    assert!(admission.is_empty());
}

fn began_has(began: &[TestCandidate], name: &&'static str) -> bool {
    began.iter().any(|line| line.0 == Some(name))
}

#[test]
fn a_name_expires_while_the_resolver_is_unresponsive() {
    let start = Instant::now();
    let mut admission = Admission::new(1, None);
    let mut list = [named("a"), named("b"), named("a")].into_iter();
    let next = admission.next(start, 0, || list.next(), taken, |_| true);
    assert_eq!(next, NextAction::WaitForEvent);
    let later = start + ms(300);
    let mut list = [named("c"), LITERAL].into_iter();
    let next = admission.next(later, 0, || list.next(), silent, |_| true);
    assert_eq!(next, starts(LITERAL), "a literal needs no resolver");
    let next = admission.next(later, 1, none, silent, |_| true);
    assert_eq!(next, NextAction::WaitUntil(start + PATIENCE));
    // Where it answers after all, they wait as long as it takes.
    let due = start + PATIENCE;
    assert_eq!(
        admission.next(due, 1, none, taken, |_| true),
        NextAction::WaitForEvent
    );
    for name in ["a", "a", "b"] {
        let next = admission.next(due, 1, none, silent, |_| true);
        assert_eq!(
            next,
            NextAction::Expire(named(name)),
            "no place in flight is needed"
        );
    }
    let next = admission.next(due, 1, none, silent, |_| true);
    assert_eq!(next, NextAction::WaitUntil(later + PATIENCE));
    assert_eq!(ask(&mut admission, due, 0, none), starts(named("c")));
    assert!(admission.is_empty());
}

#[test]
fn the_list_is_not_read_behind_too_many_names_that_wait() {
    let now = Instant::now();
    let mut admission = Admission::new(99, None);
    let mut read = 0;
    loop {
        let list = || {
            read += 1;
            Some(named("a"))
        };
        match admission.next(now, 0, list, taken, |_| true) {
            NextAction::WaitUntil(at) => assert_eq!(at, now, "there is more to look at"),
            next => break assert_eq!(next, NextAction::WaitForEvent),
        }
    }
    assert_eq!(read, MAX_SET_ASIDE);
}

#[test]
fn a_check_short_of_resources_waits_until_another_has_ended() {
    let now = Instant::now();
    let mut admission = Admission::new(99, None);
    admission.retry(named("a"), Shortage::Resources, now, 2);
    assert_eq!(
        ask(&mut admission, now, 2, endless),
        NextAction::WaitForEvent
    );
    admission.check_ended();
    assert_eq!(ask(&mut admission, now, 1, endless), starts(named("a")));
    assert_eq!(ask(&mut admission, now, 2, endless), starts(LITERAL));
    assert!(!admission.is_final(Shortage::Resources, false, 9));
}

#[test]
fn a_check_short_of_resources_with_nothing_in_flight_runs_alone() {
    let now = Instant::now();
    let mut admission = Admission::new(99, None);
    admission.retry(named("a"), Shortage::Resources, now, 1);
    admission.retry(named("b"), Shortage::Resources, now, 0);
    let alone = NextAction::Start {
        candidate: named("a"),
        alone: true,
    };
    assert_eq!(ask(&mut admission, now, 0, endless), alone);
    assert!(admission.is_final(Shortage::Resources, true, 0));
    assert_eq!(
        ask(&mut admission, now, 1, endless),
        NextAction::WaitForEvent
    );
    admission.check_ended();
    let next = ask(&mut admission, now, 0, endless);
    assert!(
        matches!(next, NextAction::Start { alone: true, .. }),
        "{next:?}"
    );
}

#[test]
fn a_check_short_of_a_local_address_is_retried_three_times_in_two_seconds() {
    let start = Instant::now();
    let mut admission = Admission::new(1, None);
    let mut line = LITERAL;
    let mut now = start;
    for _ in 0..3 {
        assert!(!admission.is_final(Shortage::LocalAddress, true, line.1));
        admission.retry(line, Shortage::LocalAddress, now, 0);
        let NextAction::WaitUntil(at) = ask(&mut admission, now, 0, endless) else {
            panic!("its place is kept");
        };
        now = at;
        match ask(&mut admission, now, 0, none) {
            NextAction::Start { candidate, .. } => line = candidate,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(now, start + ms(2000));
    assert!(admission.is_final(Shortage::LocalAddress, false, line.1));
    assert!(admission.is_empty());
}

#[test]
fn drain_returns_every_check_that_waits() {
    let now = Instant::now();
    let mut admission = Admission::new(9, None);
    admission.retry(LITERAL, Shortage::LocalAddress, now, 0);
    let mut list = [named("a"), named("b")].into_iter();
    admission.next(now, 0, || list.next(), taken, |_| true);
    admission.retry(named("c"), Shortage::Resources, now, 0);
    let mut waiting: Vec<_> = admission.drain().map(|line| line.0).collect();
    waiting.sort();
    assert_eq!(waiting, [None, Some("a"), Some("b"), Some("c")]);
    assert!(admission.is_empty());
}

#[test]
fn the_time_of_a_retry_is_returned_whatever_else_holds_checks_back() {
    let now = Instant::now();
    let mut admission = Admission::new(9, None);
    admission.retry(named("a"), Shortage::LocalAddress, now, 1);
    admission.retry(LITERAL, Shortage::LocalAddress, now + ms(100), 1);
    let next = admission.next(now, 1, endless, free, |_| false);
    assert_eq!(
        next,
        NextAction::WaitUntil(now + ms(400)),
        "the next check does not fit"
    );
    // The first is due, and its name has to wait for a place.
    let mut admission = Admission::new(9, None);
    admission.retry(named("a"), Shortage::LocalAddress, now, 1);
    admission.retry(LITERAL, Shortage::LocalAddress, now + ms(100), 1);
    let next = admission.next(now + ms(400), 1, none, taken, |_| true);
    assert_eq!(next, NextAction::WaitUntil(now + ms(500)));
}

#[test]
fn a_check_short_of_resources_waits_for_all_its_sockets() {
    let now = Instant::now();
    let mut admission = Admission::new(9, None);
    admission.retry(named("a"), Shortage::Resources, now, 2);
    admission.check_ended();
    let next = admission.next(now, 1, none, free, |_| false);
    assert_eq!(next, NextAction::WaitForEvent);
    assert_eq!(ask(&mut admission, now, 1, none), starts(named("a")));
}
