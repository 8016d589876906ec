//! The names that have been looked up, or are being. No clock and no thread in here: `now` comes in.

use super::slots::Key;
use crate::net::LookupError;
use crate::resolve::Question;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long addresses stay at hand.
const FRESH: Duration = Duration::from_secs(10);

/// How long it stays at hand that there are none.
const FRESH_FAILURE: Duration = Duration::from_secs(1);

/// How many answers are kept.
const KEPT: usize = 4096;

/// Answers at hand, and questions under way. Each question is put once while its answer is at hand.
/// The maps are trees: they ask the system for nothing, and a check of a literal never uses them.
pub struct Names {
    known: BTreeMap<Question, Known>,
    /// When which answer came, oldest first; an entry outlives an answer that was replaced.
    came: VecDeque<(Instant, Question)>,
    pending: BTreeMap<Question, Vec<Key>>,
    threads: usize,
}

struct Known {
    came: Instant,
    answer: Result<Vec<SocketAddr>, LookupError>,
}

/// What came of asking.
pub enum Asked {
    /// The answer is at hand.
    Known(Result<Vec<SocketAddr>, LookupError>),
    /// The question is under way.
    Pending,
    /// Nobody has asked yet: the question has to be put.
    New,
}

impl Names {
    /// `threads` look up at a time.
    pub fn new(threads: usize) -> Self {
        Self {
            known: BTreeMap::new(),
            came: VecDeque::new(),
            pending: BTreeMap::new(),
            threads,
        }
    }

    /// Whether a check that asks this would have to wait for a thread.
    pub fn would_wait(&self, question: &Question, now: Instant) -> bool {
        self.pending.len() >= self.threads
            && !self.pending.contains_key(question)
            && self.at_hand(question, now).is_none()
    }

    /// Asks; where the question is under way or new, the answer will be for `key` too.
    pub fn ask(&mut self, key: Key, question: &Question, now: Instant) -> Asked {
        if let Some(known) = self.at_hand(question, now) {
            return Asked::Known(known.copy());
        }
        if let Some(waiting) = self.pending.get_mut(question) {
            waiting.push(key);
            return Asked::Pending;
        }
        self.pending.insert(question.clone(), vec![key]);
        Asked::New
    }

    /// There are no more than so many threads after all; one at least, for who asks is to be told.
    pub fn have(&mut self, threads: usize) {
        self.threads = threads.max(1);
    }

    /// The question could not be put.
    pub fn forget(&mut self, question: &Question) {
        self.pending.remove(question);
    }

    /// An answer has come: who waits for it, and what each is to be given. That this machine lacked
    /// what it takes to ask is no answer to keep.
    pub fn answered(
        &mut self,
        question: Question,
        answer: Result<Vec<SocketAddr>, LookupError>,
        now: Instant,
    ) -> Vec<(Key, Result<Vec<SocketAddr>, LookupError>)> {
        let waiting = self.pending.remove(&question).unwrap_or_default();
        let known = Known { came: now, answer };
        let answers = waiting.into_iter().map(|key| (key, known.copy())).collect();
        if !matches!(known.answer, Err(LookupError::Lack(_))) {
            self.keep(question, known);
        }
        answers
    }

    fn at_hand(&self, question: &Question, now: Instant) -> Option<&Known> {
        self.known
            .get(question)
            .filter(|known| now < known.came + known.fresh())
    }

    fn keep(&mut self, question: Question, known: Known) {
        self.came.push_back((known.came, question.clone()));
        self.known.insert(question, known);
        while self.known.len() > KEPT || self.came.len() > 2 * KEPT {
            let Some((came, question)) = self.came.pop_front() else {
                return;
            };
            let is_of_then = |known: &Known| known.came == came;
            if self.known.get(&question).is_some_and(is_of_then) {
                self.known.remove(&question);
            }
        }
    }
}

impl Known {
    fn fresh(&self) -> Duration {
        match self.answer {
            Ok(_) => FRESH,
            Err(_) => FRESH_FAILURE,
        }
    }

    fn copy(&self) -> Result<Vec<SocketAddr>, LookupError> {
        match &self.answer {
            Ok(addresses) => Ok(addresses.clone()),
            Err(LookupError::Failed(e)) => Err(LookupError::Failed(copy(e))),
            Err(LookupError::Lack(e)) => Err(LookupError::Lack(copy(e))),
            Err(LookupError::NoSource) => Err(LookupError::NoSource),
        }
    }
}

