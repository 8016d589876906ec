//! Targets as a list writes them.

use crate::host::{self, Host, HostError};
use crate::target::{Target, TargetError};
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
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
        /// The host; as written it has its brackets.
        host: Host<'a>,
        /// The port that stands with it.
        port: Option<u16>,
    },
    /// `unix:/path`, or `unix:@name` for one of Linux' abstract names.
    Socket(&'a Path),
}

/// Why a word is not a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// An option stands where the target belongs.
    Option,
    /// Dashes alone, as a list in YAML or Markdown has them.
    Dash,
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
            [b'-', rest @ ..] => {
                return Err(match rest.iter().all(|&byte| byte == b'-') {
                    true => PlaceError::Dash,
                    false => PlaceError::Option,
                });
            }
            [b'u', b'n', b'i', b'x', b':', path @ ..] if matches!(path, [b'/' | b'@', ..]) => {
                return Ok(Self::Socket(Path::new(OsStr::from_bytes(path))));
            }
            _ => {}
        }
        let text = str::from_utf8(word).map_err(|_| TargetError::NotText)?;
        host::check_whole(text)?;
        let (host, behind) = split(text);
        if host.is_empty() {
            return Err(PlaceError::NoHost);
        }
        let host = Host::parse(host)?;
        let port = match behind.strip_prefix(':') {
            Some(port) => Some(number(port)?),
            None if behind.is_empty() => None,
            None => return Err(PlaceError::BehindBracket),
        };
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
                Ok(Target::of(host, port))
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

impl From<HostError> for PlaceError {
    fn from(error: HostError) -> Self {
        Self::Target(error.into())
    }
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason: &dyn fmt::Display = match self {
            Self::Option => return f.write_str("an option; the target comes first on a line"),
            Self::PortMissing => {
                return f.write_str("its port is missing; takes HOST:PORT, --port or --service");
            }
            Self::Dash => &"no dash stands before a host; write a line a host, HOST or HOST:PORT",
            Self::Empty => &"it is empty",
            Self::NoHost => &"there is no host before the port",
            Self::NoPort => &"there is no port behind the colon",
            Self::BadPort => &"the port is no number from 1 to 65535",
            Self::BehindBracket => &"only a colon and a port may stand behind the bracket",
            Self::Target(error) => error,
        };
        write!(f, "takes {SYNTAX}: {reason}")
    }
}

impl Error for PlaceError {}

/// The host, and what stands behind it.
fn split(text: &str) -> (&str, &str) {
    let end = match text.split_once(':') {
        _ if text.starts_with('[') => text.find(']').map(|end| end + 1),
        Some((host, port)) if !port.contains(':') => Some(host.len()),
        _ => None,
    };
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
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
        let host = Host::parse(host)?;
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
            ("2001:db8::25", host("2001:db8::25", None)),
            ("::", host("::", None)),
            ("::ffff:192.0.2.1", host("::ffff:192.0.2.1", None)),
            ("fe80::1%2", host("fe80::1%2", None)),
            ("[::1]", host("[::1]", None)),
            ("[::1]:25", host("[::1]", Some(25))),
            ("[fe80::1%2]:25", host("[fe80::1%2]", Some(25))),
            ("unix:/run/a b", Ok(Place::Socket("/run/a b".as_ref()))),
            ("unix:/run/a:80", Ok(Place::Socket("/run/a:80".as_ref()))),
            ("unix:@name", Ok(Place::Socket("@name".as_ref()))),
            ("unix:@", Ok(Place::Socket("@".as_ref()))),
            ("unix", host("unix", None)),
            ("unix:80", host("unix", Some(80))),
            ("Unix:80", host("Unix", Some(80))),
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
        use PlaceError::{BadPort, BehindBracket, Dash, Empty, NoHost, NoPort, Option, Target};
        let of_host = |error: HostError| PlaceError::from(error);
        let brackets = of_host(HostError::Brackets);
        let colons = of_host(HostError::Colons);
        let blank = of_host(HostError::Unseen(' '));
        let url = of_host(HostError::Url);
        let not_text = Target(TargetError::NotText);
        for (word, error) in [
            (&b""[..], Empty),
            (b"-", Dash),
            (b"---", Dash),
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
            (b"a: 80", blank.clone()),
            (b"a:80 ", blank.clone()),
            (b"a:http", BadPort),
            (b"unix:run/socket", BadPort),
            (b"http://a/", url.clone()),
            ("a:\u{661}".as_bytes(), BadPort),
            (b"[::1]:80:90", BadPort),
            (b"a:80:90", colons.clone()),
            (b"::1:http", colons.clone()),
            (b"1:2:3", colons.clone()),
            (b"::1]", colons.clone()),
            (b"::1]:80", colons.clone()),
            (b"https://a:443/", url.clone()),
            (b"192.0.2.1::", colons.clone()),
            (b"[", brackets.clone()),
            (b"[]", brackets.clone()),
            (b"[]:80", brackets.clone()),
            (b"[::1", brackets.clone()),
            (b"[::1:80", brackets.clone()),
            (b"[a]:80", brackets.clone()),
            (b"[192.0.2.1]:80", brackets.clone()),
            (b"[[::1]]:80", brackets.clone()),
            (b"[::1]x", BehindBracket),
            (b"[::1]]", BehindBracket),
            (b"[::1]80", BehindBracket),
            (b"a b:80", blank.clone()),
            (b"a:80\xc2\xa0-w", of_host(HostError::Unseen('\u{a0}'))),
            (b"\xef\xbb\xbfa:80", of_host(HostError::Unseen('\u{feff}'))),
            (b"/run/socket", of_host(HostError::Path)),
            (b"@name", of_host(HostError::User(Some("name".into())))),
            (b"10.0.0.1/25", of_host(HostError::Slash)),
            (b"10.0.0.1,mx,smtp,25", of_host(HostError::Character(','))),
            (b"{host:mx,port:25}", of_host(HostError::Character('{'))),
            (b"[{host:", of_host(HostError::Character('{'))),
            (b"127.1:80", of_host(HostError::Number)),
            (b"[::1] :80", blank.clone()),
            (b"a\xff:80", not_text.clone()),
            (b"[::1]:8\xff", not_text.clone()),
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
            ("fe80::1%no-such-if0", HostError::Zone.into()),
            ("[fe80::1%no-such-if0]:80", HostError::Zone.into()),
            ("unix:/a\0b", TargetError::NotText),
            ("unix:@", TargetError::NoName),
            (&long, TargetError::PathTooLong),
        ] {
            let target = Place::parse(word.as_bytes()).and_then(|place| place.target(Some(80)));
            assert_eq!(target, Err(PlaceError::Target(error)), "{word}");
        }
    }
}
