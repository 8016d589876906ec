//! Names of a list that hang: each look-up takes what the list says, and nobody pays for another's.

use crate::case::Case;
use crate::list::{self, Line, Plan};
use crate::rng::{Rng, each_seed};
use crate::run::expecting;
use crate::script::{Act, Lookup, Script, v4};
use check_tcp::check::Check;
use check_tcp::internal::batch::StopReason;
use check_tcp::internal::record::{Event, Record};
use check_tcp::internal::report::judge_record;
use check_tcp::outcome::{Cause, response_time};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::verdict::Reason;
use std::time::Duration;

const LOOKUPS: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(2);
const PROMPT: Duration = Duration::from_millis(5);
const SLOW: Duration = Duration::from_millis(1_500);

/// Bound on the time to begin and to end all that is due at one moment.
const MOMENT: Duration = Duration::from_millis(100);

/// The kind of check that a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Literal,
    Prompt,
    Slow,
    /// Its answer comes a little after its check has given up.
    Late,
    /// The system's resolver hangs long after its check has given up.
    Hung,
}

/// The results of the lines.
struct Listed {
    lines: Vec<Ended>,
    took: Duration,
}

/// The result of a line: its start, if it was begun, and its course from there.
struct Ended {
    kind: Kind,
    began: Option<Duration>,
    record: Record,
}

#[test]
fn names_that_hang_hold_up_nobody_while_a_place_is_free() {
    each_seed(4, |seed| {
        for ended in listed(seed, mixed(seed, LOOKUPS - 1)).lines {
            // At worst the one place that is left is there for all that do not hang.
            let latest = match ended.kind {
                Kind::Literal => Duration::ZERO,
                _ => 100 * PROMPT,
            };
            let began = ended.began.expect("it was begun");
            assert!(began <= latest, "{:?}: {began:?}", ended.kind);
            as_alone(&ended);
        }
    });
}

#[test]
fn while_all_places_are_taken_names_wait_at_no_cost_and_literals_do_not() {
    each_seed(4, |seed| {
        // One fewer than may hang: the last thread is there for all that do not.
        let listed = listed(seed, mixed(seed, 2 * LOOKUPS - 1));
        let late = listed
            .lines
            .iter()
            .filter(|ended| ended.began >= Some(TIMEOUT));
        assert!(late.count() >= LOOKUPS - 1, "as many names had to wait");
        for ended in &listed.lines {
            if ended.kind == Kind::Literal {
                assert_eq!(ended.began, Some(Duration::ZERO));
            }
            as_alone(ended);
        }
        assert!(
            listed.took <= 2 * TIMEOUT + 100 * PROMPT,
            "{:?}",
            listed.took
        );
    });
}

#[test]
fn a_resolver_that_is_dead_holds_no_list_up_however_long_it_is() {
    for (count, kind, times) in [
        (LOOKUPS + 1, Kind::Hung, 2),
        (3 * LOOKUPS, Kind::Hung, 2),
        (10_000, Kind::Hung, 2),
        // There is always a thread, and some begin while the second round ends.
        (10_000, Kind::Late, 3),
    ] {
        let mut kinds = vec![kind; count];
        kinds.extend([Kind::Literal; 100]);
        let listed = listed(1, kinds);
        let latest = times * TIMEOUT + MOMENT;
        assert!(listed.took <= latest, "{count} {kind:?}: {:?}", listed.took);
        for ended in &listed.lines {
            if ended.kind == Kind::Literal {
                assert!(ended.began <= Some(TIMEOUT), "{:?}", ended.began);
            }
            as_alone(ended);
        }
    }
}

#[test]
fn a_resolver_that_is_slow_is_waited_for_as_long_as_it_takes() {
    let listed = listed(1, vec![Kind::Slow; 10 * LOOKUPS]);
    listed.lines.iter().for_each(as_alone);
    assert!(listed.took <= 10 * SLOW + MOMENT, "{:?}", listed.took);
}

