//! A terminal emulator, which shows what becomes of what is written.

use super::{PATIENCE, skip};
use regex::Regex;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Between two looks at a screen.
const MOMENT: Duration = Duration::from_millis(10);

/// A window of tmux that a program runs in.
pub struct Tmux {
    /// Has its socket.
    dir: TempDir,
}

impl Tmux {
    /// Runs a script of the shell in a window of this size, which stays when the script has ended.
    /// `None`, said aloud, without tmux.
    pub fn run(columns: u16, rows: u16, script: &str) -> Option<Self> {
        if Command::new("tmux").arg("-V").output().is_err() {
            skip("no tmux");
            return None;
        }
        let dir = tempfile::tempdir().expect("a directory");
        let tmux = Self { dir };
        let script = format!("trap : INT; {script}; exec cat");
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let size = ["-x", &columns, "-y", &rows];
        let new = ["new-session", "-d"].iter().chain(&size);
        let words: Vec<_> = new.copied().chain([&*script]).collect();
        let started = tmux.tell(&words);
        assert!(started.status.success(), "{started:?}");
        Some(tmux)
    }

    /// Has the window so many columns.
    pub fn resize(&self, columns: u16) {
        self.tell(&["resize-window", "-x", &columns.to_string()]);
    }

    /// Types a key, by its name.
    pub fn press(&self, key: &str) {
        self.tell(&["send-keys", key]);
    }

    /// What is to be seen, and what has scrolled out of sight; each row without the blanks at its end.
    pub fn screen(&self) -> String {
        let shown = self.tell(&["capture-pane", "-p", "-S", "-"]);
        String::from_utf8(shown.stdout).expect("UTF-8")
    }

    /// Waits until that matches, and returns it.
    #[track_caller]
    pub fn wait_for(&self, pattern: &str) -> String {
        let wanted = Regex::new(pattern).expect("a pattern");
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if wanted.is_match(&screen) {
                return screen;
            }
            assert!(started.elapsed() < PATIENCE, "{pattern}: {screen}");
            thread::sleep(MOMENT);
        }
    }

    fn tell(&self, words: &[&str]) -> Output {
        let socket = self.dir.path().join("tmux");
        let mut tmux = Command::new("tmux");
        tmux.arg("-S").arg(socket).args(["-u", "-f", "/dev/null"]);
        tmux.args(words).output().expect("tmux")
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.tell(&["kill-server"]);
    }
}
