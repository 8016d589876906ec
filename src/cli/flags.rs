//! Every option, described once.

pub use super::flag::{Flag, OPTION_COUNT, OptionId, Scope, ValueSpec};
use Scope::{Check, Run, Target};

const DURATION: &str = "a duration up to 366 days, such as 3, 0.25, 500ms or 1m 30s";

/// All options, in the order of the help.
pub static FLAGS: [Flag; OPTION_COUNT] = [
    Flag {
        id: OptionId::Service,
        long: "service",
        short: None,
        value: value("NAME", "the name of a preset"),
        scope: Check,
        default: None,
        help: "a preset (below), in any case; gives what the other options leave unset",
    },
    Flag {
        id: OptionId::Hostname,
        long: "hostname",
        short: Some('H'),
        value: value("HOST", "a name, an IPv4 address or an IPv6 address"),
        scope: Target,
        default: Some("localhost"),
        help: "a name, an IPv4 address, or an IPv6 address, bare or in [], its zone allowed",
    },
    Flag {
        id: OptionId::Port,
        long: "port",
        short: Some('p'),
        value: value("PORT", "a number from 1 to 65535"),
        scope: Check,
        default: None,
        help: "1 to 65535; needed unless --service, -U or the line of a list gives it",
    },
    Flag {
        id: OptionId::Send,
        long: "send",
        short: Some('s'),
        value: value("TEXT", "the bytes to send"),
        scope: Check,
        default: None,
        help: "sent as soon as the connection is up, byte for byte, nothing added",
    },
    Flag {
        id: OptionId::ExpectPattern,
        long: "expect-pattern",
        short: Some('e'),
        value: value("REGEX", "a regular expression in the syntax of Go"),
        scope: Check,
        default: None,
        help: "what the reply must match, as a regular expression of Go; without it nothing is read",
    },
    Flag {
        id: OptionId::Quit,
        long: "quit",
        short: Some('q'),
        value: value("TEXT", "the bytes to send"),
        scope: Check,
        default: None,
        help: "sent before the connection is closed; CR LF is added unless -E is given",
    },
    Flag {
        id: OptionId::Ssl,
        long: "ssl",
        short: Some('S'),
        value: None,
        scope: Check,
        default: None,
        help: "TLS from the first byte",
    },
    Flag {
        id: OptionId::UnixSock,
        long: "unix-sock",
        short: Some('U'),
        value: value("PATH", "the path of a Unix stream socket"),
        scope: Target,
        default: None,
        help: "a Unix stream socket in place of host and port; @name is an abstract one",
    },
    Flag {
        id: OptionId::NoCheckCertificate,
        long: "no-check-certificate",
        short: None,
        value: None,
        scope: Check,
        default: None,
        help: "accept any certificate; its signature is not checked either",
    },
    Flag {
        id: OptionId::Sni,
        long: "sni",
        short: None,
        value: value("NAME", "a DNS name or an IP address"),
        scope: Check,
        default: Some("the host"),
        help: "the name asked for and verified in TLS, which it implies",
    },
    Flag {
        id: OptionId::UseIpv4,
        long: "use-ipv4",
        short: Some('4'),
        value: None,
        scope: Check,
        default: None,
        help: "IPv4 addresses only",
    },
    Flag {
        id: OptionId::UseIpv6,
        long: "use-ipv6",
        short: Some('6'),
        value: None,
        scope: Check,
        default: None,
        help: "IPv6 addresses only",
    },
    Flag {
        id: OptionId::StatusAs,
        long: "status-as",
        short: None,
        value: value(
            "MAP",
            "STATUS=STATUS,... of ok, warning, critical and unknown, each replaced once at most",
        ),
        scope: Check,
        default: None,
        help: "replaces the final status of a check, as in critical=warning,unknown=ok",
    },
    Flag {
        id: OptionId::Timeout,
        long: "timeout",
        short: Some('t'),
        value: value(
            "DURATION",
            "a duration above 0 up to 366 days, such as 3, 0.25 or 1m 30s",
        ),
        scope: Check,
        default: Some("10 s"),
        help: "limit on the whole check; -d comes on top",
    },
    Flag {
        id: OptionId::Maxbytes,
        long: "maxbytes",
        short: Some('m'),
        value: value("BYTES", "a number of bytes, 0 for no limit"),
        scope: Check,
        default: Some("no limit"),
        help: "stop reading once this many bytes of the reply have come; 0 is no limit",
    },
    Flag {
        id: OptionId::Delay,
        long: "delay",
        short: Some('d'),
        value: value("DURATION", DURATION),
        scope: Check,
        default: Some("0"),
        help: "pause between sending and reading, or closing where nothing is read",
    },
    Flag {
        id: OptionId::Warning,
        long: "warning",
        short: Some('w'),
        value: value("DURATION", DURATION),
        scope: Check,
        default: Some("none"),
        help: "WARNING when the response time is greater; 0 is none",
    },
    Flag {
        id: OptionId::Critical,
        long: "critical",
        short: Some('c'),
        value: value("DURATION", DURATION),
        scope: Check,
        default: Some("none"),
        help: "CRITICAL when the response time is greater; 0 is none",
    },
    Flag {
        id: OptionId::Escape,
        long: "escape",
        short: Some('E'),
        value: None,
        scope: Check,
        default: None,
        help: r"\n, \r, \t, \\ and \xHH (a byte) in -s and -q, wherever they stand, mean what they say",
    },
    Flag {
        id: OptionId::ErrorWarning,
        long: "error-warning",
        short: Some('W'),
        value: None,
        scope: Check,
        default: None,
        help: "an unexpected error, reply or open port is WARNING, not CRITICAL; -c still gives CRITICAL",
    },
    Flag {
        id: OptionId::ExpectClosed,
        long: "expect-closed",
        short: Some('C'),
        value: None,
        scope: Check,
        default: None,
        help: "OK when nothing listens there; looks at the connection alone: no TLS, no send, no read",
    },
    Flag {
        id: OptionId::Perfdata,
        long: "perfdata",
        short: None,
        value: None,
        scope: Check,
        default: None,
        help: "end the line with performance data, a bar and time=0.012345s;W;C;0;T",
    },
    Flag {
        id: OptionId::Name,
        long: "name",
        short: None,
        value: value("LABEL", "what the target is called"),
        scope: Check,
        default: Some("the target as escape_lossy"),
        help: "what the target is called in the output of a list, and in JSON",
    },
    Flag {
        id: OptionId::Targets,
        long: "targets",
        short: Some('f'),
        value: value("FILE", "the file of a list, or - for standard input"),
        scope: Run,
        default: None,
        help: "check every target of a list (below); - is standard input",
    },
    Flag {
        id: OptionId::Parallel,
        long: "parallel",
        short: None,
        value: value("N", "a number of checks from 1 to 1000000"),
        scope: Run,
        default: Some("512"),
        help: "how many checks of a list may be in flight",
    },
    Flag {
        id: OptionId::Lookups,
        long: "lookups",
        short: None,
        value: value("N", "a number of names from 1 to 1024"),
        scope: Run,
        default: Some("64"),
        help: "how many names of a list may be looked up at a time",
    },
    Flag {
        id: OptionId::Rate,
        long: "rate",
        short: None,
        value: value(
            "N",
            "a number of checks a second from 0.000001 to 1000000000, or 0 for no limit",
        ),
        scope: Run,
        default: Some("no limit"),
        help: "how many checks of a list may start in a second, evenly spread; 0 is no limit",
    },
    Flag {
        id: OptionId::Format,
        long: "format",
        short: None,
        value: value("FORMAT", "text or json"),
        scope: Run,
        default: Some("text"),
        help: "text or json: a line or an object for each target, for a single check too",
    },
    Flag {
        id: OptionId::Summary,
        long: "summary",
        short: None,
        value: None,
        scope: Run,
        default: None,
        help: "one verdict for the whole list, and a line for each target that is not OK",
    },
    Flag {
        id: OptionId::NoProgress,
        long: "no-progress",
        short: None,
        value: None,
        scope: Run,
        default: None,
        help: "do not show on the terminal how far a list has come",
    },
    Flag {
        id: OptionId::Help,
        long: "help",
        short: Some('h'),
        value: None,
        scope: Run,
        default: None,
        help: "print this and exit with 3",
    },
    Flag {
        id: OptionId::Version,
        long: "version",
        short: Some('V'),
        value: None,
        scope: Run,
        default: None,
        help: "print the version and exit with 3",
    },
];

