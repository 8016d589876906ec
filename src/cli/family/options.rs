//! The options of Monitoring Plugins' `check_tcp`, described once.

use crate::cli::flag::{Flag, HelpGroup, Scope, ValueKind, value, value_of};
use PluginOption as Id;

/// An option of the plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::cli) enum PluginOption {
    Hostname,
    Port,
    UseIpv4,
    UseIpv6,
    Escape,
    Send,
    Expect,
    All,
    Quit,
    Delay,
    Maxbytes,
    Ssl,
    Sni,
    SniAlone,
    Certificate,
    Verify,
    CaFile,
    Timeout,
    Warning,
    Critical,
    Refuse,
    Mismatch,
    Jail,
    Ignored,
    Help,
    Version,
}

const STATE: &str = "ok, warn or crit";
const COUNT: &str = "a whole number above 0";
const SECONDS: &str = "a number of seconds";

/// All options, in the order of the help. `--extra-opts` is read before them.
pub(in crate::cli) static OPTIONS: &[Flag<PluginOption>] = &[
    Flag {
        default: Some("127.0.0.1"),
        ..valued(
            (Id::Hostname, HelpGroup::Target, "hostname", Some('H')),
            ("HOST", "a host or the absolute path of a Unix socket"),
            "host, or absolute path of a Unix socket; may stand as a bare word",
        )
    },
    valued(
        (Id::Port, HelpGroup::Target, "port", Some('p')),
        ("PORT", "a number from 1 to 65535"),
        "port; check_tcp has no default",
    ),
    switch(
        (Id::UseIpv4, HelpGroup::Target, "use-ipv4", Some('4')),
        "IPv4 addresses only",
    ),
    switch(
        (Id::UseIpv6, HelpGroup::Target, "use-ipv6", Some('6')),
        "IPv6 addresses only",
    ),
    switch(
        (Id::Escape, HelpGroup::Dialogue, "escape", Some('E')),
        r"\n, \r, \t and \\ are escapes in each -s and -q behind it; nothing is added to -q then",
    ),
    valued(
        (Id::Send, HelpGroup::Dialogue, "send", Some('s')),
        ("TEXT", "the bytes to send"),
        "send TEXT",
    ),
    valued(
        (Id::Expect, HelpGroup::Dialogue, "expect", Some('e')),
        ("TEXT", "the bytes to expect"),
        "the reply must contain TEXT; may be repeated: one of them suffices",
    ),
    switch(
        (Id::All, HelpGroup::Dialogue, "all", Some('A')),
        "the reply must contain every -e",
    ),
    valued(
        (Id::Quit, HelpGroup::Dialogue, "quit", Some('q')),
        ("TEXT", "the bytes to send"),
        "send TEXT and CR LF before closing the connection",
    ),
    valued(
        (Id::Delay, HelpGroup::Dialogue, "delay", Some('d')),
        ("SECONDS", COUNT),
        "pause between sending and reading; no part of the response time",
    ),
    valued(
        (Id::Maxbytes, HelpGroup::Dialogue, "maxbytes", Some('m')),
        ("BYTES", COUNT),
        "stop reading after this many bytes of the reply",
    ),
    switch(
        (Id::Ssl, HelpGroup::Tls, "ssl", Some('S')),
        "TLS; the certificate is not verified",
    ),
    valued(
        (Id::Sni, HelpGroup::Tls, "sni", None),
        ("NAME", "a DNS name or an IP address"),
        "TLS; the name to ask for",
    ),
    valued(
        (Id::SniAlone, HelpGroup::Tls, "", Some('N')),
        ("NAME", "a DNS name or an IP address"),
        "the name to ask for, where there is TLS (Nagios Plugins)",
    ),
    valued(
        (Id::Certificate, HelpGroup::Tls, "certificate", Some('D')),
        ("DAYS[,DAYS]", "one or two numbers of days"),
        "TLS; WARNING if the certificate is valid for no more than so many days, CRITICAL for the second number",
    ),
    switch(
        (Id::Verify, HelpGroup::Tls, "verify", None),
        "TLS; verify the certificate, which Monitoring Plugins can't",
    ),
    Flag {
        value: value_of(ValueKind::File, "FILE", "a file of certificates in PEM"),
        ..switch(
            (Id::CaFile, HelpGroup::Tls, "ca-file", None),
            "TLS; verify the certificate against FILE",
        )
    },
    Flag {
        default: Some("10"),
        ..valued(
            (Id::Timeout, HelpGroup::Verdict, "timeout", Some('t')),
            (
                "SECONDS",
                "a whole number of seconds above 0, and behind a colon the state of a timeout",
            ),
            "limit on the whole check, the pause included; 5:WARNING makes a timeout a WARNING (Nagios Plugins)",
        )
    },
    valued(
        (Id::Warning, HelpGroup::Verdict, "warning", Some('w')),
        ("SECONDS", SECONDS),
        "WARNING if the response time is greater",
    ),
    valued(
        (Id::Critical, HelpGroup::Verdict, "critical", Some('c')),
        ("SECONDS", SECONDS),
        "CRITICAL if the response time is greater",
    ),
    Flag {
        value: value_of(ValueKind::Word, "STATE", STATE),
        default: Some("crit"),
        ..switch(
            (Id::Refuse, HelpGroup::Verdict, "refuse", Some('r')),
            "state of a connection that fails: ok, warn or crit",
        )
    },
    Flag {
        value: value_of(ValueKind::Word, "STATE", STATE),
        default: Some("warn"),
        ..switch(
            (Id::Mismatch, HelpGroup::Verdict, "mismatch", Some('M')),
            "state of another reply than is expected: ok, warn or crit",
        )
    },
    switch(
        (Id::Jail, HelpGroup::Output, "jail", Some('j')),
        "do not show the reply",
    ),
    switch(
        (Id::Ignored, HelpGroup::Output, "verbose", Some('v')),
        "ignored",
    ),
    valued(
        (Id::Ignored, HelpGroup::Output, "critical-codes", Some('C')),
        ("TEXT", "any text"),
        "ignored",
    ),
    valued(
        (Id::Ignored, HelpGroup::Output, "warning-codes", Some('W')),
        ("TEXT", "any text"),
        "ignored",
    ),
    valued(
        (Id::Ignored, HelpGroup::Output, "protocol", None),
        ("TEXT", "any text"),
        "ignored",
    ),
    valued(
        (Id::Ignored, HelpGroup::Output, "output-format", None),
        ("FORMAT", "any text"),
        "ignored: the output is one line",
    ),
    switch(
        (Id::Help, HelpGroup::Output, "help", Some('h')),
        "print this help and exit with 3",
    ),
    switch(
        (Id::Version, HelpGroup::Output, "version", Some('V')),
        "print the version and exit with 3",
    ),
];

