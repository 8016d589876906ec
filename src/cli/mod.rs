//! The command line.
//!
//! Each option is described once, in [`flags`]; the parser and the help walk that table. Parsing
//! has two steps: `raw_options` keeps what was typed, `build` makes of it what was meant. What may be wrong
//! with a value, or with how values go together, is found in the second step alone; so an option
//! that is given again simply replaces what was typed before, and the options of a line of a list
//! are laid over those of the command line before anything is made of either.

mod args;
mod build;
mod command;
mod compiled;
mod defaults;
mod duration;
mod flag;
pub mod flags;
mod help;
mod option_value;
mod raw_options;
mod run;
mod status_as;
mod suggest;
mod tls;

pub use args::{InvalidCommand, parse};
pub use command::{Command, SingleCheck, TargetList};
pub use compiled::CompiledCheck;
pub use defaults::{Defaults, LineOptions};
pub use help::{help, version};
pub use option_value::{escape_for_message, escape_lossy};
pub use run::{Format, ListSource, RunOptions, Style};
