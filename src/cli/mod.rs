//! The command line.
//!
//! Each option is described once, in the table of [`flags`], which parser, help and tests walk.
//! Parsing has two steps: `raw_options` reads the arguments, `build` makes a check of them. Values
//! are validated in the second step alone; so a repeated option replaces the one before it, valid
//! or not, and the options of a line of a list replace those of the command line before a check is
//! built of both.
//!
//! Each module imports only modules before it: `flag`, `flags`, `option_value`, `suggest`,
//! `raw_options`, then `tls`, `build`, `run`, `compiled`, `defaults`, `command`, `args`.

mod args;
mod build;
mod command;
mod compiled;
mod defaults;
mod duration;
mod flag;
pub(crate) mod flags;
mod help;
mod option_value;
mod raw_options;
mod run;
mod status_as;
mod suggest;
mod tls;

pub use args::{InvalidCommand, parse};
pub use command::Command;
pub(crate) use command::{SingleCheck, TargetList};
pub use defaults::Defaults;
pub(crate) use defaults::LineOptions;
pub(crate) use help::{help, version};
pub use option_value::{escape_for_message, escape_lossy};
pub(crate) use run::{ListSource, RunOptions};
