//! The progress line that is drawn on a terminal while a list is checked.

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
    let running = program.shell(&script).start();
    let mut shown = String::new();
    // It goes on only when it has been seen.
    let state = "2 done, 3 in flight, 2 not OK.*%";
    assert!(terminal.read_until(&mut shown, state), "{shown:?}");
    held.release();
    let listed = running.finish();
    listed.exits(2);
    assert_eq!(listed.answers().len(), 5, "{listed}");
    // The last that is to be seen is the summary, on a line of its own.
    assert!(terminal.read_until(&mut shown, r"5 targets in [^\n]*\n"));
    let last = shown.trim_end().rsplit(['\r', '\n']).next();
    assert!(
        last.is_some_and(|last| last.starts_with("5 targets")),
        "{shown:?}"
    );
}

#[test]
fn no_progress_draws_nothing() {
    let server = Fleet::new(Manner::Greets);
    for (flags, redirect) in [("--no-progress", "2>"), ("", ">TTY 2>")] {
        let Some(mut terminal) = Terminal::open() else {
            return;
        };
        // Longer than it takes for a first line to be drawn.
        let list = format!("127.0.0.1:{}\n127.0.0.1:{0} -d 1\n", server.port());
        let redirect = redirect.replace("TTY", &terminal.path);
        let script = format!("exec \"$@\" {redirect}{}", terminal.path);
        let program = program!("--targets - -e ^220 -t 20 {flags}");
        let listed = program.shell(&script).over(list);
        listed.exits(0);
        let mut shown = String::new();
        terminal.read_until(&mut shown, r"2 targets in [^\n]*\n");
        assert!(shown.contains("2 targets in"), "{shown:?}");
        assert!(!shown.contains("in flight"), "{shown:?}");
    }
}
