//! Producers that take their time, readers that do, and readers that leave.

use std::io::Read;
use support::*;

/// Banner checks without an end, of whoever greets at this port of 127.0.0.1.
fn endless(port: u16) -> impl Iterator<Item = Vec<u8>> + Send + 'static {
    std::iter::repeat_with(move || format!("127.0.0.1:{port}\n").into_bytes())
}

/// Asserts that a run ended quietly: one line on stderr at most, and no panic.
#[track_caller]
fn is_quiet(listed: &Listed) {
    let words = listed.words();
    assert!(words.lines().count() <= 1, "{listed}");
    assert!(!words.contains("panic"), "{listed}");
}

#[test]
fn a_verdict_is_printed_before_the_next_line_is_fed() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let mut running = program!("--targets - -e ^220 -t 20").start();
    for number in 1..=5 {
        running.feed(format!("127.0.0.1:{port} --name {number}\n"));
        let line = running.line();
        assert!(line.starts_with(&format!("{number}\tTCP OK: ")), "{line}");
    }
    let listed = running.finish();
    listed.exits(0);
    assert_eq!(listed.answers().len(), 5, "{listed}");
}

#[test]
fn a_line_may_come_in_pieces() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let mut running = program!("--targets - -e ^220 -t 20").start();
    let line = format!("127.0.0.1:{port} --name 'a b'\r\n127.0.0.1:{port} --name c");
    for byte in line.bytes() {
        running.feed([byte]);
    }
    let listed = running.finish();
    listed.exits(0);
    listed.answer("a b");
    listed.answer("c");
}

#[test]
fn checks_in_flight_go_on_while_nothing_is_fed() {
    let (held, server) = (Fleet::new(Manner::Held), Fleet::new(Manner::Greets));
    let mut running = program!("--targets - -e ^220 -t 60").start();
    running.feed(format!("127.0.0.1:{} --name held\n", held.port()));
    held.wait_for(1);
    running.feed(format!("127.0.0.1:{} --name swift\n", server.port()));
    assert!(running.line().starts_with("swift\tTCP OK: "));
    held.release();
    assert!(running.line().starts_with("held\tTCP OK: "));
    running.finish().exits(0);
}

#[test]
fn a_reader_that_reads_nothing_holds_up_no_check_in_flight_and_loses_nothing() {
    const LINES: usize = 20_000;
    let (held, server) = (Fleet::new(Manner::Held), Fleet::new(Manner::Greets));
    let mut list = format!("127.0.0.1:{} --name held\n", held.port());
    list.push_str(&format!("127.0.0.1:{}\n", server.port()).repeat(LINES));
    let mut running = program!("--targets - -e ^220 -t 60 --format json").start();
    running.pour(list);
    held.wait_for(1);
    running.wait_until_stdout_is_full();
    held.release();
    held.wait_until_gone(1); // though nobody reads

    let listed = running.finish();
    listed.exits(0);
    let mut numbers: Vec<_> = listed
        .objects()
        .iter()
        .map(|object| object["line"].as_u64())
        .collect();
    numbers.sort_unstable();
    let all: Vec<_> = (1..=LINES as u64 + 1).map(Some).collect();
    assert!(numbers == all, "{listed}");
}

#[test]
fn a_pipe_that_was_set_not_to_block_gets_all_of_it() {
    const LINES: usize = 3_000;
    let server = Fleet::new(Manner::Greets);
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    rustix::io::ioctl_fionbio(&writer, true).expect("a pipe that does not block");
    let program = program!("--targets - -e ^220 -t 60 --format json");
    let mut running = program.stdout(writer).start();
    running.pour(format!("127.0.0.1:{}\n", server.port()).repeat(LINES));
    // More than the pipe holds has been checked before anything is read.
    server.wait_until_gone(LINES / 10);
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("UTF-8");
    running.end().exits(0);
    let mut numbers: Vec<_> = text
        .lines()
        .map(|line| json::object(line)["line"].as_u64())
        .collect();
    numbers.sort_unstable();
    let all: Vec<_> = (1..=LINES as u64).map(Some).collect();
    assert!(numbers == all, "{} lines", numbers.len());
}

#[test]
fn a_run_ends_quietly_when_its_reader_leaves() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    for format in ["text", "json"] {
        for (server, code) in [(&good, 3), (&busy, 2)] {
            let mut running = program!("--targets - -e ^220 -t 20 --format {format}").start();
            running.pour_all(endless(server.port()));
            running.lines(5);
            running.turn_away();
            let listed = running.end();
            listed.exits(code);
            is_quiet(&listed);
        }
    }
}

#[test]
fn a_run_ends_when_its_reader_leaves_while_it_has_nothing_to_print() {
    let (good, silent) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Silent));
    let mut running = program!("--targets - -e ^220 -t 1h").start();
    running.feed(format!("127.0.0.1:{}\n", good.port()).repeat(5));
    running.feed(format!("127.0.0.1:{}\n", silent.port()).repeat(5));
    running.lines(5);
    silent.wait_for(5);
    running.turn_away();
    let listed = running.end();
    listed.exits(3);
    is_quiet(&listed);
}

#[test]
fn a_run_ends_quietly_when_it_cannot_write() {
    if !std::path::Path::new("/dev/full").exists() {
        return skip("no /dev/full");
    }
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    for (server, code) in [(&good, 3), (&busy, 2)] {
        for flags in ["", "--format json"] {
            let program = program!("--targets - -e ^220 -t 20 {flags}");
            let mut running = program.shell("exec \"$@\" >/dev/full").start();
            running.pour_all(endless(server.port()));
            let listed = running.end();
            listed.exits(code);
            is_quiet(&listed);
        }
        let program = program!("--targets - -e ^220 -t 20 --summary");
        let list = format!("127.0.0.1:{}\n", server.port()).repeat(5);
        let listed = program.shell("exec \"$@\" >/dev/full").over(list);
        listed.exits(code);
        is_quiet(&listed);
    }
}

#[test]
fn a_file_that_may_grow_no_more_is_a_full_disk() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("out");
    for (server, code) in [(&good, 3), (&busy, 2)] {
        for (flags, blocks) in [("", 8), ("--format json", 8), ("--summary", 0)] {
            let script = format!("ulimit -f {blocks} && exec \"$@\" >{}", file.display());
            let program = program!("--targets - -e ^220 -t 20 {flags}").shell(&script);
            let listed = program.over(format!("127.0.0.1:{}\n", server.port()).repeat(500));
            listed.exits(code);
            is_quiet(&listed);
            let size = std::fs::metadata(&file).expect("it is there").len();
            assert_eq!(size, blocks * 512, "as much as there is room for: {listed}");
        }
    }
}

#[test]
fn totals_that_stderr_does_not_take_change_no_exit_code() {
    let server = Fleet::new(Manner::Greets);
    let dir = tempfile::tempdir().expect("a directory");
    let script = format!("ulimit -f 0 && exec \"$@\" 2>{}/err", dir.path().display());
    let program = program!("--targets - -e ^220 -t 20").shell(&script);
    let listed = program.over(format!("127.0.0.1:{}\n", server.port()));
    listed.exits(0);
    assert_eq!(listed.answers().len(), 1, "{listed}");
}

#[test]
fn unprinted_verdicts_of_a_short_list_change_the_exit_code() {
    let server = Fleet::new(Manner::Greets);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let list = format!("127.0.0.1:{}\n", server.port());
    let listed = program!("--targets - -e ^220 -t 20")
        .stdout(writer)
        .over(list);
    listed.exits(3);
    is_quiet(&listed);
}
