//! Loopback servers that follow a script.

use super::peer::{Heard, Peer};
use super::wire::Wire;
use super::{Identity, PATIENCE};
use rustls::version::{TLS12 as V12, TLS13 as V13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{self as unix, UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use tempfile::TempDir;

/// A server that speaks TLS 1.2 and nothing else.
pub const TLS12: &SupportedProtocolVersion = &V12;
/// A server that speaks TLS 1.3 and nothing else.
pub const TLS13: &SupportedProtocolVersion = &V13;

/// A server: takes one connection after the other, does with each what the script says, then
/// listens until the client closes. Ends, and is waited for, when it is dropped; a script that
/// panics fails the test then.
pub struct Server {
    at: At,
    heard: Receiver<Heard>,
    stopping: Arc<AtomicBool>,
    serving: Option<JoinHandle<usize>>,
    _dir: Option<TempDir>,
}

enum At {
    Port(SocketAddr),
    Path(PathBuf),
    Name(unix::SocketAddr),
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Server {
    /// On a free port of 127.0.0.1.
    pub fn tcp(script: impl FnMut(&mut Peer) + Send + 'static) -> Self {
        Self::at(Ipv4Addr::LOCALHOST.into(), script)
    }

    /// On a free port of 127.0.0.1, greeting with this and then listening.
    pub fn saying(greeting: impl Into<Vec<u8>>) -> Self {
        let greeting = greeting.into();
        Self::tcp(move |peer| peer.say(&greeting))
    }

    /// On a free port of this address.
    pub fn at(address: IpAddr, script: impl FnMut(&mut Peer) + Send + 'static) -> Self {
        let listener = TcpListener::bind((address, 0)).expect("a free port");
        Self::on(listener, script)
    }

    /// On a listener that is there already.
    pub fn on(listener: TcpListener, script: impl FnMut(&mut Peer) + Send + 'static) -> Self {
        let at = At::Port(listener.local_addr().expect("its address"));
        Self::start(at, Listener::Tcp(listener), None, None, script)
    }

    /// With TLS, on a free port of 127.0.0.1.
    pub fn tls(
        identity: &Identity,
        version: &'static SupportedProtocolVersion,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        Self::tls_on(listener, identity, version, script)
    }

    /// With TLS, on a listener that is there already.
    pub fn tls_on(
        listener: TcpListener,
        identity: &Identity,
        version: &'static SupportedProtocolVersion,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        let at = At::Port(listener.local_addr().expect("its address"));
        let config = identity.server_config(version);
        Self::start(at, Listener::Tcp(listener), Some(config), None, script)
    }

    /// With TLS as configured, on a free port of 127.0.0.1.
    pub fn configured(
        config: Arc<ServerConfig>,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let at = At::Port(listener.local_addr().expect("its address"));
        Self::start(at, Listener::Tcp(listener), Some(config), None, script)
    }

    /// On an abstract Unix socket, which has a name and no place in the file system.
    #[cfg(target_os = "linux")]
    pub fn abstract_unix(name: &str, script: impl FnMut(&mut Peer) + Send + 'static) -> Self {
        use std::os::linux::net::SocketAddrExt;
        let address = unix::SocketAddr::from_abstract_name(name).expect("a short name");
        let listener = UnixListener::bind_addr(&address).expect("a name that is free");
        let listener = Listener::Unix(listener);
        Self::start(At::Name(address), listener, None, None, script)
    }

    /// On a Unix socket in a directory of its own.
    pub fn unix(script: impl FnMut(&mut Peer) + Send + 'static) -> Self {
        Self::unix_socket(None, script)
    }

    /// With TLS, on a Unix socket in a directory of its own.
    pub fn unix_tls(
        identity: &Identity,
        version: &'static SupportedProtocolVersion,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        Self::unix_socket(Some(identity.server_config(version)), script)
    }

    pub fn port(&self) -> u16 {
        match &self.at {
            At::Port(address) => address.port(),
            At::Path(_) | At::Name(_) => panic!("a Unix socket has no port"),
        }
    }

    pub fn path(&self) -> &str {
        match &self.at {
            At::Port(_) | At::Name(_) => panic!("the server has no path"),
            At::Path(path) => path.to_str().expect("a path in plain text"),
        }
    }

    /// The next client's bytes and end, once it has closed.
    #[track_caller]
    pub fn heard(&self) -> Heard {
        self.heard
            .recv_timeout(PATIENCE)
            .expect("a client that came and went")
    }

    /// Stops, and says how many connections there were in all.
    pub fn connections(mut self) -> usize {
        self.stop()
    }

    fn unix_socket(
        tls: Option<Arc<ServerConfig>>,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        let listener = Listener::Unix(UnixListener::bind(&path).expect("a socket"));
        Self::start(At::Path(path), listener, tls, Some(dir), script)
    }

    fn start(
        at: At,
        listener: Listener,
        tls: Option<Arc<ServerConfig>>,
        dir: Option<TempDir>,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        let (record, heard) = mpsc::channel();
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let serving = thread::spawn(move || serve(&listener, tls.as_ref(), &stop, &record, script));
        Self {
            at,
            heard,
            stopping,
            serving: Some(serving),
            _dir: dir,
        }
    }

    fn stop(&mut self) -> usize {
        let Some(serving) = self.serving.take() else {
            return 0;
        };
        self.stopping.store(true, Ordering::SeqCst);
        // In vain where the script has panicked, or where a late client came first and was the last.
        let knocked = self.at.knock();
        match serving.join() {
            Ok(connections) => connections + usize::from(knocked.is_err()),
            Err(_) if thread::panicking() => 0,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl At {
    /// Wakes the server out of its `accept`.
    fn knock(&self) -> io::Result<()> {
        match self {
            Self::Port(address) => TcpStream::connect_timeout(address, PATIENCE).map(drop),
            Self::Path(path) => UnixStream::connect(path).map(drop),
            Self::Name(address) => UnixStream::connect_addr(address).map(drop),
        }
    }
}

impl Listener {
    fn accept(&self) -> io::Result<Wire> {
        match self {
            Self::Tcp(listener) => listener.accept().map(|(stream, _)| Wire::Tcp(stream)),
            Self::Unix(listener) => listener.accept().map(|(stream, _)| Wire::Unix(stream)),
        }
    }

    fn set_nonblocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => listener.set_nonblocking(true),
            Self::Unix(listener) => listener.set_nonblocking(true),
        }
    }
}

fn serve(
    listener: &Listener,
    tls: Option<&Arc<ServerConfig>>,
    stopping: &AtomicBool,
    record: &Sender<Heard>,
    mut script: impl FnMut(&mut Peer),
) -> usize {
    let mut connections = 0;
    loop {
        let wire = listener.accept().expect("a connection");
        if stopping.load(Ordering::SeqCst) {
            break; // this is the knock, or a client before it
        }
        connections += 1;
        let mut peer = Peer::accept(wire, tls);
        if peer.is_up() {
            script(&mut peer);
        }
        let _ = record.send(peer.into_heard()); // a test need not ask
    }
    listener
        .set_nonblocking()
        .expect("a listener that can be asked");
    while listener.accept().is_ok() {
        connections += 1;
    }
    connections
}
