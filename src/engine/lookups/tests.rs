use super::super::platform::PollEvent;
use super::super::slots::Slots;
use super::super::socket::Socket;
use super::*;
use crate::net::Endpoint;
use crate::target::Family;
use LookupCapacity::{Available, Full, Unresponsive};
use std::time::SystemTime;

/// A platform without a resolver: submitted requests, and results that a test provides.
#[derive(Default)]
struct ScriptedPlatform {
    submitted: Vec<LookupRequest>,
    results: Vec<LookupResult>,
}

impl Platform for ScriptedPlatform {
    type Stream = Socket;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    fn connect(&mut self, _: Endpoint<'_>, _: usize) -> io::Result<Socket> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll(&mut self, _: Duration, _: &mut dyn FnMut(PollEvent)) -> io::Result<()> {
        Ok(())
    }

    fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()> {
        self.submitted.push(request);
        Ok(())
    }

    fn max_lookups(&self) -> usize {
        1
    }

    fn next_lookup_result(&mut self) -> Option<LookupResult> {
        self.results.pop()
    }
}

fn request(number: usize) -> LookupRequest {
    LookupRequest {
        host: format!("{number}.example"),
        family: Family::Any,
    }
}

fn address() -> Vec<SocketAddr> {
    vec![([192, 0, 2, 1], 0).into()]
}

fn keys(count: usize) -> Vec<SlotKey> {
    let mut slots = Slots::new();
    (0..count).map(|_| slots.insert(())).collect()
}

fn limited(places: usize, threads: usize) -> Lookups {
    Lookups::new(LookupLimits { places, threads })
}

fn capacity(lookups: &Lookups, number: usize) -> LookupCapacity {
    lookups.capacity(&request(number), Instant::now())
}

/// Begins a lookup of each of these names, and abandons it.
fn abandon(lookups: &mut Lookups, numbers: std::ops::Range<usize>) {
    let key = keys(1)[0];
    for number in numbers {
        assert_eq!(capacity(lookups, number), Available);
        assert!(lookups.join(key, &request(number)));
        lookups.leave(key, &request(number));
    }
}

#[test]
fn a_result_too_late_for_one_check_is_cached_for_the_next() {
    let keys = keys(2);
    let (mut platform, now) = (ScriptedPlatform::default(), Instant::now());
    let mut lookups = limited(1, 1);
    let first = lookups.start(keys[0], request(0), now, &mut platform);
    assert!(first.is_pending());
    lookups.leave(keys[0], &request(0));
    platform.results.push(LookupResult {
        request: request(0),
        addresses: Ok(address()),
    });
    lookups.deliver(now, &mut platform, |_, _| panic!("no probe waits for it"));
    match lookups.start(keys[1], request(0), now, &mut platform) {
        Poll::Ready(Ok(addresses)) => assert_eq!(addresses, address()),
        _ => panic!("not cached"),
    }
    assert_eq!(platform.submitted, [request(0)], "submitted once");
}

#[test]
fn addresses_are_cached_for_ten_seconds() {
    let start = Instant::now();
    let mut lookups = limited(1, 1);
    lookups.insert(request(0), Ok(address()), start);
    for after in [0, 9_999] {
        let at = start + Duration::from_millis(after);
        assert!(lookups.cached(&request(0), at).is_some(), "{after} ms");
    }
    let expired = start + ADDRESSES_TTL;
    assert!(lookups.cached(&request(0), expired).is_none());
}

#[test]
fn a_failure_is_cached_for_a_second_and_a_local_failure_never() {
    let start = Instant::now();
    let mut lookups = limited(1, 1);
    let failed = LookupError::Failed(io::Error::other("no such host"));
    lookups.insert(request(0), Err(failed), start);
    let cached = lookups.cached(&request(0), start).expect("a failure");
    match clone_result(&cached.addresses) {
        Err(LookupError::Failed(e)) => assert_eq!(e.to_string(), "no such host"),
        _ => panic!("another result"),
    }
    let later = start + FAILURE_TTL;
    assert!(lookups.cached(&request(0), later).is_none());
    lookups.insert(request(0), Err(LookupError::NoSource), later);
    assert!(lookups.cached(&request(0), later).is_some());
    let local = LookupError::Local(io::Error::from_raw_os_error(24));
    lookups.insert(request(1), Err(local), later);
    assert!(lookups.cached(&request(1), later).is_none());
}

