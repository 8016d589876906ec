//! The man page, in the macros of man(7).

use super::{escape, expand, options, plugin_names};
use crate::cli::family::{NOTES, OPTIONS};
use crate::cli::flag::{Description, HelpGroup};
use crate::cli::flags::FLAGS;
use crate::cli::help::{DURATIONS, EXIT_CODES, LISTS, PRESETS_EXPECT, PURPOSE, examples, presets};
use crate::feature::Feature;

/// The page. Its date is that of the release whose version it has: with the day of the build no two
/// builds would be the same.
const PAGE: &str = r#".TH CHECK\-TCP 1 2026-11-28 "check\-tcp ~v"
.SH NAME
check\-tcp \- checks of TCP services and Unix sockets
.SH SYNOPSIS
.B check\-tcp
.RI [ OPTION ]...
.SH DESCRIPTION
~d.SH OPTIONS
~t~o.SH PRESETS
~s.
~S~l.SH EXIT STATUS
~x.SH EXAMPLES
~e~p.SH ENVIRONMENT
~E.TP
.B NO_COLOR
if it is not empty, there are no colours on a terminal
.SH SEE ALSO
.BR openssl\-s_client (1);
the documents of check\-tcp, of which
.I options.md
says more of each option
"#;

/// The variables that TLS knows.
const TLS_ENVIRONMENT: &str = r#".TP
\fBSSL_CERT_FILE\fR, \fBSSL_CERT_DIR\fR
certificates in PEM to trust in place of the system\(aqs store: a file, and
directories with colons between them
"#;

/// The options of the plugins, if these are built in.
const PLUGINS: &str = r#".SH IN PLACE OF MONITORING PLUGINS
Started under one of these names, check\-tcp takes the command line of that
program of Monitoring Plugins: ~n.
~N~o"#;

/// Longest line, in bytes.
const WIDTH: usize = 80;

/// Characters with a meaning in roff, or that it prints as others.
const ESCAPES: &[(char, &str)] = &[
    ('\\', r"\e"),
    ('-', r"\-"),
    ('\'', r"\(aq"),
    ('^', r"\(ha"),
    ('`', r"\(ga"),
    ('\u{a0}', r"\~"),
];

pub(super) fn page() -> String {
    let mut page = String::new();
    expand(&mut page, PAGE, &|key| match key {
        'v' => env!("CARGO_PKG_VERSION").to_owned(),
        'd' => text(PURPOSE),
        't' => text(DURATIONS),
        'o' => groups(),
        's' => escape(&presets(), ESCAPES),
        'S' => text(PRESETS_EXPECT),
        'l' if Feature::List.is_built_in() => [".SH LINES OF A LIST\n", &text(LISTS)].concat(),
        'E' if Feature::Tls.is_built_in() => TLS_ENVIRONMENT.to_owned(),
        'l' | 'E' => String::new(),
        'x' => text(EXIT_CODES),
        'e' => text(&examples()),
        _ => plugins(),
    });
    break_lines(&page)
}

fn plugins() -> String {
    let mut text = String::new();
    let names = plugin_names(", ");
    if !names.is_empty() {
        expand(&mut text, PLUGINS, &|key| match key {
            'n' => names.clone(),
            'N' => self::text(NOTES),
            _ => rows(&options(OPTIONS)),
        });
    }
    text
}

/// A text, of which the lines that begin with a blank are printed as they are.
fn text(lines: &str) -> String {
    let mut text = String::new();
    let mut is_literal = false;
    for line in lines.lines().chain([""]) {
        if line.starts_with(' ') != is_literal {
            is_literal = !is_literal;
            text.push_str(if is_literal { ".nf\n" } else { ".fi\n" });
        }
        text.push_str(&escape(line, ESCAPES));
        text.push('\n');
    }
    // The line that ended the last literal ones is no paragraph.
    text.pop();
    text
}

/// Breaks what is filled anyway at blanks, since man(7) asks for short lines of input. A line that is
/// printed as it is keeps its length.
fn break_lines(page: &str) -> String {
    let mut broken = String::with_capacity(page.len() + 64);
    for mut line in page.lines() {
        while line.len() > WIDTH && !line.starts_with(['.', ' ']) {
            let parts = line.rmatch_indices(' ').filter_map(|(at, _)| {
                let (head, rest) = line.split_at(at);
                Some((head, rest.strip_prefix(' ')?))
            });
            // A line that begins with one of these is a macro.
            let is_text = |rest: &str| !rest.starts_with(['.', '\'']);
            let mut parts = parts.filter(|(_, rest)| is_text(rest));
            let Some((head, rest)) = parts.find(|(head, _)| head.len() <= WIDTH) else {
                break;
            };
            broken.push_str(head);
            broken.push('\n');
            line = rest;
        }
        broken.push_str(line);
        broken.push('\n');
    }
    broken
}

fn groups() -> String {
    let mut text = String::new();
    for group in HelpGroup::ALL {
        let mut options = options(&FLAGS);
        options.retain(|option| option.group == group);
        if options.is_empty() {
            continue;
        }
        expand(&mut text, ".SS ~t\n~o", &|key| match key {
            't' => group.title().to_owned(),
            _ => rows(&options),
        });
    }
    text
}

fn rows(options: &[Description]) -> String {
    let mut text = String::new();
    for option in options {
        let template = match (option.short, option.long) {
            (Some(_), "") => ".TP\n\\fB\\-~s\\fR~v\n~h\n~d",
            (Some(_), _) => ".TP\n\\fB\\-~s\\fR, \\fB\\-\\-~l\\fR~v\n~h\n~d",
            (None, _) => ".TP\n\\fB\\-\\-~l\\fR~v\n~h\n~d",
        };
        let optional = |prefix: &str, text: Option<&str>, suffix: &str| match text {
            Some(text) => [prefix, text, suffix].concat(),
            None => String::new(),
        };
        expand(&mut text, template, &|key| match key {
            's' => option.short.map(String::from).unwrap_or_default(),
            'l' => escape(option.long, ESCAPES),
            'v' => optional(" \\fI", option.value.map(|value| value.metavar), "\\fR"),
            'h' => escape(option.help, ESCAPES),
            _ => escape(&optional("[default: ", option.default, "]\n"), ESCAPES),
        });
    }
    text
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_that_of_the_release() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/CHANGELOG.md");
        let changelog = std::fs::read_to_string(path).expect("the changelog");
        let version = concat!("## ", env!("CARGO_PKG_VERSION"), " - ");
        let heading = changelog
            .lines()
            .find_map(|line| line.strip_prefix(version));
        let date = heading.expect("the version");
        assert!(
            PAGE.starts_with(&format!(".TH CHECK\\-TCP 1 {date} ")),
            "{date}"
        );
    }

    #[test]
    fn lines_that_begin_with_a_blank_are_printed_as_they_are() {
        assert_eq!(
            text("  a -b\n  'c'\nd^\n"),
            ".nf\n  a \\-b\n  \\(aqc\\(aq\n.fi\nd\\(ha\n"
        );
        assert_eq!(text("a\n  b\n"), "a\n.nf\n  b\n.fi\n");
    }

    #[test]
    fn long_lines_are_broken_at_blanks_and_become_no_macro() {
        let word = "x".repeat(30);
        let line = format!("{word} {word} {word} {word}");
        let broken = format!("{word} {word}\n{word} {word}\n");
        assert_eq!(break_lines(&line), broken);
        let line = format!("{word} {word} .{word}");
        assert_eq!(break_lines(&line), format!("{word}\n{word} .{word}\n"));
        for whole in [
            format!(".B {line}\n"),
            format!("  {line}\n"),
            format!("{0}{0}{0}\n", word),
        ] {
            assert_eq!(break_lines(&whole), whole);
        }
        assert!(page().lines().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn an_option_has_its_names_value_help_and_default() {
        let page = page();
        for row in [
            ".TP\n\\fB\\-p\\fR, \\fB\\-\\-port\\fR \\fIPORT\\fR\n1 to 65535; required",
            ".TP\n\\fB\\-\\-parallel\\fR \\fIN\\fR\nlargest number of checks in flight\n[default: 512]\n",
            ".TP\n\\fB\\-N\\fR \\fINAME\\fR\nthe name to ask for",
            ".TP\n\\fB\\-A\\fR, \\fB\\-\\-all\\fR\nthe reply must",
        ] {
            assert!(page.contains(row), "{row}");
        }
    }

    #[test]
    fn only_macros_begin_with_a_dot() {
        let macros = ["TH", "SH", "SS", "TP", "B", "BR", "I", "RI", "nf", "fi"];
        let page = page();
        for line in page.lines().filter_map(|line| line.strip_prefix('.')) {
            let name = line.split(' ').next();
            assert!(name.is_some_and(|name| macros.contains(&name)), ".{line}");
        }
    }
}
