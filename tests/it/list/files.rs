//! Lists in files that others write to in the meantime.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use support::*;
use tempfile::TempDir;

/// More lines than a run reads before the first of them have ended.
const LINES: usize = 3_000;

/// A list of so many lines for this server.
fn list(server: &Fleet, lines: usize) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("list");
    // Long ones: a run keeps as many bytes of a list as so many reads bring.
    let name = "x".repeat(1_000);
    let text = format!("127.0.0.1:{} --name {name}\n", server.port());
    fs::write(&file, text.repeat(lines)).expect("a file");
    (dir, file)
}

/// Makes the file that long, in the midst of a line.
fn cut(file: &Path, length: u64) {
    let file = File::options().write(true).open(file).expect("our own");
    file.set_len(length).expect("it can be cut");
}

/// True if stderr says that the list ended before its end.
fn says_cut(listed: &Listed) -> bool {
    listed.words().contains("could not be read to its end: ")
}

#[test]
fn a_list_that_was_rewritten_shorter_was_not_read_to_its_end() {
    for (flags, code) in [("", 3), ("--status-as ok=critical", 2)] {
        for by_stdin in [false, true] {
            let held = Fleet::new(Manner::Held);
            let (_dir, file) = list(&held, LINES);
            let path = file.display();
            let program = match by_stdin {
                false => program!("--targets {path} --parallel 1 -e ^220 -t 1h {flags}"),
                true => program!("--targets - --parallel 1 -e ^220 -t 1h {flags}")
                    .shell(&format!("exec \"$@\" <{path}")),
            };
            let running = program.start();
            held.wait_for(1);
            fs::write(&file, format!("127.0.0.1:{}\n", held.port()).repeat(10)).expect("a file");
            held.release();
            let listed = running.end();
            listed.exits(code);
            assert!(says_cut(&listed), "{listed}");
            assert!(!listed.answers().is_empty(), "{listed}");
        }
    }
}

#[test]
fn a_list_that_was_cut_off_in_a_line_has_no_verdict_on_what_is_left_of_it() {
    let held = Fleet::new(Manner::Held);
    let (_dir, file) = list(&held, LINES);
    let whole = fs::metadata(&file).expect("it is there").len();
    let program = program!(
        "--targets {} --parallel 1 -e ^220 -t 1h --summary",
        file.display()
    );
    let running = program.start();
    held.wait_for(1);
    cut(&file, whole / 2 + 5);
    held.release();
    let listed = running.end();
    listed.exits(3);
    let lines = listed.lines();
    assert!(lines[0].starts_with("TCP UNKNOWN: "), "{listed}");
    assert!(
        lines[0].contains("could not be read to its end"),
        "{listed}"
    );
    assert!(lines[0].contains("1500 of 1500 targets ok"), "{listed}");
    assert!(says_cut(&listed), "{listed}");
}

#[test]
fn a_list_that_grows_is_read_to_its_new_end() {
    let held = Fleet::new(Manner::Held);
    let (_dir, file) = list(&held, LINES);
    let program = program!("--targets {} --parallel 1 -e ^220 -t 1h", file.display());
    let running = program.start();
    held.wait_for(1);
    let mut more = File::options().append(true).open(&file).expect("our own");
    writeln!(more, "127.0.0.1:{} --name late", held.port()).expect("room");
    held.release();
    let listed = running.end();
    listed.exits(0);
    assert_eq!(listed.answers().len(), LINES + 1, "{listed}");
    listed.answer("late");
}

#[test]
fn a_list_on_stdin_begins_at_its_current_offset() {
    let server = Fleet::new(Manner::Greets);
    let (_dir, file) = list(&server, 10);
    let script = format!("{{ read -r _ && exec \"$@\"; }} <{}", file.display());
    let program = program!("--targets - -e ^220 -t 20").shell(&script);
    let listed = program.start().end();
    listed.exits(0);
    assert_eq!(listed.answers().len(), 9, "{listed}");
    assert!(!says_cut(&listed), "{listed}");
}

#[test]
fn a_file_without_a_true_length_is_read_to_its_end() {
    // One says that it is longer than it is, and the other that it is empty.
    for file in [
        "/sys/devices/system/cpu/possible",
        "/proc/sys/kernel/ostype",
    ] {
        let Ok(text) = fs::read_to_string(file) else {
            return skip("no files that the system makes");
        };
        let claimed = fs::metadata(file).expect("it is there").len();
        assert_ne!(claimed, text.len() as u64, "{file}");
        let listed = program!("--targets {file}").start().end();
        listed.exits(3);
        assert_eq!(listed.answers().len(), 1, "{listed}");
        assert!(!says_cut(&listed), "{listed}");
    }
}
