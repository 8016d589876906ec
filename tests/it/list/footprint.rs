//! Memory that a long list takes.

use std::sync::mpsc;
use support::*;

/// The most memory that the run has ever had, in KiB.
fn peak(running: &Running) -> u64 {
    let status = running.proc("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let size = line.and_then(|line| line.trim().strip_suffix("kB"));
    let size = size.and_then(|size| size.trim().parse().ok());
    size.unwrap_or_else(|| panic!("no VmHWM: {status}"))
}

#[test]
fn memory_does_not_grow_with_the_list() {
    const ROUNDS: usize = 100;
    if !cfg!(target_os = "linux") {
        return skip("no /proc to ask");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let absent = dir.path().join("s").display().to_string();
    // Comments, lines that are refused, checks that share their options, and some that do not.
    let round = |number: usize| {
        let comments = format!("# {}\n", "x".repeat(100)).repeat(1_000);
        let refused = format!("127.0.0.1:9 --name {number} --bogus\n").repeat(500);
        let checked = format!("unix:{absent} --name {number}\n").repeat(500);
        let own = format!("unix:{absent} -w 1.{number:03}\n");
        [comments, refused, checked, own].concat()
    };
    let mut running = program!("--targets - -C -t 20").start();
    let (more, pieces) = mpsc::channel();
    running.pour_all(pieces.into_iter());
    let mut after = |range: std::ops::Range<usize>| {
        for number in range {
            more.send(round(number).into_bytes()).expect("it is poured");
            running.lines(1_001);
        }
        peak(&running)
    };
    let short = after(0..10);
    let long = after(10..ROUNDS);
    assert!(long < short + 4096, "{short} KiB, then {long} KiB");
    drop(more);
    let listed = running.end();
    listed.exits(3);
    assert_eq!(listed.lines().len(), ROUNDS * 1_001);
}

#[test]
fn compiled_options_of_old_lines_are_evicted() {
    if !cfg!(target_os = "linux") {
        return skip("no /proc to ask");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let absent = dir.path().join("s").display().to_string();
    let mut running = program!("--targets - -t 20").start();
    let (more, pieces) = mpsc::channel();
    running.pour_all(pieces.into_iter());
    let mut after = |range: std::ops::Range<usize>| {
        let count = range.len();
        for number in range {
            // A pattern that takes room: some 20 KiB.
            let line = format!("unix:{absent} -e 'x{{300}}{number}'\n");
            more.send(line.into_bytes()).expect("it is poured");
        }
        running.lines(count);
        peak(&running)
    };
    let none = after(0..10);
    // What is kept, and what is on its way through the run.
    let full = after(10..3_300);
    let over = after(3_300..5_500);
    // The system counts it in pieces, so that a later number may be a little less.
    let (first, second) = (full - none, over.saturating_sub(full));
    // Two thirds as many again would take two thirds as much, if all were kept.
    assert!(first > 1024, "the patterns take only {first} KiB");
    assert!(second < first / 3, "{first} KiB, then {second} KiB more");
    drop(more);
    running.end().exits(2);
}

#[test]
fn large_patterns_of_lines_take_64_mib_at_most_together() {
    const LINES: usize = 200;
    if !cfg!(target_os = "linux") {
        return skip("no /proc to ask");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let absent = dir.path().join("s").display().to_string();
    let silent = Fleet::new(Manner::Silent);
    let silent = format!("127.0.0.1:{}", silent.port());
    // In flight all at once, if they could, and over as soon as they have begun.
    for target in [silent, format!("unix:{absent}")] {
        let mut running = program!("--targets - -t .2").start();
        running.feed(format!("unix:{absent}\n"));
        running.line();
        let before = peak(&running);
        // Each takes some 450 KiB.
        let lines =
            (0..LINES).map(|n| format!("{target} -e '{n}(?:abcdefghijklmnopqrst){{1000}}'\n"));
        let mut lines: Vec<String> = lines.collect();
        lines.push(format!("unix:{absent} --name last\n"));
        // The list stays open, so that the run is there to be asked.
        let (more, pieces) = mpsc::channel();
        running.pour_all(pieces.into_iter());
        more.send(lines.concat().into_bytes())
            .expect("it is poured");
        let told = running.lines(LINES + 1);
        assert!(told.iter().all(|line| line.contains("TCP CRITICAL: ")));
        let after = peak(&running);
        assert!(
            after < before + 64 * 1024,
            "{target}: {before} KiB, then {after} KiB"
        );
        drop(more);
        running.end().exits(2);
    }
}

#[test]
fn captures_take_bounded_memory() {
    if !cfg!(target_os = "linux") {
        return skip("no /proc to ask");
    }
    let server = Server::saying("ab".repeat(512));
    let port = server.port();
    let groups = |text: &str| -> String { (0..60).map(|n| format!("(?P<g{n}>{text})")).collect() };
    let mut running = program!("--targets - --format json -t 20").start();
    running.feed(format!("127.0.0.1:{port} -e '^(?P<a>ab)'\n"));
    assert!(running.line().contains(r#""captures":{"a":"ab"}"#));
    let before = peak(&running);
    for (pattern, captured) in [
        (
            format!("^(?:{}a?b?){{140}}", groups("")),
            r#""captures":null"#,
        ),
        (
            format!("^(?:{}){{0,200}}", groups("a?")),
            r#""captures":null"#,
        ),
        (
            format!("^(?:{})*", groups("a|b").replace(")(", ")|(")),
            r#""captures":{"g0":"#,
        ),
        (
            format!("^(?P<n>a)(?:{}){{0}}", r"\pL".repeat(150)),
            r#""captures":null"#,
        ),
        (
            r"^(?P<n>a)(?i)(?:[\x00-\x{10FFFF}]?){10}".to_owned(),
            r#""captures":{"n":"#,
        ),
    ] {
        running.feed(format!("127.0.0.1:{port} -e '{pattern}'\n"));
        let line = running.line();
        assert!(line.contains(r#""status":"OK""#), "{pattern}: {line}");
        assert!(line.contains(captured), "{pattern}: {line}");
    }
    let after = peak(&running);
    assert!(after < before + 12 * 1024, "{before} KiB, then {after} KiB");
    running.finish().exits(0);
}
