//! One socket, TCP or Unix.

use super::platform::Stream;
use crate::net::Endpoint;
use crate::outcome::as_local_error;
use mio::event::Source;
use mio::net::{TcpStream, UnixStream};
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_linger;
use std::io::{self, IoSlice, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

/// A stream socket, non-blocking from its creation.
pub enum Socket {
    /// To an address and a port.
    Tcp(TcpStream),
    /// To a path.
    Unix(UnixStream),
}

impl Socket {
    /// Starts to connect.
    pub fn connect(to: Endpoint<'_>) -> io::Result<Self> {
        let started = match to {
            Endpoint::Tcp(address) => TcpStream::connect(address).map(Self::Tcp),
            Endpoint::Unix(path) => connect_unix(path).map(Self::Unix),
        };
        started.map_err(|e| localize_einval(to, e))
    }

    pub fn source(&mut self) -> &mut dyn Source {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Unix(unix) => unix,
        }
    }
}

impl Stream for Socket {
    /// A connection has a peer, a failed attempt has an error, and one in progress has neither.
    /// mio's documentation asks for the error first; this order saves a call for a connection.
    ///
    /// An attempt at a local port without a listener can be given that very port as its own, and
    /// then connects to itself (TCP's simultaneous open). That counts as a refusal.
    fn connected(&self) -> io::Result<()> {
        let unconnected = match self {
            Self::Tcp(tcp) => match tcp.peer_addr() {
                Ok(peer) if tcp.local_addr().map_err(as_local_error)? == peer => {
                    // Close by reset: TIME-WAIT would keep the port from its daemon for a minute.
                    let _ = set_socket_linger(tcp, Some(Duration::ZERO));
                    return Err(Errno::CONNREFUSED.into());
                }
                peer => peer.err(),
            },
            Self::Unix(unix) => unix.peer_addr().err(),
        };
        let Some(unconnected) = unconnected else {
            return Ok(());
        };
        let error = match self {
            Self::Tcp(tcp) => tcp.take_error().map(|error| error.map(map_path_error)),
            Self::Unix(unix) => unix.take_error(),
        };
        let error = error.map_err(as_local_error)?;
        match (error, unconnected.kind()) {
            (Some(error), _) => Err(error),
            (None, io::ErrorKind::NotConnected) => Err(io::ErrorKind::WouldBlock.into()),
            (None, _) => Err(as_local_error(unconnected)),
        }
    }

    fn nodelay(&self) {
        if let Self::Tcp(tcp) = self {
            // A failure costs time and nothing else.
            let _ = tcp.set_nodelay(true);
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        retry_interrupted(|| match self {
            Self::Tcp(tcp) => tcp.read(buf),
            Self::Unix(unix) => unix.read(buf),
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        retry_interrupted(|| match self {
            Self::Tcp(tcp) => tcp.write(buf),
            Self::Unix(unix) => unix.write(buf),
        })
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        retry_interrupted(|| match self {
            Self::Tcp(tcp) => tcp.write_vectored(bufs),
            Self::Unix(unix) => unix.write_vectored(bufs),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tells two causes of EINVAL apart. From `connect(2)` it means a blackhole route. From `socket(2)`
/// it is a local failure, and then no socket of another kind can be created either. A Unix socket
/// has no route.
fn localize_einval(to: Endpoint<'_>, e: io::Error) -> io::Error {
    let is_vague = Errno::from_io_error(&e) == Some(Errno::INVAL);
    let has_route = matches!(to, Endpoint::Tcp(_));
    match is_vague && !(has_route && UnixDatagram::unbound().is_ok()) {
        true => as_local_error(e),
        false => e,
    }
}

/// Maps the error of an attempt whose first segment was sent. If a firewall on the path rejects it,
/// ICMP reports the host as unreachable; for ICMPv6 the system reports EACCES, as if it were a
/// local restriction.
fn map_path_error(e: io::Error) -> io::Error {
    match Errno::from_io_error(&e) {
        Some(Errno::ACCESS) => Errno::HOSTUNREACH.into(),
        _ => e,
    }
}

/// Starts to connect to a path or, if it begins with `@` as Go and systemd write them, to one of
/// Linux' abstract names.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn connect_unix(path: &Path) -> io::Result<UnixStream> {
    use std::os::linux::net::SocketAddrExt;
    match path.as_os_str().as_bytes() {
        [b'@', name @ ..] => {
            UnixStream::connect_addr(&std::os::unix::net::SocketAddr::from_abstract_name(name)?)
        }
        _ => UnixStream::connect(path),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn connect_unix(path: &Path) -> io::Result<UnixStream> {
    UnixStream::connect(path)
}

/// Repeats a call that a signal interrupted.
fn retry_interrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn einval_without_a_route_is_a_local_failure() {
        let to = Endpoint::Tcp(([192, 0, 2, 1], 25).into());
        let of = |to, errno: Errno| Errno::from_io_error(&localize_einval(to, errno.into()));
        assert_eq!(of(to, Errno::INVAL), Some(Errno::INVAL));
        assert_eq!(of(to, Errno::CONNREFUSED), Some(Errno::CONNREFUSED));
        let to = Endpoint::Unix(Path::new("/run/mail"));
        assert_eq!(of(to, Errno::INVAL), None, "no error of an attempt");
        assert_eq!(of(to, Errno::NOENT), Some(Errno::NOENT));
    }
}
