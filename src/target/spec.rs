//! The grammar of targets in a list.

use super::{Target, TargetError};
use crate::host::{self, Host};
use std::ffi::OsStr;
use std::num::NonZeroU16;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A target as the first word of a list's line has it, with or without a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetSpec<'a> {
    /// `host`, `host:port`, an IPv6 address (its zone allowed) bare or in `[]`, or `[v6]:port`.
    Host {
        /// The host; as written it has its brackets.
        host: Host<'a>,
        /// The port behind it, if any.
        port: Option<u16>,
    },
    /// `unix:/path`, or `unix:@name` for one of Linux' abstract names.
    Socket(&'a Path),
}

impl<'a> TargetSpec<'a> {
    /// Parses a word. One colon separates a host from its port; more make an IPv6 address. `unix:`
    /// begins a socket where `/` or `@` follows, and is the host of that name otherwise.
    ///
    /// # Errors
    /// The word is no target, whatever the options are.
    pub fn parse(word: &'a [u8]) -> Result<Self, TargetError> {
        match word {
            [] => return Err(TargetError::Empty),
            [b'-', rest @ ..] => {
                return Err(match rest.iter().all(|&byte| byte == b'-') {
                    true => TargetError::Dash,
                    false => TargetError::Option,
                });
            }
            [b'u', b'n', b'i', b'x', b':', path @ ..] if matches!(path, [b'/' | b'@', ..]) => {
                return Ok(Self::Socket(Path::new(OsStr::from_bytes(path))));
            }
            _ => {}
        }
        let text = str::from_utf8(word).map_err(|_| TargetError::NotText)?;
        host::check_text(text)?;
        let (host, behind) = split_host(text);
        if host.is_empty() {
            return Err(TargetError::NoHost);
        }
        let host = Host::parse(host)?;
        let port = match behind.strip_prefix(':') {
            Some(port) => Some(parse_port(port)?),
            None if behind.is_empty() => None,
            None => return Err(TargetError::BehindBracket),
        };
        Ok(Self::Host { host, port })
    }

    /// The target, with `default_port` where the word has none. A socket takes no port.
    ///
    /// # Errors
    /// There is no port at all, or the path of the socket is invalid.
    pub fn target(self, default_port: Option<u16>) -> Result<Target, TargetError> {
        match self {
            Self::Host { host, port } => {
                let port = port.or(default_port).ok_or(TargetError::PortMissing)?;
                Ok(Target::from_host(host, port))
            }
            Self::Socket(path) => Target::socket(path),
        }
    }
}

/// Splits a word into the host and the rest, which begins at the colon or behind the bracket.
fn split_host(text: &str) -> (&str, &str) {
    let end = match text.split_once(':') {
        _ if text.starts_with('[') => text.find(']').map(|end| end + 1),
        Some((host, port)) if !port.contains(':') => Some(host.len()),
        _ => None,
    };
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

fn parse_port(port: &str) -> Result<u16, TargetError> {
    if port.is_empty() {
        return Err(TargetError::NoPort);
    }
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|_| digits);
    port.map(NonZeroU16::get).ok_or(TargetError::BadPort)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::HostError;
    use crate::target::LONGEST_PATH;

    fn host(host: &str, port: Option<u16>) -> Result<TargetSpec<'_>, TargetError> {
        let host = Host::parse(host)?;
        Ok(TargetSpec::Host { host, port })
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
            ("unix:/run/a b", Ok(TargetSpec::Socket("/run/a b".as_ref()))),
            (
                "unix:/run/a:80",
                Ok(TargetSpec::Socket("/run/a:80".as_ref())),
            ),
            ("unix:@name", Ok(TargetSpec::Socket("@name".as_ref()))),
            ("unix:@", Ok(TargetSpec::Socket("@".as_ref()))),
            ("unix", host("unix", None)),
            ("unix:80", host("unix", Some(80))),
            ("Unix:80", host("Unix", Some(80))),
        ] {
            assert_eq!(TargetSpec::parse(word.as_bytes()), place, "{word}");
        }
        let path = OsStr::from_bytes(b"/\xff");
        assert_eq!(
            TargetSpec::parse(b"unix:/\xff"),
            Ok(TargetSpec::Socket(path.as_ref()))
        );
    }

    #[test]
    fn a_word_that_is_no_target_is_an_error() {
        use TargetError::{BadPort, BehindBracket, Dash, Empty, NoHost, NoPort, NotText, Option};
        let of_host = |error: HostError| TargetError::from(error);
        let brackets = of_host(HostError::Brackets);
        let colons = of_host(HostError::Colons);
        let blank = of_host(HostError::Unseen(' '));
        let url = of_host(HostError::Url);
        let not_text = NotText;
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
            (b"https://a:443/", url),
            (b"192.0.2.1::", colons),
            (b"[", brackets.clone()),
            (b"[]", brackets.clone()),
            (b"[]:80", brackets.clone()),
            (b"[::1", brackets.clone()),
            (b"[::1:80", brackets.clone()),
            (b"[a]:80", brackets.clone()),
            (b"[192.0.2.1]:80", brackets.clone()),
            (b"[[::1]]:80", brackets),
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
            (b"[::1] :80", blank),
            (b"a\xff:80", not_text.clone()),
            (b"[::1]:8\xff", not_text),
        ] {
            assert_eq!(
                TargetSpec::parse(word),
                Err(error),
                "{}",
                word.escape_ascii()
            );
        }
    }

    #[test]
    fn the_port_of_a_target_comes_before_that_of_an_option() {
        let target = |word: &'static str, port| TargetSpec::parse(word.as_bytes())?.target(port);
        for (word, port, host, wanted) in [
            ("192.0.2.1:25", Some(80), "192.0.2.1", 25),
            ("192.0.2.1:25", None, "192.0.2.1", 25),
            ("192.0.2.1", Some(80), "192.0.2.1", 80),
            ("mx.example", Some(80), "mx.example", 80),
            ("[::1]:25", Some(80), "[::1]", 25),
            ("[::1]", Some(80), "[::1]", 80),
            ("::1", Some(80), "::1", 80),
        ] {
            let wanted = Target::host(host, wanted);
            assert_eq!(target(word, port), wanted, "{word}");
        }
        for word in ["mx.example", "192.0.2.1", "::1", "[::1]"] {
            assert_eq!(target(word, None), Err(TargetError::PortMissing), "{word}");
        }
        for port in [None, Some(80)] {
            assert_eq!(target("unix:/s", port), Ok(Target::Socket("/s".into())));
        }
    }

    #[test]
    fn an_invalid_host_or_path_has_the_error_of_the_command_line() {
        let long = format!("unix:/{}", "x".repeat(LONGEST_PATH));
        for (word, error) in [
            ("fe80::1%no-such-if0", HostError::Zone.into()),
            ("[fe80::1%no-such-if0]:80", HostError::Zone.into()),
            ("unix:/a\0b", TargetError::NotText),
            ("unix:@", TargetError::NoName),
            (&long, TargetError::PathTooLong),
        ] {
            let target =
                TargetSpec::parse(word.as_bytes()).and_then(|place| place.target(Some(80)));
            assert_eq!(target, Err(error), "{word}");
        }
    }
}
