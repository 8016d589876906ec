//! A terminal that was told to stop (Ctrl-S): who writes to it waits, and nobody else does.

use nix::sys::signal::Signal;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};
use support::*;

/// Between two looks at what no event tells.
const MOMENT: Duration = Duration::from_millis(1);

/// A terminal that has stopped.
fn stopped() -> Option<Terminal> {
    let terminal = Terminal::open()?;
    terminal.stop();
    Some(terminal)
}

#[test]
fn a_stopped_terminal_on_stderr_delays_the_totals_alone() {
    const LINES: usize = 300;
    let server = Fleet::new(Manner::Greets);
    let list = || format!("127.0.0.1:{}\n", server.port()).repeat(LINES);
    // Where words are for a terminal, a progress line is drawn too.
    for flags in ["", "--no-progress"] {
        let Some(mut terminal) = stopped() else {
            return;
        };
        let script = format!("exec \"$@\" 2>{}", terminal.path);
        let program = program!("--targets - -e ^220 -t 20 {flags}");
        let mut running = program.shell(&script).start();
        running.feed(list());
        let lines = running.lines(LINES);
        assert!(
            lines.iter().all(|line| line.contains("TCP OK")),
            "{lines:?}"
        );
        running.close();
        terminal.go_on();
        let mut shown = String::new();
        let all = terminal.read_until(&mut shown, r"300 targets in [^\n]*300 ok[^\n]*\n");
        assert!(all, "{shown:?}");
        running.end().exits(0);
    }
}

#[test]
fn a_signal_ends_a_run_that_waits_to_print_its_totals() {
    for (manner, code) in [(Manner::Greets, 0), (Manner::Busy, 2)] {
        let server = Fleet::new(manner);
        let Some(terminal) = stopped() else { return };
        let script = format!("exec \"$@\" 2>{}", terminal.path);
        let program = program!("--targets - -e ^220 -t 20");
        let mut running = program.shell(&script).start();
        running.feed(format!("127.0.0.1:{}\n", server.port()));
        running.line();
        running.close();
        // Its output's thread ends once all is written: what is left waits for the terminal.
        wait_until_gone(&running, "output");
        assert!(running.is_under_way(), "without its last words");
        running.signal(Signal::SIGTERM);
        let listed = running.end();
        listed.exits(code);
        assert_eq!(listed.answers().len(), 1, "{listed}");
    }
}

#[test]
fn a_signal_after_the_last_verdict_drops_the_totals() {
    let held = Fleet::new(Manner::Held);
    let (Some(mut verdicts), Some(words)) = (stopped(), stopped()) else {
        return;
    };
    let script = format!("exec \"$@\" 2>{}", words.path);
    let program = program!("--targets - -e ^220 -t 20").shell(&script);
    let mut running = program.stdout(verdicts.writer()).start();
    running.feed(format!("127.0.0.1:{}\n", held.port()));
    held.wait_for(1);
    running.close();
    wait_until_gone(&running, "list");
    held.release();
    held.wait_until_gone(1);
    // Every line has its verdict then, and all that is left to be done is to write.
    running.wait_until_asleep();
    running.signal(Signal::SIGTERM);
    verdicts.go_on();
    assert_eq!(verdicts.lines(1).len(), 1);
    running.end().exits(0);
}

#[test]
fn a_stopped_terminal_on_stdout_delays_no_check() {
    const LINES: usize = 3_000;
    let (held, server) = (Fleet::new(Manner::Held), Fleet::new(Manner::Greets));
    let Some(mut terminal) = stopped() else {
        return;
    };
    let mut list = format!("127.0.0.1:{} --name held\n", held.port());
    list.push_str(&format!("127.0.0.1:{}\n", server.port()).repeat(LINES));
    let program = program!("--targets - -e ^220 -t 60 --format json");
    let mut running = program.stdout(terminal.writer()).start();
    running.pour(list);
    held.wait_for(1);
    server.wait_for(LINES / 10);
    held.release();
    held.wait_until_gone(1); // though the terminal has stopped
    terminal.go_on();
    let shown = terminal.lines(LINES + 1);
    running.end().exits(0);
    shown.iter().for_each(|line| json::validate(line));
    let objects: Vec<_> = shown.iter().map(|line| json::object(line)).collect();
    let mut numbers: Vec<_> = objects.iter().map(|it| it["line"].as_u64()).collect();
    numbers.sort_unstable();
    let all: Vec<_> = (1..=LINES as u64 + 1).map(Some).collect();
    assert!(numbers == all, "{} lines", numbers.len());
    for object in objects.iter().filter(|object| object["line"] != 1) {
        let took = object["elapsed"].as_f64().expect("seconds");
        assert!(object["reason"] == "ok" && took < 5.0, "{object}");
    }
}

#[test]
fn two_signals_end_a_run_with_unprinted_verdicts() {
    let server = Fleet::new(Manner::Greets);
    let Some(mut terminal) = stopped() else {
        return;
    };
    let program = program!("--targets - -e ^220 -t 20");
    let mut running = program.stdout(terminal.writer()).start();
    running.feed(format!("127.0.0.1:{}\n", server.port()).repeat(5));
    running.close();
    server.wait_until_gone(5);
    // Two of a kind might be taken for one.
    running.signal(Signal::SIGTERM);
    assert!(running.is_under_way(), "with verdicts that nobody has read");
    running.signal(Signal::SIGINT);
    let listed = running.end();
    // Not all of its verdicts are printed, so it is never OK.
    let by_signal = listed.signal == Some(Signal::SIGINT as i32);
    assert!(by_signal || listed.code == Some(3), "{listed}");
    terminal.go_on();
    let shown = terminal.lines(6);
    assert!(shown.len() <= 5, "{shown:?}");
}

#[test]
fn a_check_waits_for_a_stopped_terminal_to_print_its_line() {
    for (manner, code, begin) in [
        (Manner::Greets, 0, "TCP OK: 0.0"),
        (Manner::Busy, 2, "TCP CRITICAL: Unexpected"),
    ] {
        let server = Fleet::new(manner);
        let Some(mut terminal) = stopped() else {
            return;
        };
        let program = program!("-H 127.0.0.1 -p {} -e ^220 -t 20", server.port());
        let program = program.env("NO_COLOR", "1");
        let mut running = program.stdout(terminal.writer()).start();
        server.wait_until_gone(1);
        assert!(running.is_under_way(), "with a line that nobody has read");
        terminal.go_on();
        let shown = terminal.lines(1);
        running.end().exits(code);
        assert!(shown.len() == 1 && shown[0].starts_with(begin), "{shown:?}");
    }
}

/// Waits until it has no thread of this name any more.
#[track_caller]
fn wait_until_gone(running: &Running, name: &str) {
    let name = format!("{name}\n");
    let is_there = || {
        let tasks = fs::read_dir(running.path("task")).expect("it is under way, on Linux");
        let names =
            tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.into_iter().any(|it| it == name)
    };
    let started = Instant::now();
    while is_there() {
        assert!(started.elapsed() < PATIENCE, "the thread {name} goes on");
        thread::sleep(MOMENT);
    }
}
