//! Parses the arguments of a command line.

use super::build;
use super::command::{self, Command};
use super::flag::{OptionId, OptionSource};
use super::option_value::escape_lossy;
use super::raw_options::RawOptions;
use super::run;
use crate::record::{Label, UsageError};
use crate::report::Format;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// A command line with an error in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCommand {
    /// The first error.
    pub error: UsageError,
    /// Label of the single target; empty for a list.
    pub label: Label,
    /// Output format, where `--format` is valid; text otherwise.
    pub format: Format,
}

/// Parses a command line; `args` is without the program's name. `--help` takes precedence over
/// `--version`, and both over any error, wherever they stand as options.
///
/// Reads the trust store if the check uses it, after all options were found valid.
///
/// # Errors
/// The first error in the form of the arguments, or else in their values.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, InvalidCommand> {
    let mut raw = RawOptions::default();
    let read = raw.read(args, OptionSource::CommandLine);
    if raw.has(OptionId::Help) {
        return Ok(Command::Help);
    }
    if raw.has(OptionId::Version) {
        return Ok(Command::Version);
    }
    read.and_then(|()| command::build_command(&raw))
        .map_err(|message| InvalidCommand {
            error: UsageError {
                name: build::service_name(raw.get(OptionId::Service)),
                message,
            },
            label: command::build_label(&raw),
            format: run::build_format(&raw).unwrap_or_default(),
        })
}

