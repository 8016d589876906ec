//! Names of a list that hang: admission lets in, on a virtual clock, and each probe has a world of its
//! own in which its look-up takes what the list says.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Run, expecting};
use crate::script::{Act, Lookup, Script, v4};
use check_tcp::check::Check;
use check_tcp::engine::admission::{Admission, Candidate, Next};
use check_tcp::outcome::{Cause, Status};
use check_tcp::state::Phase;
use std::time::{Duration, Instant};

const THREADS: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(2);
const PROMPT: Duration = Duration::from_millis(5);

/// How long the system's resolver hangs before it gives up, long after the check has.
const HANGS: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Literal,
    Prompt(usize),
    Hung(usize),
}

impl Candidate for Line {
    type Name = usize;

    fn name(&self) -> Option<usize> {
        match self {
            Self::Literal => None,
            Self::Prompt(name) | Self::Hung(name) => Some(*name),
        }
    }

    fn tries(&mut self) -> &mut u8 {
        unreachable!("no address is lacking here")
    }
}

/// What came of a line: when it was begun, and how it went from there.
struct Ended {
    line: Line,
    began: Duration,
    run: Run,
}

#[test]
fn names_that_hang_hold_up_nobody_while_a_thread_is_free() {
    each_seed(4, |seed| {
        for ended in listed(seed, THREADS - 1) {
            // At worst the one thread that is left looks up all that do not hang.
            let latest = match ended.line {
                Line::Literal => Duration::ZERO,
                Line::Prompt(_) | Line::Hung(_) => 100 * PROMPT,
            };
            assert!(ended.began <= latest, "{:?}: {:?}", ended.line, ended.began);
            as_alone(&ended);
        }
    });
}

#[test]
fn while_all_threads_hang_names_wait_at_no_cost_and_literals_do_not() {
    each_seed(4, |seed| {
        let all = listed(seed, 2 * THREADS);
        let late = all.iter().filter(|ended| ended.began > Duration::ZERO);
        assert!(late.count() >= THREADS, "as many names had to wait");
        for ended in all {
            if ended.line == Line::Literal {
                assert_eq!(ended.began, Duration::ZERO);
            }
            as_alone(&ended);
        }
    });
}

/// Whenever it was begun, it went as a single check would have.
fn as_alone(ended: &Ended) {
    let Ended { line, run, .. } = ended;
    match line {
        Line::Hung(_) => {
            assert_eq!((run.phase(), run.at), (Phase::Resolving, TIMEOUT));
            assert!(matches!(run.failure().cause, Cause::TimedOut));
        }
        Line::Literal | Line::Prompt(_) => {
            assert_eq!(run.status, Status::Ok, "{}", run.told());
            assert!(run.elapsed() <= 2 * PROMPT, "{}", run.told());
        }
    }
}

/// So many names that hang among 200 other lines, in an order that the seed decides.
fn listed(seed: u64, hung: usize) -> Vec<Ended> {
    let mut lines: Vec<Line> = (0..hung).map(Line::Hung).collect();
    lines.extend((0..100).flat_map(|n| [Line::Literal, Line::Prompt(1_000 + n)]));
    let mut rng = Rng::new(seed);
    for last in (1..lines.len()).rev() {
        lines.swap(last, rng.below(last + 1));
    }
    let count = lines.len();
    let mut list = lines.into_iter();

    let start = Instant::now();
    let mut admission = Admission::new(512, None);
    let mut now = Duration::ZERO;
    // When a thread is free again, and whose name it has until then; and when checks end.
    let mut threads: Vec<(Duration, usize)> = Vec::new();
    let mut ends: Vec<Duration> = Vec::new();
    let mut all = Vec::new();
    while all.len() < count || !ends.is_empty() {
        let waits = |name: &usize| {
            threads.len() >= THREADS && threads.iter().all(|(_, taken)| taken != name)
        };
        let next = admission.next(start + now, ends.len(), || list.next(), waits, |_| true);
        match next {
            Next::Start { candidate, .. } => {
                let (script, takes) = world(candidate, seed);
                threads.extend(candidate.name().map(|name| (now + takes, name)));
                let run = Case::new(script, check()).run();
                ends.push(now + run.at);
                let (line, began) = (candidate, now);
                all.push(Ended { line, began, run });
            }
            Next::At(at) if at == start + now => {}
            Next::At(_) | Next::Nothing => {
                let freed = threads.iter().map(|(until, _)| *until);
                let event = freed.chain(ends.iter().copied()).min();
                now = event.expect("something is under way");
                threads.retain(|(until, _)| *until > now);
                ends.retain(|end| *end > now);
            }
        }
    }
    assert!(admission.is_empty());
    all
}

fn check() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}

/// The world of a line, and how long its look-up takes a thread.
fn world(line: Line, seed: u64) -> (Script, Duration) {
    let greets = Script::new(vec![Act::say("220 ready\r\n")]);
    let (lookup, takes) = match line {
        Line::Literal => (Lookup::Finds(Duration::ZERO, vec![v4(1)]), Duration::ZERO),
        Line::Prompt(_) => (Lookup::Finds(PROMPT, vec![v4(1)]), PROMPT),
        Line::Hung(_) => (Lookup::Never, HANGS),
    };
    let script = Script {
        lookup,
        seed,
        ..greets
    };
    (script, takes)
}
