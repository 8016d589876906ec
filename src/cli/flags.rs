//! Every option, described once.

pub use super::flag::{Flag, Scope, Takes};
use Scope::{Check, Run, Target};
use Takes::{Nothing, Value};

const DURATION: &str = "a duration up to 366 days, such as 3, 0.25, 500ms or 1m 30s";

/// All options, in the order of the help.
pub static FLAGS: &[Flag] = &[
    Flag {
        long: "service",
        short: None,
        takes: Value("NAME", "the name of a preset"),
        scope: Check,
        default: None,
        help: "a preset (below), in any case; gives what the other options leave unset",
        slot: |raw| &mut raw.service,
    },
    Flag {
        long: "hostname",
        short: Some('H'),
        takes: Value("HOST", "a name, an IPv4 address or an IPv6 address"),
        scope: Target,
        default: Some("localhost"),
        help: "a name, an IPv4 address, or an IPv6 address, bare or in [], its zone allowed",
        slot: |raw| &mut raw.hostname,
    },
    Flag {
        long: "port",
        short: Some('p'),
        takes: Value("PORT", "a number from 1 to 65535"),
        scope: Check,
        default: None,
        help: "1 to 65535; needed unless --service, -U or the line of a list gives it",
        slot: |raw| &mut raw.port,
    },
    Flag {
        long: "send",
        short: Some('s'),
        takes: Value("TEXT", "the bytes to send"),
        scope: Check,
        default: None,
        help: "sent as soon as the connection is up, byte for byte, nothing added",
        slot: |raw| &mut raw.send,
    },
    Flag {
        long: "expect-pattern",
        short: Some('e'),
        takes: Value("REGEX", "a regular expression as Go has them"),
        scope: Check,
        default: None,
        help: "what the reply must match, as a regular expression of Go; without it nothing is read",
        slot: |raw| &mut raw.expect_pattern,
    },
    Flag {
        long: "quit",
        short: Some('q'),
        takes: Value("TEXT", "the bytes to send"),
        scope: Check,
        default: None,
        help: "sent before the connection is closed; CR LF is added unless -E is given",
        slot: |raw| &mut raw.quit,
    },
    Flag {
        long: "ssl",
        short: Some('S'),
        takes: Nothing,
        scope: Check,
        default: None,
        help: "TLS from the first byte",
        slot: |raw| &mut raw.ssl,
    },
    Flag {
        long: "unix-sock",
        short: Some('U'),
        takes: Value("PATH", "the path of a Unix stream socket"),
        scope: Target,
        default: None,
        help: "a Unix stream socket in place of host and port; @name is an abstract one",
        slot: |raw| &mut raw.unix_sock,
    },
    Flag {
        long: "no-check-certificate",
        short: None,
        takes: Nothing,
        scope: Check,
        default: None,
        help: "accept any certificate; its signature is not checked either",
        slot: |raw| &mut raw.no_check_certificate,
    },
    Flag {
        long: "sni",
        short: None,
        takes: Value("NAME", "a DNS name or an IP address"),
        scope: Check,
        default: Some("the host"),
        help: "the name asked for and verified in TLS, which it implies",
        slot: |raw| &mut raw.sni,
    },
    Flag {
        long: "use-ipv4",
        short: Some('4'),
        takes: Nothing,
        scope: Check,
        default: None,
        help: "IPv4 addresses only",
        slot: |raw| &mut raw.use_ipv4,
    },
    Flag {
        long: "use-ipv6",
        short: Some('6'),
        takes: Nothing,
        scope: Check,
        default: None,
        help: "IPv6 addresses only",
        slot: |raw| &mut raw.use_ipv6,
    },
    Flag {
        long: "status-as",
        short: None,
        takes: Value(
            "MAP",
            "STATUS=STATUS,... of ok, warning, critical and unknown, each replaced once at most",
        ),
        scope: Check,
        default: None,
        help: "replaces the final status of a check, as in critical=warning,unknown=ok",
        slot: |raw| &mut raw.status_as,
    },
    Flag {
        long: "timeout",
        short: Some('t'),
        takes: Value(
            "DURATION",
            "a duration above 0 up to 366 days, such as 3, 0.25 or 1m 30s",
        ),
        scope: Check,
        default: Some("10 s"),
        help: "limit on the whole check; -d comes on top",
        slot: |raw| &mut raw.timeout,
    },
    Flag {
        long: "maxbytes",
        short: Some('m'),
        takes: Value("BYTES", "a number of bytes, 0 for no limit"),
        scope: Check,
        default: Some("no limit"),
        help: "stop reading once this many bytes of the reply have come; 0 is no limit",
        slot: |raw| &mut raw.maxbytes,
    },
    Flag {
        long: "delay",
        short: Some('d'),
        takes: Value("DURATION", DURATION),
        scope: Check,
        default: Some("0"),
        help: "pause between sending and reading, or closing where nothing is read",
        slot: |raw| &mut raw.delay,
    },
    Flag {
        long: "warning",
        short: Some('w'),
        takes: Value("DURATION", DURATION),
        scope: Check,
        default: Some("none"),
        help: "WARNING when the response time is greater; 0 is none",
        slot: |raw| &mut raw.warning,
    },
    Flag {
        long: "critical",
        short: Some('c'),
        takes: Value("DURATION", DURATION),
        scope: Check,
        default: Some("none"),
        help: "CRITICAL when the response time is greater; 0 is none",
        slot: |raw| &mut raw.critical,
    },
    Flag {
        long: "escape",
        short: Some('E'),
        takes: Nothing,
        scope: Check,
        default: None,
        help: r"\n, \r, \t, \\ and \xHH (a byte) in -s and -q, wherever they stand, mean what they say",
        slot: |raw| &mut raw.escape,
    },
    Flag {
        long: "error-warning",
        short: Some('W'),
        takes: Nothing,
        scope: Check,
        default: None,
        help: "an unexpected error, reply or open port is WARNING, not CRITICAL; -c still gives CRITICAL",
        slot: |raw| &mut raw.error_warning,
    },
    Flag {
        long: "expect-closed",
        short: Some('C'),
        takes: Nothing,
        scope: Check,
        default: None,
        help: "OK when nothing listens there; looks at the connection alone: no TLS, no send, no read",
        slot: |raw| &mut raw.expect_closed,
    },
    Flag {
        long: "perfdata",
        short: None,
        takes: Nothing,
        scope: Check,
        default: None,
        help: "end the line with performance data, a bar and time=0.012345s;W;C;0;T",
        slot: |raw| &mut raw.perfdata,
    },
    Flag {
        long: "name",
        short: None,
        takes: Value("LABEL", "what the target is called"),
        scope: Check,
        default: Some("the target as escape_lossy"),
        help: "what the target is called in the output of a list, and in JSON",
        slot: |raw| &mut raw.name,
    },
    Flag {
        long: "targets",
        short: Some('f'),
        takes: Value("FILE", "the file of a list, or - for standard input"),
        scope: Run,
        default: None,
        help: "check every target of a list (below); - is standard input",
        slot: |raw| &mut raw.targets,
    },
    Flag {
        long: "parallel",
        short: None,
        takes: Value("N", "a number of checks from 1 to 1000000"),
        scope: Run,
        default: Some("512"),
        help: "how many checks of a list may be in flight",
        slot: |raw| &mut raw.parallel,
    },
    Flag {
        long: "lookups",
        short: None,
        takes: Value("N", "a number of names from 1 to 1024"),
        scope: Run,
        default: Some("64"),
        help: "how many names of a list may be looked up at a time",
        slot: |raw| &mut raw.lookups,
    },
    Flag {
        long: "rate",
        short: None,
        takes: Value(
            "N",
            "a number of checks a second from 0.000001 to 1000000000, or 0 for no limit",
        ),
        scope: Run,
        default: Some("no limit"),
        help: "how many checks of a list may start in a second, evenly spread; 0 is no limit",
        slot: |raw| &mut raw.rate,
    },
    Flag {
        long: "format",
        short: None,
        takes: Value("FORMAT", "text or json"),
        scope: Run,
        default: Some("text"),
        help: "text or json: a line or an object for each target, for a single check too",
        slot: |raw| &mut raw.format,
    },
    Flag {
        long: "summary",
        short: None,
        takes: Nothing,
        scope: Run,
        default: None,
        help: "one verdict for the whole list, and a line for each target that is not OK",
        slot: |raw| &mut raw.summary,
    },
    Flag {
        long: "no-progress",
        short: None,
        takes: Nothing,
        scope: Run,
        default: None,
        help: "do not show on the terminal how far a list has come",
        slot: |raw| &mut raw.no_progress,
    },
    Flag {
        long: "help",
        short: Some('h'),
        takes: Nothing,
        scope: Run,
        default: None,
        help: "print this and exit with 3",
        slot: |raw| &mut raw.help,
    },
    Flag {
        long: "version",
        short: Some('V'),
        takes: Nothing,
        scope: Run,
        default: None,
        help: "print the version and exit with 3",
        slot: |raw| &mut raw.version,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::option_value::OptionValue;
    use crate::cli::raw_options::RawOptions;
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
    fn no_two_flags_share_a_name_or_a_slot() {
        let shorts: Vec<_> = FLAGS.iter().filter_map(|flag| flag.short).collect();
        assert_eq!(shorts.iter().collect::<HashSet<_>>().len(), shorts.len());
        let mut raw = RawOptions::default();
        for flag in FLAGS {
            let slot = (flag.slot)(&mut raw);
            assert!(slot.is_none(), "--{} has the slot of another", flag.long);
            *slot = Some(OptionValue::example(flag));
        }
    }
}
