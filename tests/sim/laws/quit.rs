//! The farewell, and the response time. That nothing is left unread holds in every run: the driver
//! asserts it.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Verdict, expecting, over, run};
use crate::script::{Act, Fate, Lookup, Script, v4};
use check_tcp::check::Check;
use check_tcp::outcome::Cause;
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use rustix::io::Errno;
use std::num::NonZeroU64;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);

#[test]
fn a_match_stays_ok_when_the_farewell_cannot_be_delivered() {
    let after = Duration::from_millis(10);
    for tls in [false, true] {
        let ready_then = |act| {
            let acts = vec![Act::Pause(after), Act::say("220 ready\r\n"), act];
            let check = Check {
                // The farewell is tried for longer than that.
                critical: Some(TIMEOUT / 2),
                ..over(tls, polite())
            };
            run(Script::over(tls, acts), check)
        };
        let shut = ready_then(Act::Shut);
        assert_eq!(shut.at, TIMEOUT, "it was tried until the deadline");
        let [reset, gone] = [Errno::CONNRESET, Errno::PIPE].map(|e| ready_then(Act::Reset(e)));
        assert_eq!((reset.at, gone.at), (after, after));
        for run in [shut, reset, gone] {
            assert_eq!(run.status, Status::Ok, "{}", run.told());
            assert_eq!(run.elapsed(), after, "what counts is the reply");
        }
    }
}

#[test]
fn without_a_pattern_a_farewell_that_cannot_be_delivered_is_critical() {
    for tls in [false, true] {
        let blind = || Check {
            expect: None,
            delay: Duration::from_millis(100),
            ..over(tls, polite())
        };
        let shut = run(Script::over(tls, vec![Act::Shut]), blind());
        assert!(matches!(shut.failure().cause, Cause::TimedOut));
        assert_eq!(
            (shut.phase(), shut.status),
            (Phase::Quitting, Status::Critical)
        );
        let acts = vec![
            Act::Pause(Duration::from_millis(50)),
            Act::Reset(Errno::CONNRESET),
        ];
        let reset = run(Script::over(tls, acts), blind());
        assert!(
            matches!(reset.failure().cause, Cause::Io(_)),
            "{}",
            reset.told()
        );
        assert_eq!(
            (reset.phase(), reset.status),
            (Phase::Quitting, Status::Critical)
        );
    }
}

#[test]
fn a_peer_whose_reply_did_not_match_is_told_goodbye_too() {
    each_seed(10, |seed| {
        for tls in [false, true] {
            for (pattern, reply) in [("^220", "421 busy\r\n"), ("220", "421 busy\r\n")] {
                let script = Script::over(tls, vec![Act::say(reply)]).in_weather(seed);
                let check = Check {
                    timeout: TIMEOUT,
                    ..over(tls, expecting(pattern))
                };
                let run = Case::new(script, check).nudged(seed).run();
                assert_eq!(run.phase(), Phase::Reading, "{}", run.told());
                if run.at < TIMEOUT || !run.world.starved() {
                    run.heard("QUIT\r\n");
                }
            }
        }
    });
}

#[test]
fn a_peer_in_the_middle_of_what_it_says_is_told_nothing() {
    each_seed(10, |seed| {
        for tls in [false, true] {
            for max_bytes in [None, NonZeroU64::new(2)] {
                let script = Script::over(tls, vec![Act::say("22")]).in_weather(seed);
                let check = Check {
                    max_bytes,
                    ..over(tls, polite())
                };
                let run = Case::new(script, check).nudged(seed).run();
                let limited = max_bytes.is_some();
                let verdict = match limited {
                    true => Verdict::Mismatch,
                    false => Verdict::Open,
                };
                assert_eq!(run.verdict(), verdict, "{}", run.told());
                assert!(!limited || run.at < TIMEOUT, "{}", run.told());
                run.heard("");
            }
        }
    });
}

#[test]
fn a_mismatch_is_timed_at_the_reply_not_at_the_farewell() {
    let acts = vec![
        Act::Shut,
        Act::Pause(Duration::from_millis(10)),
        Act::say("421 busy\r\n"),
        Act::Pause(Duration::from_millis(500)),
        Act::Open,
    ];
    let run = run(Script::new(acts), polite());
    let Cause::Unexpected { elapsed, .. } = run.failure().cause else {
        panic!("{}", run.told());
    };
    assert_eq!(elapsed, Duration::from_millis(10));
    assert_eq!(run.at, Duration::from_millis(510));
    run.heard("QUIT\r\n");
}

#[test]
fn under_tls_close_notify_is_the_last_word() {
    each_seed(15, |seed| {
        let endings = [
            vec![Act::say("220 ready\r\n")],
            vec![Act::say("421 busy\r\n")],
            vec![Act::say("22")],
            vec![Act::say("22"), Act::CloseNotify],
            vec![Act::End],
            vec![],
        ];
        for acts in endings {
            let script = Script::tls(acts).in_weather(seed);
            let run = Case::new(script, over(true, polite())).nudged(seed).run();
            let peer = run.world.peer().expect("a connection");
            assert_eq!(peer.trouble, None, "{}", run.told());
            // It is not waited for: a kernel that takes nothing just then takes no goodbye.
            assert!(peer.notified || run.world.starved(), "{}", run.told());
        }
    });
}

#[test]
fn what_has_arrived_is_read_away_and_not_counted() {
    each_seed(15, |seed| {
        let length = Rng::new(seed).below(100_000);
        for tls in [false, true] {
            let rest = "x".repeat(length);
            let acts = vec![Act::say(format!("220 {rest}"))];
            let check = Check {
                max_bytes: NonZeroU64::new(4),
                ..over(tls, polite())
            };
            let run = run(Script::over(tls, acts), check);
            assert_eq!(run.world.unread(), 0);
            let total = run.reply().map(|reply| reply.total());
            assert!(total.is_some_and(|total| total <= 4), "{}", run.told());
        }
    });
}

#[test]
fn the_response_time_runs_from_the_start_to_the_farewell_being_handed_over() {
    each_seed(60, |seed| {
        let mut rng = Rng::new(seed);
        let mut share = || rng.duration(TIMEOUT / 8);
        let script = Script {
            lookup: Lookup::Finds(share(), vec![v4(1)]),
            fate: Fate::Up(share()),
            ..Script::new(vec![Act::Pause(share()), Act::say("220 ready\r\n")])
        };
        let check = Check {
            send: b"HELO\r\n".to_vec(),
            delay: share(),
            ..polite()
        };
        let run = Case::new(script.in_weather(seed), check).nudged(seed).run();
        assert_eq!(run.elapsed(), run.world.log.last_write, "{}", run.told());
        run.heard("HELO\r\nQUIT\r\n");
    });
}

#[test]
fn without_a_farewell_it_runs_to_the_decision_and_without_a_pattern_to_the_connection() {
    for tls in [false, true] {
        let acts = || vec![Act::Pause(Duration::from_millis(30)), Act::say("220 ready")];
        let script = || Script {
            fate: Fate::Up(Duration::from_millis(7)),
            ..Script::over(tls, acts())
        };
        let silent = || Check {
            quit: Vec::new(),
            ..over(tls, polite())
        };
        assert_eq!(run(script(), silent()).elapsed(), Duration::from_millis(37));
        let bare = Check {
            expect: None,
            ..silent()
        };
        assert_eq!(run(script(), bare).elapsed(), Duration::from_millis(7));
    }
}

/// Waits for 220, then says QUIT.
fn polite() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}