#[test]
fn the_cache_is_bounded_and_keeps_what_is_fresh_while_it_can() {
    let start = Instant::now();
    let mut lookups = limited(1, 1);
    let most = MAX_CACHED;
    for number in 0..3 * most {
        let at = start + Duration::from_secs(number as u64);
        lookups.insert(request(number), Ok(address()), at);
        assert!(lookups.cache.len() <= most);
    }
    // The last ten are fresh, however often the others were dropped.
    let now = start + Duration::from_secs(3 * most as u64 - 1);
    for number in 3 * most - 10..3 * most {
        assert!(lookups.cached(&request(number), now).is_some(), "{number}");
    }
    let mut lookups = limited(1, 1);
    for number in 0..=most {
        lookups.insert(request(number), Ok(address()), start);
    }
    assert_eq!(lookups.cache.len(), 1, "too many at once");
}

#[test]
fn a_request_is_submitted_once_for_all_probes_that_wait() {
    let keys = keys(3);
    let mut lookups = limited(64, 128);
    assert!(lookups.join(keys[0], &request(0)));
    assert!(!lookups.join(keys[1], &request(0)));
    assert!(!lookups.join(keys[2], &request(0)));
    lookups.leave(keys[1], &request(0));
    let waiting: Vec<SlotKey> = lookups.complete(&request(0)).into_iter().collect();
    assert_eq!(waiting, [keys[0], keys[2]]);
    assert!(lookups.join(keys[1], &request(0)), "new again");
}

#[test]
fn a_new_name_waits_while_all_places_are_taken() {
    let key = keys(1)[0];
    let mut lookups = limited(2, 4);
    lookups.join(key, &request(0));
    assert_eq!(capacity(&lookups, 2), Available);
    lookups.join(key, &request(1));
    assert_eq!(capacity(&lookups, 2), Full);
    assert_eq!(capacity(&lookups, 1), Available, "in progress");
    lookups.insert(request(3), Ok(address()), Instant::now());
    assert_eq!(capacity(&lookups, 3), Available, "cached");
    lookups.complete(&request(0));
    assert_eq!(capacity(&lookups, 2), Available);
}

#[test]
fn an_abandoned_lookup_frees_its_place_until_no_thread_is_left() {
    let mut lookups = limited(2, 4);
    abandon(&mut lookups, 0..4);
    assert_eq!(capacity(&lookups, 4), Unresponsive);
    assert_eq!(capacity(&lookups, 3), Available, "in progress");
    assert!(lookups.complete(&request(0)).is_empty(), "too late");
    assert_eq!(capacity(&lookups, 4), Available);
}

#[test]
fn a_probe_can_join_an_abandoned_lookup() {
    let key = keys(1)[0];
    let mut lookups = limited(1, 2);
    abandon(&mut lookups, 0..1);
    assert!(!lookups.join(key, &request(0)));
    assert_eq!(capacity(&lookups, 1), Full);
    assert_eq!(lookups.complete(&request(0)).len(), 1);
    assert_eq!(capacity(&lookups, 1), Available);
}

#[test]
fn a_resolver_is_unresponsive_after_as_many_unanswered_lookups_as_threads() {
    let key = keys(2);
    let mut lookups = limited(1, 2);
    for number in 0..3 {
        // Each result comes a little too late, so that a thread is always free.
        abandon(&mut lookups, number..number + 1);
        lookups.complete(&request(number));
    }
    lookups.join(key[0], &request(3));
    assert_eq!(capacity(&lookups, 4), Unresponsive);
    lookups.complete(&request(3));
    lookups.join(key[0], &request(5));
    assert_eq!(capacity(&lookups, 4), Full, "it answers");
}

#[test]
fn a_request_that_was_rejected_is_new_again() {
    let key = keys(1)[0];
    let mut lookups = limited(64, 128);
    lookups.join(key, &request(0));
    lookups.reject(&request(0), 0);
    assert_eq!(capacity(&lookups, 0), Available);
    assert!(lookups.join(key, &request(0)));
    assert_eq!(capacity(&lookups, 1), Full);
}
