//! The role of this program when it starts itself again.

use super::serve::{self, Kind};
use super::{bare, identity, names, resolver};
use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Command;

/// One of its other lives.
#[derive(Clone, Copy)]
pub enum Role {
    /// `bare LIST PARALLEL`
    Bare,
    /// `handshakes LIST PARALLEL IDENTITY`
    Handshakes,
    /// `serve KIND [IDENTITY]`
    Serve,
    /// `within-names LOOKUPS NAMES ROUNDS`
    Names,
    /// `resolver`
    Resolver,
}

impl Role {
    /// The role of that name.
    pub fn of(name: &OsStr) -> Option<Self> {
        let roles = [
            Self::Bare,
            Self::Handshakes,
            Self::Serve,
            Self::Names,
            Self::Resolver,
        ];
        roles.into_iter().find(|role| role.name() == name)
    }

    /// Plays it to its end.
    pub fn play(self, mut arguments: impl Iterator<Item = OsString>) -> Result<(), Box<dyn Error>> {
        let mut next = || arguments.next().unwrap_or_default();
        let first = next();
        match self {
            Self::Serve => {
                let kind = Kind::of(&first.to_string_lossy()).ok_or("no such server")?;
                serve::run(kind, Path::new(&next()))
            }
            Self::Names => {
                let mut number = || next().to_string_lossy().parse();
                names::run(first.to_string_lossy().parse()?, number()?, number()?)
            }
            Self::Resolver => resolver::run(),
            Self::Bare => {
                let parallel = next().to_string_lossy().parse()?;
                bare::run::<bare::Plain>(Path::new(&first), parallel, ())
            }
            Self::Handshakes => {
                let parallel = next().to_string_lossy().parse()?;
                let config = identity::client(Path::new(&next()))?;
                bare::run::<bare::Secure>(Path::new(&first), parallel, config)
            }
        }
    }

    /// This program in that role, its arguments to follow.
    pub fn command(self) -> io::Result<Command> {
        let mut command = Command::new(env::current_exe()?);
        command.env_clear().arg(self.name());
        Ok(command)
    }

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Handshakes => "handshakes",
            Self::Serve => "serve",
            Self::Names => "within-names",
            Self::Resolver => "resolver",
        }
    }
}
