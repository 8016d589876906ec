//! Who is asked.

use crate::net::ATTEMPTS;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net;
use std::path::{Path, PathBuf};

/// The longest path, in bytes, that the address of a Unix socket holds here.
pub const LONGEST_PATH: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    107
} else {
    103
};

/// Where one check goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A name that has to be looked up.
    Name {
        /// The name as written.
        host: String,
        /// The port.
        port: u16,
    },
    /// A literal address: no look-up, no thread.
    Address {
        /// The address as written.
        host: String,
        /// The same, parsed, with the port.
        address: SocketAddr,
    },
    /// A Unix stream socket; `@name` is one of Linux' abstract names.
    Socket(PathBuf),
}

/// Why a host or a path is not a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Brackets that do not hold an IPv6 address.
    Brackets,
    /// A zone that names no interface of this machine.
    Zone,
    /// A host or a path with a NUL byte, or a host that is not UTF-8.
    NotText,
    /// A path longer than a socket address can hold.
    PathTooLong,
    /// An abstract name without a name.
    NoName,
}

impl Target {
    /// A port of a host: an IPv4 address, an IPv6 address (bare or in `[]`, with a zone as in
    /// RFC 4007 section 11 or without), and anything else as a name, as it stands.
    ///
    /// A zone is the index of an interface or, on Linux, its name, whose index is asked for here.
    ///
    /// # Errors
    /// Brackets around anything but an IPv6 address, an unknown zone, a host that is not text.
    pub fn host(host: impl AsRef<OsStr>, port: u16) -> Result<Self, TargetError> {
        let written = host.as_ref().to_str().ok_or(TargetError::NotText)?;
        if written.contains('\0') {
            return Err(TargetError::NotText);
        }
        let host = written.to_owned();
        Ok(match literal(written, port)? {
            Some(address) => Self::Address { host, address },
            None => Self::Name { host, port },
        })
    }

    /// A Unix stream socket; `@name` is one of Linux' abstract names.
    ///
    /// # Errors
    /// A path of more than [`LONGEST_PATH`] bytes, or with a NUL byte, or `@` alone.
    pub fn socket(path: impl AsRef<Path>) -> Result<Self, TargetError> {
        let path = path.as_ref();
        match path.as_os_str().as_bytes() {
            b"@" => return Err(TargetError::NoName),
            bytes if bytes.contains(&0) => return Err(TargetError::NotText),
            _ => {}
        }
        match net::SocketAddr::from_pathname(path) {
            Ok(_) => Ok(Self::Socket(path.to_owned())),
            Err(_) => Err(TargetError::PathTooLong),
        }
    }

    /// The host or the path, as written.
    pub fn as_written(&self) -> &OsStr {
        match self {
            Self::Name { host, .. } | Self::Address { host, .. } => host.as_ref(),
            Self::Socket(path) => path.as_os_str(),
        }
    }

    /// How many sockets a check of it may have open at a time: a name's addresses are raced.
    pub fn sockets(&self) -> usize {
        match self {
            Self::Name { .. } => ATTEMPTS,
            Self::Address { .. } | Self::Socket(_) => 1,
        }
    }

    /// The port; a Unix socket has none.
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Name { port, .. } => Some(*port),
            Self::Address { address, .. } => Some(address.port()),
            Self::Socket(_) => None,
        }
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Brackets => f.write_str("the brackets do not hold an IPv6 address"),
            Self::Zone => f.write_str("the zone is no interface of this machine"),
            Self::NotText => f.write_str("it is not UTF-8, or has a NUL in it"),
            Self::NoName => f.write_str("there is no name behind the @"),
            Self::PathTooLong => write!(f, "it is longer than {LONGEST_PATH} bytes"),
        }
    }
}

impl Error for TargetError {}

/// The address that `host` is in itself; `None` for a name.
fn literal(host: &str, port: u16) -> Result<Option<SocketAddr>, TargetError> {
    let bracketed = host.strip_prefix('[');
    let inner = match bracketed {
        Some(rest) => rest.strip_suffix(']').ok_or(TargetError::Brackets)?,
        None => host,
    };
    let (address, zone) = match inner.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (inner, None),
    };
    match (address.parse(), zone) {
        (Ok(IpAddr::V6(ip)), zone) => {
            let scope = zone.map_or(Ok(0), interface)?;
            Ok(Some(SocketAddrV6::new(ip, port, 0, scope).into()))
        }
        (Ok(ip @ IpAddr::V4(_)), None) if bracketed.is_none() => {
            Ok(Some(SocketAddr::new(ip, port)))
        }
        _ if bracketed.is_some() => Err(TargetError::Brackets),
        _ => Ok(None),
    }
}

