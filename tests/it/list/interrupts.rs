//! Runs that are broken off.

use nix::sys::signal::Signal;
use regex::Regex;
use std::io::{Read, Write};
use support::*;

/// Those that ask a run to end.
const ENDING: [Signal; 5] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGALRM,
    Signal::SIGXCPU,
];

/// The number of lines read and not checked, and true if the list had ended, as stderr says it.
#[track_caller]
fn told(listed: &Listed) -> (usize, bool) {
    let words = listed.words();
    let pattern = Regex::new("(?i)([0-9]+)[a-z ]* lines?[a-z ]* not checked.*(had (not )?ended)");
    let pattern = pattern.expect("a pattern");
    let told = pattern
        .captures(&words)
        .unwrap_or_else(|| panic!("{listed}"));
    let count = told[1].parse().expect("a number");
    (count, told.get(3).is_none())
}

#[test]
fn checks_in_flight_are_reported_as_interrupted() {
    for signal in ENDING {
        let (server, held) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Held));
        let mut running = program!("--targets - -e ^220 -t 1h").start();
        running.feed(format!("127.0.0.1:{} --name done\n", server.port()));
        assert!(running.line().starts_with("done\tTCP OK: "));
        for number in 0..4 {
            running.feed(format!("127.0.0.1:{} --name {number}\n", held.port()));
        }
        held.wait_for(4);
        running.signal(signal);
        let listed = running.end(); // its list is still open
        listed.exits(3);
        assert_eq!(listed.answers().len(), 5, "{listed}");
        for number in 0..4 {
            let line = listed.answer(&number.to_string());
            let interrupted = line.starts_with("TCP UNKNOWN: ") && line.contains("interrupted");
            assert!(interrupted, "{line}");
        }
        held.wait_until_gone(4);
        assert_eq!(told(&listed), (0, false), "{listed}");
    }
}

#[test]
fn interrupted_checks_have_a_reason_and_a_phase() {
    let (silent, full, server) = (
        Fleet::new(Manner::Silent),
        Full::new(),
        Fleet::new(Manner::Greets),
    );
    let mut running = program!("--targets - -e ^220 -t 1h --format json -W -C").start();
    running.feed(format!("127.0.0.1:{}\n", full.port()));
    running.feed(format!("127.0.0.1:{}\n", server.port()));
    running.line(); // the second: by then the first is on its way too
    running.signal(Signal::SIGINT);
    let listed = running.end();
    let object = listed.object(1);
    for (key, value) in [
        ("status", "UNKNOWN"),
        ("reason", "interrupted"),
        ("phase", "connecting"),
    ] {
        assert_eq!(object[key], value, "{object}");
    }
    assert!(object["elapsed"].as_f64().is_some(), "{object}");

    let mut running = program!("--targets - -e ^220 -t 1h --format json").start();
    running.feed(format!(
        "127.0.0.1:{} --status-as unknown=ok\n",
        silent.port()
    ));
    silent.wait_for(1);
    running.signal(Signal::SIGTERM);
    let listed = running.end();
    listed.exits(3);
    let object = listed.object(1);
    for (key, value) in [
        ("status", "UNKNOWN"),
        ("reason", "interrupted"),
        ("phase", "reading"),
    ] {
        assert_eq!(object[key], value, "{object}");
    }
}

#[test]
fn the_exit_code_is_that_of_a_critical_if_there_was_one() {
    let (good, busy, silent) = (
        Fleet::new(Manner::Greets),
        Fleet::new(Manner::Busy),
        Fleet::new(Manner::Silent),
    );
    for (server, flags, code) in [
        (&good, "", 3),
        (&busy, "", 2),
        (&busy, "-W", 3),
        (&good, "--status-as ok=critical", 2),
    ] {
        let before = silent.count().came;
        let mut running = program!("--targets - -e ^220 -t 1h").start();
        running.feed(format!("127.0.0.1:{} {flags}\n", server.port()));
        running.line();
        running.feed(format!("127.0.0.1:{}\n", silent.port()));
        silent.wait_for(before + 1);
        running.signal(Signal::SIGINT);
        running.end().exits(code);
    }
}

#[test]
fn lines_that_were_read_and_not_checked_are_counted() {
    const LINES: usize = 300;
    let silent = Fleet::new(Manner::Silent);
    let list = format!("127.0.0.1:{}\n", silent.port()).repeat(LINES);
    let mut running = program!("--targets - -e ^220 -t 1h --parallel 5").start();
    running.pour(list);
    silent.wait_for(5);
    running.signal(Signal::SIGTERM);
    let listed = running.end();
    listed.exits(3);
    assert_eq!(listed.answers().len(), 5, "{listed}");
    let (unchecked, ended) = told(&listed);
    match ended {
        true => assert_eq!(unchecked, LINES - 5, "{listed}"),
        false => assert!(unchecked <= LINES - 5, "{listed}"),
    }
}

#[test]
fn the_end_of_the_list_is_reported() {
    let silent = Fleet::new(Manner::Silent);
    // Without a newline, the last line is known to be one only at the end.
    let list = format!("127.0.0.1:{port}\n127.0.0.1:{port}", port = silent.port());
    let mut running = program!("--targets - -e ^220 -t 1h").start();
    running.pour(list);
    silent.wait_for(2);
    running.signal(Signal::SIGTERM);
    let listed = running.end();
    assert_eq!(told(&listed), (0, true), "{listed}");
}

