//! The command line.
//!
//! Each option is described once, in [`flags`]; the parser and the help walk that table. Parsing
//! has two steps: `raw` keeps what was typed, `meant` makes of it what was meant. What may be wrong
//! with a value, or with how values go together, is found in the second step alone; so an option
//! that is given again simply replaces what was typed before, and the options of a line of a list
//! are laid over those of the command line before anything is made of either.

mod args;
mod command;
mod compiled;
mod defaults;
mod duration;
mod flag;
pub mod flags;
mod help;
mod meant;
mod raw;
mod recent;
mod run;
mod status_as;
mod tls;
mod typed;

pub use args::{InvalidCommand, parse};
pub use command::{Command, List, Single};
pub use compiled::CompiledCheck;
pub use defaults::{Defaults, LineOptions};
pub use help::{help, version};
pub use run::{Format, Run, Source, Style};
pub use typed::{shown, written};
