//! The peer's leave: under TLS it has 200 ms to end the stream too, once it has been told goodbye.
//! In the clear nothing is waited for.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, LEAVE, expecting, over, run};
use crate::script::{Act, Script, Weather};
use check_tcp::check::Check;
use check_tcp::outcome::Cause;
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::tls::TlsError;
use rustix::io::Errno;
use rustls::{AlertDescription, Error};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_nanos(1);

/// The time at which the peer sends the bytes that decide.
const SAID: Duration = Duration::from_millis(30);

#[test]
fn the_peers_end_is_waited_for_and_never_long() {
    let endings = [
        vec![Act::CloseNotify],
        vec![Act::End],
        vec![Act::say("221 bye\r\n"), Act::CloseNotify, Act::End],
        vec![Act::Reset(Errno::CONNRESET)],
        vec![Act::raw("no record")],
    ];
    for ending in endings {
        for after in [
            Duration::ZERO,
            TICK,
            LEAVE / 2,
            LEAVE,
            LEAVE + TICK,
            LEAVE * 2,
        ] {
            let acts = [vec![Act::Hear(6), Act::Pause(after)], ending.clone()].concat();
            let run = run(ready(true, acts), over(true, polite()));
            assert_eq!(
                run.at,
                SAID + after.min(LEAVE),
                "{ending:?}: {}",
                run.told()
            );
            assert_eq!((run.status, run.elapsed()), (Status::Ok, SAID));
            run.heard("QUIT\r\n");
        }
    }
}

#[test]
fn in_the_clear_it_is_not_waited_for() {
    for quit in ["QUIT\r\n", ""] {
        let run = run(ready(false, Vec::new()), quitting(quit, polite()));
        assert_eq!((run.at, run.elapsed()), (SAID, SAID), "{}", run.told());
    }
}

#[test]
fn close_notify_comes_last_with_a_quit_string_and_first_without() {
    for (quit, goodbye) in [("QUIT\r\n", SAID + LEAVE), ("", SAID)] {
        let run = run(
            ready(true, Vec::new()),
            over(true, quitting(quit, polite())),
        );
        assert_eq!(run.world.log.goodbye, Some(goodbye), "{}", run.told());
        assert_eq!((run.at, run.elapsed()), (SAID + LEAVE, SAID));
    }
    for (quit, goodbye) in [("QUIT\r\n", LEAVE), ("", Duration::ZERO)] {
        let run = run(Script::tls(Vec::new()), blind(quit));
        assert_eq!(run.world.log.goodbye, Some(goodbye), "{}", run.told());
        assert_eq!((run.at, run.elapsed()), (LEAVE, Duration::ZERO));
    }
}

#[test]
fn it_ends_at_the_deadline() {
    for left in [Duration::ZERO, TICK, LEAVE / 2, LEAVE - TICK] {
        let check = Check {
            timeout: SAID + left,
            ..over(true, polite())
        };
        let run = run(ready(true, Vec::new()), check);
        assert_eq!(run.status, Status::Ok, "{}", run.told());
        assert_eq!((run.at, run.elapsed()), (SAID + left, SAID));
    }
}

#[test]
fn a_peer_that_goes_on_talking_does_not_prolong_it() {
    let drip = [Act::say("more"), Act::Pause(LEAVE / 4)];
    let acts = drip.iter().cycle().take(40).cloned().collect();
    let dripping = run(ready(true, acts), over(true, polite()));
    assert_eq!(dripping.at, SAID + LEAVE, "{}", dripping.told());
    let cost = Duration::from_millis(1);
    let weather = Weather {
        cost,
        ..Weather::calm()
    };
    let flood = vec![Act::Hear(6), Act::Flood(b"more ".to_vec())];
    let script = Script {
        weather,
        ..ready(true, flood)
    };
    let flooded = run(script, over(true, polite()));
    assert_eq!(flooded.status, Status::Ok);
    // A step that began in time, and what is read away.
    let late = cost * (16 + 256 + 20);
    assert!(flooded.at < SAID + LEAVE + late, "{}", flooded.told());
}

#[test]
fn the_reply_has_decided_whatever_comes_in_it() {
    each_seed(20, |seed| {
        let wait = Rng::new(seed).duration(LEAVE / 2);
        for ending in [Act::raw("no record"), Act::raw([21, 3, 3, 0, 2, 2, 40])] {
            for (reply, status) in [("220 ready\r\n", Status::Ok), ("421", Status::Critical)] {
                let acts = vec![
                    Act::say(reply),
                    Act::Hear(6),
                    Act::Pause(wait),
                    ending.clone(),
                ];
                let script = Script::tls(acts).in_weather(seed);
                let run = Case::new(script, over(true, polite())).nudged(seed).run();
                assert_eq!(run.status, status, "{}", run.told());
                assert!(run.reply().is_some(), "{}", run.told());
                assert!(run.at < LEAVE, "{}", run.told());
            }
        }
    });
}

#[test]
fn without_a_pattern_what_breaks_tls_in_it_is_a_failure() {
    each_seed(20, |seed| {
        let acts = vec![
            Act::Pause(Rng::new(seed).duration(LEAVE / 2)),
            Act::raw("no record"),
        ];
        let script = Script::tls(acts).in_weather(seed);
        let run = Case::new(script, blind("QUIT\r\n")).nudged(seed).run();
        assert_eq!(run.phase(), Phase::Quitting, "{}", run.told());
        assert!(matches!(run.failure().cause, Cause::Tls(_)));
        assert_eq!(run.status, Status::Critical);
    });
}

#[test]
fn a_server_that_demands_a_certificate_is_heard_by_everybody() {
    each_seed(20, |seed| {
        for (check, phase) in [
            (blind(""), Phase::Quitting),
            (blind("QUIT\r\n"), Phase::Quitting),
            (over(true, polite()), Phase::Reading),
        ] {
            let old = seed % 2 == 1;
            let script = Script {
                demands: true,
                ..Script::tls(Vec::new()).in_weather(seed)
            };
            let run = Case::new(script, check).nudged(seed).run();
            let phase = if old { Phase::Handshaking } else { phase };
            assert_eq!(run.phase(), phase, "{}", run.told());
            let Cause::Tls(TlsError::Rustls(Error::AlertReceived(alert))) = &run.failure().cause
            else {
                panic!("{}", run.told());
            };
            assert_eq!(*alert, AlertDescription::CertificateRequired);
            assert!(run.failure().certificate_requested, "{}", run.told());
        }
    });
}

/// A peer that says `220` after a while, then does `acts`.
fn ready(tls: bool, acts: Vec<Act>) -> Script {
    let first = [Act::Pause(SAID), Act::say("220 ready\r\n")];
    Script::over(tls, first.into_iter().chain(acts).collect())
}

/// Waits for 220, then says QUIT.
fn polite() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}

/// Reads nothing.
fn blind(quit: &str) -> Check {
    let check = Check {
        expect: None,
        ..polite()
    };
    over(true, quitting(quit, check))
}

fn quitting(quit: &str, check: Check) -> Check {
    Check {
        quit: quit.as_bytes().to_vec(),
        ..check
    }
}
