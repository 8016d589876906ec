//! One socket, TCP or Unix, and how many there may be.

use crate::net::Endpoint;
use mio::event::Source;
use mio::net::{TcpStream, UnixStream};
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_linger;
use std::cell::Cell;
use std::io::{self, IoSlice, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// How many sockets all probes may have open together. What the limit on descriptors leaves beyond
/// that is for look-ups, which can't tell a lack of descriptors from a name that is not there.
pub struct Places {
    taken: Rc<Cell<usize>>,
    most: usize,
}

/// A stream socket, non-blocking from birth.
pub struct Socket {
    stream: Stream,
    _place: Place,
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// One of the places; free again when this is dropped.
struct Place(Rc<Cell<usize>>);

impl Places {
    pub fn new(most: usize) -> Self {
        Self {
            taken: Rc::default(),
            most,
        }
    }

    /// How many there are.
    pub fn most(&self) -> usize {
        self.most
    }

    /// `EMFILE` where none is left, as the system would say.
    fn take(&self) -> io::Result<Place> {
        let taken = self.taken.get();
        if taken >= self.most {
            return Err(Errno::MFILE.into());
        }
        self.taken.set(taken + 1);
        Ok(Place(self.taken.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Socket {
    /// Begins to connect.
    pub fn connect(to: Endpoint<'_>, places: &Places) -> io::Result<Self> {
        let place = places.take()?;
        let stream = match to {
            Endpoint::Tcp(address) => Stream::Tcp(TcpStream::connect(address)?),
            Endpoint::Unix(path) => Stream::Unix(connect_unix(path)?),
        };
        Ok(Self {
            stream,
            _place: place,
        })
    }

    pub fn source(&mut self) -> &mut dyn Source {
        match &mut self.stream {
            Stream::Tcp(tcp) => tcp,
            Stream::Unix(unix) => unix,
        }
    }

    pub fn nodelay(&self) {
        if let Stream::Tcp(tcp) = &self.stream {
            // Without it times may be worse, never wrong.
            let _ = tcp.set_nodelay(true);
        }
    }

    /// A connection has a peer; an attempt that failed has an error; one under way has neither.
    /// mio's documentation asks for the error first; this order spares a call where it is up.
    ///
    /// An attempt at a port of this machine that nobody listens on can be given that very port as
    /// its own, and then meets itself (TCP's simultaneous open): that is a refusal.
    pub fn connected(&self) -> io::Result<()> {
        let unconnected = match &self.stream {
            Stream::Tcp(tcp) => match tcp.peer_addr() {
                Ok(peer) if tcp.local_addr()? == peer => {
                    // Closed by a reset: else the port would be kept from its daemon for a minute.
                    let _ = set_socket_linger(tcp, Some(Duration::ZERO));
                    return Err(Errno::CONNREFUSED.into());
                }
                peer => peer.err(),
            },
            Stream::Unix(unix) => unix.peer_addr().err(),
        };
        let Some(unconnected) = unconnected else {
            return Ok(());
        };
        let error = match &self.stream {
            Stream::Tcp(tcp) => tcp.take_error()?,
            Stream::Unix(unix) => unix.take_error()?,
        };
        match (error, unconnected.kind()) {
            (Some(error), _) => Err(error),
            (None, io::ErrorKind::NotConnected) => Err(io::ErrorKind::WouldBlock.into()),
            (None, _) => Err(unconnected),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| match &mut self.stream {
            Stream::Tcp(tcp) => tcp.read(buf),
            Stream::Unix(unix) => unix.read(buf),
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        uninterrupted(|| match &mut self.stream {
            Stream::Tcp(tcp) => tcp.write(buf),
            Stream::Unix(unix) => unix.write(buf),
        })
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        uninterrupted(|| match &mut self.stream {
            Stream::Tcp(tcp) => tcp.write_vectored(bufs),
            Stream::Unix(unix) => unix.write_vectored(bufs),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