/// The index of a zone's interface.
fn interface(zone: &str) -> Result<u32, TargetError> {
    let numeric = zone.bytes().all(|byte| byte.is_ascii_digit());
    let index = if numeric {
        zone.parse().ok()
    } else {
        index_of(zone)
    };
    index.ok_or(TargetError::Zone)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn index_of(name: &str) -> Option<u32> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};

    // The kernel answers on a socket of any family.
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
fn index_of(_name: &str) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv6Addr;

    fn address(host: &str) -> Result<SocketAddr, String> {
        match Target::host(host, 80) {
            Ok(Target::Address {
                host: written,
                address,
            }) => {
                assert_eq!(written, host, "the host is kept as written");
                Ok(address)
            }
            other => Err(format!("{other:?}")),
        }
    }

    fn v6(text: &str, scope: u32) -> Result<SocketAddr, String> {
        let ip: Ipv6Addr = text.parse().expect("an IPv6 address");
        Ok(SocketAddrV6::new(ip, 80, 0, scope).into())
    }

    #[test]
    fn literal_addresses_need_no_look_up() {
        assert_eq!(
            address("192.0.2.1"),
            Ok(SocketAddr::from(([192, 0, 2, 1], 80)))
        );
        assert_eq!(address("::1"), v6("::1", 0));
        assert_eq!(address("[::1]"), v6("::1", 0));
        assert_eq!(address("2001:DB8::a"), v6("2001:db8::a", 0));
        assert_eq!(address("[::ffff:192.0.2.1]"), v6("::ffff:192.0.2.1", 0));
    }

    #[test]
    fn a_zone_is_an_index() {
        assert_eq!(address("fe80::1%2"), v6("fe80::1", 2));
        assert_eq!(address("[fe80::1%2]"), v6("fe80::1", 2));
        assert_eq!(address("fe80::1%4294967295"), v6("fe80::1", u32::MAX));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_zone_is_the_name_of_an_interface() {
        let index = std::fs::read_to_string("/sys/class/net/lo/ifindex").expect("Linux has lo");
        let index = index.trim().parse().expect("a number");
        assert_eq!(address("fe80::1%lo"), v6("fe80::1", index));
        assert_eq!(address("[fe80::1%lo]"), v6("fe80::1", index));
    }

    #[test]
    fn all_else_is_a_name_as_it_stands() {
        for host in [
            "mail.example.com",
            "localhost",
            "münchen.example",
            "127.1",
            "192.0.2.1:80",
            "192.0.2.1%2",
            "::1]",
            " ::1",
            "a b",
            "-h",
            "1.2.3.4.5",
            "a%b",
            "%",
        ] {
            let name = Target::Name {
                host: host.to_owned(),
                port: 80,
            };
            assert_eq!(Target::host(host, 80), Ok(name), "{host}");
        }
    }

    #[test]
    fn brackets_hold_an_ipv6_address_and_nothing_else() {
        for host in [
            "[",
            "[]",
            "[::1",
            "[::1]x",
            "[::1]:80",
            "[192.0.2.1]",
            "[name]",
            "[[::1]]",
        ] {
            assert_eq!(Target::host(host, 80), Err(TargetError::Brackets), "{host}");
        }
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        for zone in [
            "",
            "%",
            "no-such-if0",
            "+2",
            "4294967296",
            "two words",
            &"long".repeat(99),
        ] {
            for host in [format!("fe80::1%{zone}"), format!("[fe80::1%{zone}]")] {
                assert_eq!(Target::host(&host, 80), Err(TargetError::Zone), "{host}");
            }
        }
    }

    #[test]
    fn a_host_is_text() {
        let not_utf8 = OsStr::from_bytes(b"h\xff");
        assert_eq!(Target::host(not_utf8, 80), Err(TargetError::NotText));
        assert_eq!(Target::host("a\0b", 80), Err(TargetError::NotText));
    }

    #[test]
    fn a_path_is_any_bytes_that_a_socket_address_holds() {
        let bytes = OsStr::from_bytes(b"/run/\xff sock");
        assert_eq!(Target::socket(bytes), Ok(Target::Socket(bytes.into())));
        let longest = "x".repeat(LONGEST_PATH);
        assert_eq!(
            Target::socket(&longest),
            Ok(Target::Socket(longest.clone().into()))
        );
        assert_eq!(Target::socket(longest + "x"), Err(TargetError::PathTooLong));
        assert_eq!(Target::socket("a\0b"), Err(TargetError::NotText));
        assert_eq!(Target::socket("@"), Err(TargetError::NoName));
        assert_eq!(Target::socket("@a"), Ok(Target::Socket("@a".into())));
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (refusal, said) in [
            (
                TargetError::Brackets,
                "the brackets do not hold an IPv6 address",
            ),
            (
                TargetError::Zone,
                "the zone is no interface of this machine",
            ),
            (TargetError::NotText, "it is not UTF-8, or has a NUL in it"),
            (TargetError::NoName, "there is no name behind the @"),
        ] {
            assert_eq!(refusal.to_string(), said);
        }
        let too_long = TargetError::PathTooLong.to_string();
        assert_eq!(too_long, format!("it is longer than {LONGEST_PATH} bytes"));
    }

    #[test]
    fn a_target_knows_what_a_line_shows_of_it() {
        let shown = |target: Result<Target, _>| {
            let target = target.expect("a target");
            (target.as_written().to_owned(), target.port())
        };
        assert_eq!(shown(Target::host("Host", 7)), ("Host".into(), Some(7)));
        assert_eq!(shown(Target::host("[::1]", 7)), ("[::1]".into(), Some(7)));
        assert_eq!(shown(Target::host("::1", 7)), ("::1".into(), Some(7)));
        assert_eq!(shown(Target::socket("/s")), ("/s".into(), None));
    }

    #[test]
    fn only_a_name_may_need_several_sockets() {
        let sockets = |target: Result<Target, _>| target.map(|target| target.sockets());
        assert_eq!(sockets(Target::host("mail.example", 25)), Ok(ATTEMPTS));
        assert_eq!(sockets(Target::host("::1", 25)), Ok(1));
        assert_eq!(sockets(Target::socket("/s")), Ok(1));
    }
}
