//! The command line.
//!
//! Each option is described once, in [`flags`]; the parser and the help walk that table. Parsing
//! has two steps: `raw` keeps what was typed, `meant` makes of it what was meant. What may be wrong
//! with a value, or with how values go together, is found in the second step alone; so an option
//! that is given again simply replaces what was typed before.

mod args;
mod duration;
pub mod flags;
mod help;
mod meant;
mod raw;
mod status_as;
mod tls;

pub use args::{Command, UsageError, parse};
pub use help::{help, version};
