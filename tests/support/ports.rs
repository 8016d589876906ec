//! Ports where nobody answers: refusing ones, and listeners whose backlog is full.

use super::PATIENCE;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, connect, listen, socket};
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Wait for a loopback connection that is not answered at once: far longer than one that is takes.
const SILENCE: Duration = Duration::from_millis(300);
/// No system lets more than a handful wait at a backlog of 0.
const ENOUGH: usize = 64;

/// A port that refuses, and that nobody else gets: bound, but not listening.
pub struct Refusing {
    _socket: OwnedFd,
    port: u16,
}

/// A TCP listener whose backlog is full: what connects now hears nothing.
pub struct Full {
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
    port: u16,
}

/// A Unix listener whose backlog is full: what connects now gets `EAGAIN`.
pub struct FullUnix {
    listener: UnixListener,
    waiting: Vec<OwnedFd>,
    dir: TempDir,
}

/// Makes a Unix socket at which nobody has listened: a child of another test that is about to be started
/// could have a listener a moment longer.
pub fn refusing_unix(path: &Path) {
    let path = SocketAddrUnix::new(path).expect("a short path");
    bind(open(AddressFamily::UNIX), &path).expect("a socket");
}

impl Refusing {
    /// On 127.0.0.1.
    pub fn new() -> Self {
        Self::at(Ipv4Addr::LOCALHOST.into(), 0).expect("a free port")
    }

    /// On this port of this address; `None` where it is taken.
    pub fn at(address: IpAddr, port: u16) -> Option<Self> {
        let family = match address {
            IpAddr::V4(_) => AddressFamily::INET,
            IpAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = open(family);
        bind(&socket, &SocketAddr::new(address, port)).ok()?;
        let bound = rustix::net::getsockname(&socket).expect("its address");
        let bound = SocketAddr::try_from(bound).expect("an IP address");
        Some(Self {
            _socket: socket,
            port: bound.port(),
        })
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Full {
    /// On 127.0.0.1.
    pub fn new() -> Self {
        Self::of(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port"))
    }

    /// Fills the backlog of a listener that is there already.
    pub fn of(listener: TcpListener) -> Self {
        listen(&listener, 0).expect("a shorter backlog");
        let address = listener.local_addr().expect("its address");
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, SILENCE) {
            waiting.push(stream);
            assert!(
                waiting.len() < ENOUGH,
                "the backlog of {address} does not fill"
            );
        }
        Self {
            _listener: listener,
            _waiting: waiting,
            port: address.port(),
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FullUnix {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).expect("a socket");
        listen(&listener, 0).expect("a shorter backlog");
        let address = rustix::net::SocketAddrUnix::new(path).expect("a short path");
        let mut waiting = Vec::new();
        loop {
            let client = open(AddressFamily::UNIX);
            rustix::io::ioctl_fionbio(&client, true).expect("a socket that does not block");
            match connect(&client, &address) {
                Ok(()) => waiting.push(client),
                Err(rustix::io::Errno::AGAIN) => {
                    return Self {
                        listener,
                        waiting,
                        dir,
                    };
                }
                Err(error) => panic!("connecting to fill a backlog: {error}"),
            }
            assert!(waiting.len() < ENOUGH, "the backlog does not fill");
        }
    }

    pub fn path(&self) -> String {
        self.dir
            .path()
            .join("s")
            .to_str()
            .expect("a path in plain text")
            .to_owned()
    }

    /// Takes all who wait until one of them speaks, greets that one, and sees it off.
    ///
    /// Those who only filled the backlog are closed first: they say nothing.
    pub fn serve(self, greeting: &[u8]) {
        drop(self.waiting);
        let limit = Some(PATIENCE);
        set_socket_timeout(&self.listener, Timeout::Recv, limit).expect("a limit for accept");
        loop {
            let (mut stream, _) = self.listener.accept().expect("a client");
            stream.set_read_timeout(limit).expect("a limit");
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(0) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
                Ok(_) => {
                    stream
                        .write_all(greeting)
                        .expect("the client is still there");
                    let _ = std::io::copy(&mut stream, &mut std::io::sink());
                    return;
                }
                Err(error) => panic!("hearing from a client: {error}"),
            }
        }
    }
}

/// Listeners on one and the same port of each of these addresses.
pub fn same_port(addresses: &[IpAddr]) -> Vec<TcpListener> {
    'port: for _ in 0..100 {
        let mut listeners: Vec<TcpListener> = Vec::new();
        for address in addresses {
            let port = listeners
                .first()
                .map_or(0, |first| first.local_addr().expect("its address").port());
            match TcpListener::bind((*address, port)) {
                Ok(listener) => listeners.push(listener),
                Err(_) => continue 'port,
            }
        }
        return listeners;
    }
    panic!("no port is free on all of {addresses:?}")
}

fn open(family: AddressFamily) -> OwnedFd {
    let socket = socket(family, SocketType::STREAM, None).expect("a socket");
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC).expect("not for the children");
    socket
}
