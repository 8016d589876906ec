//! Colours of statuses on a terminal (ECMA-48, SGR).

use crate::status::Status;
use std::env;
use std::ffi::OsString;

/// Returns true if terminals show colours, as the environment has it: unless `NO_COLOR` is set
/// (<https://no-color.org>), or the terminal is dumb or unknown.
pub(crate) fn is_wanted() -> bool {
    variable("NO_COLOR").is_none() && !is_dumb()
}

/// Returns true if the terminal knows no control sequences, as the environment has it.
pub(crate) fn is_dumb() -> bool {
    variable("TERM").is_none_or(|terminal| terminal == "dumb")
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

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
