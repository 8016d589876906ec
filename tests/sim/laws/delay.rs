//! The pause between sending and reading. That nothing is tried in it holds in every run: the
//! driver asserts it.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Verdict, expecting, over, run};
use crate::script::{Act, Script};
use check_tcp::check::Check;
use check_tcp::status::Status;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);
const DELAY: Duration = Duration::from_millis(700);
const TICK: Duration = Duration::from_nanos(1);

#[test]
fn it_moves_the_deadline_back_by_as_much() {
    for tls in [false, true] {
        let said_at = |at| {
            let acts = vec![Act::Pause(at), Act::say("220 ready\r\n")];
            run(Script::over(tls, acts), over(tls, paused()))
        };
        let on_time = said_at(TIMEOUT + DELAY);
        assert_eq!(on_time.verdict(), Verdict::Match, "{}", on_time.told());
        assert_eq!(on_time.elapsed(), TIMEOUT + DELAY);
        let late = said_at(TIMEOUT + DELAY + TICK);
        assert_eq!(late.verdict(), Verdict::TimedOut, "{}", late.told());
        assert_eq!(late.at, TIMEOUT + DELAY);
    }
}

#[test]
fn it_may_be_longer_than_the_timeout() {
    let check = Check {
        delay: TIMEOUT * 3,
        ..paused()
    };
    let run = run(Script::new(vec![Act::say("220 ready\r\n")]), check);
    assert_eq!(run.elapsed(), TIMEOUT * 3);
}

#[test]
fn what_came_during_it_is_seen_when_it_ends_without_further_news() {
    each_seed(40, |seed| {
        let mut rng = Rng::new(seed);
        for tls in [false, true] {
            let acts = vec![
                Act::Pause(rng.duration(DELAY / 2)),
                Act::say("220 "),
                Act::Pause(rng.duration(DELAY / 3)),
                Act::say("ready\r\n"),
            ];
            let script = Script::over(tls, acts).in_weather(seed);
            let run = Case::new(script, over(tls, paused())).nudged(seed).run();
            assert_eq!(run.verdict(), Verdict::Match, "{}", run.told());
            run.heard("HELO\r\nQUIT\r\n");
        }
        let calm = Script::new(vec![Act::Pause(rng.duration(DELAY)), Act::say("220 ready")]);
        let run = Case::new(calm, paused()).nudged(seed).run();
        assert_eq!(run.elapsed(), DELAY, "not a tick later: {}", run.told());
    });
}

#[test]
fn a_close_during_it_is_seen_when_it_ends() {
    let acts = vec![Act::Pause(DELAY / 2), Act::End];
    let run = run(Script::new(acts), paused());
    assert_eq!((run.verdict(), run.at), (Verdict::Closed, DELAY));
}

#[test]
fn it_comes_before_the_farewell_where_nothing_is_read() {
    let check = Check {
        expect: None,
        ..paused()
    };
    let run = run(Script::new(Vec::new()), check);
    assert_eq!(run.elapsed(), DELAY);
    assert_eq!(run.world.log.last_write, DELAY);
    run.heard("HELO\r\nQUIT\r\n");
}

#[test]
fn it_counts_as_response_time() {
    let check = Check {
        critical: Some(DELAY - TICK),
        ..paused()
    };
    let run = run(Script::new(vec![Act::say("220 ready\r\n")]), check);
    assert_eq!(run.status, Status::Critical, "{}", run.told());
}

#[test]
fn one_that_begins_at_the_deadline_is_kept_whole() {
    let acts = vec![Act::Pause(TIMEOUT), Act::Open, Act::say("220 ready\r\n")];
    let script = Script::new([vec![Act::Shut], acts].concat());
    let run = run(script, paused());
    assert_eq!(run.elapsed(), TIMEOUT + DELAY, "{}", run.told());
}

#[test]
fn apart_from_the_check_it_neither_counts_nor_moves_the_deadline() {
    for tls in [false, true] {
        let said_at = |at| {
            let acts = vec![Act::Pause(at), Act::say("220 ready\r\n")];
            run(Script::over(tls, acts), over(tls, apart()))
        };
        let at_once = said_at(Duration::ZERO);
        assert_eq!(
            (at_once.elapsed(), at_once.status),
            (Duration::ZERO, Status::Ok)
        );
        let on_time = said_at(TIMEOUT);
        assert_eq!(on_time.elapsed(), TIMEOUT - DELAY, "{}", on_time.told());
        let late = said_at(TIMEOUT + TICK);
        assert_eq!((late.verdict(), late.at), (Verdict::TimedOut, TIMEOUT));
    }
}

#[test]
fn a_deadline_within_one_that_is_apart_is_a_timeout() {
    let check = Check {
        delay: TIMEOUT + TICK,
        ..apart()
    };
    let run = run(Script::new(vec![Act::say("220 ready\r\n")]), check);
    assert_eq!((run.verdict(), run.at), (Verdict::TimedOut, TIMEOUT));
}

/// The pause is no part of the check.
fn apart() -> Check {
    Check {
        delay_apart: true,
        critical: Some(TIMEOUT - DELAY),
        ..paused()
    }
}

/// Sends at once, pauses, then reads.
fn paused() -> Check {
    Check {
        send: b"HELO\r\n".to_vec(),
        timeout: TIMEOUT,
        delay: DELAY,
        ..expecting("^220")
    }
}
