//! The names that have been looked up. No clock and no thread in here: `now` comes in.

use crate::net::LookupError;
use crate::resolve::LookupRequest;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long addresses stay at hand.
const FRESH: Duration = Duration::from_secs(10);

/// How long it stays at hand that there are none.
const FRESH_FAILURE: Duration = Duration::from_secs(1);

/// How many answers are kept at most, however many came in so short a time.
const KEPT: usize = 4096;

/// Answers at hand. The map is a tree: it asks the system for nothing, and a check of a literal never
/// uses it.
#[derive(Default)]
pub struct Names {
    known: BTreeMap<LookupRequest, Known>,
    /// When which answer came, oldest first; an entry outlives an answer that was replaced.
    came: VecDeque<(Instant, LookupRequest)>,
}

struct Known {
    came: Instant,
    answer: Result<Vec<SocketAddr>, LookupError>,
}

impl Names {
    /// The answer, where it is at hand.
    pub fn answer(
        &self,
        request: &LookupRequest,
        now: Instant,
    ) -> Option<Result<Vec<SocketAddr>, LookupError>> {
        self.known(request, now).map(|known| copy(&known.answer))
    }

    /// Whether the answer is at hand.
    pub fn has(&self, request: &LookupRequest, now: Instant) -> bool {
        self.known(request, now).is_some()
    }

    /// Keeps an answer that came at `now`. That this machine lacked what it takes to ask is none.
    pub fn keep(
        &mut self,
        request: LookupRequest,
        answer: Result<Vec<SocketAddr>, LookupError>,
        now: Instant,
    ) {
        if matches!(answer, Err(LookupError::Local(_))) {
            return;
        }
        self.came.push_back((now, request.clone()));
        self.known.insert(request, Known { came: now, answer });
        while let Some((came, request)) = self.oldest_to_go(now) {
            let is_of_then = |known: &Known| known.came == came;
            if self.known.get(&request).is_some_and(is_of_then) {
                self.known.remove(&request);
            }
        }
    }

    /// Takes the oldest entry, where it is of no use any more or too much is kept.
    fn oldest_to_go(&mut self, now: Instant) -> Option<(Instant, LookupRequest)> {
        let is_over = self.known.len() > KEPT || self.came.len() > 2 * KEPT;
        self.came
            .pop_front_if(|(came, _)| is_over || now >= *came + FRESH)
    }

    fn known(&self, request: &LookupRequest, now: Instant) -> Option<&Known> {
        self.known
            .get(request)
            .filter(|known| now < known.came + known.fresh())
    }
}

impl Known {
    fn fresh(&self) -> Duration {
        match self.answer {
            Ok(_) => FRESH,
            Err(_) => FRESH_FAILURE,
        }
    }
}

/// The same answer once more, as far as anyone can see.
pub fn copy(answer: &Result<Vec<SocketAddr>, LookupError>) -> Result<Vec<SocketAddr>, LookupError> {
    let again = |e: &io::Error| match e.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(e.kind(), e.to_string()),
    };
    match answer {
        Ok(addresses) => Ok(addresses.clone()),
        Err(LookupError::Failed(e)) => Err(LookupError::Failed(again(e))),
        Err(LookupError::Local(e)) => Err(LookupError::Local(again(e))),
        Err(LookupError::NoSource) => Err(LookupError::NoSource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Family;

    fn request(host: impl Into<String>) -> LookupRequest {
        LookupRequest {
            host: host.into(),
            family: Family::Any,
        }
    }

    fn address() -> Vec<SocketAddr> {
        vec![([192, 0, 2, 1], 0).into()]
    }

    #[test]
    fn addresses_are_at_hand_for_ten_seconds() {
        let (a, start) = (request("a"), Instant::now());
        let mut names = Names::default();
        names.keep(a.clone(), Ok(address()), start);
        for after in [0, 9_999] {
            let at = start + Duration::from_millis(after);
            match names.answer(&a, at) {
                Some(Ok(addresses)) => assert_eq!(addresses, address()),
                _ => panic!("not at hand after {after} ms"),
            }
        }
        assert!(!names.has(&a, start + FRESH));
    }

    #[test]
    fn a_failure_is_at_hand_for_a_second_and_a_lack_never() {
        let (a, start) = (request("a"), Instant::now());
        let mut names = Names::default();
        let failed = LookupError::Failed(io::Error::other("no such host"));
        names.keep(a.clone(), Err(failed), start);
        match names.answer(&a, start) {
            Some(Err(LookupError::Failed(e))) => assert_eq!(e.to_string(), "no such host"),
            _ => panic!("not at hand"),
        }
        let later = start + FRESH_FAILURE;
        assert!(!names.has(&a, later));
        names.keep(a.clone(), Err(LookupError::NoSource), later);
        assert!(matches!(
            names.answer(&a, later),
            Some(Err(LookupError::NoSource))
        ));
        let b = request("b");
        let lack = LookupError::Local(io::Error::from_raw_os_error(24));
        names.keep(b.clone(), Err(lack), later);
        assert!(!names.has(&b, later));
    }

    /// Keeps so many answers, as far apart as that.
    fn kept(count: usize, apart: Duration, name: impl Fn(usize) -> String) -> Names {
        let (mut names, mut now) = (Names::default(), Instant::now());
        for i in 0..count {
            names.keep(request(name(i)), Ok(address()), now);
            now += apart;
        }
        names
    }

    #[test]
    fn no_more_than_so_many_answers_are_kept() {
        let again = |i: usize| format!("{}", i % (KEPT + 1));
        let names = kept(3 * KEPT, Duration::from_millis(1), again);
        assert_eq!(names.known.len(), KEPT);
        assert!(names.came.len() <= 2 * KEPT);
        let names = kept(3 * KEPT, Duration::from_millis(1), |_| "a".to_owned());
        assert_eq!((names.known.len(), names.came.len()), (1, 2 * KEPT));
    }

    #[test]
    fn no_answer_is_kept_longer_than_it_is_at_hand() {
        let apart = Duration::from_millis(40);
        let fresh = FRESH.div_duration_f64(apart) as usize;
        let names = kept(2 * KEPT, apart, |i| i.to_string());
        assert_eq!((names.known.len(), names.came.len()), (fresh, fresh));
        let names = kept(2 * KEPT, apart, |_| "a".to_owned());
        assert_eq!((names.known.len(), names.came.len()), (1, fresh));
    }
}
