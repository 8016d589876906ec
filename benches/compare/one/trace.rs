//! The system calls of one check, counted by `strace`.

use super::program::Program;
use super::server::Server;
use std::error::Error;
use std::io;
use std::process::{Command, Stdio};

/// System calls of one check.
pub struct Trace {
    /// Those after the dynamic loader's last; after the `execve` where there is no loader.
    pub calls: usize,
    /// Those that started a thread or a process.
    pub started: usize,
}

impl Trace {
    /// One check under `strace -f`; `None` where there is no `strace`, or it may not trace.
    pub fn take(program: &Program, server: &Server) -> Result<Option<Self>, Box<dyn Error>> {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq"]).arg(&program.path);
        program.arguments(&mut command, server);
        command
            .env_remove("LANG")
            .env_remove("LC_ALL")
            .env_remove("TERM")
            .stdin(Stdio::null());
        let output = match command.output() {
            Ok(output) => output,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        if output.stdout.is_empty() {
            return Ok(None);
        }
        program.verify(output.status.success(), &output.stdout)?;
        server.parted()?;
        Ok(Some(Self::of(&String::from_utf8_lossy(&output.stderr))))
    }

    fn of(text: &str) -> Self {
        let is_call = |line: &&str| line.contains('(') && !line.contains("resumed>");
        let calls: Vec<&str> = text.lines().filter(is_call).collect();
        let is_start = |line: &&&str| {
            ["clone", "fork", "vfork"]
                .iter()
                .any(|c| line.starts_with(c))
        };
        Self {
            calls: calls.len() - loaded(&calls),
            started: calls.iter().filter(is_start).count(),
        }
    }
}

/// The number of calls before the program itself runs: the loader's last unmaps its cache.
fn loaded(calls: &[&str]) -> usize {
    let opened = calls
        .iter()
        .position(|call| call.contains("\"/etc/ld.so.cache\""));
    let mapped = opened.and_then(|opened| {
        let mut behind = calls.get(opened..)?.iter();
        let mapping = behind.find(|call| call.starts_with("mmap("))?;
        mapping.rsplit("= ").next()
    });
    let unmapped = mapped.and_then(|address| {
        let unmap = format!("munmap({address},");
        calls.iter().position(|call| call.starts_with(&unmap))
    });
    unmapped.unwrap_or_default() + 1
}
