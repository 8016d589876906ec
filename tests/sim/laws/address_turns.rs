//! The turns of a name's addresses: four places, and up to eight that want one. Half of the time
//! left when the places were first found taken goes to those that have one; then the oldest gives
//! its place to the next, and so on every 250 ms.

use crate::run::{TRIED, What, expecting, run};
use crate::script::{Act, Fate, Script, v4};
use check_tcp::check::Check;
use check_tcp::outcome::Success;
use check_tcp::status::Status;
use check_tcp::target::ATTEMPTS;
use rustix::io::Errno;
use std::net::SocketAddr;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Starts of eight silent addresses within the timeout: the places are found taken at 1 s, and
/// 2 s are left then.
const TURNS: [u64; TRIED] = [0, 250, 500, 750, 2_000, 2_250, 2_500, 2_750];

#[test]
fn an_open_address_is_found_behind_any_number_of_silent_ones() {
    for open in 0..TRIED {
        let mut fates = silent(TRIED);
        fates[open].1 = Fate::Up(ms(100));
        let script = Script {
            acts: vec![Act::say("220 ready\r\n")],
            ..Script::race(&fates)
        };
        let expected = ms(TURNS[open] + 100);
        let found = run(script.clone(), plain());
        assert_eq!(found.status, Status::Ok, "{}", found.told());
        assert_eq!(found.elapsed(), expected, "{}", found.told());
        assert_eq!(found.world.log.kept, Some(fates[open].0));
        let closed = run(script, closed());
        assert!(matches!(closed.outcome, Ok(Success::PortOpen)));
        assert_eq!((closed.status, closed.at), (Status::Critical, expected));
    }
}

#[test]
fn the_oldest_gives_its_place_up_and_each_of_eight_has_its_turn() {
    let fates = silent(10);
    let run = run(Script::race(&fates), plain());
    let begun: Vec<_> = TURNS.map(ms).into_iter().zip(to(&fates)).collect();
    assert_eq!(run.begins(), begun);
    let later = TURNS[ATTEMPTS..].iter().copied().map(ms);
    assert_eq!(run.given_up(), later.zip(to(&fates)).collect::<Vec<_>>());
    let came = [[What::GivenUp; ATTEMPTS], [What::Silence; ATTEMPTS]].concat();
    let came: Vec<_> = to(&fates).zip(came).collect();
    assert_eq!(run.attempts(), came);
    assert_eq!((run.status, run.at), (Status::Critical, TIMEOUT));
}

#[test]
fn a_place_that_became_free_is_no_reason_to_wait_anew() {
    let mut fates = silent(6);
    fates[1].1 = Fate::Down(ms(1_000), Errno::TIMEDOUT);
    let run = run(Script::race(&fates), plain());
    assert_eq!(run.given_up(), [(ms(2_000), v4(1))]);
    assert_eq!(run.begins().last(), Some(&(ms(2_000), v4(6))));
}

#[test]
fn four_silent_addresses_keep_their_places() {
    let run = run(Script::race(&silent(ATTEMPTS)), plain());
    assert_eq!(run.given_up(), []);
    assert!(
        run.attempts()
            .iter()
            .all(|(_, came)| *came == What::Silence)
    );
}

#[test]
fn what_was_given_up_is_not_waited_for() {
    let mut fates = silent(5);
    fates[0].1 = Fate::Up(ms(2_100));
    let run = run(Script::race(&fates), plain());
    assert_eq!(run.at, TIMEOUT, "{}", run.told());
    assert_eq!(run.attempts()[0], (v4(1), What::GivenUp));
}

#[test]
fn a_port_is_closed_where_each_address_had_its_turn_and_no_sooner() {
    for (count, timeout, status) in [
        (ATTEMPTS, ms(1_000), Status::Ok),
        (6, TIMEOUT, Status::Ok),
        (TRIED, TIMEOUT, Status::Ok),
        (5, ms(1_001), Status::Ok),
        (6, ms(1_200), Status::Unknown),
        (2, ms(249), Status::Unknown),
        (2, ms(250), Status::Ok),
        (TRIED, ms(2_500), Status::Ok),
        (TRIED, ms(2_499), Status::Unknown),
    ] {
        let check = Check {
            timeout,
            ..closed()
        };
        let run = run(Script::race(&silent(count)), check);
        assert_eq!(run.status, status, "{count}, {timeout:?}: {}", run.told());
        let untried = run
            .attempts()
            .iter()
            .any(|(_, came)| *came == What::Untried);
        assert_eq!(untried, status == Status::Unknown, "{}", run.told());
    }
}

/// `count` addresses that say nothing.
fn silent(count: usize) -> Vec<(SocketAddr, Fate)> {
    (1..).take(count).map(|n| (v4(n), Fate::Silent)).collect()
}

fn to(fates: &[(SocketAddr, Fate)]) -> impl Iterator<Item = SocketAddr> {
    fates.iter().map(|fate| fate.0)
}

fn plain() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}

fn closed() -> Check {
    Check {
        expect_closed: true,
        ..plain()
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