#[test]
fn a_name_is_looked_up_again_once_a_dead_resolver_has_come_back() {
    let back = Duration::from_secs(60);
    let lines = |kind, at| move |_| (kind, at);
    let dead = (0..3 * LOOKUPS).map(lines(Kind::Hung, Duration::ZERO));
    let alive = (0..3 * LOOKUPS).map(lines(Kind::Prompt, back));
    let listed = at(1, dead.chain(alive).collect());
    for ended in &listed.lines {
        as_alone(ended);
    }
    assert!(
        listed.took <= back + 4 * PROMPT + MOMENT,
        "{:?}",
        listed.took
    );
}

/// Whenever it was begun, it went as a single check would have.
fn as_alone(ended: &Ended) {
    let Event::Checked(checked) = &ended.record.event else {
        panic!("it was read");
    };
    match ended.kind {
        Kind::Hung | Kind::Late => {
            let trace = &checked.trace;
            let failure = checked.outcome.as_ref().expect_err("no address");
            assert_eq!((failure.phase, trace.total), (Phase::Resolving, TIMEOUT));
            assert!(matches!(failure.cause, Cause::TimedOut));
            assert_eq!(judge_record(&ended.record).verdict.reason, Reason::Dns);
            assert_eq!(judge_record(&ended.record).verdict.status, Status::Critical);
        }
        Kind::Literal | Kind::Prompt | Kind::Slow => {
            assert_eq!(
                judge_record(&ended.record).verdict.status,
                Status::Ok,
                "{checked:?}"
            );
            let elapsed = response_time(&checked.outcome).expect("an answer");
            let longest = match ended.kind {
                Kind::Slow => SLOW + PROMPT,
                _ => 2 * PROMPT,
            };
            assert!(elapsed <= longest, "{checked:?}");
        }
    }
}

/// So many names that hang among 200 other lines, in an order that the seed decides.
fn mixed(seed: u64, hung: usize) -> Vec<Kind> {
    let mut kinds = vec![Kind::Hung; hung];
    kinds.extend([Kind::Literal, Kind::Prompt].repeat(100));
    let mut rng = Rng::new(seed);
    for last in (1..kinds.len()).rev() {
        kinds.swap(last, rng.below(last + 1));
    }
    kinds
}

fn listed(seed: u64, kinds: Vec<Kind>) -> Listed {
    at(
        seed,
        kinds
            .into_iter()
            .map(|kind| (kind, Duration::ZERO))
            .collect(),
    )
}

/// Lines, and when each can be read.
fn at(seed: u64, lines: Vec<(Kind, Duration)>) -> Listed {
    let line = |&(kind, at): &(Kind, Duration)| Line {
        at,
        ..Line::now(case(kind, seed))
    };
    let mut run = list::run(Plan {
        lookups: LOOKUPS,
        seed,
        ..Plan::of(lines.iter().map(line).collect())
    });
    assert!(matches!(run.end, StopReason::Completed));
    let ended = |(line, (kind, _)): (usize, &(Kind, Duration))| Ended {
        kind: *kind,
        began: run.starts.get(&line).copied(),
        record: run.records.remove(&line).expect("a verdict"),
    };
    Listed {
        lines: lines.iter().enumerate().map(ended).collect(),
        took: run.took,
    }
}

fn case(kind: Kind, seed: u64) -> Case {
    let check = Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    };
    let finds = |after| Lookup::Finds(after, vec![v4(1)]);
    let lookup = match kind {
        Kind::Literal => finds(Duration::ZERO),
        Kind::Prompt => finds(PROMPT),
        Kind::Slow => finds(SLOW),
        Kind::Late => finds(TIMEOUT + PROMPT),
        Kind::Hung => Lookup::Never,
    };
    let script = Script {
        lookup,
        seed,
        ..Script::new(vec![Act::say("220 ready\r\n")])
    };
    match kind {
        Kind::Literal => Case::literal(script, check, v4(1)),
        _ => Case::new(script, check),
    }
}
