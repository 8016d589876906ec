//! The help, printed from the table of flags.

use super::flag::{Description, HelpGroup, describe_all};
use super::flags::FLAGS;
use crate::feature::Feature;
use crate::preset::{PRESETS, Preset};
use std::fmt::Write as _;

/// Longest line of the help, in characters.
const WIDTH: usize = 80;
/// Column of the descriptions.
const INDENT: usize = 30;
/// Column of the presets.
const PRESET_INDENT: usize = 2;

const USAGE: &str = "Usage: check-tcp [OPTION]...\n\n";

/// The purpose of the program.
pub(super) const PURPOSE: &str = match Feature::List.is_built_in() {
    true => {
        "\
Checks a TCP service or a Unix socket and prints its status in one line, or
checks every target of a list.
"
    }
    false => "Checks a TCP service or a Unix socket and prints its status in one line.\n",
};

/// Command lines that are asked for most often, with the features that they need.
const EXAMPLES: [(Option<Feature>, &str); 3] = [
    (
        Some(Feature::Tls),
        "  A TLS service, with thresholds on the response time:
    check-tcp -H www.example.com -p 443 --ssl -w 0.5 -c 2
",
    ),
    (
        None,
        "  A mail server, whose preset knows the port and the dialogue:
    check-tcp --service SMTP -H mail.example.com
",
    ),
    (
        Some(Feature::List),
        "  All mail servers of a list, with one status for all:
    check-tcp --service SMTP --targets hosts.txt --summary
",
    ),
];

/// The values that most options take.
pub(super) const DURATIONS: &str =
    "A DURATION is a number of seconds (3, 0.25) or has units (500ms, 1m 30s).\n";

/// What presets have in common.
pub(super) const PRESETS_EXPECT: &str = "\
Each expects the greeting, or the answer to what it sends, to the end of its
last line.
";

/// The syntax of a list.
pub(super) const LISTS: &str = "  mail1.example.com
  mail2.example.com:587 -w 0.5 --name 'mx two'   # submission
  unix:/run/app.sock --timeout 500ms
A line begins with its target: HOST, HOST:PORT, an IPv6 address, [IPV6]:PORT or
unix:/PATH. Options may follow, quoted as for a shell: those of a target (except
-H and -U), a dialogue, TLS and a verdict, --name and --perfdata. They override
those of the command line. A comment begins with # at the start of a line or
after a blank.
";

/// The exit codes.
pub(super) const EXIT_CODES: &str = "\
0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (usage errors too); of a list
the worst, in the order CRITICAL, WARNING, UNKNOWN, OK.
";

/// The output of `--help`. No `|` is in it: agents read what follows one as performance data.
pub(crate) fn help() -> String {
    let mut text = [USAGE, PURPOSE].concat();
    push_missing(&mut text);
    text.push_str("\nExamples:\n");
    text.push_str(&examples());
    let options = describe_all(&FLAGS);
    for group in HelpGroup::ALL {
        push_options(&mut text, group, &options);
    }
    text.push('\n');
    text.push_str(DURATIONS);
    text.push_str("\nPresets of --service, with their ports (options override them):\n");
    // A blank that does not break keeps a preset in one line.
    for line in wrap(presets().split(' '), WIDTH - PRESET_INDENT) {
        let line = line.replace('\u{a0}', " ");
        push_line(&mut text, format_args!("{:PRESET_INDENT$}{line}", ""));
    }
    text.push_str(PRESETS_EXPECT);
    if Feature::List.is_built_in() {
        text.push_str("\nLines of a list:\n");
        text.push_str(LISTS);
    }
    text.push_str("\nExit codes: ");
    text.push_str(EXIT_CODES);
    text
}

/// The examples of what is built in.
pub(super) fn examples() -> String {
    let built_in = EXAMPLES
        .iter()
        .filter(|(feature, _)| feature.is_none_or(Feature::is_built_in));
    built_in.map(|(_, example)| *example).collect()
}

/// The output of `--version`.
pub(crate) fn version() -> String {
    concat!("check-tcp ", env!("CARGO_PKG_VERSION"), "\n").to_owned()
}

/// Adds the names of the features that are not built in, unless all are.
fn push_missing(text: &mut String) {
    let missing = Feature::ALL.iter().filter(|feature| !feature.is_built_in());
    let missing: Vec<_> = missing.map(|feature| feature.name()).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let line = format!("Built without {missing}: what needs them is refused.");
        for line in wrap(line.split(' '), WIDTH) {
            push_line(text, format_args!("{line}"));
        }
    }
}

/// Adds the heading of a group and its options, unless there are none.
pub(super) fn push_options(text: &mut String, group: HelpGroup, options: &[Description]) {
    if let Some(feature) = group.feature().filter(|feature| !feature.is_built_in()) {
        let missing = feature.describe_missing();
        return push_line(text, format_args!("\n{}: {missing}", group.title()));
    }
    let mut options = options
        .iter()
        .filter(|option| option.group == group)
        .peekable();
    if options.peek().is_some() {
        push_line(text, format_args!("\n{}:", group.title()));
    }
    options.for_each(|option| describe(text, option));
}

/// Adds `  -p, --port PORT` with the description beside it.
fn describe(text: &mut String, option: &Description) {
    let default = option
        .default
        .map(|default| format!("[default: {default}]"));
    let words = option.help.split(' ').chain(default.as_deref());
    let mut label = label(option);
    if label.len() >= INDENT {
        push_line(text, format_args!("{label}"));
        label.clear();
    }
    for line in wrap(words, WIDTH - INDENT) {
        push_line(text, format_args!("{label:INDENT$}{line}"));
        label.clear();
    }
}

