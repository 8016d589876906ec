//! Messages of failures in the states where they were met; and the cost of a read of a reply.

use crate::run::{Case, expecting, over, run};
use crate::script::{Act, Fate, Script};
use check_tcp::check::Check;
use check_tcp::check_line;
use check_tcp::expect::Pattern;
use check_tcp::outcome::AttemptOutcome;
use check_tcp::phase::Phase;
use check_tcp::verdict::{Reason, judge};
use std::num::NonZeroU64;
use std::time::Duration;

#[test]
fn bytes_that_are_no_tls_are_told_by_when_they_came() {
    let garbage = || Act::raw("this is no record of TLS at all\r\n");
    let later = "received data that is not TLS";
    let shaken = Script::tls(vec![garbage()]);
    let (phase, word, line) = told(shaken, over(true, expecting("^220")));
    assert_eq!((phase, word), (Phase::Reading, Reason::Tls), "{line}");
    assert!(line.contains(later), "{line}");
    let unshaken = Script::new(vec![garbage()]);
    let (phase, word, line) = told(unshaken, over(true, expecting("^220")));
    assert_eq!((phase, word), (Phase::Handshaking, Reason::Tls), "{line}");
    assert!(!line.contains(later), "{line}");
}

#[test]
fn tls_that_broke_otherwise_is_told_in_other_words() {
    // A record of application data that no key has sealed.
    let forged = Act::raw([&[23, 3, 3, 0, 32][..], &[7; 32]].concat());
    let script = Script::tls(vec![forged]);
    let (phase, word, line) = told(script, over(true, expecting("^220")));
    assert_eq!((phase, word), (Phase::Reading, Reason::Tls), "{line}");
    assert!(!line.contains("not TLS"), "{line}");
}

#[test]
fn a_socket_that_is_silent_to_the_deadline_is_told_once() {
    let check = Check {
        timeout: Duration::from_millis(100),
        ..expecting("^220")
    };
    let run = Case::socket(Script::fate(Fate::Silent), check).run();
    let tried = run.tried();
    assert_eq!(tried.len(), 1, "{tried:?}");
    assert!(
        matches!(tried[0].outcome, AttemptOutcome::Silence),
        "{tried:?}"
    );
}

#[test]
fn a_read_under_a_large_pattern_is_short_so_that_others_get_their_turn() {
    let pattern = "(?:a?){500}b{500}$";
    let states = Pattern::new(pattern).expect("a pattern").states();
    let check = Check {
        max_bytes: NonZeroU64::new(1_000),
        ..expecting(pattern)
    };
    let flood = Script::new(vec![Act::Flood(vec![b'a'; 500])]);
    let run = run(flood, check);
    let reads = run.world.log.reads[..4].iter().map(|(_, read)| *read);
    for read in reads {
        let visits = read * states;
        assert!((1 << 17..=1 << 18).contains(&visits), "{read} bytes");
    }
}

/// The state in which a check of a name failed, the reason, and its line.
fn told(script: Script, check: Check) -> (Phase, Reason, String) {
    let run = Case::new(script, check).run();
    let verdict = judge(&run);
    let line = check_line(&run, verdict);
    (run.phase(), verdict.reason, line)
}
