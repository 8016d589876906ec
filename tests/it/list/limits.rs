//! Limits of a run: descriptors, checks in flight, checks a second.

use nix::sys::signal::Signal;
use std::time::Duration;
use support::*;

#[test]
fn few_descriptors_lower_parallel_and_change_no_verdict() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let closed = Refusing::new();
    let (good, busy, closed) = (good.port(), busy.port(), closed.port());
    let dir = tempfile::tempdir().expect("a directory");
    let absent = dir.path().join("s").display().to_string();
    let rows = [
        (format!("127.0.0.1:{good}"), "TCP OK: "),
        (format!("localhost:{good} -4"), "TCP OK: "),
        (format!("127.0.0.1:{busy}"), "TCP CRITICAL: Unexpected"),
        (format!("127.0.0.1:{closed}"), "TCP CRITICAL: connecting"),
        (format!("127.0.0.1:{closed} -C"), "TCP OK: Verified"),
        (format!("unix:{absent}"), "TCP CRITICAL: connecting"),
    ];
    const LINES: usize = 600;
    let mixed = || (0..LINES).zip(rows.iter().cycle());
    let list: String = mixed()
        .map(|(number, (line, _))| format!("{line} --name {number}\n"))
        .collect();
    for (limit, told) in [(32, true), (64, true), (1024, false)] {
        let few = format!("ulimit -n {limit} && exec \"$@\"");
        let program = program!("--targets - -e ^220 -t 20").shell(&few);
        let listed = program.over(&*list);
        listed.exits(2);
        for (number, (asked, begin)) in mixed() {
            let line = listed.answer(&number.to_string());
            assert!(line.starts_with(begin), "{limit}: {asked}: {line}");
        }
        let lowered = listed.words().contains("--parallel");
        assert_eq!(lowered, told, "{limit}: {}", listed.words());
    }
}

#[test]
fn few_descriptors_make_no_lookup_fail() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    // The same host under many names, each of them looked up.
    let spelt = |number: u32| -> String {
        let upper = |(at, char): (usize, char)| match number >> at & 1 {
            0 => char,
            _ => char.to_ascii_uppercase(),
        };
        "localhost".chars().enumerate().map(upper).collect()
    };
    let list: String = (0..512)
        .map(|number| format!("{}:{port} -4 --name {number}\n", spelt(number)))
        .collect();
    let program = program!("--targets - -e ^220 -t 20 --format json");
    let listed = program.shell("ulimit -n 64 && exec \"$@\"").over(list);
    for object in listed.objects() {
        assert_eq!(object["status"], "OK", "{object}");
    }
    listed.exits(0);
    assert_eq!(listed.lines().len(), 512);
}

#[test]
fn the_soft_limit_is_raised_to_the_hard_one() {
    const MANY: usize = 150;
    let held = Fleet::new(Manner::Held);
    let list = format!("127.0.0.1:{}\n", held.port()).repeat(MANY);
    // Longer than is waited for: all of them must be in flight at once.
    let program = program!("--targets - -e ^220 -t 1h");
    let mut running = program.shell("ulimit -S -n 64 && exec \"$@\"").start();
    running.pour(list);
    held.wait_for(MANY);
    held.release();
    let listed = running.finish();
    listed.exits(0);
    assert_eq!(listed.answers().len(), MANY);
    assert!(!listed.words().contains("--parallel"), "{listed}");
}

#[test]
fn no_more_checks_are_in_flight_than_are_asked_for() {
    for (flags, most) in [("--parallel 1", 1), ("--parallel=7", 7), ("", 512)] {
        let held = Fleet::new(Manner::Held);
        let list = format!("127.0.0.1:{}\n", held.port()).repeat(most + 30);
        let mut running = program!("--targets - -e ^220 -t 1h {flags}").start();
        running.pour(list);
        held.wait_for(most);
        // What is in flight then has a verdict, and nothing else.
        running.signal(Signal::SIGTERM);
        let listed = running.end();
        assert_eq!(listed.answers().len(), most, "{listed}");
        held.wait_until_gone(most);
        assert_eq!(held.count().came, most, "{flags}");
    }
}

#[test]
fn a_check_that_ends_makes_room_for_the_next() {
    let (held, server) = (Fleet::new(Manner::Held), Fleet::new(Manner::Greets));
    let mut list = format!("127.0.0.1:{}\n", held.port());
    list.push_str(&format!("127.0.0.1:{}\n", server.port()).repeat(100));
    let mut running = program!("--targets - -e ^220 -t 1h --parallel 2").start();
    running.pour(list);
    server.wait_until_gone(100); // while the first is still in flight
    held.release();
    running.finish().exits(0);
}

#[test]
fn a_rate_spreads_the_checks_of_a_run() {
    // That no second has more is seen on a virtual clock, in `sim/laws/whole_runs`.
    const LINES: u32 = 50;
    const RATE: u32 = 100;
    let server = Fleet::new(Manner::Greets);
    let list = format!("127.0.0.1:{}\n", server.port()).repeat(LINES as usize);
    let listed = program!("--targets - -e ^220 -t 20 --rate {RATE}").over(list);
    listed.exits(0);
    assert_eq!(listed.answers().len(), LINES as usize, "{listed}");
    let least = Duration::from_secs(1) * (LINES - 1) / RATE;
    assert!(listed.elapsed >= least, "sooner than {least:?}: {listed}");
}

#[test]
fn a_run_can_be_ended_within_a_slow_rate() {
    let server = Fleet::new(Manner::Greets);
    let mut running = program!("--targets - -e ^220 -t 20 --rate 0.01").start();
    running.pour(format!("127.0.0.1:{}\n", server.port()).repeat(3));
    running.line();
    running.signal(Signal::SIGTERM); // the second check would begin in a minute and more
    let listed = running.end();
    listed.exits(3);
    assert_eq!(listed.answers().len(), 1, "{listed}");
    server.wait_until_gone(1);
    assert_eq!(server.count().came, 1);
}
