//! Servers that speak TLS.

use super::kept::Kept;
use super::{BANNER, SERVICE, Service};
use crate::lists::PARALLEL;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::{ServerConfig, ServerConnection};
use slab::Slab;
use std::io::{self, Write};
use std::sync::Arc;

/// Says the banner behind each handshake, and answers goodbye with goodbye.
pub struct Secure {
    config: Arc<ServerConfig>,
    sessions: Slab<Session>,
    kept: Kept,
}

struct Session {
    stream: TcpStream,
    tls: ServerConnection,
    greeted: bool,
}

impl Secure {
    /// With the certificate in there.
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self {
            config,
            sessions: Slab::new(),
            kept: Kept::of(PARALLEL),
        }
    }
}

impl Service for Secure {
    fn take(&mut self, mut stream: TcpStream, registry: &Registry) -> io::Result<()> {
        let tls = ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
        let entry = self.sessions.vacant_entry();
        let token = Token(SERVICE + entry.key());
        let interest = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut stream, token, interest)?;
        entry.insert(Session {
            stream,
            tls,
            greeted: false,
        });
        Ok(())
    }

    /// May be for one that is kept and had that token before: trying once more does no harm.
    fn turn(&mut self, token: Token) {
        let key = token.0 - SERVICE;
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        match session.serve() {
            Ok(()) => {
                let session = self.sessions.remove(key);
                self.kept.keep(session.stream);
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            // The client has its own word for it.
            Err(_) => drop(self.sessions.remove(key)),
        }
    }
}

impl Session {
    /// Goes on as far as it can, to the client's end; `WouldBlock` is not yet.
    fn serve(&mut self) -> io::Result<()> {
        loop {
            if !self.greeted && !self.tls.is_handshaking() {
                self.tls.writer().write_all(BANNER)?;
                self.greeted = true;
            }
            self.flush()?;
            if self.tls.read_tls(&mut self.stream)? == 0 {
                return Ok(());
            }
            match self.tls.process_new_packets() {
                Ok(state) if state.peer_has_closed() => {
                    self.tls.send_close_notify();
                    return self.flush();
                }
                Ok(_) => {}
                Err(e) => {
                    // The alert says why.
                    let _ = self.flush();
                    return Err(io::Error::other(e));
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.stream)?;
        }
        Ok(())
    }
}
