//! Lists: against a bare loop and `xargs`, from short to long, waiting, and under load.
//!
//! The clients run on one core, the servers in a process of their own on another; both are this
//! program, started once more in one of its [`Role`]s.

mod bare;
mod clients;
mod cores;
mod debian;
mod growth;
mod memory;
mod rate;
mod serve;
mod servers;
mod table;
mod truth;

use clients::Clients;
use serve::Kind;
use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Checks in flight, where the figure is not about their number.
const PARALLEL: usize = 512;

/// How much of it is done.
struct Sizes {
    rate: rate::Size,
    growth: growth::Size,
    memory: memory::Size,
    debian: debian::Size,
    truth: truth::Size,
}

const FULL: Sizes = Sizes {
    rate: rate::Size {
        targets: 20_000,
        rounds: 9,
    },
    growth: growth::Size {
        targets: [1_000, 10_000, 100_000],
        rounds: 5,
    },
    memory: memory::Size {
        waiting: 9_000,
        timeout: Duration::from_secs(5),
        rounds: 3,
    },
    debian: debian::Size {
        targets: 2_000,
        rounds: 3,
    },
    truth: truth::Size {
        targets: 20_480,
        alone: 21,
        rounds: 9,
    },
};

const QUICK: Sizes = Sizes {
    rate: rate::Size {
        targets: 2_000,
        rounds: 1,
    },
    growth: growth::Size {
        targets: [100, 1_000, 2_000],
        rounds: 1,
    },
    memory: memory::Size {
        waiting: 300,
        timeout: Duration::from_secs(2),
        rounds: 1,
    },
    debian: debian::Size {
        targets: 100,
        rounds: 1,
    },
    truth: truth::Size {
        targets: 1_024,
        alone: 3,
        rounds: 1,
    },
};

/// The table, and above it what it shows.
pub fn compare(quick: bool) -> Result<String, Box<dyn Error>> {
    let sizes = if quick { QUICK } else { FULL };
    let clients = Clients::new()?;
    let cores = match clients.cores.are_apart() {
        true => "the clients on one core, the servers on another",
        false => "the clients and the servers on one core",
    };
    let mut rows = Vec::new();
    rows.extend(rate::measure(&clients, &sizes.rate)?);
    rows.extend(memory::measure(&clients, &sizes.memory)?);
    rows.push(growth::measure(&clients, &sizes.growth)?);
    rows.extend(debian::measure(&clients, &sizes.debian)?);
    rows.extend(truth::measure(&clients, &sizes.truth)?);
    Ok(format!(
        "Lists: {cores}; {PARALLEL} in flight where nothing else is said; in turn, medians.\n\n{}",
        table::markdown(&rows, !quick)
    ))
}

/// What this program is when it starts itself once more.
#[derive(Clone, Copy)]
pub enum Role {
    /// `bare LIST PARALLEL`
    Bare,
    /// `serve KIND`
    Serve,
}

impl Role {
    /// The role of that name.
    pub fn of(name: &OsStr) -> Option<Self> {
        [Self::Bare, Self::Serve]
            .into_iter()
            .find(|role| role.name() == name)
    }

    /// Plays it to its end.
    pub fn play(self, mut arguments: impl Iterator<Item = OsString>) -> Result<(), Box<dyn Error>> {
        let first = arguments.next().unwrap_or_default();
        match self {
            Self::Bare => {
                let parallel = arguments.next().unwrap_or_default();
                bare::run(Path::new(&first), parallel.to_string_lossy().parse()?)
            }
            Self::Serve => {
                let kind = Kind::of(&first.to_string_lossy()).ok_or("no such server")?;
                serve::run(kind)
            }
        }
    }

    /// This program in that role, its arguments to follow.
    fn command(self) -> io::Result<Command> {
        let mut command = Command::new(env::current_exe()?);
        command.env_clear().arg(self.name());
        Ok(command)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Serve => "serve",
        }
    }
}