/// The same error once more, as far as anyone can see.
fn copy(e: &io::Error) -> io::Error {
    match e.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(e.kind(), e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::slots::Slots;
    use super::*;
    use crate::check::Family;

    fn question(host: impl Into<String>) -> Question {
        Question {
            host: host.into(),
            family: Family::Any,
        }
    }

    fn address() -> Vec<SocketAddr> {
        vec![([192, 0, 2, 1], 0).into()]
    }

    fn keys(count: usize) -> Vec<Key> {
        let mut slots = Slots::new();
        (0..count).map(|_| slots.insert(())).collect()
    }

    #[test]
    fn a_name_is_asked_for_once_while_its_answer_is_at_hand() {
        let (a, start) = (question("a"), Instant::now());
        let keys = keys(3);
        let mut names = Names::new(64);
        assert!(matches!(names.ask(keys[0], &a, start), Asked::New));
        assert!(matches!(names.ask(keys[1], &a, start), Asked::Pending));
        let answers = names.answered(a.clone(), Ok(address()), start);
        let told: Vec<Key> = answers.iter().map(|(key, _)| *key).collect();
        assert_eq!(told, keys[..2], "all who asked are told");
        for after in [0, 9_999] {
            let at = start + Duration::from_millis(after);
            match names.ask(keys[2], &a, at) {
                Asked::Known(Ok(addresses)) => assert_eq!(addresses, address()),
                _ => panic!("not at hand after {after} ms"),
            }
        }
        assert!(matches!(names.ask(keys[2], &a, start + FRESH), Asked::New));
    }

    #[test]
    fn a_failure_is_at_hand_for_a_second_and_a_lack_never() {
        let (a, start) = (question("a"), Instant::now());
        let key = keys(1)[0];
        let mut names = Names::new(64);
        names.ask(key, &a, start);
        let failed = || Err(LookupError::Failed(io::Error::other("no such host")));
        names.answered(a.clone(), failed(), start);
        match names.ask(key, &a, start) {
            Asked::Known(Err(LookupError::Failed(e))) => assert_eq!(e.to_string(), "no such host"),
            _ => panic!("not at hand"),
        }
        let later = start + FRESH_FAILURE;
        assert!(matches!(names.ask(key, &a, later), Asked::New));
        let lack = Err(LookupError::Lack(io::Error::from_raw_os_error(24)));
        let answers = names.answered(a.clone(), lack, later);
        assert!(matches!(&answers[..], [(_, Err(LookupError::Lack(_)))]));
        assert!(matches!(names.ask(key, &a, later), Asked::New));
    }

    #[test]
    fn only_a_new_name_waits_and_only_while_all_threads_are_taken() {
        let start = Instant::now();
        let key = keys(1)[0];
        let mut names = Names::new(2);
        names.ask(key, &question("known"), start);
        names.answered(question("known"), Ok(address()), start);
        names.ask(key, &question("a"), start);
        assert!(!names.would_wait(&question("new"), start));
        names.ask(key, &question("b"), start);
        assert!(names.would_wait(&question("new"), start));
        assert!(!names.would_wait(&question("a"), start));
        assert!(!names.would_wait(&question("known"), start));
        assert!(names.would_wait(&question("known"), start + FRESH));
        names.answered(question("b"), Ok(address()), start);
        assert!(!names.would_wait(&question("new"), start));
    }

    #[test]
    fn a_question_that_could_not_be_put_is_new_again() {
        let (a, start) = (question("a"), Instant::now());
        let key = keys(1)[0];
        let mut names = Names::new(64);
        names.ask(key, &a, start);
        names.forget(&a);
        assert!(matches!(names.ask(key, &a, start), Asked::New));
    }

    #[test]
    fn no_more_than_so_many_answers_are_kept() {
        let start = Instant::now();
        let key = keys(1)[0];
        let mut names = Names::new(64);
        for i in 0..3 * KEPT {
            let name = question(format!("{}", i % (KEPT + 1)));
            let at = start + Duration::from_secs(i as u64);
            names.ask(key, &name, at);
            names.answered(name, Ok(address()), at);
        }
        assert_eq!(names.known.len(), KEPT);
        assert!(names.came.len() <= 2 * KEPT);
    }
}
