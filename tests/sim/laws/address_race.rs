//! The race of a name's addresses: RFC 8305, section 5, within the limits of the contract. That no
//! more than four attempts are under way at a time holds in every run: the world asserts it.

use crate::run::{TRIED, What, expecting, run};
use crate::script::{Act, Fate, Script, v4, v6};
use check_tcp::check::Check;
use check_tcp::outcome::Cause;
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::target::{ATTEMPTS, Family};
use rustix::io::Errno;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(3);

#[test]
fn families_take_turns_250_ms_apart_and_four_at_a_time() {
    let silent = [v6(1), v6(2), v6(3), v4(1), v4(2), v4(3)].map(|to| (to, Fate::Silent));
    let run = run(Script::race(&silent), plain());
    let begun = [(0, v6(1)), (250, v4(1)), (500, v6(2)), (750, v4(2))];
    assert_eq!(run.begins()[..ATTEMPTS], begun.map(|(at, to)| (ms(at), to)));
    assert!(run.begins()[ATTEMPTS].0 > ms(1_000), "{}", run.told());
    assert_eq!((run.phase(), run.at), (Phase::Connecting, TIMEOUT));
}

#[test]
fn when_one_fails_the_next_begins_at_once() {
    let fates = [
        (v6(1), Fate::Refused(Errno::NETUNREACH)),
        (v4(1), Fate::Down(ms(30), Errno::CONNREFUSED)),
        (v6(2), Fate::Silent),
        (v4(2), Fate::Silent),
    ];
    let run = run(Script::race(&fates), plain());
    let begun = [(0, v6(1)), (0, v4(1)), (30, v6(2)), (280, v4(2))];
    assert_eq!(run.begins(), begun.map(|(at, to)| (ms(at), to)));
}

#[test]
fn a_place_that_becomes_free_is_taken_at_once() {
    let mut fates: Vec<_> = (1..=6).map(|n| (v4(n), Fate::Silent)).collect();
    fates[1].1 = Fate::Down(ms(1_000), Errno::TIMEDOUT);
    let run = run(Script::race(&fates), plain());
    let at: Vec<_> = run.begins().into_iter().map(|(at, _)| at).collect();
    assert_eq!(at[..5], [0, 250, 500, 750, 1_250].map(ms));
}

#[test]
fn the_first_connection_wins_though_it_began_last() {
    let fates = [
        (v6(1), Fate::Up(ms(900))),
        (v4(1), Fate::Up(ms(600))),
        (v6(2), Fate::Up(ms(40))),
    ];
    let script = Script {
        acts: vec![Act::say("220 ready\r\n")],
        ..Script::race(&fates)
    };
    let run = run(script, plain());
    assert_eq!(run.elapsed(), ms(540), "{}", run.told());
    assert_eq!(run.world.log.kept, Some(v6(2)));
}

#[test]
fn localhost_that_listens_on_one_family_only_is_ok_without_a_pause() {
    let fates = [
        (v6(1), Fate::Refused(Errno::CONNREFUSED)),
        (v4(1), Fate::Up(ms(0))),
    ];
    let script = Script {
        acts: vec![Act::say("220 ready\r\n")],
        ..Script::race(&fates)
    };
    assert_eq!(run(script, plain()).elapsed(), ms(0));
}

#[test]
fn eight_addresses_are_enough_and_the_probe_ends_when_the_last_has_failed() {
    let mut fates: Vec<_> = (1..=20)
        .map(|n| (v4(n), Fate::Down(ms(10), Errno::CONNREFUSED)))
        .collect();
    fates.push((v6(1), Fate::Up(ms(0))));
    let only_v4 = Check {
        family: Family::V4,
        ..plain()
    };
    let run = run(Script::race(&fates), only_v4);
    assert_eq!(run.tried().len(), TRIED);
    assert_eq!(run.at, ms(80), "one after the other: {}", run.told());
}

#[test]
fn an_address_that_stands_twice_is_tried_once() {
    let fate = Fate::Refused(Errno::CONNREFUSED);
    let run = run(Script::race(&[(v4(1), fate), (v4(1), fate)]), plain());
    assert_eq!(run.attempts(), [(v4(1), What::Failed(Errno::CONNREFUSED))]);
}

#[test]
fn only_the_family_that_was_asked_for_is_tried() {
    let fates = [v6(1), v4(1)].map(|to| (to, Fate::Silent));
    for (family, to) in [(Family::V4, v4(1)), (Family::V6, v6(1))] {
        let check = Check { family, ..plain() };
        let run = run(Script::race(&fates), check);
        assert_eq!(run.begins(), [(ms(0), to)]);
    }
    let check = Check {
        family: Family::V6,
        ..plain()
    };
    let run = run(Script::race(&fates[1..]), check);
    assert!(matches!(run.failure().cause, Cause::NoAddress(Family::V6)));
    assert_eq!(
        (run.phase(), run.status),
        (Phase::Resolving, Status::Critical)
    );
}

#[test]
fn a_connection_that_was_reset_before_we_looked_was_one() {
    let fates = [
        (v6(1), Fate::Down(ms(5), Errno::CONNRESET)),
        (v4(1), Fate::Up(ms(0))),
    ];
    let run = run(Script::race(&fates), plain());
    assert!(
        matches!(run.failure().cause, Cause::Io(_)),
        "{}",
        run.told()
    );
    assert_eq!(run.failure().peer, Some(v6(1)));
}

fn plain() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
