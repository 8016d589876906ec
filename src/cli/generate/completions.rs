//! Completions: the walk over the options that the forms of all shells share.

use super::{escape, expand, options, plugin_names};
use crate::cli::family::OPTIONS;
use crate::cli::flag::{Description, ValueKind, ValueSpec};
use crate::cli::flags::FLAGS;
use crate::cli::status_as;
use crate::preset::PRESETS;
use crate::reason::Reason;
use crate::status::Status;

/// The form of the completions of a shell: a row for each name of each option, first those of
/// check-tcp, then those of the plugins.
///
/// Everywhere `~p` is the names of the plugins, and in a row `~n` the name of the option with its
/// prefix, `~h` the help, `~v` the placeholder of the value, `~j` what joins a name with a value (`+`
/// for an optional blank), `~w` the words, and `~s` the statuses.
pub(super) struct Form {
    pub(super) head: &'static str,
    /// Between the rows of the two command lines.
    pub(super) middle: &'static str,
    pub(super) end: &'static str,
    /// The prefix of a short name.
    pub(super) short: &'static str,
    /// The prefix of a long name.
    pub(super) long: &'static str,
    /// Characters of the help.
    pub(super) escapes: &'static [(char, &'static str)],
    /// The row of an option without a value.
    pub(super) switch: &'static str,
    /// The row of an option whose value is not completed.
    pub(super) any: &'static str,
    /// The row of an option whose value is the path of a file.
    pub(super) file: &'static str,
    /// The row of an option whose value is one of `~w`.
    pub(super) word: &'static str,
    /// The row of an option whose value is pairs with commas between: one of `~w`, `=`, and one of
    /// `~s`.
    pub(super) map: &'static str,
}

pub(super) fn completions(form: &Form) -> String {
    let mut text = String::new();
    let names = |_| plugin_names(" ");
    expand(&mut text, form.head, &names);
    push_rows(&mut text, form, &options(&FLAGS));
    expand(&mut text, form.middle, &names);
    push_rows(&mut text, form, &options(OPTIONS));
    expand(&mut text, form.end, &names);
    text
}

fn push_rows(text: &mut String, form: &Form, options: &[Description]) {
    for option in options {
        let row = match option.value.map(|value| value.kind) {
            None => form.switch,
            Some(ValueKind::Any) => form.any,
            Some(ValueKind::File) => form.file,
            Some(ValueKind::Word | ValueKind::Preset) => form.word,
            Some(ValueKind::StatusMap) => form.map,
        };
        let short = option.short.map(String::from).unwrap_or_default();
        for (prefix, name, joint) in [(form.short, &*short, "+"), (form.long, option.long, "=")] {
            if name.is_empty() {
                continue;
            }
            expand(text, row, &|key| match key {
                'n' => [prefix, name].concat(),
                'h' => escape(option.help, form.escapes),
                'j' => joint.to_owned(),
                's' => statuses(),
                'v' => option.value.map_or("", |value| value.metavar).to_owned(),
                _ => option.value.map(words).unwrap_or_default(),
            });
        }
    }
}

/// The words that a value may be, or begin with.
fn words(value: ValueSpec) -> String {
    match value.kind {
        ValueKind::Preset => {
            let presets = PRESETS.iter().filter(|preset| preset.is_built_in());
            join(presets.map(|preset| preset.name))
        }
        ValueKind::StatusMap => {
            let reasons = join(status_as::reasons().map(Reason::word));
            // `ok` is a status.
            reasons.replacen("ok", &statuses(), 1)
        }
        _ => value.expected.replace(',', "").replace(" or ", " "),
    }
}

fn statuses() -> String {
    join(Status::ALL.iter().map(|status| status.word())).to_ascii_lowercase()
}

fn join(words: impl Iterator<Item = &'static str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use crate::cli::flag::OptionId;
    use crate::starttls::PROTOCOLS;

    fn words_of(id: OptionId) -> Vec<String> {
        let value = FLAGS[id as usize].value.expect("a value");
        words(value).split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn each_word_is_one_that_the_option_takes() {
        for flag in &FLAGS {
            let Some(value) = flag.value else { continue };
            let is_word = matches!(value.kind, ValueKind::Word | ValueKind::Preset);
            for word in words(value).split(' ').filter(|_| is_word) {
                let args = ["-p80", "-Hlocalhost", "--no-check-certificate"].map(Into::into);
                let option = format!("--{}={word}", flag.long).into();
                let parsed = cli::parse(args.into_iter().chain([option]));
                assert!(parsed.is_ok(), "--{} {word}: {parsed:?}", flag.long);
            }
        }
    }

    #[test]
    fn no_protocol_preset_or_reason_is_missing() {
        let protocols: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.name).collect();
        assert_eq!(words_of(OptionId::Starttls), protocols);
        let presets: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
        assert_eq!(words_of(OptionId::Service), presets);
        let sources = words_of(OptionId::StatusAs);
        for source in &sources {
            assert!(
                status_as::parse(&format!("{source}=ok")).is_some(),
                "{source}"
            );
        }
        // All reasons but `usage` and `interrupted`, and three statuses beside `ok`.
        assert_eq!(sources.len(), Reason::COUNT - 2 + 3);
    }

    #[test]
    fn a_value_that_is_a_file_or_a_path_is_completed_to_one() {
        let options = [options(&FLAGS), options(OPTIONS)].concat();
        for value in options.iter().filter_map(|option| option.value) {
            let is_file = ["FILE", "PATH"].contains(&value.metavar);
            assert_eq!(is_file, value.kind == ValueKind::File, "{}", value.expected);
        }
    }
}