const fn value(metavar: &'static str, expected: &'static str) -> Option<ValueSpec> {
    Some(ValueSpec { metavar, expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_flag_of_the_contract_is_there_in_its_order() {
        let names: Vec<_> = FLAGS.iter().map(|flag| (flag.long, flag.short)).collect();
        let wanted = [
            ("service", None),
            ("hostname", Some('H')),
            ("port", Some('p')),
            ("send", Some('s')),
            ("expect-pattern", Some('e')),
            ("quit", Some('q')),
            ("ssl", Some('S')),
            ("unix-sock", Some('U')),
            ("no-check-certificate", None),
            ("sni", None),
            ("use-ipv4", Some('4')),
            ("use-ipv6", Some('6')),
            ("status-as", None),
            ("timeout", Some('t')),
            ("maxbytes", Some('m')),
            ("delay", Some('d')),
            ("warning", Some('w')),
            ("critical", Some('c')),
            ("escape", Some('E')),
            ("error-warning", Some('W')),
            ("expect-closed", Some('C')),
            ("perfdata", None),
            ("name", None),
            ("targets", Some('f')),
            ("parallel", None),
            ("lookups", None),
            ("rate", None),
            ("format", None),
            ("summary", None),
            ("no-progress", None),
            ("help", Some('h')),
            ("version", Some('V')),
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn a_line_may_say_all_but_what_is_of_the_run_or_the_single_target() {
        let of = |scope| -> Vec<_> {
            let flags = FLAGS.iter().filter(|flag| flag.scope == scope);
            flags.map(|flag| flag.long).collect()
        };
        let run = "targets parallel lookups rate format summary no-progress help version";
        assert_eq!(of(Run).join(" "), run);
        assert_eq!(of(Target), ["hostname", "unix-sock"]);
    }

    #[test]
    fn each_flag_stands_at_the_index_of_its_id() {
        for (index, flag) in FLAGS.iter().enumerate() {
            assert_eq!(flag.id as usize, index, "--{}", flag.long);
        }
    }

    #[test]
    fn no_two_flags_share_a_name() {
        let names = FLAGS.iter().map(|flag| flag.long.to_owned());
        let shorts = FLAGS.iter().filter_map(|flag| flag.short).map(String::from);
        let names: Vec<_> = names.chain(shorts).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }
}
