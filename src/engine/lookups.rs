//! Name lookups: a cache of results, the lookups in progress, and the probes that wait for them.
//! No clock and no thread in here: `now` is an argument.

use super::platform::Platform;
use super::slots::SlotKey;
use crate::net::LookupError;
use crate::resolve::{LookupRequest, LookupResult};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Time for which addresses are cached.
const ADDRESSES_TTL: Duration = Duration::from_secs(10);

/// Time for which a failed lookup is cached.
const FAILURE_TTL: Duration = Duration::from_secs(1);

/// Interval at which expired results are removed from the cache.
const SWEEP_INTERVAL: Duration = FAILURE_TTL;

/// Most results in the cache.
const MAX_CACHED: usize = 4096;

/// The lookups of an engine. Each request is submitted once, however many probes wait for its
/// result. A lookup for which no probe waits any more is abandoned: it cannot be cancelled, and
/// occupies its thread until the resolver answers.
///
/// The maps are trees: unlike hash maps they need no random seed from the system, which a check of
/// a literal address would pay for.
pub(super) struct Lookups {
    cache: BTreeMap<LookupRequest, Cached>,
    /// The time of the next sweep; `None` before the first result.
    next_sweep: Option<Instant>,
    /// The probes that wait for each result; none, if the lookup is abandoned.
    in_progress: BTreeMap<LookupRequest, BTreeSet<SlotKey>>,
    /// The number of lookups in progress that are abandoned.
    abandoned: usize,
    /// The number of lookups abandoned since a result last came in time.
    unanswered: usize,
    limits: LookupLimits,
}

/// Limits on concurrent lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupLimits {
    /// Most lookups that probes wait for.
    pub places: usize,
    /// Most lookups in progress, abandoned ones included; each has a thread.
    pub threads: usize,
}

/// The capacity for one more lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupCapacity {
    /// It can begin, or need not: its result is cached, or in progress.
    Available,
    /// Every place is taken; one becomes free as results arrive.
    Full,
    /// Every place is taken, and the resolver does not answer: waiting for longer than a check may
    /// take is of no use.
    Unresponsive,
}

struct Cached {
    expires: Instant,
    addresses: Result<Vec<SocketAddr>, LookupError>,
}

impl Lookups {
    pub(super) fn new(limits: LookupLimits) -> Self {
        Self {
            cache: BTreeMap::new(),
            next_sweep: None,
            in_progress: BTreeMap::new(),
            abandoned: 0,
            unanswered: 0,
            limits,
        }
    }

    /// Returns the capacity for this lookup.
    pub(super) fn capacity(&self, request: &LookupRequest, now: Instant) -> LookupCapacity {
        let in_progress = self.in_progress.len();
        let LookupLimits { places, threads } = self.limits;
        let has_place = in_progress - self.abandoned < places && in_progress < threads;
        if has_place
            || self.in_progress.contains_key(request)
            || self.cached(request, now).is_some()
        {
            LookupCapacity::Available
        } else if self.abandoned >= threads || self.unanswered >= threads {
            LookupCapacity::Unresponsive
        } else {
            LookupCapacity::Full
        }
    }

    /// Looks up for the probe `key`. `Pending` if the result will come from
    /// [`deliver`](Self::deliver). Addresses have port 0.
    pub(super) fn start(
        &mut self,
        key: SlotKey,
        request: LookupRequest,
        now: Instant,
        platform: &mut impl Platform,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        if let Some(cached) = self.cached(&request, now) {
            return Poll::Ready(clone_result(&cached.addresses));
        }
        if !self.join(key, &request) {
            return Poll::Pending;
        }
        match platform.start_lookup(request.clone()) {
            Ok(()) => Poll::Pending,
            Err(e) => {
                self.reject(&request, platform.max_lookups());
                Poll::Ready(Err(LookupError::Local(e)))
            }
        }
    }

