//! The help, printed from the table of flags.

use super::flags::{FLAGS, Flag, Scope};
use crate::preset::PRESETS;
use std::fmt::Write as _;

/// No line of the help is longer.
const WIDTH: usize = 80;
/// Where the meaning of an option begins.
const INDENT: usize = 30;

const LISTS: &str = r"
A list has a target on each line: host, host:port, [IPv6], [IPv6]:port, a bare
IPv6 address or unix:/path. Options of a check may stand behind it, quoted as
for a shell, and count in place of the command line's; -H and -U may not. Blank
lines are skipped, and so are comments, from # where a line begins or behind a
blank to the end of the line.

  mail1.example.com
  mail2.example.com:587 -w 0.5 --name 'mx two'   # submission
  unix:/run/app.sock --timeout 500ms
";

const EXAMPLES: &str = r"
Examples:
  check-tcp --service SMTP -H mail.example.com -w 1 -c 3
  check-tcp -H 2001:db8::1 -p 22 -e '(?m)^SSH-2\.0-' -t 5
  check-tcp -U /run/app.sock -E -s 'PING\r\n' -e '^\+PONG' -q 'QUIT\r\n'
  check-tcp --service SMTP -w 1 -c 3 --targets hosts.txt --summary
  check-tcp -p 22 --targets - --format json < hosts.txt
";

/// What `--help` prints. There is no `|` in it: what reads a plugin's output takes what comes behind
/// one for performance data.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: check-tcp [OPTION]...\n\n\
         Checks one TCP service or Unix socket and says in one line how it is, or all of\n\
         a list, each as if it were the only one.\n\n\
         Options of a check:\n",
    );
    let of_run = |flag: &&Flag| flag.scope == Scope::Run;
    for flag in FLAGS.iter().filter(|flag| !of_run(flag)) {
        describe(&mut text, flag);
    }
    text.push_str("\nOptions of the run:\n");
    for flag in FLAGS.iter().filter(of_run) {
        describe(&mut text, flag);
    }
    text.push_str(
        "\nA DURATION is a number of seconds (3, 0.25) or has units (500ms, 1m 30s).\n\
         \nPresets (what an option gives counts in place of the preset's):\n",
    );
    presets(&mut text);
    text.push_str(LISTS);
    text.push_str(
        "\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (usage errors too); of a list\n\
         the worst, in the order CRITICAL, WARNING, UNKNOWN, OK.\n",
    );
    text.push_str(EXAMPLES);
    text
}

/// What `--version` prints.
pub fn version() -> String {
    concat!("check-tcp ", env!("CARGO_PKG_VERSION"), "\n").to_owned()
}

/// `  -p, --port PORT` and the meaning beside it.
fn describe(text: &mut String, flag: &Flag) {
    let default = flag.default.map(|default| format!("[default: {default}]"));
    let words = flag.help.split(' ').chain(default.as_deref());
    let mut label = label(flag);
    for line in wrapped(words, WIDTH - INDENT) {
        line_of(text, format_args!("{label:INDENT$}{line}"));
        label.clear();
    }
}

fn label(flag: &Flag) -> String {
    let short = match flag.short {
        Some(letter) => format!("-{letter},"),
        None => "   ".to_owned(),
    };
    match flag.value {
        Some(spec) => format!("  {short} --{} {}", flag.long, spec.metavar),
        None => format!("  {short} --{}", flag.long),
    }
}

fn presets(text: &mut String) {
    line_of(text, row("NAME", "PORT", "TLS", "SEND", "QUIT"));
    for preset in PRESETS {
        let port = preset.port.to_string();
        let tls = if preset.tls { "yes" } else { "" };
        let [send, quit] = [preset.send, preset.quit].map(|said| said.escape_ascii().to_string());
        line_of(text, row(preset.name, &port, tls, &send, &quit));
    }
    text.push_str(
        "Each waits for the greeting (GEARMAN: the answer) of its service to the end of\n\
         its last line.\n",
    );
}

fn row(name: &str, port: &str, tls: &str, send: &str, quit: &str) -> String {
    format!("  {name:7}  {port:>4}  {tls:3}  {send:9}  {quit}")
}

/// Adds a line, without the blanks at its end.
fn line_of(text: &mut String, line: impl std::fmt::Display) {
    // Writing to a string does not fail.
    let _ = write!(text, "{line}");
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// `words` in lines of `width` characters at most, as far as the words are that short.
fn wrapped<'a>(words: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::cli::duration;

    #[test]
    fn the_help_fits_a_terminal() {
        for line in help().lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
            assert_eq!(line, line.trim_end());
        }
        assert!(help().ends_with("\n") && !help().ends_with("\n\n"));
    }

    #[test]
    fn nothing_in_it_reads_as_performance_data() {
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
        for flag in &FLAGS {
            assert_eq!(
                begin(&format!("{:INDENT$}", label(flag))),
                1,
                "--{}",
                flag.long
            );
        }
        for preset in PRESETS {
            assert_eq!(
                begin(&format!("  {:7}  {:>4}  ", preset.name, preset.port)),
                1
            );
        }
        let options = help
            .lines()
            .filter(|line| line.starts_with("  -") || line.starts_with("      --"));
        assert_eq!(options.count(), FLAGS.len());
    }

    #[test]
    fn a_label_leaves_room_before_the_meaning() {
        for flag in &FLAGS {
            assert!(label(flag).chars().count() + 2 <= INDENT, "--{}", flag.long);
        }
    }

    #[test]
    fn the_defaults_shown_are_those_that_count() {
        let shown = |long| {
            let flag = FLAGS.iter().find(|flag| flag.long == long)?;
            duration::parse(flag.default?)
        };
        assert_eq!(shown("timeout"), Some(Check::default().timeout));
        assert_eq!(shown("delay"), Some(Check::default().delay));
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        let wrapped = |text: &str, width| wrapped(text.split(' '), width);
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("aa bb cc", 4), ["aa", "bb", "cc"]);
        assert_eq!(wrapped("overlong é é é", 5), ["overlong", "é é é"]);
    }

    #[test]
    fn the_version_is_the_packages() {
        assert_eq!(version(), "check-tcp 0.1.0\n");
    }
}
