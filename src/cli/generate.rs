//! The man page and the completions of shells, printed from the tables of options.

mod bash;
mod completions;
mod fish;
mod man;
mod zsh;

use super::command::Generated;
use super::flag::{Description, Flag, describe_all};
use super::plugin::PLUGINS;
use crate::feature::Feature;
use completions::completions;

/// The output of `--generate`.
pub(crate) fn generate(what: Generated) -> String {
    match what {
        Generated::Man => man::page(),
        Generated::Bash => completions(&bash::FORM),
        Generated::Zsh => completions(&zsh::FORM),
        Generated::Fish => completions(&fish::FORM),
    }
}

/// The names of the plugins that are built in.
fn plugin_names(separator: &str) -> String {
    let plugins = PLUGINS.iter().filter(|_| Feature::Family.is_built_in());
    let names: Vec<_> = plugins.map(|plugin| plugin.name).collect();
    names.join(separator)
}

/// The options of a table that are built in.
fn options<Id>(flags: &[Flag<Id>]) -> Vec<Description> {
    let mut options = describe_all(flags);
    options.retain(|option| option.group.feature().is_none_or(Feature::is_built_in));
    options
}

/// Adds a template, in which `~` and a letter stand for the text of that letter.
fn expand(text: &mut String, template: &str, value: &dyn Fn(char) -> String) {
    let mut pieces = template.split('~');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let mut rest = piece.chars();
        text.push_str(&rest.next().map(value).unwrap_or_default());
        text.push_str(rest.as_str());
    }
}

/// Replaces characters that have a meaning where the text is put. A backslash stands first among
/// them.
fn escape(text: &str, escapes: &[(char, &str)]) -> String {
    let mut escaped = text.to_owned();
    for (special, escape) in escapes {
        escaped = escaped.replace(*special, escape);
    }
    escaped
}
