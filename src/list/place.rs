//! Targets as a list writes them.

use crate::target::{Target, TargetError};
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::net::Ipv6Addr;
use std::num::NonZeroU16;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What a list takes for a target, as a usage error says it.
const SYNTAX: &str = "HOST, HOST:PORT, an IPv6 address, [IPV6]:PORT or unix:/PATH";

/// The first word of a line: who is asked, as far as the word tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// `host`, `host:port`, an IPv6 address (its zone allowed) bare or in `[]`, or `[v6]:port`.
    Host {
        /// The host as written, brackets included.
        host: &'a str,
        /// The port that stands with it.
        port: Option<u16>,
    },
    /// `unix:/path`, or `unix:@name` for one of Linux' abstract names.
    Socket(&'a Path),
}

/// Why a word is not a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// An option stands where the target belongs.
    Option,
    /// Nothing between quotes.
    Empty,
    /// A port without a host.
    NoHost,
    /// A colon without a port.
    NoPort,
    /// A port that is not a number from 1 to 65535.
    BadPort,
    /// Something other than a port behind `[...]`.
    BehindBracket,
    /// More than one colon, and yet no IPv6 address.
    Colons,
    /// Neither the target nor an option gives a port.
    PortMissing,
    /// What [`Target`] says of the host or path.
    Target(TargetError),
}

impl<'a> Place<'a> {
    /// One colon parts a host from its port; more make an IPv6 address. `unix:` begins a socket
    /// where `/` or `@` follows, else it is the host of that name.
    ///
    /// # Errors
    /// A word that is no target whatever the options say.
    pub fn parse(word: &'a [u8]) -> Result<Self, PlaceError> {
        match word {
            [] => return Err(PlaceError::Empty),
            [b'-', ..] => return Err(PlaceError::Option),
            [b'u', b'n', b'i', b'x', b':', path @ ..] if matches!(path, [b'/' | b'@', ..]) => {
                return Ok(Self::Socket(Path::new(OsStr::from_bytes(path))));
            }
            _ => {}
        }
        let text = str::from_utf8(word).map_err(|_| TargetError::NotText)?;
        let (host, port) = match text.strip_prefix('[') {
            Some(inner) => bracketed(text, inner)?,
            None => match text.split_once(':') {
                Some((_, rest)) if rest.contains(':') => {
                    (v6(text).ok_or(PlaceError::Colons)?, None)
                }
                Some(("", _)) => return Err(PlaceError::NoHost),
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = port.map(number).transpose()?;
        Ok(Self::Host { host, port })
    }

    /// The target, with `port` where the place has none. A socket takes no port.
    ///
    /// # Errors
    /// No port at all, or what [`Target`] does not take.
    pub fn target(self, port: Option<u16>) -> Result<Target, PlaceError> {
        match self {
            Self::Host { host, port: own } => {
                let port = own.or(port).ok_or(PlaceError::PortMissing)?;
                Ok(Target::host(host, port)?)
            }
            Self::Socket(path) => Ok(Target::socket(path)?),
        }
    }
}

impl From<TargetError> for PlaceError {
    fn from(error: TargetError) -> Self {
        Self::Target(error)
    }
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason: &dyn fmt::Display = match self {
            Self::Option => return f.write_str("an option; the target comes first on a line"),
            Self::PortMissing => {
                return f.write_str("its port is missing; takes HOST:PORT, --port or --service");
            }
            Self::Empty => &"it is empty",
            Self::NoHost => &"there is no host before the port",
            Self::NoPort => &"there is no port behind the colon",
            Self::BadPort => &"the port is no number from 1 to 65535",
            Self::BehindBracket => &"only a colon and a port may stand behind the bracket",
            Self::Colons => &"with more than one colon it must be an IPv6 address",
            Self::Target(error) => error,
        };
        write!(f, "takes {SYNTAX}: {reason}")
    }
}

impl Error for PlaceError {}

/// The host and the port of `[v6]` and `[v6]:port`; `inner` is `text` without its bracket.
fn bracketed<'a>(text: &'a str, inner: &'a str) -> Result<(&'a str, Option<&'a str>), PlaceError> {
    let Some((address, behind)) = inner.split_once(']') else {
        return Err(TargetError::Brackets.into());
    };
    v6(address).ok_or(TargetError::Brackets)?;
    let host = text.strip_suffix(behind).unwrap_or(text);
    match behind.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if behind.is_empty() => Ok((host, None)),
        None => Err(PlaceError::BehindBracket),
    }
}

/// The text, if it is an IPv6 address. Its zone is looked at by [`Target::host`].
fn v6(text: &str) -> Option<&str> {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    address.parse::<Ipv6Addr>().ok().map(|_| text)
}