/// Finds the options that a long name, whole or abbreviated, may be: the one of that name, or else
/// all that begin with it (`getopt_long`).
pub(super) fn find_long(name: &str) -> Vec<&'static Flag<PluginOption>> {
    let long = OPTIONS.iter().filter(|option| !option.long.is_empty());
    let begins = long.filter(|option| option.long.starts_with(name));
    let found: Vec<_> = begins.collect();
    match found.iter().find(|option| option.long == name) {
        Some(option) => vec![*option],
        None => found,
    }
}

/// Finds the option of a letter.
pub(super) fn find_short(letter: char) -> Option<&'static Flag<PluginOption>> {
    OPTIONS.iter().find(|option| option.short == Some(letter))
}

const fn switch(
    (id, group, long, short): (PluginOption, HelpGroup, &'static str, Option<char>),
    help: &'static str,
) -> Flag<PluginOption> {
    Flag {
        id,
        long,
        short,
        value: None,
        group,
        scope: Scope::Check,
        default: None,
        help,
    }
}

const fn valued(
    option: (PluginOption, HelpGroup, &'static str, Option<char>),
    (metavar, expected): (&'static str, &'static str),
    help: &'static str,
) -> Flag<PluginOption> {
    Flag {
        value: value(metavar, expected),
        ..switch(option, help)
    }
}
