//! Every option, described once.

use super::flag::ValueKind::{File, Preset, StatusMap, Word};
use super::flag::{DIALOGUE, DURATION, FINGERPRINTS, LIST, OUTPUT, PERIODS, STARTTLS};
pub use super::flag::{Flag, Scope};
use super::flag::{OPTION_COUNT, OptionId, TARGET, TLS, VERDICT, value, value_of};
use super::status_as;

/// All options, in the order of the help. An entry gives what differs from its group.
pub static FLAGS: [Flag; OPTION_COUNT] = [
    Flag {
        id: OptionId::Hostname,
        long: "hostname",
        short: Some('H'),
        value: value("HOST", "a name, an IPv4 address or an IPv6 address"),
        default: Some("localhost"),
        help: "name, IPv4 address, or IPv6 address, bare or in [], its zone allowed",
        scope: Scope::Target,
        ..TARGET
    },
    Flag {
        id: OptionId::Port,
        long: "port",
        short: Some('p'),
        value: value("PORT", "a number from 1 to 65535"),
        help: "1 to 65535; required unless --service, -U or the line of a list gives it",
        ..TARGET
    },
    Flag {
        id: OptionId::UnixSock,
        long: "unix-sock",
        short: Some('U'),
        value: value_of(File, "PATH", "the path of a Unix stream socket"),
        help: "path of a Unix stream socket, in place of host and port; @name is an abstract one",
        scope: Scope::Target,
        ..TARGET
    },
    Flag {
        id: OptionId::Service,
        long: "service",
        value: value_of(Preset, "NAME", "the name of a preset"),
        help: "preset (below), in any case, for what the other options leave unset",
        ..TARGET
    },
    Flag {
        id: OptionId::UseIpv4,
        long: "use-ipv4",
        short: Some('4'),
        help: "IPv4 addresses only",
        ..TARGET
    },
    Flag {
        id: OptionId::UseIpv6,
        long: "use-ipv6",
        short: Some('6'),
        help: "IPv6 addresses only",
        ..TARGET
    },
    Flag {
        id: OptionId::Send,
        long: "send",
        short: Some('s'),
        value: value("TEXT", "the bytes to send"),
        help: "send TEXT as soon as the connection is up, byte for byte",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::ExpectPattern,
        long: "expect-pattern",
        short: Some('e'),
        value: value("REGEX", "a regular expression in the syntax of Go"),
        help: "regular expression (Go syntax) that the reply must match; without it nothing is read",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Quit,
        long: "quit",
        short: Some('q'),
        value: value("TEXT", "the bytes to send"),
        help: "send TEXT before closing the connection; CR LF is added unless -E is given",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Escape,
        long: "escape",
        short: Some('E'),
        help: r"\n, \r, \t, \\ and \xHH (a byte) are escapes in -s and -q, wherever they stand",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Delay,
        long: "delay",
        short: Some('d'),
        value: value("DURATION", DURATION),
        default: Some("0"),
        help: "pause between sending and reading, or before closing where nothing is read",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Maxbytes,
        long: "maxbytes",
        short: Some('m'),
        value: value("BYTES", "a number of bytes, 0 for no limit"),
        default: Some("no limit"),
        help: "stop reading after this many bytes of the reply; 0 is no limit",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Idle,
        long: "idle",
        value: value("DURATION", DURATION),
        default: Some("none"),
        help: "end the reply, once it has begun, after a silence so long; 0 is none",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Step,
        long: "step",
        value: value("STEP", "a step, such as 'expect ^220'"),
        help: "a step in place of -s, -d and -e; may be repeated: send TEXT, delay DURATION, expect REGEX, expect-bytes TEXT, starttls",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Steps,
        long: "steps",
        value: value_of(File, "FILE", "a file of steps"),
        help: "steps of a file, one on each line; # begins a comment",
        ..DIALOGUE
    },
    Flag {
        id: OptionId::Ssl,
        long: "ssl",
        short: Some('S'),
        help: "TLS from the first byte; the certificate is verified",
        ..TLS
    },
    Flag {
        id: OptionId::Starttls,
        long: "starttls",
        value: value_of(Word, "PROTOCOL", STARTTLS),
        help: "TLS by the protocol's own means; -s and -e are under TLS: smtp, lmtp, imap, pop3, ftp, nntp, sieve, xmpp, xmpp-server, irc, ldap, postgres, mysql",
        ..TLS
    },
    Flag {
        id: OptionId::Sni,
        long: "sni",
        value: value("NAME", "a DNS name or an IP address"),
        default: Some("the host"),
        help: "name to send and to verify; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::NoCheckCertificate,
        long: "no-check-certificate",
        help: "accept any certificate; its signature is not checked either",
        ..TLS
    },
    Flag {
        id: OptionId::CaFile,
        long: "ca-file",
        value: value_of(File, "FILE", "a file of certificates in PEM"),
        default: Some("the system's store"),
        help: "certificates in PEM to trust in place of the system's store; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::Expiry,
        long: "expiry",
        value: value("WARN[,CRIT]", PERIODS),
        default: Some("none"),
        help: "WARNING or CRITICAL if the certificate path ends in less than so many days, or a duration; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::Fingerprint,
        long: "fingerprint",
        value: value("HEX", FINGERPRINTS),
        help: "SHA-256 of the only certificates that are accepted, whoever issued them; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::ClientCert,
        long: "client-cert",
        value: value_of(File, "FILE", "a file of certificates in PEM"),
        help: "certificate in PEM for servers that ask for one; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::ClientKey,
        long: "client-key",
        value: value_of(File, "FILE", "a file with a key in PEM"),
        default: Some("in --client-cert"),
        help: "its key in PEM: PKCS #8, PKCS #1 or SEC1, not encrypted; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::TlsMin,
        long: "tls-min",
        value: value_of(Word, "VERSION", "1.2 or 1.3"),
        default: Some("1.2"),
        help: "oldest version of TLS that is offered; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::TlsMax,
        long: "tls-max",
        value: value_of(Word, "VERSION", "1.2 or 1.3"),
        default: Some("1.3"),
        help: "newest version of TLS that is offered; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::Alpn,
        long: "alpn",
        value: value(
            "NAME[,NAME]",
            "names of protocols of 1 to 255 bytes, such as h2,http/1.1",
        ),
        help: "protocols to offer by ALPN, in this order; implies TLS",
        ..TLS
    },
    Flag {
        id: OptionId::Timeout,
        long: "timeout",
        short: Some('t'),
        value: value(
            "DURATION",
            "a duration above 0 up to 366 days, such as 3, 0.25 or 1m 30s",
        ),
        default: Some("10 s"),
        help: "limit on the whole check; -d comes on top",
        ..VERDICT
    },
    Flag {
        id: OptionId::Warning,
        long: "warning",
        short: Some('w'),
        value: value("DURATION", DURATION),
        default: Some("none"),
        help: "WARNING if the response time is greater; 0 is none",
        ..VERDICT
    },
    Flag {
        id: OptionId::Critical,
        long: "critical",
        short: Some('c'),
        value: value("DURATION", DURATION),
        default: Some("none"),
        help: "CRITICAL if the response time is greater; 0 is none",
        ..VERDICT
    },
    Flag {
        id: OptionId::ErrorWarning,
        long: "error-warning",
        short: Some('W'),
        help: "WARNING instead of CRITICAL for an error, an unexpected reply or an open port; -c still gives CRITICAL",
        ..VERDICT
    },
    Flag {
        id: OptionId::ExpectClosed,
        long: "expect-closed",
        short: Some('C'),
        help: "OK if nothing listens; connects only: no TLS, no send, no read",
        ..VERDICT
    },
    Flag {
        id: OptionId::StatusAs,
        long: "status-as",
        value: value_of(StatusMap, "MAP", status_as::EXPECTED),
        help: "replace the final status of a check by its reason or status, as in \
               refused=ok,critical=warning; a reason (docs/verdicts.md) comes first",
        ..VERDICT
    },
    Flag {
        id: OptionId::Targets,
        long: "targets",
        short: Some('f'),
        value: value_of(File, "FILE", "the file of a list, or - for standard input"),
        help: "check every target of a list (below); - is standard input",
        ..LIST
    },
    Flag {
        id: OptionId::Parallel,
        long: "parallel",
        value: value("N", "a number of checks from 1 to 1000000"),
        default: Some("512"),
        help: "largest number of checks in flight",
        ..LIST
    },
    Flag {
        id: OptionId::Lookups,
        long: "lookups",
        value: value("N", "a number of names from 1 to 1024"),
        default: Some("64"),
        help: "largest number of names looked up at a time",
        ..LIST
    },
    Flag {
        id: OptionId::Rate,
        long: "rate",
        value: value(
            "N",
            "a number of checks a second from 0.000001 to 1000000000, or 0 for no limit",
        ),
        default: Some("no limit"),
        help: "largest number of checks started in a second, evenly spread; 0 is no limit",
        ..LIST
    },
    Flag {
        id: OptionId::Shard,
        long: "shard",
        value: value("K/N", "a part of a list, from 1/N to N/N"),
        default: Some("1/1"),
        help: "check the K-th of every N lines that ask for a check, so that N machines share a list",
        ..LIST
    },
    Flag {
        id: OptionId::Summary,
        long: "summary",
        help: "one status for the whole list, and a line for each target that is not OK",
        ..LIST
    },
    Flag {
        id: OptionId::SummaryBytes,
        long: "summary-bytes",
        value: value("N", "a number of bytes from 64 to 1048576"),
        default: Some("8192"),
        help: "largest size of a summary; what does not fit is counted",
        ..LIST
    },
    Flag {
        id: OptionId::NoProgress,
        long: "no-progress",
        help: "do not show progress on the terminal",
        ..LIST
    },
    Flag {
        id: OptionId::Name,
        long: "name",
        value: value("LABEL", "a name for the target"),
        default: Some("the target"),
        help: "name of the target in the output of a list, and in JSON",
        scope: Scope::Check,
        ..OUTPUT
    },
    Flag {
        id: OptionId::Perfdata,
        long: "perfdata",
        help: "append performance data: a bar and time=0.012345s;W;C;0;T",
        scope: Scope::Check,
        ..OUTPUT
    },
    Flag {
        id: OptionId::Format,
        long: "format",
        value: value_of(Word, "FORMAT", "text, json or prometheus"),
        default: Some("text"),
        help: "a line (text) or an object (json) for each target, or samples at the end (prometheus)",
        ..OUTPUT
    },
    Flag {
        id: OptionId::Output,
        long: "output",
        value: value_of(File, "FILE", "the file that takes the output"),
        default: Some("standard output"),
        help: "file that the output replaces as a whole, once it is complete",
        ..OUTPUT
    },
    Flag {
        id: OptionId::Quiet,
        long: "quiet",
        help: "print nothing of what is OK, and no closing sentence",
        ..OUTPUT
    },
    Flag {
        id: OptionId::Generate,
        long: "generate",
        value: value_of(Word, "WHAT", "man, bash, zsh or fish"),
        help: "print the man page, or the completions of a shell: man, bash, zsh, fish",
        ..OUTPUT
    },
    Flag {
        id: OptionId::Help,
        long: "help",
        short: Some('h'),
        help: "print this help and exit with 3",
        ..OUTPUT
    },
    Flag {
        id: OptionId::Version,
        long: "version",
        short: Some('V'),
        help: "print the version and exit with 3",
        ..OUTPUT
    },
];

#[cfg(test)]
mod tests;