fn label(option: &Description) -> String {
    let name = match (option.short, option.long) {
        (Some(letter), "") => format!("-{letter}"),
        (Some(letter), long) => format!("-{letter}, --{long}"),
        (None, long) => format!("    --{long}"),
    };
    match option.value {
        Some(spec) => format!("  {name} {}", spec.metavar),
        None => format!("  {name}"),
    }
}

/// All presets that are built in, with their ports. The blanks within a preset do not break.
pub(super) fn presets() -> String {
    let presets = PRESETS.iter().filter(|preset| preset.is_built_in());
    let presets: Vec<_> = presets.map(describe_preset).collect();
    presets.join(", ")
}

fn describe_preset(preset: &Preset) -> String {
    let tls = if preset.tls { "\u{a0}(TLS)" } else { "" };
    format!("{}\u{a0}{}{tls}", preset.name, preset.port)
}

/// Adds a line without trailing blanks.
pub(super) fn push_line(text: &mut String, line: impl std::fmt::Display) {
    // Writing to a string does not fail.
    let _ = write!(text, "{line}");
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// Joins words to lines of at most `width` characters, longer words aside.
fn wrap<'a>(words: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::cli::duration;
    use crate::cli::flag::OptionSource;
    use crate::cli::raw_options::RawOptions;

    #[test]
    fn the_help_fits_a_terminal() {
        for line in help().lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
            assert_eq!(line, line.trim_end());
        }
        assert!(help().ends_with("\n") && !help().ends_with("\n\n"));
    }

    #[test]
    fn a_label_as_wide_as_its_column_has_a_line_of_its_own() {
        let mut text = String::new();
        let options = describe_all(crate::cli::family::OPTIONS);
        for group in HelpGroup::ALL {
            push_options(&mut text, group, &options);
        }
        assert!(
            text.contains("\n  -D, --certificate DAYS[,DAYS]\n"),
            "{text}"
        );
    }

    #[test]
    fn the_help_has_nothing_that_reads_as_performance_data() {
        assert!(!help().contains('|') && !version().contains('|'));
        // Nor in what a usage error says that an option takes.
        for value in FLAGS.iter().filter_map(|flag| flag.value) {
            assert!(!value.metavar.contains('|') && !value.expected.contains('|'));
        }
    }

    #[test]
    fn every_option_and_preset_has_its_line_once() {
        let help = help();
        let begin = |start: &str| help.lines().filter(|line| line.starts_with(start)).count();
        for option in describe_all(&FLAGS) {
            let label = format!("{:INDENT$}", label(&option));
            assert_eq!(begin(&label), 1, "{label}");
        }
        for preset in PRESETS {
            let described = describe_preset(preset).replace('\u{a0}', " ");
            let words = format!(" {}", help.replace('\n', ""));
            let places =
                [",", "Each"].map(|end| words.matches(&format!(" {described}{end}")).count());
            assert_eq!(places.iter().sum::<usize>(), 1, "{described}");
        }
        let options = help
            .lines()
            .filter(|line| line.starts_with("  -") || line.starts_with("      --"));
        assert_eq!(options.count(), FLAGS.len());
    }

    #[test]
    fn each_group_has_a_heading_with_its_options_below() {
        let help = help();
        let mut below = help.lines().skip_while(|line| *line != "Target:");
        for group in HelpGroup::ALL {
            assert_eq!(below.next(), Some(&*format!("{}:", group.title())));
            let flags = below.by_ref().take_while(|line| !line.is_empty());
            let flags = flags.filter(|line| line.trim_start().starts_with('-'));
            let in_group = FLAGS.iter().filter(|flag| flag.group == group);
            assert_eq!(flags.count(), in_group.count(), "{group:?}");
        }
    }

    #[test]
    fn the_examples_of_the_help_are_valid_options() {
        let help = help();
        let examples = help
            .lines()
            .filter_map(|line| line.strip_prefix("    check-tcp "));
        let examples: Vec<_> = examples.collect();
        assert_eq!(examples.len(), 3);
        for example in examples {
            let args = example.split(' ').map(Into::into);
            let read = RawOptions::default().read(args, OptionSource::CommandLine);
            assert_eq!(read, Ok(()), "{example}");
        }
    }

    #[test]
    fn a_label_leaves_two_columns_before_the_description() {
        for option in describe_all(&FLAGS) {
            let label = label(&option);
            assert!(label.chars().count() + 2 <= INDENT, "{label}");
        }
    }

    #[test]
    fn the_help_shows_the_defaults_in_use() {
        let shown = |long| {
            let flag = FLAGS.iter().find(|flag| flag.long == long)?;
            duration::parse(flag.default?)
        };
        assert_eq!(shown("timeout"), Some(Check::default().timeout));
        assert_eq!(shown("delay"), Some(Check::default().delay));
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        let wrapped = |text: &str, width| wrap(text.split(' '), width);
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("aa bb cc", 4), ["aa", "bb", "cc"]);
        assert_eq!(wrapped("overlong é é é", 5), ["overlong", "é é é"]);
    }

    #[test]
    fn the_version_is_the_packages() {
        assert_eq!(
            version(),
            concat!("check-tcp ", env!("CARGO_PKG_VERSION"), "\n")
        );
    }
}
