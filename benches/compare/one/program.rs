//! The programs under comparison, and what one check of theirs takes.

use super::server::{BANNER, PATIENCE, Server};
use crate::usage::{Cost, high_water, timed};
use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// One of the programs.
pub struct Program {
    /// Its file.
    pub path: PathBuf,
    /// The arguments by which it expects the banner.
    pub expect: &'static str,
}

impl Program {
    /// The check of the server, with nothing in its environment: under a `LANG`, `check_tcp` reads
    /// ten files of its locale more.
    pub fn command(&self, server: &Server) -> Command {
        let mut command = Command::new(&self.path);
        self.arguments(&mut command, server);
        command.env_clear().stdin(Stdio::null());
        command
    }

    /// The words behind the program's name.
    pub fn arguments(&self, command: &mut Command, server: &Server) {
        let port = server.port.to_string();
        command.args([
            "-H",
            "127.0.0.1",
            "-p",
            &port,
            "-e",
            self.expect,
            "-q",
            "QUIT",
        ]);
    }

    /// One check, timed.
    pub fn check(&self, server: &Server) -> Result<Cost, Box<dyn Error>> {
        let (mut near, far) = io::pipe()?;
        let mut command = self.command(server);
        command.stdout(far);
        // What is printed is read afterwards: it fits into the pipe, and nobody wakes for it.
        let (status, cost) = timed(|| command.spawn()?.wait())?;
        drop(command);
        let mut output = Vec::new();
        near.read_to_end(&mut output)?;
        self.verify(status.success(), &output)?;
        server.parted()?;
        Ok(cost)
    }

    /// The peak of one check's resident memory, in KiB.
    ///
    /// A process that has ended has no `VmHWM`, and `ru_maxrss` counts what its parent had before
    /// the exec. So its standard output is full: it has done all its work when it blocks there.
    pub fn peak(&self, server: &Server) -> Result<u64, Box<dyn Error>> {
        let (mut near, mut far) = UnixStream::pair()?;
        let filled = fill(&mut far)?;
        near.set_read_timeout(Some(PATIENCE))?;
        let mut child = self.command(server).stdout(OwnedFd::from(far)).spawn()?;
        server.parted()?;
        let peak = blocked(child.id()).and_then(|()| high_water(child.id()));
        let mut output = Vec::new();
        near.read_to_end(&mut output)?;
        let status = child.wait()?;
        self.verify(status.success(), output.get(filled..).unwrap_or_default())?;
        peak
    }

    /// The size of its file, in bytes.
    pub fn size(&self) -> io::Result<u64> {
        Ok(fs::metadata(&self.path)?.len())
    }

    /// Returns true if the verdict is the expected one.
    pub fn verify(&self, success: bool, stdout: &[u8]) -> Result<(), String> {
        let line = String::from_utf8_lossy(stdout);
        if success && line.starts_with("TCP OK") && line.contains(&format!("[{BANNER}]")) {
            return Ok(());
        }
        let path = self.path.display();
        Err(format!(
            "{path} was to find the banner; success: {success}; it said {line:?}"
        ))
    }
}

/// Writes until nothing more goes in; returns how much went in. Leaves it blocking.
fn fill(stream: &mut UnixStream) -> io::Result<usize> {
    stream.set_nonblocking(true)?;
    let mut filled = 0;
    for size in [4096, 1] {
        loop {
            match stream.write(&vec![0; size]) {
                Ok(written) => filled += written,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
    }
    stream.set_nonblocking(false)?;
    Ok(filled)
}

/// Waits until the process sleeps. Once its connection is closed that is in its last write: all
/// else it does from there on never waits.
fn blocked(pid: u32) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // Behind the name in parentheses, which may hold anything.
        if stat
            .rsplit(") ")
            .next()
            .is_some_and(|rest| rest.starts_with('S'))
        {
            return Ok(());
        }
        thread::yield_now();
    }
    Err("it did not block on a full standard output".into())
}
