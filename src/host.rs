//! The syntax of a host: a name or an address.
//!
//! Anything else is a mistake in a configuration, and an error before a resolver gets it: resolvers
//! would look up nonsense, and each reads an incomplete address in its own way.

mod ascii;
mod characters;
mod error;

pub(crate) use ascii::{describe_uncertifiable, spelling};
pub(crate) use characters::is_unseen;
use characters::{folded, is_punctuation};
pub(crate) use error::HostError;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::num::NonZeroU16;

/// The longest name that DNS has, in bytes and without a dot at its end (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 253;
/// The longest part of a name between its dots, in bytes.
const LONGEST_LABEL: usize = 63;

/// A host as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// A name that has to be looked up.
    Name(&'a str),
    /// An address, which needs no lookup.
    Address {
        /// The address as written.
        written: &'a str,
        /// The same, parsed, with port 0.
        address: SocketAddr,
    },
}

impl<'a> Host<'a> {
    /// Parses an IPv4 address as four decimal numbers, an IPv6 address (bare or in `[]`, with a
    /// zone as in RFC 4007 section 11 or without), or a name: letters, digits, `-`, `_`, `.`, and
    /// characters beyond ASCII that are visible and not punctuation.
    ///
    /// A name that ends in a number is invalid (RFC 3696, section 2): resolvers read `010.0.0.1`,
    /// `0x7f.1` or `127.1` as an address, and not all as the same. So is one longer than a DNS
    /// name.
    ///
    /// A zone is the index of an interface or, on Linux, its name, which is looked up here.
    ///
    /// # Errors
    /// The text is none of these.
    pub fn parse(text: &'a str) -> Result<Self, HostError> {
        if let Some(address) = parse_literal(text)? {
            let written = text;
            return Ok(Self::Address { written, address });
        }
        check_text(text)?;
        check_characters(text)?;
        check_structure(text)?;
        check_labels(text)?;
        Ok(Self::Name(text))
    }
}

/// Rejects an invisible character or the form of a URL, which are errors wherever in a text the
/// host stands.
pub(crate) fn check_text(text: &str) -> Result<(), HostError> {
    // Every line of a list comes here, and bytes take a fraction of the time of characters.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain && let Some(unseen) = text.chars().find(|&c| is_unseen(c)) {
        return Err(HostError::Unseen(unseen));
    }
    if text.contains("://") {
        return Err(HostError::Url);
    }
    Ok(())
}

/// The labels of a name, without the empty one of the root.
fn labels(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    let is_dot = |c| folded(c) == '.';
    name.strip_suffix(is_dot).unwrap_or(name).split(is_dot)
}

/// Rejects characters that no host has, but not those of the syntax of addresses.
fn check_characters(text: &str) -> Result<(), HostError> {
    if text.starts_with('-') {
        return Err(HostError::Dash);
    }
    if ["/", "unix:/", "unix:@"]
        .iter()
        .any(|path| text.starts_with(path))
    {
        return Err(HostError::Path);
    }
    for c in text.chars() {
        match folded(c) {
            '0'..='9' | 'a'..='z' | 'A'..='Z' | '-' | '_' | '.' => {}
            ':' | '[' | ']' | '%' => {}
            '/' => return Err(HostError::Slash),
            '@' => return Err(HostError::User(host_after_at(text))),
            folded if folded.is_ascii() || is_punctuation(c) => {
                return Err(HostError::Character(c));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Rejects the characters of the syntax of addresses in a text that is no address.
fn check_structure(text: &str) -> Result<(), HostError> {
    let forms = |c: &char| matches!(folded(*c), ':' | '[' | ']' | '%');
    match text.chars().filter(|&c| folded(c) == ':').count() {
        _ if text.starts_with('[') && text.contains("]:") => {
            Err(HostError::Port(split_host_port(text)))
        }
        _ if text.starts_with('[') => Err(HostError::Brackets),
        1 => Err(HostError::Port(split_host_port(text))),
        2.. => Err(HostError::Colons),
        _ => match text.chars().find(forms) {
            Some(c) => Err(HostError::Character(c)),
            None => Ok(()),
        },
    }
}

fn check_labels(name: &str) -> Result<(), HostError> {
    if labels(name).any(str::is_empty) {
        return Err(HostError::Dots);
    }
    // The length of a name beyond ASCII is that of its encoded form.
    let fits = match name.is_ascii() {
        true => {
            name.len() <= LONGEST_NAME + usize::from(name.ends_with('.'))
                && labels(name).all(|label| label.len() <= LONGEST_LABEL)
        }
        false => ascii::ascii(name).is_some() || name.len() <= LONGEST_NAME,
    };
    if !fits {
        return Err(HostError::TooLong);
    }
    if is_range(name) {
        return Err(HostError::Range);
    }
    match labels(name).next_back() {
        Some(last) if is_number(last) => Err(HostError::Number),
        _ => Ok(()),
    }
}

/// Returns true for `10.0.0.1-9` and `10.0.0.1-10.0.0.9`: four numbers, a dash, and numbers. No
/// name has that form.
fn is_range(name: &str) -> bool {
    let Some((first, last)) = name.split_once('-') else {
        return false;
    };
    let is_numbers = |part: &str| labels(part).all(|label| label.parse::<u8>().is_ok());
    labels(first).count() == 4 && is_numbers(first) && is_numbers(last)
}

/// Returns true if a label is a number: digits of any script, or hexadecimal ones behind `0x`.
fn is_number(label: &str) -> bool {
    let mut digits = label.chars().map(folded);
    if digits.clone().all(char::is_numeric) {
        return true;
    }
    (digits.next(), digits.next().map(|x| x.to_ascii_lowercase())) == (Some('0'), Some('x'))
        && digits.all(|digit| digit.is_ascii_hexdigit())
}

/// The host and the port of `host:port` and `[v6]:port`.
fn split_host_port(text: &str) -> Option<(Box<str>, NonZeroU16)> {
    let (host, port) = text.rsplit_once(':')?;
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let host = bracketed.unwrap_or(host);
    // Nested brackets are not parsed recursively, since their number is not bounded.
    if host.starts_with('[') {
        return None;
    }
    Host::parse(host).ok()?;
    Some((host.into(), port.parse().ok()?))
}

fn host_after_at(text: &str) -> Option<Box<str>> {
    let (_, host) = text.rsplit_once('@')?;
    Host::parse(host).ok().map(|_| host.into())
}

/// Parses an address literal; `None` if `host` is none.
fn parse_literal(host: &str) -> Result<Option<SocketAddr>, HostError> {
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let inner = bracketed.unwrap_or(host);
    let (address, zone) = match inner.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (inner, None),
    };
    match (address.parse(), zone) {
        (Ok(IpAddr::V6(ip)), zone) => {
            let scope = zone.map_or(Ok(0), zone_index)?;
            Ok(Some(SocketAddrV6::new(ip, 0, 0, scope).into()))
        }
        (Ok(ip @ IpAddr::V4(_)), None) if bracketed.is_none() => Ok(Some(SocketAddr::new(ip, 0))),
        _ => Ok(None),
    }
}

/// The index of the interface that a zone names.
fn zone_index(zone: &str) -> Result<u32, HostError> {
    let numeric = zone.bytes().all(|byte| byte.is_ascii_digit());
    let index = if numeric {
        zone.parse().ok()
    } else {
        interface_index(zone)
    };
    index.ok_or(HostError::Zone)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn interface_index(name: &str) -> Option<u32> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};

    // The ioctl works on a socket of any family.
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        None,
    )
    .ok()?;
    netdevice::name_to_index(&socket, name).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn interface_index(_name: &str) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests;
