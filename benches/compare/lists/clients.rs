//! The programs that check a list, each in a process of its own on the clients' core.

use super::PARALLEL;
use super::cores::{Cores, Side};
use super::identity::ROOTS;
use super::role::Role;
use super::summary::Summary;
use crate::usage::{Cost, high_water, timed};
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

/// Time limit of one run; the longest is that of `xargs`, minutes on an idle machine.
pub const PATIENCE: Duration = Duration::from_secs(900);

/// The directory of the lists and of the clients.
pub struct Clients {
    /// The cores of both sides.
    pub cores: Cores,
    /// The descriptor limit of each process.
    pub descriptors: usize,
    scratch: TempDir,
}

impl Clients {
    /// With a directory for lists that goes with them.
    pub fn new(descriptors: usize) -> io::Result<Self> {
        Ok(Self {
            cores: Cores::here()?,
            descriptors,
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

    /// Runs it to its end, timed. What it says into pipes must fit into them: it is read
    /// afterwards, so that nobody wakes for it meanwhile.
    pub fn run(&self, command: &mut Command) -> io::Result<(Output, Cost)> {
        let (child, cost) = timed(|| {
            let mut child = self.spawn(command)?;
            let _watch = Watch::over(&child);
            child.wait().map(|_| child)
        })?;
        Ok((child.wait_with_output()?, cost))
    }

    /// Runs it to its end, and returns the peak of its resident memory in KiB, as it was some
    /// milliseconds before. It must succeed, and what it says into pipes must fit into them.
    pub fn peak(&self, command: &mut Command) -> Result<u64, Box<dyn Error>> {
        let mut child = self.spawn(command)?;
        let _watch = Watch::over(&child);
        let mut peak = 0;
        while child.try_wait()?.is_none() {
            // A process that has ended has no peak any more.
            peak = high_water(child.id()).unwrap_or(peak);
            thread::sleep(Duration::from_millis(2));
        }
        let output = child.wait_with_output()?;
        match output.status.success() {
            true => Ok(peak),
            false => Err(format!("{command:?}: {}", output.status).into()),
        }
    }

    /// check-tcp over a list of so many banner servers, text to `/dev/null`.
    pub fn ours(&self, list: &Path, targets: usize) -> Result<Cost, String> {
        let mut command = over(list, PARALLEL);
        self.all_well(&mut command, targets)
    }

    /// The same under TLS.
    pub fn ours_secure(
        &self,
        list: &Path,
        identity: &Path,
        targets: usize,
    ) -> Result<Cost, String> {
        let mut command = over(list, PARALLEL);
        command.arg("-S").env("SSL_CERT_FILE", identity.join(ROOTS));
        self.all_well(&mut command, targets)
    }

    /// Runs check-tcp over a list of so many, all of which must be well; text to `/dev/null`.
    pub fn all_well(&self, command: &mut Command, targets: usize) -> Result<Cost, String> {
        command.stdout(Stdio::null());
        let (output, cost) = self.run(command).map_err(|e| format!("check-tcp: {e}"))?;
        let summary = Summary::of(&output)?;
        match output.status.success() && summary.counts == [targets, 0, 0, 0] {
            true => Ok(cost),
            false => Err(format!("not all {targets} were OK: {}", summary.line)),
        }
    }

    /// The bare loop over the same list.
    pub fn bare(&self, list: &Path, targets: usize) -> Result<Cost, Box<dyn Error>> {
        let mut command = Role::Bare.command()?;
        command.arg(list).arg(PARALLEL.to_string());
        self.all_read(&mut command, targets)
    }

    /// The same under TLS.
    pub fn bare_secure(
        &self,
        list: &Path,
        identity: &Path,
        targets: usize,
    ) -> Result<Cost, Box<dyn Error>> {
        let mut command = Role::Handshakes.command()?;
        command.arg(list).arg(PARALLEL.to_string()).arg(identity);
        self.all_read(&mut command, targets)
    }

    fn all_read(&self, command: &mut Command, targets: usize) -> Result<Cost, Box<dyn Error>> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let (output, cost) = self.run(command)?;
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
