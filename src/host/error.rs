//! Errors in a host.

use super::{LONGEST_LABEL, LONGEST_NAME};
use std::error::Error;
use std::fmt;
use std::num::NonZeroU16;

/// The error of a text that is no host. Its message suggests what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// Brackets that do not hold an IPv6 address.
    Brackets,
    /// A zone that names no interface of this machine.
    Zone,
    /// White space, a control or a format character.
    Unseen(char),
    /// A dash at the beginning.
    Dash,
    /// A URL.
    Url,
    /// A path.
    Path,
    /// A slash: a network, or a path behind a host.
    Slash,
    /// A user before an `@`; the host behind it, if it is valid.
    User(Option<Box<str>>),
    /// A port behind a colon; the host and the port, if they are valid.
    Port(Option<(Box<str>, NonZeroU16)>),
    /// More than one colon, but no IPv6 address.
    Colons,
    /// Any other character that no name has: there are several hosts, or the text is a piece of a
    /// table, of JSON, of a configuration.
    Character(char),
    /// A range of addresses.
    Range,
    /// A dot at the beginning, or two together.
    Dots,
    /// A name or a part of one that is longer than DNS has it.
    TooLong,
    /// A number in the place of a top-level domain, but not a complete IPv4 address.
    Number,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = match self {
            Self::Brackets => {
                "the brackets do not hold an IPv6 address; write any other host without them"
            }
            Self::Zone => "the zone is no interface of this machine",
            Self::Unseen(' ') => "no host has a blank in it; write the host alone",
            Self::Unseen('\r') => {
                "it contains a carriage return; remove it: lines of a list end with LF or CR LF"
            }
            Self::Unseen(c) => {
                return write!(
                    f,
                    "it contains {}, white space or an invisible character; remove it",
                    c.escape_unicode()
                );
            }
            Self::Dash => "no host begins with a dash; an option is in the place of the host",
            Self::Url => "it is a URL; write its host alone, and its port with -p",
            Self::Path => "it is a path; write -U PATH, on a line of a list unix:PATH",
            Self::Slash => {
                "no host has a / in it; write the host alone, its port with -p, \
                 and a network as one address per line of a list"
            }
            Self::User(Some(host)) => {
                return write!(f, "a host has no user; write the host alone, {host}");
            }
            Self::User(None) => "no host has an @ in it; write the host alone",
            Self::Port(Some((host, port))) => return write!(f, "write -H {host} -p {port}"),
            Self::Port(None) => "no host has a colon in it; write the host alone, its port with -p",
            Self::Colons => "with more than one colon it must be an IPv6 address",
            Self::Character(c) => {
                match c {
                    ',' => f.write_str("no host has a comma in it")?,
                    c => write!(f, "no host has a {c} in it")?,
                }
                "; write the host alone, in a list one target per line, HOST or HOST:PORT"
            }
            Self::Range => "it is a range; write each address on a line of a list",
            Self::Dots => "no name begins with a dot, or has two of them together",
            Self::TooLong => {
                return write!(
                    f,
                    "no name is longer than {LONGEST_NAME} bytes, \
                     or than {LONGEST_LABEL} between two dots"
                );
            }
            Self::Number => {
                "no name ends in a number, and resolvers read such an address in different ways; \
                 write four numbers from 0 to 255, without zeros before them, such as 127.0.0.1"
            }
        };
        f.write_str(message)
    }
}

impl Error for HostError {}