#[test]
fn an_interrupted_run_loses_no_verdict() {
    const LINES: usize = 3_000;
    let (server, silent) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Silent));
    let mut list = format!("127.0.0.1:{}\n", silent.port());
    list.push_str(&format!("127.0.0.1:{}\n", server.port()).repeat(LINES));
    // More than a pipe holds, and nobody reads it.
    let mut running = program!("--targets - -e ^220 -t 1h --format json").start();
    running.pour(list);
    server.wait_for(LINES / 10);
    running.signal(Signal::SIGINT);
    silent.wait_until_gone(1);
    let listed = running.end();
    listed.exits(3);
    let objects = listed.objects();
    let of = |reason: &str| objects.iter().filter(|it| it["reason"] == reason).count();
    let (finished, interrupted) = (of("ok"), of("interrupted"));
    assert_eq!(finished + interrupted, objects.len(), "{listed}");
    let came = server.count().came;
    assert!(finished > 0 && objects.len() > came, "{came}: {listed}");
    let (unchecked, ended) = told(&listed);
    match ended {
        true => assert_eq!(objects.len() + unchecked, LINES + 1, "{listed}"),
        false => assert!(objects.len() + unchecked <= LINES + 1, "{listed}"),
    }
    let numbers = objects.iter().map(|object| object["line"].as_u64());
    let numbers: std::collections::HashSet<_> = numbers.collect();
    assert_eq!(numbers.len(), objects.len(), "a line stands there twice");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let silent = Fleet::new(Manner::Silent);
    let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
    fill(&mut writer);
    let mut running = program!("--targets - -e ^220 -t 1h").stdout(writer).start();
    running.feed(format!("127.0.0.1:{}\n", silent.port()));
    silent.wait_for(1);
    running.signal(Signal::SIGINT);
    silent.wait_until_gone(1);
    assert!(
        running.is_under_way(),
        "with a verdict that nobody has read"
    );
    running.signal(Signal::SIGINT);
    let listed = running.end();
    let by_signal = listed.signal == Some(Signal::SIGINT as i32);
    assert!(by_signal || listed.code == Some(3), "{listed}");
    drop(listed);
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).expect("a pipe can be read");
    assert!(
        rest.iter().all(|byte| *byte == b'.'),
        "written all the same"
    );
}

#[test]
fn two_signals_at_once_count_as_one() {
    let silent = Fleet::new(Manner::Silent);
    // `timeout` signals its child and then the child's group, systemd sends SIGHUP behind SIGTERM,
    // and a terminal that goes away sends SIGHUP as its shell does.
    for (number, second) in (1..).zip([Signal::SIGHUP, Signal::SIGINT]) {
        let mut running = program!("--targets - -e ^220 -t 1h --summary").start();
        running.feed(format!("127.0.0.1:{} --name hung\n", silent.port()));
        silent.wait_for(number);
        // Both are there before it can do anything about the first.
        running.stop();
        running.signal(Signal::SIGTERM);
        running.signal(second);
        running.go_on();
        let listed = running.end();
        listed.exits(3);
        let lines = listed.lines();
        assert!(
            lines.iter().any(|line| line.starts_with("hung\t")),
            "{listed}"
        );
        assert_eq!(told(&listed), (0, false), "{listed}");
    }
}

#[test]
fn a_run_that_waits_for_its_list_can_be_ended() {
    let server = Fleet::new(Manner::Greets);
    for signal in ENDING {
        let mut running = program!("--targets - -e ^220 -t 20").start();
        running.feed(format!("127.0.0.1:{}\n", server.port()));
        running.line();
        running.signal(signal);
        let listed = running.end();
        listed.exits(3);
        assert_eq!(told(&listed), (0, false), "{listed}");
    }
}

#[test]
fn a_summary_of_what_was_broken_off_is_printed() {
    for signal in ENDING {
        let (server, silent) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Silent));
        let mut running = program!("--targets - -e ^220 -t 1h --summary").start();
        running.feed(format!("127.0.0.1:{}\n", server.port()));
        running.feed(format!("127.0.0.1:{} --name hung\n", silent.port()));
        silent.wait_for(1);
        server.wait_until_gone(1);
        running.signal(signal);
        let listed = running.end();
        listed.exits(3);
        let lines = listed.lines();
        assert!(
            lines[0].starts_with("TCP UNKNOWN: ") && lines[0].contains("1 of 2 targets unknown"),
            "{listed}"
        );
        let hung = lines.iter().find(|line| line.starts_with("hung\t"));
        assert!(
            hung.is_some_and(|line| line.contains("interrupted")),
            "{listed}"
        );
    }
}

#[test]
fn a_signal_that_was_ignored_when_it_was_started_stays_ignored() {
    let server = Fleet::new(Manner::Greets);
    for signal in ENDING {
        // As `nohup` has it for SIGHUP, and a shell's background job for SIGINT.
        let script = format!("trap '' {}; exec \"$@\"", signal as i32);
        let mut running = program!("--targets - -e ^220 -t 20").shell(&script).start();
        for name in ["before", "behind"] {
            running.feed(format!("127.0.0.1:{} --name {name}\n", server.port()));
            assert!(running.line().starts_with(&format!("{name}\tTCP OK: ")));
            running.signal(signal);
        }
        let listed = running.finish();
        listed.exits(0);
        assert_eq!(listed.answers().len(), 2, "{listed}");
    }
}

/// Writes into the pipe until it is full.
fn fill(writer: &mut std::io::PipeWriter) {
    rustix::io::ioctl_fionbio(&*writer, true).expect("a pipe that does not block");
    while writer.write(&[b'.'; 4096]).is_ok() {}
    while writer.write(b".").is_ok() {}
    rustix::io::ioctl_fionbio(&*writer, false).expect("a pipe that does");
}
