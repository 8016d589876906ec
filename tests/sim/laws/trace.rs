//! The trace of a check: times of its parts, the peer, and the TLS session.

use crate::any;
use crate::rng::each_seed;
use crate::run::{Case, expecting, over, run};
use crate::script::{Act, Fate, Lookup, Script, v4, v6};
use check_tcp::check::Check;
use check_tcp::outcome::{Cause, PhaseDurations, Success, final_phase};
use check_tcp::phase::Phase;
use rustix::io::Errno;
use std::time::Duration;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A look-up of 30 ms, a connection after 20 ms, and then these acts.
fn slow(script: Script) -> Script {
    Script {
        lookup: Lookup::Finds(ms(30), vec![v4(1)]),
        fate: Fate::Up(ms(20)),
        ..script
    }
}

#[test]
fn each_part_is_told_as_long_as_it_took() {
    let banner = || vec![Act::Pause(ms(40)), Act::say("220 ready\r\n")];
    let clear = run(slow(Script::new(banner())), expecting("^220"));
    let expected = PhaseDurations {
        resolve: Some(ms(30)),
        connect: Some(ms(20)),
        tls: None,
        first_byte: Some(ms(40)),
    };
    assert_eq!(clear.trace.phases, expected);
    assert_eq!(clear.trace.total, ms(90));
    assert_eq!(clear.trace.peer, Some(v4(1)));
    assert_eq!(clear.trace.session, None);

    let acts = [vec![Act::Pause(ms(15)), Act::Handshake], banner()].concat();
    let script = Script {
        acts,
        ..slow(Script::tls(Vec::new()))
    };
    let secure = run(script, over(true, expecting("^220")));
    let expected = PhaseDurations {
        tls: Some(ms(15)),
        ..expected
    };
    assert_eq!(secure.trace.phases, expected, "{}", secure.told());
}

#[test]
fn a_socket_has_no_look_up_and_its_connection_begins_at_once() {
    let acts = vec![Act::Pause(ms(5)), Act::say("220\r\n")];
    let script = Script {
        fate: Fate::Up(ms(20)),
        ..Script::new(acts)
    };
    let run = Case::socket(script, expecting("^220")).run();
    let expected = PhaseDurations {
        connect: Some(ms(20)),
        first_byte: Some(ms(5)),
        ..PhaseDurations::default()
    };
    assert_eq!(run.trace.phases, expected);
    assert_eq!(run.trace.peer, None);
}

#[test]
fn the_first_byte_is_the_first_and_not_the_deciding_one() {
    let acts = vec![
        Act::Pause(ms(10)),
        Act::say("22"),
        Act::Pause(ms(500)),
        Act::say("0"),
    ];
    let run = run(Script::new(acts), expecting("^220"));
    assert_eq!(run.trace.phases.first_byte, Some(ms(10)));
    assert_eq!(run.elapsed(), ms(510));
}

#[test]
fn an_open_port_tells_how_long_it_took_to_connect() {
    let closed = || Check {
        expect_closed: true,
        ..Check::default()
    };
    let open = run(slow(Script::new(Vec::new())), closed());
    assert!(matches!(open.outcome, Ok(Success::PortOpen)));
    assert_eq!(open.trace.phases.connect, Some(ms(20)));
    // A full backlog shows a listener, and no connection.
    let full = Case::socket(Script::fate(Fate::Full(ms(50))), closed()).run();
    assert!(matches!(full.outcome, Ok(Success::PortOpen)));
    assert_eq!(full.trace.phases.connect, None);
}

#[test]
fn the_parts_that_were_gone_through_are_told_and_fill_the_time() {
    each_seed(400, |seed| {
        let (check, target) = any::case(seed).asks();
        let exact = any::case(seed).is_exact();
        let run = any::case(seed).nudged(seed).run();
        let trace = &run.trace;
        let phases = trace.phases;
        let named = target.port().is_some();
        assert_eq!(trace.total, run.at);
        assert_eq!(trace.peer, run.world.log.kept.or(trace.peer));

        let open = matches!(run.outcome, Ok(Success::PortOpen));
        let end = final_phase(&run.outcome);
        let reached = |phase: Phase| end as u8 > phase as u8;
        assert_eq!(
            phases.resolve.is_some(),
            named && reached(Phase::Resolving),
            "{}",
            run.told()
        );
        if !open {
            let told = (phases.connect.is_some(), phases.tls.is_some());
            let up = reached(Phase::Handshaking) && check.tls.is_some();
            assert_eq!(told, (reached(Phase::Connecting), up), "{}", run.told());
        }
        let came = run.reply().is_some_and(|reply| reply.total() > 0);
        assert!(!came || phases.first_byte.is_some());
        assert!(phases.first_byte.is_none() || reached(Phase::Delay));
        let secured = trace.session.is_some();
        assert!(phases.tls.is_none() || secured);
        assert!(!secured || reached(Phase::Connecting));

        let parts = [
            phases.resolve,
            phases.connect,
            phases.tls,
            phases.first_byte,
        ];
        let sum: Duration = parts.into_iter().flatten().sum();
        assert!(sum <= run.at, "{sum:?} of {:?}", run.at);
        if exact && let Ok(Success::Completed { elapsed, .. }) = run.outcome {
            let elapsed = elapsed + run.pause_apart();
            assert!(sum <= elapsed, "{sum:?} of {elapsed:?}");
        }
    });
}

#[test]
fn a_session_is_told_of_once_the_handshake_is_done_whatever_comes_after() {
    for (old, version, cipher) in [
        (false, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (true, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    ] {
        for (reply, ok) in [("220 ready\r\n", true), ("421 busy\r\n", false)] {
            let script = Script {
                old,
                ..Script::tls(vec![Act::say(reply)])
            };
            let run = run(script, over(true, expecting("^220")));
            assert_eq!(run.outcome.is_ok(), ok);
            let session = run.trace.session.as_ref().expect("a session");
            assert_eq!((session.version, session.cipher), (version, cipher));
            assert!(session.not_after.is_some());
        }
    }
    let broken = Script {
        acts: vec![Act::HandshakePart(100), Act::End],
        ..Script::tls(Vec::new())
    };
    let run = run(broken, over(true, expecting("^220")));
    assert_eq!(run.phase(), Phase::Handshaking);
    assert_eq!(run.trace.session, None);
    assert_eq!(run.trace.phases.tls, None);
}

#[test]
fn a_check_that_was_broken_off_tells_how_far_it_had_come() {
    let race = || {
        Script::race(&[
            (v6(1), Fate::Down(ms(100), Errno::CONNREFUSED)),
            (v4(1), Fate::Silent),
        ])
    };
    let (failure, trace) = Case::new(race(), Check::default()).interrupted(ms(200));
    assert!(matches!(failure.cause, Cause::Interrupted));
    assert_eq!((failure.phase, failure.peer), (Phase::Connecting, None));
    assert_eq!(trace.peer, Some(v4(1)));
    assert_eq!(trace.total, ms(200));
    assert_eq!(trace.phases.resolve, Some(Duration::ZERO));
    assert_eq!(trace.phases.connect, None);

    let half = vec![Act::say("22")];
    let (failure, trace) = Case::new(Script::new(half), expecting("^220")).interrupted(ms(200));
    assert_eq!(failure.phase, Phase::Reading);
    assert_eq!((failure.peer, trace.peer), (Some(v4(1)), Some(v4(1))));
    assert_eq!(trace.phases.first_byte, Some(Duration::ZERO));
}