    /// Removes a probe that ended before its result came. The lookup goes on, and its result is
    /// cached.
    pub(super) fn leave(&mut self, key: SlotKey, request: &LookupRequest) {
        let Some(waiting) = self.in_progress.get_mut(request) else {
            return;
        };
        if waiting.remove(&key) && waiting.is_empty() {
            self.abandoned += 1;
            self.unanswered += 1;
        }
    }

    /// Hands each result that has arrived to the probes that wait for it, and caches it. Never
    /// waits.
    pub(super) fn deliver(
        &mut self,
        now: Instant,
        platform: &mut impl Platform,
        mut deliver: impl FnMut(SlotKey, Result<Vec<SocketAddr>, LookupError>),
    ) {
        while let Some(LookupResult { request, addresses }) = platform.next_lookup_result() {
            for key in self.complete(&request) {
                deliver(key, clone_result(&addresses));
            }
            self.insert(request, addresses, now);
        }
    }

    /// Adds a probe to those that wait for a result. Returns true if the request is new and has to
    /// be submitted.
    fn join(&mut self, key: SlotKey, request: &LookupRequest) -> bool {
        let Some(waiting) = self.in_progress.get_mut(request) else {
            self.in_progress
                .insert(request.clone(), BTreeSet::from([key]));
            return true;
        };
        if waiting.is_empty() {
            self.abandoned -= 1;
        }
        waiting.insert(key);
        false
    }

    /// Ends a lookup and returns the probes that wait for its result.
    fn complete(&mut self, request: &LookupRequest) -> BTreeSet<SlotKey> {
        let waiting = self.in_progress.remove(request).unwrap_or_default();
        if waiting.is_empty() {
            self.abandoned = self.abandoned.saturating_sub(1);
        } else {
            self.unanswered = 0;
        }
        waiting
    }

    /// Ends a lookup that could not be submitted, and lowers the number of threads to those that
    /// could be started. It stays at least 1, so that a later lookup fails with the system's error
    /// instead of waiting for a place.
    fn reject(&mut self, request: &LookupRequest, threads: usize) {
        self.in_progress.remove(request);
        self.limits.threads = threads.max(1);
    }

    /// Caches a result. A local failure is none: the next lookup may succeed.
    fn insert(
        &mut self,
        request: LookupRequest,
        addresses: Result<Vec<SocketAddr>, LookupError>,
        now: Instant,
    ) {
        let ttl = match addresses {
            Ok(_) => ADDRESSES_TTL,
            Err(LookupError::Local(_)) => return,
            Err(_) => FAILURE_TTL,
        };
        // Without it the memory of a long run would rise until the cache is full.
        if *self.next_sweep.get_or_insert(now) <= now {
            self.cache.retain(|_, cached| now < cached.expires);
            self.next_sweep = Some(now + SWEEP_INTERVAL);
        }
        if self.cache.len() >= MAX_CACHED {
            self.cache.clear();
        }
        let expires = now + ttl;
        self.cache.insert(request, Cached { expires, addresses });
    }

    fn cached(&self, request: &LookupRequest, now: Instant) -> Option<&Cached> {
        self.cache
            .get(request)
            .filter(|cached| now < cached.expires)
    }
}

/// Clones a result. `io::Error` is not `Clone`; the copy has the same code, or kind and text.
fn clone_result(
    result: &Result<Vec<SocketAddr>, LookupError>,
) -> Result<Vec<SocketAddr>, LookupError> {
    let clone = |e: &io::Error| match e.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(e.kind(), e.to_string()),
    };
    match result {
        Ok(addresses) => Ok(addresses.clone()),
        Err(LookupError::Failed(e)) => Err(LookupError::Failed(clone(e))),
        Err(LookupError::Local(e)) => Err(LookupError::Local(clone(e))),
        Err(LookupError::NoSource) => Err(LookupError::NoSource),
    }
}

#[cfg(test)]
mod tests;
