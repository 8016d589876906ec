//! Names of a list that hang: each look-up takes what the list says, and nobody pays for another's.

use crate::case::Case;
use crate::list::{self, Line, Plan};
use crate::rng::{Rng, each_seed};
use crate::run::expecting;
use crate::script::{Act, Lookup, Script, v4};
use check_tcp::batch::turns::End;
use check_tcp::check::Check;
use check_tcp::outcome::{Cause, Status, response_time};
use check_tcp::report::finish::finish;
use check_tcp::report::record::{Event, Record};
use check_tcp::state::Phase;
use std::time::Duration;

const THREADS: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(2);
const PROMPT: Duration = Duration::from_millis(5);

/// What a line asks for. The system's resolver hangs long after the check has given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Literal,
    Prompt,
    Hung,
}

/// What came of a line: when it was begun, and how it went from there.
struct Ended {
    kind: Kind,
    began: Duration,
    record: Record,
}

#[test]
fn names_that_hang_hold_up_nobody_while_a_thread_is_free() {
    each_seed(4, |seed| {
        for ended in listed(seed, THREADS - 1) {
            // At worst the one thread that is left looks up all that do not hang.
            let latest = match ended.kind {
                Kind::Literal => Duration::ZERO,
                Kind::Prompt | Kind::Hung => 100 * PROMPT,
            };
            assert!(ended.began <= latest, "{:?}: {:?}", ended.kind, ended.began);
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
            if ended.kind == Kind::Literal {
                assert_eq!(ended.began, Duration::ZERO);
            }
            as_alone(&ended);
        }
    });
}

/// Whenever it was begun, it went as a single check would have.
fn as_alone(ended: &Ended) {
    let Event::Checked(checked) = &ended.record.event else {
        panic!("it was read");
    };
    match ended.kind {
        Kind::Hung => {
            let trace = &checked.trace;
            assert_eq!((trace.phase, trace.total), (Phase::Resolving, TIMEOUT));
            let failure = checked.outcome.as_ref().expect_err("no address");
            assert!(matches!(failure.cause, Cause::TimedOut));
        }
        Kind::Literal | Kind::Prompt => {
            assert_eq!(finish(&ended.record).status, Status::Ok, "{checked:?}");
            let elapsed = response_time(&checked.outcome).expect("an answer");
            assert!(elapsed <= 2 * PROMPT, "{checked:?}");
        }
    }
}

/// So many names that hang among 200 other lines, in an order that the seed decides.
fn listed(seed: u64, hung: usize) -> Vec<Ended> {
    let mut kinds = vec![Kind::Hung; hung];
    kinds.extend([Kind::Literal, Kind::Prompt].repeat(100));
    let mut rng = Rng::new(seed);
    for last in (1..kinds.len()).rev() {
        kinds.swap(last, rng.below(last + 1));
    }
    let lines = kinds.iter().map(|kind| Line::now(case(*kind, seed)));
    let mut run = list::run(Plan {
        threads: THREADS,
        seed,
        ..Plan::of(lines.collect())
    });
    assert!(matches!(run.end, End::Whole));
    let ended = |(line, kind): (usize, &Kind)| Ended {
        kind: *kind,
        began: run.starts[&line],
        record: run.records.remove(&line).expect("a verdict"),
    };
    kinds.iter().enumerate().map(ended).collect()
}

fn case(kind: Kind, seed: u64) -> Case {
    let check = Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    };
    let lookup = match kind {
        Kind::Literal => Lookup::Finds(Duration::ZERO, vec![v4(1)]),
        Kind::Prompt => Lookup::Finds(PROMPT, vec![v4(1)]),
        Kind::Hung => Lookup::Never,
    };
    let script = Script {
        lookup,
        seed,
        ..Script::new(vec![Act::say("220 ready\r\n")])
    };
    match kind {
        Kind::Literal => Case::literal(script, check, v4(1)),
        Kind::Prompt | Kind::Hung => Case::new(script, check),
    }
}
