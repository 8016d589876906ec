//! The engine and the loop of a run, on a virtual machine: whatever happens to it, each line has
//! its one verdict, and it is the verdict that a check of its own would have had.

use crate::case::Case;
use crate::list::{self, Line, Plan, Run, Trouble};
use crate::rng::{Rng, each_seed};
use crate::run::{self, expecting};
use crate::script::{Act, Fate, Script};
use check_tcp::internal::batch::StopReason;
use check_tcp::internal::record::{Checked, Event, Record};
use check_tcp::internal::report::judge_record;
use check_tcp::outcome::{Cause, Failure, Success};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The engine's longest sleep while checks are in flight.
const MAX_SLEEP_IN_FLIGHT: Duration = Duration::from_millis(250);

/// More than a machine's troubles can take of a check's time.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn each_line_has_the_verdict_and_the_times_that_it_has_alone() {
    each_seed(10_000, |seed| {
        let mut plan = Plan::calm(seed);
        // What the wall clock says changes nothing.
        let back = SECOND * 86_400 * 365 * 70;
        let at = Rng::new(seed).duration(SECOND);
        plan.troubles.push((at, Trouble::SetBack(back)));
        if plan.cases().any(|case| !case.is_exact()) {
            return;
        }
        for line in &mut plan.lines {
            line.case = line.case.take().map(Case::in_one_look);
        }
        let alone = cases(seed, Case::in_one_look);
        let may_be_silent = unanswered(&alone) > plan.lookups;
        let run = list::run(plan);
        whole(&run, alone.len());
        for (n, alone) in alone.into_iter().enumerate() {
            let Some(alone) = alone else {
                assert!(matches!(run.records[&n].event, Event::NotChecked { .. }));
                continue;
            };
            let status = judge_record(&run.records[&n]).verdict.status;
            let checked = checked(&run.records[&n]);
            if may_be_silent && is_unanswered(&checked.outcome) {
                assert_eq!(checked.trace.total, checked.check.timeout, "line {n}");
                continue;
            }
            let outcome = &alone.outcome;
            if outcome.as_ref().is_err_and(|e| e.shortage().is_some()) {
                // It was tried again, with its name at hand: that may well have gone another way.
                continue;
            }
            let told = (told(&checked.outcome), status, checked.trace.total);
            let phases = checked.trace.phases;
            let expected = (self::told(outcome), alone.status, alone.trace.total);
            assert_eq!(told, expected, "line {n}");
            assert_eq!(phases, alone.trace.phases, "line {n}");
        }
    });
}

#[test]
fn whatever_happens_to_the_machine_no_verdict_is_lost_doubled_or_false() {
    each_seed(10_000, |seed| {
        let mut plan = Plan::rough(seed);
        for line in &mut plan.lines {
            line.case = line.case.take().map(|case| case.patient(PATIENCE));
        }
        let count = plan.lines.len();
        let exact = plan.cases().all(Case::is_exact);
        let stays: Vec<bool> = plan.lines.iter().map(stays).collect();
        let alone = cases(seed, |case| case.patient(PATIENCE));
        let may_be_silent = unanswered(&alone) > plan.lookups;
        let run = list::run(plan);
        assert_eq!(
            run.written,
            run.records.len(),
            "all that was handed over is written"
        );
        match run.end {
            StopReason::Completed => whole(&run, count),
            StopReason::Interrupted => {
                let left = run.left.as_ref().expect("it was broken off").lines;
                assert_eq!(run.records.len() as u64 + left, run.readable as u64);
                let told = |line| run.records.contains_key(line);
                assert!(run.starts.keys().all(told), "what was begun is told");
            }
            StopReason::OutputClosed => {}
            StopReason::InputFailed(_) | StopReason::PollFailed(_) => {
                panic!("nothing of the kind was planned")
            }
        }
        for (n, record) in &run.records {
            let (Some(alone), Event::Checked(checked)) = (&alone[*n], &record.event) else {
                continue;
            };
            let interrupted =
                matches!(&checked.outcome, Err(e) if matches!(e.cause, Cause::Interrupted));
            let is_soon = alone.trace.total < PATIENCE / 2;
            let was_silent = may_be_silent && is_unanswered(&checked.outcome);
            let is_held = exact && is_soon && stays[*n] && !was_silent;
            if alone.status == Status::Ok && is_held && !interrupted {
                let status = judge_record(record).verdict.status;
                let lacks = matches!(&checked.outcome, Err(e) if e.shortage().is_some());
                let expected = if lacks { Status::Unknown } else { Status::Ok };
                assert_eq!(status, expected, "line {n}: {:?}", checked.outcome);
            }
        }
    });
}

