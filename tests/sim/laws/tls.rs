//! A peer's ways to harm a handshake, and a stream under TLS.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Run, Verdict, expecting, over, run};
use crate::script::{Act, Script, Weather};
use check_tcp::check::Check;
use check_tcp::outcome::Cause;
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::tls::TlsError;
use rustix::io::Errno;
use rustls::{AlertDescription, Error, InvalidMessage};
use std::time::Duration;

/// A fatal `handshake_failure` in the clear.
const ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// More than the server's part of a handshake has.
const FLIGHT: usize = 1_500;

#[test]
fn a_close_in_mid_handshake_is_told_as_one() {
    each_seed(20, |seed| {
        let length = Rng::new(seed).below(300);
        let part = handshake(vec![Act::HandshakePart(length), Act::End]);
        for script in [part, handshake(vec![Act::End])] {
            let run = failing(script.in_weather(seed), seed);
            assert!(
                matches!(tls_error(&run), TlsError::Closed),
                "{}",
                run.told()
            );
        }
    });
}

#[test]
fn an_alert_is_told_by_its_name() {
    each_seed(20, |seed| {
        let run = failing(handshake(vec![Act::raw(ALERT)]).in_weather(seed), seed);
        let TlsError::Rustls(Error::AlertReceived(alert)) = tls_error(&run) else {
            panic!("{}", run.told());
        };
        assert_eq!(*alert, AlertDescription::HandshakeFailure);
    });
}

#[test]
fn a_peer_that_speaks_in_the_clear_is_told_as_one() {
    each_seed(20, |seed| {
        let banner = vec![Act::say("220 mail.example ESMTP\r\n")];
        let run = failing(Script::new(banner).in_weather(seed), seed);
        let expected = Error::InvalidMessage(InvalidMessage::InvalidContentType);
        let TlsError::Rustls(error) = tls_error(&run) else {
            panic!("{}", run.told());
        };
        assert_eq!(*error, expected);
    });
}

#[test]
fn garbage_never_passes_for_a_handshake() {
    each_seed(40, |seed| {
        let mut rng = Rng::new(seed);
        let mut garbage: Vec<u8> = (0..1 + rng.below(3_000))
            .map(|_| rng.next() as u8)
            .collect();
        if rng.one_in(2) {
            // A header that rustls will read on behind.
            let header = [*rng.pick(&[20, 21, 22, 23]), 3, 3, 0, rng.next() as u8];
            garbage.splice(..0, header);
        }
        let acts = vec![Act::HandshakePart(rng.below(200)), Act::Raw(garbage)];
        let check = over(true, expecting("^220"));
        let run = Case::new(handshake(acts).in_weather(seed), check)
            .nudged(seed)
            .run();
        assert_eq!(run.phase(), Phase::Handshaking, "{}", run.told());
        assert_eq!(run.status, Status::Critical);
        let cause = &run.failure().cause;
        assert!(
            matches!(cause, Cause::Tls(_) | Cause::TimedOut),
            "{}",
            run.told()
        );
    });
}

#[test]
fn a_goodbye_before_the_session_is_up_changes_nothing() {
    let script = Script {
        demands: true,
        ..handshake(vec![Act::HandshakePart(FLIGHT), Act::CloseNotify])
    };
    let run = run(script, over(true, expecting("^220")));
    let TlsError::Rustls(Error::AlertReceived(alert)) = tls_error(&run) else {
        panic!("{}", run.told());
    };
    assert_eq!(*alert, AlertDescription::CertificateRequired);
}

#[test]
fn a_handshake_comes_up_however_it_is_cut() {
    each_seed(40, |seed| {
        let script = Script::tls(Vec::new()).in_weather(seed);
        let check = over(true, Check::default());
        let run = Case::new(script, check).nudged(seed).run();
        assert_eq!(run.status, Status::Ok, "{}", run.told());
    });
}

#[test]
fn one_that_came_up_gives_others_their_turn_where_there_is_more_to_do() {
    for (check, yields) in [(expecting("^220"), true), (Check::default(), false)] {
        let script = Script::tls(vec![Act::say("220 ready\r\n")]);
        let run = run(script, over(true, check));
        assert_eq!(run.status, Status::Ok, "{}", run.told());
        let stay = run.tally.stay(Phase::Reading);
        assert_eq!(stay.is_some(), yields, "{}", run.told());
        assert_eq!(run.elapsed(), Duration::ZERO, "{}", run.told());
    }
}

