//! `--idle`: the silence that ends a reply.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Verdict, expecting, over, run};
use crate::script::{Act, Script};
use check_tcp::check::Check;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(2);
const BEGAN: Duration = Duration::from_millis(100);
const TICK: Duration = Duration::from_nanos(1);

#[test]
fn silence_behind_a_reply_ends_it() {
    for tls in [false, true] {
        let acts = vec![Act::Pause(BEGAN), Act::say("220 busy\r\n")];
        let run = run(Script::over(tls, acts), over(tls, idle("ready")));
        assert_eq!(run.verdict(), Verdict::Mismatch, "{}", run.told());
        assert_eq!(run.world.log.last_heard, BEGAN + IDLE);
        run.heard("QUIT\r\n");
    }
}

#[test]
fn each_piece_begins_the_silence_anew() {
    let piece_after = |pause| {
        let acts = vec![
            Act::Pause(BEGAN),
            Act::say("220 "),
            Act::Pause(IDLE - TICK),
            Act::say("not yet "),
            Act::Pause(pause),
            Act::say("ready\r\n"),
        ];
        run(Script::new(acts), idle("ready"))
    };
    let in_time = piece_after(IDLE);
    assert_eq!(in_time.verdict(), Verdict::Match, "{}", in_time.told());
    let late = piece_after(IDLE + TICK);
    assert_eq!(late.verdict(), Verdict::Mismatch, "{}", late.told());
    assert_eq!(late.at, BEGAN + IDLE * 2 - TICK);
}

#[test]
fn a_pattern_that_waits_for_the_end_of_the_reply_matches_by_it() {
    let acts = vec![
        Act::Pause(BEGAN),
        Act::say("22"),
        Act::Pause(BEGAN),
        Act::say("0"),
    ];
    let run = run(Script::new(acts), idle(r"^220\z|^22[^0]"));
    assert_eq!(run.verdict(), Verdict::Match, "{}", run.told());
}

#[test]
fn before_the_reply_has_begun_there_is_no_silence() {
    for tls in [false, true] {
        let acts = vec![Act::Pause(IDLE * 3), Act::say("220 ready\r\n")];
        let late = run(Script::over(tls, acts), over(tls, idle("ready")));
        assert_eq!(late.verdict(), Verdict::Match, "{}", late.told());
        let silent = run(Script::over(tls, Vec::new()), over(tls, idle("ready")));
        assert_eq!(silent.verdict(), Verdict::TimedOut, "{}", silent.told());
    }
}

#[test]
fn a_reply_that_is_still_coming_at_the_deadline_is_a_timeout() {
    let dripping = |check| {
        let drip = || [Act::say("x"), Act::Pause(IDLE - TICK)];
        let acts = (0..20).flat_map(|_| drip()).collect();
        run(Script::new(acts), check)
    };
    let run = dripping(idle("ready"));
    assert_eq!((run.verdict(), run.at), (Verdict::TimedOut, TIMEOUT));
    let without = dripping(expecting("ready"));
    assert_eq!((without.verdict(), without.at), (Verdict::Open, TIMEOUT));
}

#[test]
fn the_beginning_of_a_good_reply_is_not_answered_by_the_quit_string() {
    let run = run(Script::new(vec![Act::say("22")]), idle("^220"));
    assert_eq!(run.verdict(), Verdict::Mismatch, "{}", run.told());
    run.heard("");
}

#[test]
fn a_reply_whose_pauses_are_shorter_is_judged_as_without_it() {
    each_seed(60, |seed| {
        let mut rng = Rng::new(seed);
        let mut acts = Vec::new();
        for piece in ["220-a", "\r\n22", "0 ready", "\r\n"] {
            acts.push(Act::Pause(rng.duration(IDLE)));
            acts.push(Act::say(piece));
        }
        acts.push(Act::End);
        let pattern = *rng.pick(&["^220 ", "ready", "^220-a\r\n220 r", "busy"]);
        let verdict = |check| Case::new(Script::new(acts.clone()), check).run().verdict();
        assert_eq!(
            verdict(idle(pattern)),
            verdict(expecting(pattern)),
            "{pattern}"
        );
    });
}

fn idle(pattern: &str) -> Check {
    Check {
        timeout: TIMEOUT,
        idle: Some(IDLE),
        ..expecting(pattern)
    }
}
