//! A terminal of the test's own, which may be told to stop.

use super::skip;
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, unlockpt};
use nix::sys::termios::{FlowArg, tcflow};
use regex::Regex;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;

/// A terminal: what is written to it stays in it until it is read.
pub struct Terminal {
    screen: PtyMaster,
    /// Its path, for programs.
    pub path: String,
}

impl Terminal {
    /// `None`, said aloud, where the system has no terminals for us.
    pub fn open() -> Option<Self> {
        let Ok(screen) = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY) else {
            skip("no terminals to be had");
            return None;
        };
        grantpt(&screen).expect("our own terminal");
        unlockpt(&screen).expect("our own terminal");
        let path = nix::pty::ptsname_r(&screen).expect("its name");
        Some(Self { screen, path })
    }

    /// The end that programs write to.
    pub fn writer(&self) -> File {
        let no_control = OFlag::O_NOCTTY.bits();
        let mut options = File::options();
        options.read(true).write(true).custom_flags(no_control);
        options.open(&self.path).expect("our own terminal")
    }

    /// Has it stop, as Ctrl-S does: who writes to it waits.
    pub fn stop(&self) {
        tcflow(self.writer(), FlowArg::TCOOFF).expect("our own terminal");
    }

    /// Has it go on, as Ctrl-Q does.
    pub fn go_on(&self) {
        tcflow(self.writer(), FlowArg::TCOON).expect("our own terminal");
    }

    /// Reads on until what it shows has matched, or nobody writes to it any more.
    pub fn read_until(&mut self, shown: &mut String, pattern: &str) -> bool {
        let pattern = Regex::new(pattern).expect("a pattern");
        let mut buffer = [0; 4096];
        while !pattern.is_match(shown) {
            match self.screen.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
                }
                _ => return false,
            }
        }
        true
    }

    /// Reads until it has shown so many lines, or nobody writes to it any more; each is without its
    /// end.
    pub fn lines(&mut self, count: usize) -> Vec<String> {
        let mut shown = Vec::new();
        let mut buffer = [0; 4096];
        let mut seen = 0;
        while seen < count {
            let length = self.screen.read(&mut buffer).unwrap_or_default();
            let Some(read) = buffer.get(..length).filter(|read| !read.is_empty()) else {
                break;
            };
            seen += read.iter().filter(|byte| **byte == b'\n').count();
            shown.extend(read);
        }
        let shown = String::from_utf8(shown).expect("UTF-8");
        shown.lines().map(str::to_owned).collect()
    }
}
