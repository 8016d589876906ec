//! Servers on loopback: each greets whoever comes, as its script says, and hears them out.

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Time limit of a client, so that no thread waits forever.
const STAY: Option<Duration> = Some(Duration::from_secs(20));

/// The first action of a server, before it reads from its client.
pub type Script = fn(&mut dyn Stream) -> io::Result<()>;

/// A connection, whatever is below it.
pub trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

/// A server on a free port, which it returns. It lives as long as the tour.
///
/// # Errors
/// No port is to be had.
pub fn tcp(script: Script) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(STAY);
            let _ = serve(stream, script);
        }
    });
    Ok(port)
}

/// The same under TLS.
///
/// # Errors
/// No port is to be had.
pub fn tls(config: Arc<ServerConfig>, script: Script) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(STAY);
            // Else a greeting waits until the client's kernel has confirmed the session tickets.
            let _ = stream.set_nodelay(true);
            if let Ok(session) = ServerConnection::new(config.clone()) {
                let _ = serve(StreamOwned::new(session, stream), script);
            }
        }
    });
    Ok(port)
}

/// A server on a Unix socket.
///
/// # Errors
/// The path can't be made a socket.
pub fn unix(path: &Path, script: Script) -> io::Result<()> {
    let listener = UnixListener::bind(path)?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(STAY);
            let _ = serve(stream, script);
        }
    });
    Ok(())
}

/// A port that refuses while the descriptor lives: it is taken, and nobody listens on it.
///
/// # Errors
/// No port is to be had.
pub fn closed() -> io::Result<(OwnedFd, u16)> {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let address = SocketAddr::try_from(getsockname(&socket)?)?;
    Ok((socket, address.port()))
}

fn serve(mut stream: impl Stream, script: Script) -> io::Result<()> {
    script(&mut stream)?;
    stream.flush()?;
    // What the client still says, its goodbye among it.
    io::copy(&mut stream, &mut io::sink())?;
    Ok(())
}
