//! The endpoint of a check: host and port, or the path of a Unix socket.

mod error;
mod spec;

pub use error::TargetError;
pub use spec::TargetSpec;

use crate::host::Host;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net;
use std::path::{Path, PathBuf};

/// The longest path, in bytes, that the address of a Unix socket holds here.
pub const LONGEST_PATH: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    107
} else {
    103
};

/// Maximum number of connection attempts that one probe has under way at a time.
pub const ATTEMPTS: usize = 4;

/// The endpoint of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A name that has to be looked up.
    Name {
        /// The name as written.
        host: String,
        /// The port.
        port: u16,
    },
    /// A literal address, which needs no lookup.
    Address {
        /// The address as written.
        host: String,
        /// The same, parsed, with the port.
        address: SocketAddr,
    },
    /// A Unix stream socket; `@name` is one of Linux' abstract names.
    Socket(PathBuf),
}

/// The address families that a check may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

impl Target {
    /// A port of a host in text form.
    ///
    /// # Errors
    /// The host is invalid, as [`Host::parse`] has it, or is not UTF-8.
    pub fn host(host: impl AsRef<OsStr>, port: u16) -> Result<Self, TargetError> {
        let host = host.as_ref().to_str().ok_or(TargetError::NotText)?;
        Ok(Self::from_host(Host::parse(host)?, port))
    }

    /// A port of a parsed host.
    pub fn from_host(host: Host<'_>, port: u16) -> Self {
        match host {
            Host::Name(host) => Self::Name {
                host: host.to_owned(),
                port,
            },
            Host::Address {
                written,
                mut address,
            } => {
                address.set_port(port);
                let host = written.to_owned();
                Self::Address { host, address }
            }
        }
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

    /// The number of sockets that a check of it may have open at a time: a name's addresses are
    /// raced.
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

impl Family {
    /// Returns true if the address is of this family.
    pub fn has(self, address: &SocketAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::HostError;

    #[test]
    fn a_host_is_text() {
        let not_utf8 = OsStr::from_bytes(b"h\xff");
        assert_eq!(Target::host(not_utf8, 80), Err(TargetError::NotText));
        let nul = TargetError::Host(HostError::Unseen('\0'));
        assert_eq!(Target::host("a\0b", 80), Err(nul));
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