fn number(port: &str) -> Result<u16, PlaceError> {
    if port.is_empty() {
        return Err(PlaceError::NoPort);
    }
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|_| digits);
    port.map(NonZeroU16::get).ok_or(PlaceError::BadPort)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::LONGEST_PATH;

    fn host(host: &str, port: Option<u16>) -> Result<Place<'_>, PlaceError> {
        Ok(Place::Host { host, port })
    }

    #[test]
    fn every_way_to_write_a_target() {
        for (word, place) in [
            ("mx.example", host("mx.example", None)),
            ("mx.example:25", host("mx.example", Some(25))),
            ("mx.example:65535", host("mx.example", Some(65535))),
            ("mx.example:0025", host("mx.example", Some(25))),
            ("192.0.2.1", host("192.0.2.1", None)),
            ("192.0.2.1:1", host("192.0.2.1", Some(1))),
            ("münchen.example:80", host("münchen.example", Some(80))),
            ("a b:80", host("a b", Some(80))),
            ("2001:db8::25", host("2001:db8::25", None)),
            ("::", host("::", None)),
            ("::ffff:192.0.2.1", host("::ffff:192.0.2.1", None)),
            ("fe80::1%eth0", host("fe80::1%eth0", None)),
            ("fe80::1%eth0:1", host("fe80::1%eth0:1", None)),
            ("[::1]", host("[::1]", None)),
            ("[::1]:25", host("[::1]", Some(25))),
            ("[fe80::1%eth0]:25", host("[fe80::1%eth0]", Some(25))),
            ("unix:/run/a b", Ok(Place::Socket("/run/a b".as_ref()))),
            ("unix:/run/a:80", Ok(Place::Socket("/run/a:80".as_ref()))),
            ("unix:@name", Ok(Place::Socket("@name".as_ref()))),
            ("unix:@", Ok(Place::Socket("@".as_ref()))),
            ("unix", host("unix", None)),
            ("unix:80", host("unix", Some(80))),
            ("Unix:80", host("Unix", Some(80))),
            ("/run/socket", host("/run/socket", None)),
            ("@name", host("@name", None)),
        ] {
            assert_eq!(Place::parse(word.as_bytes()), place, "{word}");
        }
        let path = OsStr::from_bytes(b"/\xff");
        assert_eq!(
            Place::parse(b"unix:/\xff"),
            Ok(Place::Socket(path.as_ref()))
        );
    }

    #[test]
    fn what_is_no_target() {
        use PlaceError::*;
        let brackets = Target(TargetError::Brackets);
        let not_text = Target(TargetError::NotText);
        for (word, error) in [
            (&b""[..], Empty),
            (b"-", Option),
            (b"-p", Option),
            (b"--name=x", Option),
            (b":", NoHost),
            (b":80", NoHost),
            (b"a:", NoPort),
            (b"unix:", NoPort),
            (b"[::1]:", NoPort),
            (b"a:0", BadPort),
            (b"a:65536", BadPort),
            (b"a:99999999999999999999", BadPort),
            (b"a:+80", BadPort),
            (b"a:-80", BadPort),
            (b"a: 80", BadPort),
            (b"a:80 ", BadPort),
            (b"a:http", BadPort),
            (b"unix:run/socket", BadPort),
            (b"http://a/", BadPort),
            ("a:\u{661}".as_bytes(), BadPort),
            (b"[::1]:80:90", BadPort),
            (b"a:80:90", Colons),
            (b"::1:http", Colons),
            (b"1:2:3", Colons),
            (b"::1]", Colons),
            (b"::1]:80", Colons),
            (b"https://a:443/", Colons),
            (b"192.0.2.1::", Colons),
            (b"[", brackets),
            (b"[]", brackets),
            (b"[]:80", brackets),
            (b"[::1", brackets),
            (b"[::1:80", brackets),
            (b"[a]:80", brackets),
            (b"[192.0.2.1]:80", brackets),
            (b"[[::1]]:80", brackets),
            (b"[::1]x", BehindBracket),
            (b"[::1]]", BehindBracket),
            (b"[::1]80", BehindBracket),
            (b"[::1] :80", BehindBracket),
            (b"a\xff:80", not_text),
            (b"[::1]:8\xff", not_text),
        ] {
            assert_eq!(Place::parse(word), Err(error), "{}", word.escape_ascii());
        }
    }

    #[test]
    fn the_port_of_a_target_comes_before_that_of_an_option() {
        let target = |word: &'static str, port| Place::parse(word.as_bytes())?.target(port);
        for (word, port, host, wanted) in [
            ("192.0.2.1:25", Some(80), "192.0.2.1", 25),
            ("192.0.2.1:25", None, "192.0.2.1", 25),
            ("192.0.2.1", Some(80), "192.0.2.1", 80),
            ("mx.example", Some(80), "mx.example", 80),
            ("[::1]:25", Some(80), "[::1]", 25),
            ("[::1]", Some(80), "[::1]", 80),
            ("::1", Some(80), "::1", 80),
        ] {
            let wanted = Target::host(host, wanted).map_err(PlaceError::Target);
            assert_eq!(target(word, port), wanted, "{word}");
        }
        for word in ["mx.example", "192.0.2.1", "::1", "[::1]"] {
            assert_eq!(target(word, None), Err(PlaceError::PortMissing), "{word}");
        }
        for port in [None, Some(80)] {
            assert_eq!(target("unix:/s", port), Ok(Target::Socket("/s".into())));
        }
    }

    #[test]
    fn what_a_target_can_not_be_is_told_as_on_the_command_line() {
        let long = format!("unix:/{}", "x".repeat(LONGEST_PATH));
        for (word, error) in [
            ("fe80::1%no-such-if0", TargetError::Zone),
            ("[fe80::1%no-such-if0]:80", TargetError::Zone),
            ("a\0b:80", TargetError::NotText),
            ("unix:/a\0b", TargetError::NotText),
            ("unix:@", TargetError::NoName),
            (&long, TargetError::PathTooLong),
        ] {
            let target = Place::parse(word.as_bytes()).and_then(|place| place.target(Some(80)));
            assert_eq!(target, Err(PlaceError::Target(error)), "{word}");
        }
    }
}
