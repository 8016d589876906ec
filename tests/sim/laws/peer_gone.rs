//! A peer that has gone before it took what was to be sent.

use crate::list::{self, Line, Plan};
use crate::rng::{Rng, each_seed};
use crate::run::{Case, Verdict, expecting, over};
use crate::script::{Act, Script};
use check_tcp::check::Check;
use check_tcp::internal::record::Event;
use check_tcp::outcome::{Cause, Success};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use rustix::io::Errno;
use std::time::Duration;

const WAITED: Duration = Duration::from_millis(700);

#[test]
fn what_comes_is_a_reason_to_send_again_though_nobody_told_of_room() {
    for tls in [false, true] {
        let acts = vec![
            Act::Shut,
            Act::Pause(WAITED),
            Act::Loosen,
            Act::say("220 ready\r\n"),
        ];
        let check = || over(tls, helo(expecting("^220")));
        let alone = Case::new(Script::over(tls, acts.clone()), check()).run();
        assert_eq!(alone.elapsed(), WAITED, "tls {tls}");
        let case = Case::new(Script::over(tls, acts), check());
        let run = list::run(Plan::of(vec![Line::now(case)]));
        let Event::Checked(checked) = &run.records[&0].event else {
            panic!("it was read");
        };
        let Ok(Success::Completed { elapsed, .. }) = checked.outcome else {
            panic!("tls {tls}: {:?}", checked.outcome);
        };
        assert_eq!(elapsed, WAITED, "tls {tls}");
    }
}

#[test]
fn what_the_peer_said_before_it_went_decides() {
    each_seed(20, |seed| {
        for tls in [false, true] {
            for (reply, verdict) in [
                ("220 ready\r\n", Verdict::Match),
                ("421 busy\r\n", Verdict::Mismatch),
                ("22", Verdict::Mismatch),
                ("", Verdict::Closed),
            ] {
                let script = gone(tls, reply, seed);
                let check = over(tls, helo(expecting("^220")));
                let run = Case::new(script, check).nudged(seed).run();
                assert_eq!(
                    run.verdict(),
                    verdict,
                    "tls {tls}, {reply:?}: {}",
                    run.told()
                );
                assert!(run.at < Duration::from_secs(5), "{}", run.told());
                if verdict != Verdict::Match {
                    assert_eq!(run.phase(), Phase::Reading, "{}", run.told());
                }
            }
        }
    });
}

#[test]
fn where_nothing_is_read_it_is_a_failure_of_the_sending() {
    each_seed(20, |seed| {
        for tls in [false, true] {
            let check = helo(over(tls, Check::default()));
            let script = gone(tls, "220 ready\r\n", seed);
            let run = Case::new(script, check).nudged(seed).run();
            assert_eq!(run.phase(), Phase::Sending, "{}", run.told());
            assert!(matches!(run.failure().cause, Cause::Io(_)));
            assert_eq!(run.status, Status::Critical);
        }
    });
}

#[test]
fn what_this_machine_lacks_is_no_going_of_the_peer() {
    let acts = vec![
        Act::Shut,
        Act::say("220"),
        pause(0),
        Act::Reset(Errno::NOBUFS),
    ];
    let run = Case::new(Script::new(acts), helo(expecting("^220"))).run();
    assert_eq!((run.phase(), run.status), (Phase::Sending, Status::Unknown));
}

/// A peer that takes nothing, says `reply`, and is gone some time later.
fn gone(tls: bool, reply: &str, seed: u64) -> Script {
    let errno = *Rng::new(seed).pick(&[Errno::CONNRESET, Errno::PIPE]);
    let acts = vec![Act::Shut, Act::say(reply), pause(seed), Act::Reset(errno)];
    Script::over(tls, acts).in_weather(seed)
}

fn pause(seed: u64) -> Act {
    Act::Pause(Duration::from_millis(100 + seed % 50))
}

fn helo(check: Check) -> Check {
    Check {
        send: b"HELO probe\r\n".to_vec(),
        ..check
    }
}
