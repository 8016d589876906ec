//! A probe ends at its deadline, to the tick, and a failure names the state that it died in.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Verdict, expecting, over, run};
use crate::script::{Act, Fate, Lookup, Script, v4};
use check_tcp::check::Check;
use check_tcp::outcome::{AttemptOutcome, Cause};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_millis(3_141);
const DELAY: Duration = Duration::from_millis(592);
const TICK: Duration = Duration::from_nanos(1);

#[test]
fn silence_ends_at_the_deadline_in_every_state_and_names_it() {
    each_seed(8, |seed| {
        for (phase, script, check) in silences(seed) {
            let paused = matches!(phase, Phase::Reading | Phase::Quitting);
            let deadline = if paused { TIMEOUT + DELAY } else { TIMEOUT };
            let run = Case::new(script.in_weather(seed), check).nudged(seed).run();
            assert_eq!(run.phase(), phase, "{}", run.told());
            assert_eq!(run.at, deadline, "{}", run.told());
            assert_eq!(run.status, Status::Critical);
            match phase {
                Phase::Connecting => {
                    assert!(
                        run.tried()
                            .iter()
                            .all(|t| matches!(t.outcome, AttemptOutcome::Silence))
                    );
                }
                _ => assert!(matches!(run.failure().cause, Cause::TimedOut)),
            }
        }
    });
}

#[test]
fn what_comes_at_the_deadline_itself_still_counts_and_a_tick_later_no_more() {
    for tls in [false, true] {
        let said_at = |at| {
            let acts = vec![Act::Pause(at), Act::say("220 ready\r\n")];
            run(Script::over(tls, acts), over(tls, hurried()))
        };
        let on_time = said_at(TIMEOUT);
        assert_eq!(on_time.verdict(), Verdict::Match, "{}", on_time.told());
        assert_eq!(on_time.elapsed(), TIMEOUT);
        on_time.heard("QUIT\r\n");
        let late = said_at(TIMEOUT + TICK);
        assert_eq!(late.verdict(), Verdict::TimedOut, "{}", late.told());
        assert_eq!(late.at, TIMEOUT);
    }
}

#[test]
fn the_end_of_the_reply_at_the_deadline_is_seen_as_one() {
    let acts = vec![Act::Pause(TIMEOUT), Act::End];
    let run = run(Script::new(acts), hurried());
    assert_eq!(run.verdict(), Verdict::Closed, "{}", run.told());
}

#[test]
fn a_connection_at_the_deadline_still_counts_and_a_tick_later_no_more() {
    let up_after = |takes| {
        let check = Check {
            expect: None,
            ..hurried()
        };
        run(Script::fate(Fate::Up(takes)), check)
    };
    let on_time = up_after(TIMEOUT);
    assert_eq!(on_time.elapsed(), TIMEOUT);
    on_time.heard("QUIT\r\n");
    let late = up_after(TIMEOUT + TICK);
    assert_eq!(late.phase(), Phase::Connecting);
    assert_eq!(late.at, TIMEOUT);
}

#[test]
fn an_answer_of_the_resolver_at_the_deadline_still_counts_and_a_tick_later_no_more() {
    let found_after = |takes| {
        let script = Script {
            lookup: Lookup::Finds(takes, vec![v4(1)]),
            ..Script::new(vec![Act::say("220 ready\r\n")])
        };
        let check = Check {
            expect: None,
            ..hurried()
        };
        run(script, check)
    };
    assert_eq!(found_after(TIMEOUT).elapsed(), TIMEOUT);
    let late = found_after(TIMEOUT + TICK);
    assert_eq!((late.phase(), late.at), (Phase::Resolving, TIMEOUT));
}

#[test]
fn a_peer_that_drips_does_not_hold_the_probe() {
    for tls in [false, true] {
        let never = format!("^{}", "a".repeat(200));
        let drip = (0..200).flat_map(|_| [Act::say("a"), Act::Pause(Duration::from_millis(100))]);
        let check = Check {
            timeout: TIMEOUT,
            ..over(tls, expecting(&never))
        };
        let run = run(Script::over(tls, drip.collect()), check);
        assert_eq!((run.verdict(), run.at), (Verdict::Open, TIMEOUT));
        assert_eq!(
            run.reply().map(|r| r.total()),
            Some(32),
            "one at once, then ten a second"
        );
        run.heard("");
    }
}

#[test]
fn one_deadline_spans_all_states() {
    each_seed(60, |seed| {
        let mut rng = Rng::new(seed);
        let mut share = || rng.duration(TIMEOUT / 2);
        let script = Script {
            lookup: Lookup::Finds(share(), vec![v4(1)]),
            fate: Fate::Up(share()),
            ..Script::new(vec![
                Act::Pause(share()),
                Act::say("220"),
                Act::Pause(share()),
            ])
        };
        let run = Case::new(script.in_weather(seed), hurried())
            .nudged(seed)
            .run();
        match &run.outcome {
            Ok(_) => assert!(run.elapsed() <= TIMEOUT),
            Err(_) => assert_eq!(run.at, TIMEOUT, "{}", run.told()),
        }
    });
}

#[test]
fn a_probe_whose_first_step_comes_after_its_deadline_ends_with_it() {
    for script in [Script::new(Vec::new()), Script::fate(Fate::Silent)] {
        let run = Case::new(script, hurried()).late(TIMEOUT + TICK).run();
        assert_eq!(run.tally.steps, 1, "{}", run.told());
    }
    let ready = Script::new(vec![Act::say("220 ready\r\n")]);
    let check = Check {
        expect: None,
        ..hurried()
    };
    let run = Case::new(ready, check).late(TIMEOUT + TICK).run();
    assert_eq!(
        run.elapsed(),
        TIMEOUT + TICK,
        "what can be had in it counts"
    );
}

/// For each state a world that is silent in it.
fn silences(seed: u64) -> Vec<(Phase, Script, Check)> {
    let mut rng = Rng::new(seed);
    let unresolved = Script {
        lookup: Lookup::Never,
        ..Script::new(Vec::new())
    };
    let part = vec![Act::HandshakePart(rng.below(300))];
    let mut silences = vec![
        (Phase::Resolving, unresolved, paused(hurried())),
        (
            Phase::Connecting,
            Script::fate(Fate::Silent),
            paused(hurried()),
        ),
        (
            Phase::Handshaking,
            Script::new(Vec::new()),
            paused(over(true, hurried())),
        ),
        (
            Phase::Handshaking,
            Script {
                tls: true,
                ..Script::new(part)
            },
            paused(over(true, hurried())),
        ),
    ];
    for tls in [false, true] {
        let silent = |acts| Script::over(tls, acts);
        let sending = || Check {
            send: b"HELO probe\r\n".to_vec(),
            ..paused(over(tls, hurried()))
        };
        let blind = Check {
            expect: None,
            ..sending()
        };
        let heard = sending().send.len();
        silences.extend([
            (Phase::Sending, silent(vec![Act::Shut]), sending()),
            (Phase::Reading, silent(Vec::new()), sending()),
            (
                Phase::Quitting,
                silent(vec![Act::Hear(heard), Act::Shut]),
                blind,
            ),
        ]);
    }
    silences
}

fn hurried() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}

fn paused(check: Check) -> Check {
    Check {
        delay: DELAY,
        ..check
    }
}
