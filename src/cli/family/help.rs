//! The help of a plugin.

use super::options::OPTIONS;
use crate::cli::flag::{HelpGroup, describe_all};
use crate::cli::help::{push_line, push_options, version};
use crate::cli::plugin::Plugin;

/// The rest of what is common to all plugins.
pub(in crate::cli) const NOTES: &str = "\
--extra-opts=[SECTION][@FILE] reads options from a file, as Monitoring Plugins
do. Long options may be abbreviated. Where a reply is expected, two seconds
without a further byte end it.
";

/// The output of `--help`. No `|` is in it: agents read what follows one as performance data.
pub(crate) fn plugin_help(plugin: &Plugin) -> String {
    let Plugin { name, service } = plugin;
    let mut text = format!("Usage: {name} -H HOST -p PORT [OPTION]...\n\n");
    if let Some(service) = service {
        text = format!("Usage: {name} -H HOST [OPTION]...\n\n");
        push_line(
            &mut text,
            format_args!("Checks {service} as check-tcp --service {service} does, by the command"),
        );
    } else {
        text.push_str("Checks a TCP service or a Unix socket as check-tcp does, by the command\n");
    }
    text.push_str("line of Monitoring Plugins.\n");
    let options = describe_all(OPTIONS);
    for group in HelpGroup::ALL {
        push_options(&mut text, group, &options);
    }
    text.push('\n');
    text.push_str(NOTES);
    text.push_str("\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n");
    text
}

/// The output of `--version`.
pub(crate) fn plugin_version(plugin: &Plugin) -> String {
    format!("{} ({})\n", plugin.name, version().trim_end())
}
