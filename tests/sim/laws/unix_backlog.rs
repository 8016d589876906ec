//! A Unix socket whose backlog is full: no event tells when it has room.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Verdict, expecting};
use crate::script::{Act, Fate, Script};
use check_tcp::check::Check;
use check_tcp::outcome::{AttemptOutcome, Success};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use rustix::io::Errno;
use std::io;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_millis(105);

#[test]
fn a_full_backlog_is_tried_again_after_1_2_5_10_and_10_ms_until_the_deadline() {
    let never = Script::fate(Fate::Full(Duration::MAX));
    let run = Case::socket(never, hurried()).nudged(1).run();
    let begun: Vec<_> = run
        .world
        .log
        .begun
        .iter()
        .map(|(at, _)| at.as_millis())
        .collect();
    assert_eq!(begun, [0, 1, 3, 8, 18, 28, 38, 48, 58, 68, 78, 88, 98]);
    assert_eq!((run.phase(), run.at), (Phase::Connecting, TIMEOUT));
    assert_eq!(run.status, Status::Critical);
    let tried = run.tried();
    let full = |came: &AttemptOutcome| matches!(came, AttemptOutcome::Failed(e) if e.kind() == io::ErrorKind::WouldBlock);
    assert_eq!(tried.len(), 1, "one socket, one line");
    assert!(full(&tried[0].outcome), "{tried:?}");
}

#[test]
fn it_is_connected_to_at_the_first_try_that_finds_room() {
    each_seed(50, |seed| {
        let mut rng = Rng::new(seed);
        let room = rng.duration(Duration::from_millis(90));
        let script = Script {
            acts: vec![Act::say("220 ready\r\n")],
            ..Script::fate(Fate::Full(room))
        };
        let run = Case::socket(script, hurried()).nudged(seed).run();
        assert_eq!(run.verdict(), Verdict::Match, "{}", run.told());
        let tries = [0, 1, 3, 8, 18, 28, 38, 48, 58, 68, 78, 88, 98].map(Duration::from_millis);
        let first = tries.into_iter().find(|at| *at >= room);
        assert_eq!(Some(run.at), first, "room at {room:?}: {}", run.told());
        run.heard("QUIT\r\n");
    });
}

#[test]
fn a_full_backlog_shows_a_listener_at_once_where_none_is_expected() {
    let check = Check {
        expect_closed: true,
        ..hurried()
    };
    let run = Case::socket(Script::fate(Fate::Full(Duration::MAX)), check).run();
    assert!(
        matches!(run.outcome, Ok(Success::PortOpen)),
        "{}",
        run.told()
    );
    assert_eq!((run.status, run.at), (Status::Critical, Duration::ZERO));
}

#[test]
fn what_ends_an_attempt_at_a_socket_ends_the_check() {
    for (errno, status, closed) in [
        (Errno::NOENT, Status::Critical, Status::Ok),
        (Errno::CONNREFUSED, Status::Critical, Status::Ok),
        (Errno::NOTDIR, Status::Critical, Status::Ok),
        (Errno::ACCESS, Status::Unknown, Status::Unknown),
        (Errno::PROTOTYPE, Status::Unknown, Status::Unknown),
    ] {
        for (expect_closed, status) in [(false, status), (true, closed)] {
            let check = Check {
                expect_closed,
                ..hurried()
            };
            let run = Case::socket(Script::fate(Fate::Refused(errno)), check).run();
            assert_eq!((run.status, run.at), (status, Duration::ZERO), "{errno}");
            assert_eq!(run.tried().len(), 1);
        }
    }
}

fn hurried() -> Check {
    Check {
        timeout: TIMEOUT,
        ..expecting("^220")
    }
}
