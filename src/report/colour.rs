//! Colours of statuses on a terminal (ECMA-48, SGR).

use crate::status::Status;
use std::env;

/// Returns true if terminals show colours, as the environment has it: unless `NO_COLOR` is set
/// (<https://no-color.org>), or the terminal is dumb or unknown.
pub(crate) fn is_wanted() -> bool {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    variable("NO_COLOR").is_none() && variable("TERM").is_some_and(|terminal| terminal != "dumb")
}

/// Returns the text in the colour of a status: green, yellow, red or magenta.
pub(crate) fn paint(status: Status, text: &str) -> String {
    let colour = match status {
        Status::Ok => 32,
        Status::Warning => 33,
        Status::Critical => 31,
        Status::Unknown => 35,
    };
    format!("\x1b[{colour}m{text}\x1b[0m")
}
