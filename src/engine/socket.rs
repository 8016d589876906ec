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

/// A stream socket, non-blocking from birth.
pub enum Socket {
    /// To an address and a port.
    Tcp(TcpStream),
    /// To a path.
    Unix(UnixStream),
}

impl Socket {
    /// Begins to connect.
    pub fn connect(to: Endpoint<'_>) -> io::Result<Self> {
        let begun = match to {
            Endpoint::Tcp(address) => TcpStream::connect(address).map(Self::Tcp),
            Endpoint::Unix(path) => connect_unix(path).map(Self::Unix),
        };
        begun.map_err(|e| whose(to, e))
    }

    pub fn source(&mut self) -> &mut dyn Source {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Unix(unix) => unix,
        }
    }
}

impl Stream for Socket {
    /// A connection has a peer; an attempt that failed has an error; one under way has neither.
    /// mio's documentation asks for the error first; this order spares a call where it is up.
    ///
    /// An attempt at a port of this machine that nobody listens on can be given that very port as
    /// its own, and then meets itself (TCP's simultaneous open): that is a refusal.
    fn connected(&self) -> io::Result<()> {
        let unconnected = match self {
            Self::Tcp(tcp) => match tcp.peer_addr() {
                Ok(peer) if tcp.local_addr().map_err(as_local_error)? == peer => {
                    // Closed by a reset: else the port would be kept from its daemon for a minute.
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
            Self::Tcp(tcp) => tcp.take_error().map(|error| error.map(on_the_way)),
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
            // Without it times may be worse, never wrong.
            let _ = tcp.set_nodelay(true);
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| match self {
            Self::Tcp(tcp) => tcp.read(buf),
            Self::Unix(unix) => unix.read(buf),
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        uninterrupted(|| match self {
            Self::Tcp(tcp) => tcp.write(buf),
            Self::Unix(unix) => unix.write(buf),
        })
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        uninterrupted(|| match self {
            Self::Tcp(tcp) => tcp.write_vectored(bufs),
            Self::Unix(unix) => unix.write_vectored(bufs),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// EINVAL is that of `connect(2)`, by which a route says that it leads nowhere, or that of `socket(2)`:
/// where no socket of another kind can be made either, no route was asked. To a path there is none.
fn whose(to: Endpoint<'_>, e: io::Error) -> io::Error {
    let is_vague = Errno::from_io_error(&e) == Some(Errno::INVAL);
    let has_route = matches!(to, Endpoint::Tcp(_));
    match is_vague && !(has_route && UnixDatagram::unbound().is_ok()) {
        true => as_local_error(e),
        false => e,
    }
}

/// Who forbids it once the first segment has left is a firewall on the way. ICMP says then that the
/// host is out of reach; for ICMPv6 the system has EACCES, as if this machine did not allow it.
fn on_the_way(e: io::Error) -> io::Error {
    match Errno::from_io_error(&e) {
        Some(Errno::ACCESS) => Errno::HOSTUNREACH.into(),
        _ => e,
    }
}

/// Begins to connect to a path or, where it begins with `@` as Go and systemd write them, to one of
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

/// A signal is no reason to give up.
fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
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
    fn what_is_no_route_s_word_is_not_taken_for_it() {
        let to = Endpoint::Tcp(([192, 0, 2, 1], 25).into());
        let of = |to, errno: Errno| Errno::from_io_error(&whose(to, errno.into()));
        assert_eq!(of(to, Errno::INVAL), Some(Errno::INVAL));
        assert_eq!(of(to, Errno::CONNREFUSED), Some(Errno::CONNREFUSED));
        let to = Endpoint::Unix(Path::new("/run/mail"));
        assert_eq!(of(to, Errno::INVAL), None, "no error of an attempt");
        assert_eq!(of(to, Errno::NOENT), Some(Errno::NOENT));
    }
}
