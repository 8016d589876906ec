//! The command line.
//!
//! Each option is described once, in the table of [`flags`], which parser, help and tests walk.
//! Parsing has two steps: `raw_options` reads the arguments, `build` makes a check of them. Values
//! are validated in the second step alone; so a repeated option replaces the one before it, valid
//! or not, and the options of a line of a list replace those of the command line before a check is
//! built of both.
//!
//! [`family`] is a second front end, for the command lines of Monitoring Plugins.
//!
//! Each module imports only modules before it: `flag`, `flags`, `option_value`, `suggest`,
//! `raw_options`, then `tls`, `steps`, `build`, `shard`, `run`, `compiled`, `defaults`, `plugin`, `command`, `args`, `help`,
//! `family`, `generate`.

mod args;
mod build;
mod command;
#[cfg(feature = "list")]
mod compiled;
#[cfg_attr(not(feature = "list"), path = "defaults/absent.rs")]
mod defaults;
mod duration;
#[cfg_attr(not(feature = "family"), path = "family/absent.rs")]
mod family;
mod flag;
pub(crate) mod flags;
#[cfg_attr(not(feature = "generate"), path = "generate/absent.rs")]
mod generate;
mod help;
mod option_value;
mod plugin;
mod raw_options;
mod run;
mod shard;
mod status_as;
mod steps;
mod suggest;
#[cfg_attr(not(feature = "tls"), path = "tls/absent.rs")]
mod tls;

pub use args::{InvalidCommand, parse};
pub use command::Command;
pub(crate) use command::{SingleCheck, TargetList};
pub use defaults::Defaults;
#[cfg(feature = "list")]
pub(crate) use defaults::LineOptions;
pub(crate) use family::{plugin_help, plugin_version};
pub(crate) use generate::generate;
pub(crate) use help::{help, version};
pub use option_value::{escape_for_message, escape_lossy};
pub(crate) use run::{ListSource, RunOptions};
pub(crate) use shard::Shard;

use std::ffi::OsString;

/// Parses the arguments of the program, its name first: those of a plugin if it was started under
/// the name of one, else its own.
///
/// # Errors
/// The first error of the arguments.
pub fn parse_argv(argv: impl IntoIterator<Item = OsString>) -> Result<Command, InvalidCommand> {
    let mut argv = argv.into_iter();
    let name = argv.next().unwrap_or_default();
    match plugin::plugin_name(&name) {
        Some(plugin) => family::parse_plugin(plugin, argv),
        None => parse(argv),
    }
}
