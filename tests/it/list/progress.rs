//! The progress line that is drawn on a terminal while a list is checked.

use regex::Regex;
use support::*;

#[test]
fn progress_is_drawn_on_a_terminal() {
    let Some(mut terminal) = Terminal::open() else {
        return;
    };
    let (busy, held) = (Fleet::new(Manner::Busy), Fleet::new(Manner::Held));
    let mut list = format!("127.0.0.1:{}\n", busy.port()).repeat(2);
    list.push_str(&format!("127.0.0.1:{}\n", held.port()).repeat(3));
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("hosts");
    std::fs::write(&file, list).expect("a file");
    let script = format!("exec \"$@\" 2>{}", terminal.path);
    let program = program!("--targets {} -e ^220 -t 1h", file.display());
    let running = program.env("NO_COLOR", "1").shell(&script).start();
    let mut shown = String::new();
    // It goes on only when it has been seen.
    let state = r"\[#+-+\] 40 %, 0 ok, 2 critical, [0-9.]+/s(, [0-9:]+ left)?, 3 in flight";
    assert!(terminal.read_until(&mut shown, state), "{shown:?}");
    held.release();
    let listed = running.finish();
    listed.exits(2);
    assert_eq!(listed.answers().len(), 5, "{listed}");
    // The last that is to be seen is the summary, on a line of its own.
    assert!(terminal.read_until(&mut shown, r"5 targets in [^\n]*\n"));
    let last = shown.trim_end().rsplit(['\r', '\n']).next();
    let last = last.map(|last| last.trim_start_matches("\x1b[K\x1b[J"));
    assert!(
        last.is_some_and(|last| last.starts_with("5 targets")),
        "{shown:?}"
    );
}

/// A list of two targets, of which the second takes longer than it takes for a line to be drawn.
fn list(server: &Fleet) -> String {
    format!("127.0.0.1:{}\n127.0.0.1:{0} -d 1\n", server.port())
}

#[test]
fn no_progress_and_quiet_draw_nothing() {
    let server = Fleet::new(Manner::Greets);
    for flags in ["--no-progress", "--quiet"] {
        let Some(mut terminal) = Terminal::open() else {
            return;
        };
        let script = format!("exec \"$@\" 2>{0}; echo the end >{0}", terminal.path);
        let program = program!("--targets - -e ^220 -t 20 {flags}");
        program.shell(&script).over(list(&server)).exits(0);
        let mut shown = String::new();
        terminal.read_until(&mut shown, "the end");
        assert!(!shown.contains("in flight"), "{shown:?}");
    }
}

#[test]
fn lines_scroll_above_the_progress_on_the_same_terminal() {
    let server = Fleet::new(Manner::Greets);
    let controls = Regex::new(r"\x1b\[([KJ]|\?7[lh])").expect("a pattern");
    for (term, no_color, is_coloured) in [
        ("xterm", "", true),
        ("xterm", "1", false),
        ("dumb", "", false),
        ("", "", false),
    ] {
        let Some(mut terminal) = Terminal::open() else {
            return;
        };
        let script = format!("exec \"$@\" >{0} 2>{0}", terminal.path);
        let program = program!("--targets - -e ^220 -t 20")
            .env("TERM", term)
            .env("NO_COLOR", no_color);
        program.shell(&script).over(list(&server)).exits(0);
        let mut shown = String::new();
        terminal.read_until(&mut shown, r"2 targets in [^\n]*\n");
        assert_eq!(shown.contains("\x1b[J"), term == "xterm", "{shown:?}");
        let shown = controls.replace_all(&shown, "");
        assert_eq!(shown.contains('\x1b'), is_coloured, "{term}: {shown:?}");
        assert_eq!(shown.contains("TCP \x1b[32mOK\x1b[0m: "), is_coloured);
        assert!(shown.contains("1 in flight"), "{shown:?}");
        // What stays on the screen: of each line what was written behind its last return.
        let screen: Vec<_> = shown
            .lines()
            .map(|line| {
                line.trim_end_matches('\r')
                    .rsplit('\r')
                    .next()
                    .unwrap_or_default()
            })
            .collect();
        assert_eq!(screen.len(), 3, "{shown:?}");
        assert!(
            screen[..2]
                .iter()
                .all(|line| line.starts_with("127.0.0.1:"))
        );
        assert!(screen[2].starts_with("2 targets in"), "{shown:?}");
    }
}

#[test]
fn the_progress_is_drawn_ten_times_a_second_at_most_however_many_lines_there_are() {
    const LINES: usize = 300;
    let server = Fleet::new(Manner::Greets);
    let Some(mut terminal) = Terminal::open() else {
        return;
    };
    let script = format!("exec \"$@\" >{0} 2>{0}", terminal.path);
    let program = program!("--targets - -e ^220 -t 20 --rate 300").env("TERM", "dumb");
    let mut running = program.shell(&script).start();
    let list = (0..LINES).map(|n| format!("127.0.0.1:{} --name line-{n}.\n", server.port()));
    running.pour(list.collect::<String>());
    let mut shown = String::new();
    assert!(terminal.read_until(&mut shown, "300 targets in [^\n]*\n"));
    let listed = running.end();
    listed.exits(0);
    let drawn = shown.matches("in flight").count() as u128;
    let most = listed.elapsed.as_millis() / 100 + 1;
    assert!((2..=most).contains(&drawn), "{drawn} times: {shown:?}");
    for line in 0..LINES {
        assert_eq!(
            shown.matches(&format!("line-{line}.\t")).count(),
            1,
            "{line}"
        );
    }
}

#[test]
fn a_single_check_is_in_colour_on_a_terminal_alone() {
    let server = Fleet::new(Manner::Greets);
    let Some(mut terminal) = Terminal::open() else {
        return;
    };
    let line = format!("-H 127.0.0.1 -p {} -e ^421 -t 0.2", server.port());
    let program = program!("{line}").env("TERM", "xterm").env("NO_COLOR", "");
    program.stdout(terminal.writer()).run();
    let mut shown = String::new();
    terminal.read_until(&mut shown, "\n");
    assert!(
        shown.starts_with("TCP \x1b[31mCRITICAL\x1b[0m: "),
        "{shown:?}"
    );
    let program = program!("{line}").env("TERM", "xterm").env("NO_COLOR", "");
    program.run().critical("^Unexpected");
}
