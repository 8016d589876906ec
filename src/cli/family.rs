//! The command lines of Monitoring Plugins' `check_tcp` and its family.
//!
//! A front end beside the native one: started under a name of [`PLUGINS`], the program reads that
//! plugin's options and fills the same [`Check`](crate::check::Check). What the plugins accept and
//! ignore is ignored; what they accept by accident, and what harms, is a usage error.

mod args;
mod build;
mod extra_opts;
mod help;
mod options;

use super::args::InvalidCommand;
use super::command::Command;
use super::option_value::escape_lossy;
use super::plugin::{PLUGINS, Plugin};
use crate::record::Label;
use args::PluginOptions;
pub(super) use help::NOTES;
pub(crate) use help::{plugin_help, plugin_version};
pub(super) use options::OPTIONS;
use options::PluginOption;
use std::env;
use std::ffi::{OsStr, OsString};

/// Other plugins of Monitoring Plugins that check-tcp may be taken for.
const OTHERS: [(&str, &str); 2] = [
    ("check_udp", "which sends and expects datagrams"),
    ("check_smtp", "which speaks SMTP and has options of its own"),
];

/// Parses the arguments of a plugin, which are without its name.
///
/// # Errors
/// The first error, or a name that is of no plugin of the family.
pub(super) fn parse_plugin(
    name: &OsStr,
    args: impl IntoIterator<Item = OsString>,
) -> Result<Command, InvalidCommand> {
    let Some(plugin) = find(name) else {
        let message = describe_unknown(name);
        return Err(InvalidCommand::of_plugin(name, Label::default(), message));
    };
    let (options, read) = PluginOptions::read(plugin.name, args, &|name| env::var_os(name));
    if options.has(PluginOption::Help) {
        return Ok(Command::PluginHelp(plugin));
    }
    if options.has(PluginOption::Version) {
        return Ok(Command::PluginVersion(plugin));
    }
    read.and_then(|()| build::build_command(plugin, &options))
        .map_err(|message| InvalidCommand::of_plugin(name, build::build_label(&options), message))
}

/// The name counts in any case, as in the plugins.
fn find(name: &OsStr) -> Option<&'static Plugin> {
    PLUGINS
        .iter()
        .find(|plugin| name.eq_ignore_ascii_case(plugin.name))
}

fn describe_unknown(name: &OsStr) -> String {
    let known: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
    let known = known.join(", ");
    let shown = escape_lossy(name);
    match OTHERS
        .iter()
        .find(|(other, _)| name.eq_ignore_ascii_case(other))
    {
        Some((_, description)) => format!(
            "{shown} is a program of Monitoring Plugins, {description}: install that one; \
             check-tcp stands in for {known}"
        ),
        None => format!("{shown} is no program that check-tcp stands in for: {known}"),
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