#[test]
fn one_that_comes_byte_by_byte_gives_others_their_turn() {
    let script = Script {
        weather: Weather {
            short_reads: Some(1),
            ..Weather::calm()
        },
        ..Script::tls(Vec::new())
    };
    let run = run(script, over(true, Check::default()));
    assert_eq!(run.elapsed(), Duration::ZERO, "{}", run.told());
    // One step reads 64 times at most.
    assert!(run.tally.yields >= run.world.log.reads.len() / 64 - 1);
    assert!(run.tally.yields > 5);
}

#[test]
fn no_part_of_a_handshake_is_enough() {
    let whole = Case::new(Script::tls(Vec::new()), over(true, Check::default())).run();
    assert!(whole.outcome.is_ok());
    let mut length = 0;
    while let Err(failure) = &run(
        handshake(vec![Act::HandshakePart(length), Act::End]),
        over(true, Check::default()),
    )
    .outcome
    {
        assert_eq!(failure.phase, Phase::Handshaking);
        assert!(matches!(failure.cause, Cause::Tls(TlsError::Closed)));
        length += 13;
        assert!(length < FLIGHT, "the whole flight must do");
    }
    assert!(length > 300);
}

#[test]
fn an_end_without_close_notify_is_an_end() {
    each_seed(20, |seed| {
        for (reply, verdict) in [("", Verdict::Closed), ("22", Verdict::Mismatch)] {
            for ending in [
                vec![Act::End],
                vec![Act::CloseNotify],
                vec![Act::CloseNotify, Act::End],
            ] {
                let acts = [vec![Act::say(reply)], ending].concat();
                let script = Script::tls(acts).in_weather(seed);
                let run = Case::new(script, over(true, expecting("^220")))
                    .nudged(seed)
                    .run();
                assert_eq!(run.verdict(), verdict, "{}", run.told());
                assert!(run.at < Duration::from_secs(5), "at once: {}", run.told());
            }
        }
    });
}

#[test]
fn what_came_before_the_stream_broke_counts_however_it_is_cut() {
    let replies = [
        ("220 ready\r\n", Verdict::Match),
        ("421 busy\r\n", Verdict::Mismatch),
        ("22", Verdict::Broken),
        ("", Verdict::Broken),
    ];
    let unreadable = b"\x17\x03\x03\x00\x1f this is no ciphertext of ours ";
    each_seed(20, |seed| {
        for (reply, verdict) in replies {
            let mut rng = Rng::new(seed);
            let breaks = *rng.pick(&[b"not a record", &unreadable[..], &ALERT]);
            // As an answer, or with the end of the handshake.
            let hears = Act::Hear(*rng.pick(&[0, 4]));
            let acts = vec![hears, Act::say(reply), Act::raw(breaks)];
            let check = Check {
                send: b"HELO".to_vec(),
                ..over(true, expecting("^220"))
            };
            let script = Script::tls(acts).in_weather(seed);
            let run = Case::new(script, check).nudged(seed).run();
            assert_eq!(run.verdict(), verdict, "{reply:?}: {}", run.told());
            if verdict == Verdict::Broken {
                assert_eq!(run.phase(), Phase::Reading, "{}", run.told());
                assert!(run.at < Duration::from_secs(5), "{}", run.told());
            }
        }
    });
}

#[test]
fn a_reset_in_mid_handshake_is_told_as_one() {
    for length in [0, 5, 100] {
        let acts = vec![Act::HandshakePart(length), Act::Reset(Errno::CONNRESET)];
        let run = run(handshake(acts), over(true, expecting("^220")));
        assert_eq!(run.phase(), Phase::Handshaking);
        assert!(
            matches!(run.failure().cause, Cause::Io(_)),
            "{}",
            run.told()
        );
    }
}

/// A peer that can speak TLS, but only does `acts`.
fn handshake(acts: Vec<Act>) -> Script {
    Script {
        tls: true,
        ..Script::new(acts)
    }
}

/// Runs a handshake that must fail, and be no reason to wait for the deadline.
fn failing(script: Script, seed: u64) -> Run {
    let check = over(true, expecting("^220"));
    let run = Case::new(script, check).nudged(seed).run();
    assert_eq!(run.phase(), Phase::Handshaking, "{}", run.told());
    assert_eq!(run.status, Status::Critical);
    assert!(run.at < Duration::from_secs(5), "{}", run.told());
    run
}

fn tls_error(run: &Run) -> &TlsError {
    match &run.failure().cause {
        Cause::Tls(e) => e,
        other => panic!("{other:?}"),
    }
}
