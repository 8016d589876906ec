//! The programs that check a list, each in a process of its own on the clients' core.

use super::Role;
use super::cores::{Cores, Side};
use crate::usage::{Cost, timed};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// How long one run may take; the longest takes seconds on an idle machine.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Where lists lie and clients run.
pub struct Clients {
    /// Which side runs where.
    pub cores: Cores,
    scratch: TempDir,
}

impl Clients {
    /// With a directory for lists that goes with them.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            cores: Cores::here()?,
            scratch: tempfile::tempdir()?,
        })
    }

    /// A file in that directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Writes a list, a line each.
    pub fn list(
        &self,
        name: &str,
        lines: impl Iterator<Item = impl Display>,
    ) -> io::Result<PathBuf> {
        let path = self.path(name);
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Starts it where clients run.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        self.cores.spawn(Side::Client, command)
    }

    /// Runs it to its end, timed.
    pub fn run(&self, command: &mut Command) -> io::Result<(Output, Cost)> {
        timed(|| {
            let child = self.spawn(command)?;
            let _watch = Watch::over(&child);
            child.wait_with_output()
        })
    }

    /// check-tcp over a list of so many banner servers, text to `/dev/null`.
    pub fn ours(&self, list: &Path, parallel: usize, targets: usize) -> Result<Cost, String> {
        let mut command = over(list, parallel);
        command.stdout(Stdio::null());
        let (output, cost) = self
            .run(&mut command)
            .map_err(|e| format!("check-tcp: {e}"))?;
        let summary = Summary::of(&output)?;
        match output.status.success() && summary.counts == [targets, 0, 0, 0] {
            true => Ok(cost),
            false => Err(format!("not all {targets} were OK: {}", summary.line)),
        }
    }

    /// The bare loop over the same list.
    pub fn bare(
        &self,
        list: &Path,
        parallel: usize,
        targets: usize,
    ) -> Result<Cost, Box<dyn Error>> {
        let mut command = Role::Bare.command()?;
        command.arg(list).arg(parallel.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let (output, cost) = self.run(&mut command)?;
        let said = String::from_utf8_lossy(&output.stdout);
        match said.trim_end() == format!("{targets} read, 0 failed") {
            true => Ok(cost),
            false => Err(format!("the bare loop over {targets} targets said {said:?}").into()),
        }
    }
}

/// Kills a process that does not end. Dropped once it has.
struct Watch {
    _ended: Sender<()>,
}

impl Watch {
    fn over(child: &Child) -> Self {
        let pid = child.id();
        let (ended, end) = mpsc::channel();
        thread::spawn(move || {
            if let Err(RecvTimeoutError::Timeout) = end.recv_timeout(PATIENCE) {
                eprintln!("lists: process {pid} has not ended within {PATIENCE:?}");
                let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
            }
        });
        Self { _ended: ended }
    }
}

/// check-tcp, with nothing in its environment.
pub fn check_tcp() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_check-tcp"));
    command.env_clear().args(["-e", "^220"]);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// check-tcp over a list.
pub fn over(list: &Path, parallel: usize) -> Command {
    let mut command = check_tcp();
    command.arg("-f").arg(list).arg("--no-progress");
    command.args(["--parallel", &parallel.to_string()]);
    command
}

/// The last words of a run: `120 targets in 1.2 s: 115 ok, 1 warning, 4 critical, 0 unknown`.
pub struct Summary {
    /// As it stood there.
    pub line: String,
    /// OK, WARNING, CRITICAL, UNKNOWN.
    pub counts: [usize; 4],
}

impl Summary {
    /// Finds it in what was said on stderr.
    pub fn of(output: &Output) -> Result<Self, String> {
        let text = String::from_utf8_lossy(&output.stderr);
        let read = |line: &str| {
            let (_, counts) = line.split_once(": ")?;
            let mut counts = counts.split(", ");
            let mut count = |name| counts.next()?.strip_suffix(name)?.trim_end().parse().ok();
            Some(Self {
                line: line.to_owned(),
                counts: [
                    count("ok")?,
                    count("warning")?,
                    count("critical")?,
                    count("unknown")?,
                ],
            })
        };
        let summary = text.lines().rev().find_map(read);
        let status = output.status;
        summary.ok_or_else(|| format!("check-tcp: {status}, and no summary in {text:?}"))
    }
}
