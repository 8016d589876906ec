//! A peer that sends without end. Here a read takes time, or no deadline would ever come.

use crate::run::{Case, LEAVE, Run, Verdict, expecting, over};
use crate::script::{Act, Script, Weather};
use check_tcp::check::Check;
use check_tcp::outcome::Reply;
use check_tcp::phase::Phase;
use std::num::NonZeroU64;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);
const COST: Duration = Duration::from_millis(10);

/// Most reads of unread bytes that the farewell takes.
const FAREWELL: u32 = 256;

#[test]
fn under_a_pattern_that_stays_open_it_ends_at_the_deadline_and_others_get_their_turn() {
    for tls in [false, true] {
        let run = flooded(tls, expecting("SSH_9"));
        assert_eq!(run.verdict(), Verdict::Open, "{}", run.told());
        assert!(run.at >= TIMEOUT);
        // A step that began in time, one that was still due, and the farewell.
        assert!(
            run.at <= TIMEOUT + COST * (2 * 16 + FAREWELL),
            "{}",
            run.told()
        );
        let reply = run.reply().expect("a reply");
        assert_eq!(reply.kept().len(), Reply::KEPT);
        assert!(reply.total() > 100_000);
        run.heard("QUIT\r\n");
    }
}

#[test]
fn a_step_ends_after_16_reads_or_1_ms() {
    for (micros, reads) in [(1, 16), (60, 16), (100, 10), (400, 3), (999, 2), (1_000, 1)] {
        let weather = Weather {
            cost: Duration::from_micros(micros),
            ..Weather::calm()
        };
        let script = Script {
            weather,
            ..Script::new(vec![Act::Flood(b"more ".to_vec())])
        };
        let check = Check {
            timeout: weather.cost * 40,
            ..expecting("SSH_9")
        };
        let run = Case::new(script, check).run();
        assert_eq!(run.tally.most, reads, "{micros} us a read: {}", run.told());
        assert!(run.tally.yields >= 40 / 16, "{}", run.tally.yields);
    }
}

#[test]
fn it_ends_at_maxbytes_and_at_a_verdict() {
    for tls in [false, true] {
        let limited = Check {
            max_bytes: NonZeroU64::new(50_000),
            ..expecting("SSH_9")
        };
        let run = flooded(tls, limited);
        assert_eq!(run.verdict(), Verdict::Mismatch);
        assert_eq!(run.reply().map(Reply::total), Some(50_000));
        assert!(run.at < LEAVE + COST * (64 + FAREWELL), "{}", run.told());
        for (pattern, verdict) in [("^more", Verdict::Match), ("^220", Verdict::Mismatch)] {
            let run = flooded(tls, expecting(pattern));
            assert_eq!(run.verdict(), verdict);
            assert!(run.at < LEAVE + COST * (64 + FAREWELL), "{}", run.told());
        }
    }
}

#[test]
fn it_does_not_hold_a_probe_that_cannot_send() {
    let acts = vec![Act::Shut, Act::Flood(b"more ".to_vec())];
    let check = Check {
        send: b"HELO\r\n".to_vec(),
        timeout: TIMEOUT,
        ..expecting("^220")
    };
    let run = Case::new(script(false, acts), check).run();
    assert_eq!(
        (run.phase(), run.verdict()),
        (Phase::Sending, Verdict::TimedOut)
    );
}

#[test]
fn in_place_of_tls_it_is_a_failure_of_the_handshake() {
    for bytes in [&b"more "[..], &[0], &[0xff], &[22, 3, 3, 0x40, 0]] {
        let script = script(false, vec![Act::Flood(bytes.to_vec())]);
        let run = Case::new(script, over(true, hurried())).run();
        assert_eq!(run.phase(), Phase::Handshaking, "{}", run.told());
        assert!(run.at < COST * (16 + FAREWELL), "{}", run.told());
    }
}

/// A peer that says `more more more` without end.
fn flooded(tls: bool, check: Check) -> Run {
    let check = Check {
        timeout: TIMEOUT,
        ..over(tls, check)
    };
    let flood = vec![Act::Flood(b"more ".to_vec())];
    Case::new(script(tls, flood), check).run()
}

fn script(tls: bool, acts: Vec<Act>) -> Script {
    let weather = Weather {
        cost: COST,
        ..Weather::calm()
    };
    Script {
        weather,
        ..Script::over(tls, acts)
    }
}

fn hurried() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}