#[test]
fn no_second_has_more_than_its_rate() {
    each_seed(300, |seed| {
        let mut rng = Rng::new(seed);
        let rate = *rng.pick(&[0.5, 1.0, 7.0, 30.0]);
        let count = 3 + rng.below(40);
        let lines = (0..count).map(|_| Line::now(greeted(Duration::ZERO)));
        let plan = Plan {
            lines: lines.collect(),
            rate: Some(rate),
            ..Plan::calm(seed)
        };
        let run = list::run(plan);
        whole(&run, count);
        let most = (rate as usize).max(1);
        for (first, beyond) in run.starts.values().zip(run.starts.values().skip(most)) {
            assert!(
                *beyond >= *first + SECOND,
                "{first:?} and {beyond:?} at {rate}"
            );
        }
        let last = run.starts.values().last().expect("a line");
        let schedule = SECOND.div_f64(rate) * (count as u32 - 1);
        assert!(
            *last + Duration::from_millis(5) >= schedule,
            "{last:?} before {schedule:?}"
        );
    });
}

#[test]
fn a_check_does_not_time_out_for_a_time_in_which_the_process_stood_still() {
    for readings in 0..40 {
        for tls in [false, true] {
            let pauses = Duration::from_millis(600);
            let acts = vec![Act::Pause(pauses), Act::say("220 ready\r\n")];
            let plan = still(run::over(tls, check()), Script::over(tls, acts), readings);
            let run = list::run(plan);
            let checked = checked(&run.records[&0]);
            let Ok(Success::Completed { elapsed, .. }) = checked.outcome else {
                panic!("{:?}", checked.outcome);
            };
            // No more than one nap of the standstill is its own.
            assert!(elapsed <= pauses + MAX_SLEEP_IN_FLIGHT, "{elapsed:?}");
        }
    }
}

#[test]
fn a_silent_peer_times_out_at_its_time_and_the_standstill_comes_on_top() {
    for readings in 0..20 {
        let run = list::run(still(check(), Script::new(Vec::new()), readings));
        let checked = checked(&run.records[&0]);
        assert!(matches!(
            &checked.outcome,
            Err(Failure {
                cause: Cause::TimedOut,
                ..
            })
        ));
        assert_eq!(checked.trace.total, check().timeout);
    }
}

/// One line, on a machine that stands still for a minute after a quarter of a second.
fn still(check: check_tcp::check::Check, script: Script, readings: usize) -> Plan {
    let at = Duration::from_millis(250);
    Plan {
        troubles: vec![(at, Trouble::Stop(SECOND * 60, readings))],
        ..Plan::of(vec![Line::now(Case::new(script, check))])
    }
}

fn check() -> check_tcp::check::Check {
    check_tcp::check::Check {
        timeout: SECOND,
        ..expecting("^220")
    }
}

fn greeted(after: Duration) -> Case {
    Case::new(
        Script::new(vec![Act::Pause(after), Act::say("220 ready\r\n")]),
        expecting("^220"),
    )
}

/// True if its peer is there for one that comes late.
fn stays(line: &Line) -> bool {
    let Some(case) = &line.case else { return false };
    let (script, ..) = case.parts();
    let leaves = |act: &Act| matches!(act, Act::Shut | Act::End | Act::Reset(_) | Act::CloseNotify);
    let changes = |fate: &Fate| matches!(fate, Fate::Full(_));
    let fates = script.fates.values().chain([&script.fate]);
    !script.acts.iter().any(leaves) && !fates.into_iter().any(changes)
}

/// Number of look-ups not answered before their checks have ended. Where they are no more than may
/// be looked up at a time, nobody's place is theirs.
fn unanswered(alone: &[Option<run::Run>]) -> usize {
    let alone = alone.iter().flatten();
    alone.filter(|run| is_unanswered(&run.outcome)).count()
}

fn is_unanswered(outcome: &Result<Success, Failure>) -> bool {
    matches!(
        outcome,
        Err(Failure {
            phase: Phase::Resolving,
            cause: Cause::TimedOut,
            ..
        })
    )
}

/// The runs of each line of a seed alone.
fn cases(seed: u64, change: impl Fn(Case) -> Case) -> Vec<Option<run::Run>> {
    let lines = Plan::calm(seed).lines.into_iter();
    lines
        .map(|line| line.case.map(|case| change(case).run()))
        .collect()
}

/// Every line has its verdict.
fn whole(run: &Run, count: usize) {
    assert!(matches!(run.end, StopReason::Completed));
    assert!(
        run.records.keys().copied().eq(0..count),
        "{:?}",
        run.records.keys()
    );
    assert_eq!(run.written, count);
}

fn checked(record: &Record) -> &Checked {
    match &record.event {
        Event::Checked(checked) => checked,
        Event::NotChecked { error, .. } => panic!("refused: {error}"),
    }
}

/// An outcome without what tells whose it is.
fn told(outcome: &Result<Success, Failure>) -> String {
    let mut told = format!("{outcome:?}");
    while let Some(at) = told.find(":10") {
        let end = told[at + 1..].find(|c: char| !c.is_ascii_digit());
        let end = end.map_or(told.len(), |length| at + 1 + length);
        told.replace_range(at..end, ":25");
    }
    told
}