impl InvalidCommand {
    /// The error of a command line of a plugin of that name, which begins with `check_`.
    pub(super) fn of_plugin(name: &OsStr, label: Label, message: String) -> Self {
        let service = name.as_bytes().get("check_".len()..).unwrap_or_default();
        let service = match service {
            b"" => b"TCP",
            service => service,
        };
        Self {
            error: UsageError {
                name: escape_lossy(&OsStr::from_bytes(service).to_ascii_uppercase()),
                message,
            },
            label,
            format: Format::Text,
        }
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    fn run(args: &[&str]) -> Result<Command, InvalidCommand> {
        parse(args.iter().map(OsString::from))
    }

    fn refused(args: &[&str]) -> String {
        match run(args) {
            Err(invalid) => format!("{} UNKNOWN: {}", invalid.error.name, invalid.error),
            Ok(command) => panic!("{args:?} were taken: {command:?}"),
        }
    }

    #[test]
    fn usage_errors_name_the_option_the_value_and_the_valid_values() {
        let port = "expected a number from 1 to 65535";
        let duration = "expected a duration up to 366 days, such as 3, 0.25, 500ms or 1m 30s";
        let above_0 = "expected a duration above 0 up to 366 days, such as 3, 0.25 or 1m 30s";
        let bytes = "expected a number of bytes, 0 for no limit";
        let map = "expected SOURCE=STATUS,... with each source once: \
                   a status (ok, warning, critical, unknown) or a reason (slow, expiry, dns, refused, \
                   unreachable, absent, timeout, reset, eof, tls, certificate, starttls, \
                   mismatch, open, local)";
        let period = "expected days or durations of 100 years at most, \
                      the second no longer than the first";
        let dash = "no host begins with a dash; an option is in the place of the host";
        for (args, message) in [
            // An unknown option or stray word.
            (
                &["--bogus"][..],
                "unknown option --bogus; --help lists the options",
            ),
            (&["-Z"], "unknown option -Z; --help lists the options"),
            (
                &["--hostnam", "a"],
                "unknown option --hostnam; did you mean --hostname?",
            ),
            (
                &["-p80", "word"],
                "unexpected argument 'word'; check-tcp takes options only",
            ),
            (
                &["-p80", "-"],
                "unexpected argument '-'; check-tcp takes options only",
            ),
            (
                &["-p80", ""],
                "unexpected argument ''; check-tcp takes options only",
            ),
            (
                &["--", "-h"],
                "unexpected argument '-h'; check-tcp takes options only",
            ),
            (
                &["mail", "25"],
                "unexpected argument 'mail'; did you mean -H mail -p 25?",
            ),
            // A value where none is expected, or none where one is.
            (&["--ssl=yes"], "--ssl=yes: takes no value"),
            (&["-S=yes"], "-S=yes: takes no value"),
            (&["-p"], &format!("-p: missing value; {port}")),
            (
                &["--send"],
                "--send: missing value; expected the bytes to send",
            ),
            // Invalid values.
            (&["--port", "99999"], &format!("--port 99999: {port}")),
            (&["-p0"], &format!("-p 0: {port}")),
            (&["-p=-1"], &format!("-p -1: {port}")),
            (&["--port=http"], &format!("--port http: {port}")),
            (&["-p", "80.0"], &format!("-p 80.0: {port}")),
            (&["-p80", "-t", "-1"], &format!("-t -1: {above_0}")),
            (&["-p80", "-t=0"], &format!("-t 0: {above_0}")),
            (
                &["-p80", "--timeout", "0ms"],
                &format!("--timeout 0ms: {above_0}"),
            ),
            (&["-p80", "-t", "NaN"], &format!("-t NaN: {above_0}")),
            (&["-p80", "-t367d"], &format!("-t 367d: {above_0}")),
            (&["-p80", "-d", "inf"], &format!("-d inf: {duration}")),
            (
                &["-p80", "-w", "infinity"],
                &format!("-w infinity: {duration}"),
            ),
            (
                &["-p80", "-c", "1 fortnight"],
                &format!("-c 1 fortnight: {duration}"),
            ),
            (&["-p80", "-m", "-1"], &format!("-m -1: {bytes}")),
            (&["-p80", "-m1k"], &format!("-m 1k: {bytes}")),
            (
                &["-p80", "--status-as", "x"],
                &format!("--status-as x: {map}"),
            ),
            (
                &["-p80", "-H[::1"],
                "-H [::1: \
                 the brackets do not hold an IPv6 address; write any other host without them",
            ),
            (&["-p80", "-Hmail:25"], "-H mail:25: write -H mail -p 25"),
            (&["-Hmail:25"], "-H mail:25: write -H mail -p 25"),
            (&["-H", "-p", "25"], &format!("-H -p: {dash}")),
            (&["-H", "-p25", "-p80"], &format!("-H -p25: {dash}")),
            (
                &["word", "-H", "-p", "25"],
                "unexpected argument 'word'; the value of -H is -p",
            ),
            (
                &["-S", "-p80", "-Hmünchen.example"],
                "-H münchen.example: \
                 a certificate has no such name; write xn--mnchen-3ya.example",
            ),
            (
                &["-p80", "-Hfe80::1%no-if"],
                "-H fe80::1%no-if: the zone is no interface of this machine",
            ),
            (
                &["-p1", "--expiry", "7,30"],
                &format!("--expiry 7,30: {period}"),
            ),
            (&["-p1", "--expiry=x"], &format!("--expiry x: {period}")),
            (&["-p1", "--expiry=-1"], &format!("--expiry -1: {period}")),
            (&["-p1", "--expiry=9,"], &format!("--expiry 9,: {period}")),
            (
                &["-p1", "--ca-file", "/no/such"],
                "--ca-file /no/such: it is not there",
            ),
            // Options that do not go together.
            (
                &["-p80", "-e", "^220", "-e", "250"],
                "-e 250: a second pattern; \
                 a check has one, and a dialogue of several has steps (--step)",
            ),
            (
                &[],
                &format!("--port is missing: {port}, unless --service or --unix-sock is given"),
            ),
            (
                &["-p80", "-4", "--use-ipv6"],
                "-4 with --use-ipv6: only one of the two is allowed",
            ),
            (
                &["-S", "-U/s"],
                "-U with TLS: requires --sni or --hostname, the name to verify, \
                 or --no-check-certificate",
            ),
        ] {
            assert_eq!(refused(args), format!("TCP UNKNOWN: {message}"), "{args:?}");
        }
    }

    #[test]
    fn a_socket_path_that_is_too_long_is_refused() {
        let path = "/".repeat(200);
        let shown = "/".repeat(80);
        assert!(
            refused(&["-U", &path])
                .starts_with(&format!("TCP UNKNOWN: -U {shown}...: it is longer than 1"))
        );
    }

    #[test]
    fn a_name_that_no_certificate_has_is_refused() {
        assert_eq!(
            refused(&["-p80", "--sni", "a b"]),
            "TCP UNKNOWN: --sni a b: expected a DNS name or an IP address"
        );
        assert_eq!(
            refused(&["-U/s", "-S", "-Ha b"]),
            "TCP UNKNOWN: -H a b: \
             no host has a blank in it; write the host alone"
        );
        assert_eq!(
            refused(&["-p80", "--sni", "bücher.example"]),
            "TCP UNKNOWN: --sni bücher.example: \
             write xn--bcher-kva.example"
        );
    }

    #[test]
    fn a_bad_pattern_is_refused_with_the_place() {
        let line = refused(&["-p80", "-e", "220 (foo"]);
        let start = "TCP UNKNOWN: -e: invalid regular expression: ";
        assert!(
            line.starts_with(start) && line.contains("character 5"),
            "{line}"
        );
    }

    #[test]
    fn unknown_service_has_the_message_of_mackerels_check_tcp() {
        assert_eq!(
            refused(&["--service", "Foo"]),
            "FOO UNKNOWN: check-tcp called with unknown service: FOO"
        );
    }

    #[test]
    fn the_line_of_an_error_begins_with_the_service() {
        assert!(
            refused(&["--bogus", "--service=smtp"])
                .starts_with("SMTP UNKNOWN: unknown option --bogus; ")
        );
        assert!(refused(&["--service=smtp", "-p0"]).starts_with("SMTP UNKNOWN: -p 0: "));
        assert!(refused(&["--service=smtp", "--service=", "-p0"]).starts_with("TCP UNKNOWN: "));
    }

    #[test]
    fn values_that_are_not_utf8_are_invalid_where_text_is_expected() {
        for option in [
            "--service",
            "-H",
            "-p",
            "-e",
            "--sni",
            "--status-as",
            "-t",
            "-m",
            "-d",
            "-w",
            "-c",
        ] {
            let value = OsString::from_vec(b"a\xff".to_vec());
            let args = ["-p80".into(), option.into(), value];
            let error = parse(args).expect_err(option).error.message;
            let message = format!(r"{option} a\xff: it is not UTF-8");
            assert_eq!(error, message);
        }
    }

    #[test]
    fn errors_keep_the_format_and_label_of_the_command_line() {
        let error = |args: &[&str]| run(args).expect_err("a usage error");
        for (args, format) in [
            (&["--format", "json", "--bogus"][..], Format::Json),
            (&["-p", "bad", "--format=JSON"], Format::Json),
            (
                &["--format=prometheus", "--summary", "-f-"],
                Format::Prometheus,
            ),
            (&["--format=text", "-p0"], Format::Text),
            (&["--format=json", "--format=xml"], Format::Text),
            (&["-p0", "--format"], Format::Text),
            (&["-p0"], Format::Text),
        ] {
            assert_eq!(error(args).format, format, "{args:?}");
        }
        let target = |args| error(args).label.target;
        assert_eq!(&*target(&["-Hmail", "-p0"]), "mail");
        assert_eq!(&*target(&["-p0", "-H="]), "localhost");
        assert_eq!(&*target(&["-f-", "-t0"]), "");
        let named = error(&["-p0", "--name", "mx one"]).label.name;
        assert_eq!(named.as_deref(), Some("mx one"));
    }

    #[test]
    fn help_wins_over_every_error_wherever_it_stands() {
        for args in [
            &["-h"][..],
            &["--help"],
            &["-h", "--bogus"],
            &["--bogus", "-h"],
            &["--bogus=1", "-h"],
            &["-Zh"],
            &["-Z=1", "-h"],
            &["--ssl=yes", "-h"],
            &["-p", "bad", "-h"],
            &["word", "-h"],
            &["-SEh"],
            &["--help=yes"],
            &["--service=foo", "-h"],
            &["-V", "-h"],
            &["-h", "-p"],
        ] {
            assert!(matches!(run(args), Ok(Command::Help)), "{args:?}");
        }
    }

    #[test]
    fn the_version_wins_over_errors_too() {
        for args in [
            &["-V"][..],
            &["--version"],
            &["--bogus", "-V"],
            &["-V", "-p", "bad", "word"],
        ] {
            assert!(matches!(run(args), Ok(Command::Version)), "{args:?}");
        }
    }

    #[test]
    fn help_is_no_option_as_a_value_or_after_two_dashes() {
        assert!(matches!(run(&["-p80", "-s", "-h"]), Ok(Command::Check(_))));
        assert!(matches!(run(&["-p80", "-s-V"]), Ok(Command::Check(_))));
        assert!(run(&["-p80", "-H-V"]).is_err());
        assert!(run(&["-p80", "--", "-h"]).is_err());
        assert!(run(&["-p80", "--", "--version"]).is_err());
    }

    #[test]
    fn a_replaced_value_is_not_validated() {
        let args = [
            "-p",
            "bad",
            "-p80",
            "-t0",
            "-t5",
            "--service=foo",
            "--service=",
        ];
        assert!(matches!(run(&args), Ok(Command::Check(_))));
    }
}
