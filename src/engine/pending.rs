//! The names that are being looked up: who waits for them, and whether another may be. No clock and
//! no thread in here.

use super::slots::SlotKey;
use crate::resolve::LookupRequest;
use std::collections::{BTreeMap, BTreeSet};

/// Look-ups under way. Each request is put once, whoever asks meanwhile; one for which nobody waits
/// any more is abandoned, and holds its thread until the system answers.
pub struct Pending {
    /// Who waits for which answer; nobody, where it is abandoned.
    requests: BTreeMap<LookupRequest, BTreeSet<SlotKey>>,
    abandoned: usize,
    /// How many have been abandoned since one was answered in time.
    silent: usize,
    limits: LookupLimits,
}

/// How many look-ups there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupLimits {
    /// How many may be waited for at a time.
    pub places: usize,
    /// How many may be under way, on a thread each, with those that are abandoned.
    pub threads: usize,
}

/// Whether a look-up can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupCapacity {
    /// It can, or needs not: the answer is at hand, or under way.
    Available,
    /// All places are taken; whoever waits for one will have it.
    Full,
    /// No place is to be had, and the resolver is silent: to wait for longer than a check may take is
    /// in vain.
    Unresponsive,
}

impl Pending {
    pub fn new(limits: LookupLimits) -> Self {
        Self {
            requests: BTreeMap::new(),
            abandoned: 0,
            silent: 0,
            limits,
        }
    }

    /// Whether a check that asks this could begin.
    pub fn lookup_capacity(&self, request: &LookupRequest) -> LookupCapacity {
        let under_way = self.requests.len();
        let LookupLimits { places, threads } = self.limits;
        let is_free = under_way - self.abandoned < places && under_way < threads;
        if is_free || self.requests.contains_key(request) {
            LookupCapacity::Available
        } else if self.abandoned >= threads || self.silent >= threads {
            LookupCapacity::Unresponsive
        } else {
            LookupCapacity::Full
        }
    }

    /// The answer will be for `key` too. Whether the request is new, and has to be put.
    pub fn join(&mut self, key: SlotKey, request: &LookupRequest) -> bool {
        let Some(waiting) = self.requests.get_mut(request) else {
            self.requests.insert(request.clone(), BTreeSet::from([key]));
            return true;
        };
        if waiting.is_empty() {
            self.abandoned -= 1;
        }
        waiting.insert(key);
        false
    }

    /// The check of this key has ended, and did not have its answer.
    pub fn leave(&mut self, key: SlotKey, request: &LookupRequest) {
        let Some(waiting) = self.requests.get_mut(request) else {
            return;
        };
        if waiting.remove(&key) && waiting.is_empty() {
            self.abandoned += 1;
            self.silent += 1;
        }
    }

    /// The answer has come. Who waits for it.
    pub fn answered(&mut self, request: &LookupRequest) -> BTreeSet<SlotKey> {
        let waiting = self.requests.remove(request).unwrap_or_default();
        if waiting.is_empty() {
            self.abandoned = self.abandoned.saturating_sub(1);
        } else {
            self.silent = 0;
        }
        waiting
    }

