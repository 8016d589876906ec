//! The names of Monitoring Plugins without the feature `family`: none is known.

use super::args::InvalidCommand;
use super::command::Command;
use super::flag::{Flag, OptionId};
use super::option_value::escape_lossy;
use super::plugin::Plugin;
use crate::feature::Feature;
use crate::record::Label;
use std::ffi::{OsStr, OsString};

/// No options.
pub(super) static OPTIONS: &[Flag<OptionId>] = &[];

/// No notes on them.
pub(super) const NOTES: &str = "";

/// Refuses the name.
///
/// # Errors
/// The feature is missing.
pub(super) fn parse_plugin(
    name: &OsStr,
    _: impl IntoIterator<Item = OsString>,
) -> Result<Command, InvalidCommand> {
    let message = format!(
        "{}: {}",
        escape_lossy(name),
        Feature::Family.describe_missing()
    );
    Err(InvalidCommand::of_plugin(name, Label::default(), message))
}

/// Returns nothing: no name is that of a plugin.
pub(crate) fn plugin_help(_: &Plugin) -> String {
    String::new()
}

/// Returns nothing, as [`plugin_help`] does.
pub(crate) fn plugin_version(_: &Plugin) -> String {
    String::new()
}
