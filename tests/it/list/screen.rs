//! The progress line in a terminal emulator.

use std::fs;
use support::*;
use tempfile::TempDir;

/// A run on a screen, of a list of `done` targets that answer wrong and three that don't before they
/// are told to.
struct Shown {
    held: Fleet,
    tmux: Tmux,
    /// Has the list.
    _dir: TempDir,
}

/// `None` without tmux.
fn show(columns: u16, done: usize, environment: &str, more: &str) -> Option<Shown> {
    let (busy, held) = (Fleet::new(Manner::Busy), Fleet::new(Manner::Held));
    let mut list = format!("127.0.0.1:{} --name busy\n", busy.port()).repeat(done);
    list.push_str(&format!("127.0.0.1:{} --name held\n", held.port()).repeat(3));
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("hosts");
    fs::write(&file, list).expect("a file");
    let program = env!("CARGO_BIN_EXE_check-tcp");
    let command = format!("'{program}' --targets '{}' -e ^220 -t 1h", file.display());
    let tmux = Tmux::run(columns, 24, &format!("{environment} {command} {more}"))?;
    held.wait_for(3);
    Some(Shown {
        held,
        tmux,
        _dir: dir,
    })
}

#[test]
fn every_width_shows_a_bar_the_share_and_the_counts() {
    for (columns, line) in [
        (40, r"^\[#{2,}-{4,}\] 40 %, 0 ok, 2 crit, [0-9.]+/s$"),
        (
            80,
            r"^\[#{6,}-{9,}\] 40 %, 0 ok, 2 critical, [0-9.]+/s, 3 in flight$",
        ),
        (
            200,
            r"^\[#{12}-{18}\] 40 %, 0 ok, 2 critical, [0-9.]+/s, 3 in flight$",
        ),
    ] {
        let Some(shown) = show(columns, 2, "", "") else {
            return;
        };
        shown.tmux.wait_for(&format!("(?m){line}"));
        shown.held.release();
        let screen = shown.tmux.wait_for("5 targets in");
        assert!(!screen.contains('#'), "{screen}");
    }
}

#[test]
fn an_interrupt_from_the_keyboard_leaves_nothing_of_the_progress() {
    // Quiet, so that no text covers what is left.
    for term in ["", "TERM=dumb"] {
        for columns in [40, 80] {
            let Some(shown) = show(columns, 1, term, ">/dev/null") else {
                return;
            };
            shown.tmux.wait_for(r"\[#+-+\] 25 %");
            shown.tmux.press("C-c");
            let screen = shown.tmux.wait_for("4 targets in");
            assert!(screen.starts_with("check-tcp: interrupted"), "{screen}");
            assert!(
                !screen.contains("^C") && !screen.contains('#'),
                "{term}: {screen}"
            );
        }
    }
}

#[test]
fn a_window_that_is_made_narrower_keeps_the_lines_and_one_progress() {
    let Some(shown) = show(100, 4, "", "") else {
        return;
    };
    shown
        .tmux
        .wait_for(r"\[#+-+\] 57 %, 0 ok, 4 critical.*in flight");
    shown.tmux.resize(44);
    let screen = shown
        .tmux
        .wait_for(r"(?m)^\[#+-+\] 57 %, 0 ok, 4 crit, [0-9.]+/s$");
    assert_eq!(screen.matches('[').count(), 1, "{screen}");
    shown.tmux.resize(20);
    let screen = shown.tmux.wait_for(r"(?m)^57 %, 0 ok, 4 crit$");
    assert_eq!(screen.matches("57 %").count(), 1, "{screen}");
    shown.tmux.resize(100);
    shown.held.release();
    let screen = shown.tmux.wait_for("7 targets in");
    assert!(!screen.contains('#'), "{screen}");
    let rows = screen.lines().filter(|row| !row.is_empty());
    assert_eq!(rows.count(), 8, "{screen}");
}
