//! The values that bytes stand for where few values matter.

use check_tcp::status::Status;
use rustix::io::Errno;
use std::time::Duration;

/// The text that is sent repeatedly: nothing that could come up in a stream under TLS by chance.
pub const SEND: &[u8] = b"EHLO check.example\r\n";
/// The same for the goodbye.
pub const QUIT: &[u8] = b"QUIT of the check\r\n";

/// Those of the presets, and some that try each its own room of the matcher.
pub const PATTERNS: [&str; 24] = [
    r"^(?:220-.*\n)*220(?: .*)?\r?\n",
    r"^\+OK.*\n",
    r"(?i)^\* (?:OK|PREAUTH).*\n",
    r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
    "SSH_9",
    "^(a|b)*c",
    "x",
    "^$",
    "",
    "ready$",
    r"\Aready\z",
    r"\bOK\b",
    r"\B",
    ".",
    "^.{3}$",
    "^€[0-9]{2}",
    "[^a]",
    r"^(?P<code>\d+)[ -](?P<rest>.*)",
    r"(?P<word>\w+)$",
    r"^\x00\x01",
    "^(?s:.){1000}",
    concat!(
        r"^220(?:-.*\n",
        r"(?:(?:[^45\n].*|[45](?:[^0-5\n].*|[0-5](?:[^0-9\n].*|[0-9][^ \r\n].*)?)?)?\n)*",
        r"220)?(?: .*)?\r?\n"
    ),
    r"[\x{80}-\x{10FFFF}]",
    "^a{1000}b",
];

const SPANS: [Duration; 24] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_micros(1),
    Duration::from_micros(999),
    Duration::from_millis(1),
    Duration::from_millis(2),
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_millis(199),
    Duration::from_millis(200),
    Duration::from_millis(201),
    Duration::from_millis(249),
    Duration::from_millis(250),
    Duration::from_millis(251),
    Duration::from_millis(500),
    Duration::from_millis(700),
    Duration::from_secs(1),
    Duration::from_nanos(1_999_999_999),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_nanos(9_999_999_999),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// The outcomes of an attempt or a stream; `EAGAIN` and `EINTR` are no ends.
const ERRNOS: [Errno; 20] = [
    Errno::CONNREFUSED,
    Errno::CONNRESET,
    Errno::PIPE,
    Errno::HOSTUNREACH,
    Errno::NETUNREACH,
    Errno::TIMEDOUT,
    Errno::MFILE,
    Errno::NFILE,
    Errno::NOBUFS,
    Errno::NOMEM,
    Errno::ADDRNOTAVAIL,
    Errno::ACCESS,
    Errno::PERM,
    Errno::AFNOSUPPORT,
    Errno::PROTOTYPE,
    Errno::NOENT,
    Errno::NOTDIR,
    Errno::CONNABORTED,
    Errno::INVAL,
    Errno::IO,
];

/// A span of the table, and behind it tens of milliseconds.
pub fn span(n: u8) -> Duration {
    let n = usize::from(n);
    let more = || Duration::from_millis(10 * (n - SPANS.len()) as u64);
    SPANS.get(n).copied().unwrap_or_else(more)
}

/// An error of the system.
pub fn errno(n: u8) -> Errno {
    ERRNOS[usize::from(n) % ERRNOS.len()]
}

/// A status.
pub fn status(n: u8) -> Status {
    [
        Status::Ok,
        Status::Warning,
        Status::Critical,
        Status::Unknown,
    ][usize::from(n) % 4]
}
