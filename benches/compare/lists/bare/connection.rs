//! One connection of the bare loop.

use mio::Interest;
use mio::net::TcpStream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use std::error::Error;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::Arc;

/// A connection on its way to what its server says first.
pub trait Connection: Sized {
    /// The settings common to all connections.
    type Shared;

    /// The interest registered with the poll.
    const AWAITED: Interest;

    /// Begins to connect.
    fn open(shared: &Self::Shared, target: SocketAddr) -> Result<Self, Box<dyn Error>>;

    /// The registered source.
    fn stream(&mut self) -> &mut TcpStream;

    /// Goes on as far as it can; how many bytes the server said, once it has. `WouldBlock` is not
    /// yet.
    fn read(&mut self) -> io::Result<usize>;
}

/// In the clear: one read.
pub struct Plain(TcpStream);

/// Under TLS: the handshake, certificate verified, and one read. It leaves without a goodbye.
pub struct Secure {
    stream: TcpStream,
    tls: ClientConnection,
}

impl Connection for Plain {
    type Shared = ();

    const AWAITED: Interest = Interest::READABLE;

    fn open((): &(), target: SocketAddr) -> Result<Self, Box<dyn Error>> {
        Ok(Self(TcpStream::connect(target)?))
    }

    fn stream(&mut self) -> &mut TcpStream {
        &mut self.0
    }

    fn read(&mut self) -> io::Result<usize> {
        self.0.read(&mut [0; 1024])
    }
}

impl Connection for Secure {
    type Shared = Arc<ClientConfig>;

    const AWAITED: Interest = Interest::READABLE.add(Interest::WRITABLE);

    fn open(config: &Arc<ClientConfig>, target: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let name = ServerName::IpAddress(target.ip().into());
        Ok(Self {
            stream: TcpStream::connect(target)?,
            tls: ClientConnection::new(Arc::clone(config), name)?,
        })
    }

    fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    fn read(&mut self) -> io::Result<usize> {
        loop {
            while self.tls.wants_write() {
                self.tls.write_tls(&mut self.stream)?;
            }
            if self.tls.read_tls(&mut self.stream)? == 0 {
                return Ok(0);
            }
            let state = self.tls.process_new_packets().map_err(io::Error::other)?;
            if state.plaintext_bytes_to_read() > 0 {
                return self.tls.reader().read(&mut [0; 1024]);
            }
        }
    }
}