    /// The request could not be put, and there are no more than so many threads after all; one at
    /// least, for who asks is to be told.
    pub fn refused(&mut self, request: &LookupRequest, threads: usize) {
        self.requests.remove(request);
        self.limits.threads = threads.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::slots::Slots;
    use super::*;
    use crate::target::Family;

    fn request(number: usize) -> LookupRequest {
        LookupRequest {
            host: format!("{number}.example"),
            family: Family::Any,
        }
    }

    fn keys(count: usize) -> Vec<SlotKey> {
        let mut slots = Slots::new();
        (0..count).map(|_| slots.insert(())).collect()
    }

    fn pending(places: usize, threads: usize) -> Pending {
        Pending::new(LookupLimits { places, threads })
    }

    /// One of each of these is asked, and given up.
    fn abandon(pending: &mut Pending, numbers: std::ops::Range<usize>) {
        let key = keys(1)[0];
        for number in numbers {
            assert_eq!(
                pending.lookup_capacity(&request(number)),
                LookupCapacity::Available
            );
            assert!(pending.join(key, &request(number)));
            pending.leave(key, &request(number));
        }
    }

    #[test]
    fn a_question_is_put_once_and_all_who_asked_are_told() {
        let keys = keys(3);
        let mut pending = pending(64, 128);
        assert!(pending.join(keys[0], &request(0)));
        assert!(!pending.join(keys[1], &request(0)));
        assert!(!pending.join(keys[2], &request(0)));
        pending.leave(keys[1], &request(0));
        let told: Vec<SlotKey> = pending.answered(&request(0)).into_iter().collect();
        assert_eq!(told, [keys[0], keys[2]]);
        assert!(pending.join(keys[1], &request(0)), "it is new again");
    }

    #[test]
    fn a_new_name_waits_while_all_places_are_taken() {
        let key = keys(1)[0];
        let mut pending = pending(2, 4);
        pending.join(key, &request(0));
        assert_eq!(
            pending.lookup_capacity(&request(2)),
            LookupCapacity::Available
        );
        pending.join(key, &request(1));
        assert_eq!(pending.lookup_capacity(&request(2)), LookupCapacity::Full);
        assert_eq!(
            pending.lookup_capacity(&request(1)),
            LookupCapacity::Available,
            "it is asked"
        );
        pending.answered(&request(0));
        assert_eq!(
            pending.lookup_capacity(&request(2)),
            LookupCapacity::Available
        );
    }

    #[test]
    fn a_look_up_that_nobody_waits_for_gives_its_place_up_until_no_thread_is_left() {
        let mut pending = pending(2, 4);
        abandon(&mut pending, 0..4);
        assert_eq!(
            pending.lookup_capacity(&request(4)),
            LookupCapacity::Unresponsive
        );
        assert_eq!(
            pending.lookup_capacity(&request(3)),
            LookupCapacity::Available,
            "under way"
        );
        assert!(pending.answered(&request(0)).is_empty(), "too late");
        assert_eq!(
            pending.lookup_capacity(&request(4)),
            LookupCapacity::Available
        );
    }

    #[test]
    fn who_asks_what_was_abandoned_waits_for_the_same_answer() {
        let key = keys(1)[0];
        let mut pending = pending(1, 2);
        abandon(&mut pending, 0..1);
        assert!(!pending.join(key, &request(0)));
        assert_eq!(pending.lookup_capacity(&request(1)), LookupCapacity::Full);
        assert_eq!(pending.answered(&request(0)).len(), 1);
        assert_eq!(
            pending.lookup_capacity(&request(1)),
            LookupCapacity::Available
        );
    }

    #[test]
    fn a_resolver_is_silent_once_it_left_as_many_unanswered_as_there_are_threads() {
        let key = keys(2);
        let mut pending = pending(1, 2);
        for number in 0..3 {
            // It gives each up a little too late, so that there is always a thread.
            abandon(&mut pending, number..number + 1);
            pending.answered(&request(number));
        }
        pending.join(key[0], &request(3));
        assert_eq!(
            pending.lookup_capacity(&request(4)),
            LookupCapacity::Unresponsive
        );
        pending.answered(&request(3));
        pending.join(key[0], &request(5));
        assert_eq!(
            pending.lookup_capacity(&request(4)),
            LookupCapacity::Full,
            "it answers"
        );
    }

    #[test]
    fn a_question_that_could_not_be_put_is_new_again() {
        let key = keys(1)[0];
        let mut pending = pending(64, 128);
        pending.join(key, &request(0));
        pending.refused(&request(0), 0);
        assert_eq!(
            pending.lookup_capacity(&request(0)),
            LookupCapacity::Available
        );
        assert!(pending.join(key, &request(0)));
        assert_eq!(pending.lookup_capacity(&request(1)), LookupCapacity::Full);
    }
}
