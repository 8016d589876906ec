//! The client on one core, the servers on another.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use std::io;
use std::process::{Child, Command};

/// The process to run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The measured side.
    Client,
    /// The servers it talks to.
    Server,
}

/// The cores that this process may use.
pub struct Cores {
    all: CpuSet,
    /// The first and the last of them, where there are two.
    pair: Option<[CpuSet; 2]>,
}

impl Cores {
    /// As they are allowed now.
    pub fn here() -> io::Result<Self> {
        let all = sched_getaffinity(Pid::from_raw(0))?;
        let usable: Vec<usize> = (0..CpuSet::count())
            .filter(|&cpu| all.is_set(cpu).unwrap_or_default())
            .collect();
        let pair = match usable.as_slice() {
            [first, .., last] => Some([only(*first)?, only(*last)?]),
            _ => None,
        };
        Ok(Self { all, pair })
    }

    /// Returns true if each side has a core to itself.
    pub fn are_apart(&self) -> bool {
        self.pair.is_some()
    }

    /// Starts it on its side's core, where there are two.
    pub fn spawn(&self, side: Side, command: &mut Command) -> io::Result<Child> {
        let Some([client, server]) = &self.pair else {
            return command.spawn();
        };
        let core = match side {
            Side::Client => client,
            Side::Server => server,
        };
        // A child inherits the cores of the thread that starts it.
        sched_setaffinity(Pid::from_raw(0), core)?;
        let child = command.spawn();
        sched_setaffinity(Pid::from_raw(0), &self.all)?;
        child
    }
}

fn only(cpu: usize) -> io::Result<CpuSet> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    Ok(set)
}
