//! The real world of one probe.

use super::slots::Key;
use crate::check::Family;
use crate::net::{ATTEMPTS, Attempt, Endpoint, LookupError, Net};
use crate::resolve::{Question, Resolver};
use mio::net::{TcpStream, UnixStream};
use mio::{Interest, Registry, Token, Waker};
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_linger;
use std::io::{self, IoSlice, Read, Write};
use std::mem;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::task::Poll;
use std::time::{Duration, Instant};

/// The sockets of one probe. Closing one takes it off the poll.
#[derive(Default)]
pub struct Sockets {
    stream: Option<Socket>,
    attempts: [Option<Socket>; ATTEMPTS],
}

/// How far the look-up of one probe is.
#[derive(Default)]
pub enum Lookup {
    #[default]
    NotAsked,
    Asked,
    Answered(Result<Vec<SocketAddr>, LookupError>),
}

/// One probe's view for the length of a step.
pub struct World<'a> {
    pub registry: &'a Registry,
    pub token: Token,
    pub key: Key,
    pub sockets: &'a mut Sockets,
    pub lookup: &'a mut Lookup,
    pub resolver: &'a mut Option<Resolver<Key>>,
}

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Net for World<'_> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        match mem::replace(self.lookup, Lookup::Asked) {
            Lookup::Asked => Poll::Pending,
            Lookup::Answered(answer) => Poll::Ready(answer),
            Lookup::NotAsked => match self.ask(Question {
                host: host.to_owned(),
                port,
                family,
            }) {
                Ok(()) => Poll::Pending,
                Err(e) => Poll::Ready(Err(LookupError::Lack(e))),
            },
        }
    }

    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt> {
        let vacancy = self.sockets.attempts.iter().position(Option::is_none);
        let number = vacancy.ok_or_else(|| io::Error::other("too many attempts"))?;
        let mut socket = match to {
            Endpoint::Tcp(address) => Socket::Tcp(TcpStream::connect(address)?),
            Endpoint::Unix(path) => Socket::Unix(connect_unix(path)?),
        };
        let both = Interest::READABLE | Interest::WRITABLE;
        match &mut socket {
            Socket::Tcp(tcp) => self.registry.register(tcp, self.token, both)?,
            Socket::Unix(unix) => self.registry.register(unix, self.token, both)?,
        }
        if let Some(slot) = self.sockets.attempts.get_mut(number) {
            *slot = Some(socket);
        }
        Ok(Attempt(number as u8))
    }

    fn connected(&mut self, attempt: Attempt) -> io::Result<()> {
        let slot = self.sockets.attempts.get_mut(usize::from(attempt.0));
        let slot = slot.ok_or(io::ErrorKind::NotConnected)?;
        let socket = slot.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let result = socket.connected();
        if result
            .as_ref()
            .is_err_and(|e| e.kind() != io::ErrorKind::WouldBlock)
        {
            *slot = None;
        }
        result
    }

    fn abandon(&mut self, attempt: Attempt) {
        if let Some(slot) = self.sockets.attempts.get_mut(usize::from(attempt.0)) {
            *slot = None;
        }
    }

    fn keep(&mut self, attempt: Attempt) {
        let mut attempts = mem::take(&mut self.sockets.attempts);
        self.sockets.stream = attempts
            .get_mut(usize::from(attempt.0))
            .and_then(Option::take);
    }

    fn nodelay(&mut self) {
        if let Some(Socket::Tcp(tcp)) = &self.sockets.stream {
            // Without it times may be worse, never wrong.
            let _ = tcp.set_nodelay(true);
        }
    }
}

impl Read for World<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| match &mut self.sockets.stream {
            Some(Socket::Tcp(tcp)) => tcp.read(buf),
            Some(Socket::Unix(unix)) => unix.read(buf),
            None => Err(io::ErrorKind::NotConnected.into()),
        })
    }
}

impl Write for World<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        uninterrupted(|| match &mut self.sockets.stream {
            Some(Socket::Tcp(tcp)) => tcp.write(buf),
            Some(Socket::Unix(unix)) => unix.write(buf),
            None => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    /// TLS hands over what it has to say in pieces; they leave as one segment.
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        uninterrupted(|| match &mut self.sockets.stream {
            Some(Socket::Tcp(tcp)) => tcp.write_vectored(bufs),
            Some(Socket::Unix(unix)) => unix.write_vectored(bufs),
            None => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl World<'_> {
    fn ask(&mut self, question: Question) -> io::Result<()> {
        let resolver = match self.resolver {
            Some(resolver) => resolver,
            None => self.resolver.insert(start_resolver(self.registry)?),
        };
        resolver.ask(self.key, question)
    }
}

/// A resolver that wakes this poll.
fn start_resolver(registry: &Registry) -> io::Result<Resolver<Key>> {
    let waker = Waker::new(registry, super::WAKER)?;
    // A wake-up that fails is one that is pending already.
    Ok(Resolver::new(move || drop(waker.wake())))
}

impl Socket {
    /// A connection has a peer; an attempt that failed has an error; one under way has neither.
    /// mio's documentation asks for the error first; this order spares a call where it is up.
    ///
    /// An attempt at a port of this machine that nobody listens on can be given that very port as
    /// its own, and then meets itself (TCP's simultaneous open): that is a refusal.
    fn connected(&self) -> io::Result<()> {
        let unconnected = match self {
            Self::Tcp(tcp) => match tcp.peer_addr() {
                Ok(peer) if tcp.local_addr()? == peer => {
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
            Self::Tcp(tcp) => tcp.take_error()?,
            Self::Unix(unix) => unix.take_error()?,
        };
        match (error, unconnected.kind()) {
            (Some(error), _) => Err(error),
            (None, io::ErrorKind::NotConnected) => Err(io::ErrorKind::WouldBlock.into()),
            (None, _) => Err(unconnected),
        }
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
