//! The stream under TLS.

use super::{Chunk, LinkError};
use crate::net::{Io, Net};
use crate::tls::{ClientSession, TlsError};
use mio::Interest;
use rustls::ClientConnection;
use std::io::{self, Read, Write};

impl ClientSession {
    /// See [`Link::handshake`](super::Link::handshake).
    pub(super) fn handshake(&mut self, net: &mut dyn Net) -> Result<Io<bool>, LinkError> {
        let tls = &mut self.connection;
        ready!(flush_or_alert(tls, net)?);
        if !tls.is_handshaking() {
            return Ok(Io::Ready(true));
        }
        match receive(tls, net) {
            // The failure came after the end of the handshake: the next read returns it.
            Err(_) if !tls.is_handshaking() => {}
            Ok(Io::Ready(0)) if tls.is_handshaking() => return Err(TlsError::Closed.into()),
            received => {
                ready!(received?);
            }
        }
        Ok(Io::Ready(false))
    }

    /// Returns true if our `close_notify` was sent.
    pub(super) fn is_closing(&self) -> bool {
        self.is_close_notify_sent
    }

    /// See [`Link::read`](super::Link::read).
    pub(super) fn read(
        &mut self,
        net: &mut dyn Net,
        buf: &mut [u8],
    ) -> Result<Io<Chunk>, LinkError> {
        let tls = &mut self.connection;
        if let Some(chunk) = read_decrypted(tls, buf)? {
            return Ok(Io::Ready(chunk));
        }
        // Data that arrived together with a failure is returned first; rustls repeats the error
        // here in the next call.
        tls.process_new_packets().map_err(TlsError::from)?;
        // A peer that no longer accepts data may have sent the reason: read before failing.
        let flushed = flush(tls, net);
        let received = receive(tls, net);
        if let Some(chunk) = read_decrypted(tls, buf)? {
            return Ok(Io::Ready(chunk));
        }
        let Io::Blocked(on) = received? else {
            return Ok(Io::Ready(Chunk::Nothing));
        };
        Ok(Io::Blocked(match flushed? {
            Io::Blocked(also) => on.or(also),
            Io::Ready(()) => on,
        }))
    }

    /// Takes bytes once those before are with the kernel, and returns their number.
    pub(super) fn write(
        &mut self,
        net: &mut dyn Net,
        bytes: &[u8],
    ) -> Result<Io<usize>, LinkError> {
        let tls = &mut self.connection;
        ready!(flush_or_alert(tls, net)?);
        // The error of a session that has failed already, not one of this write.
        tls.process_new_packets().map_err(TlsError::from)?;
        Ok(Io::Ready(tls.writer().write(bytes)?))
    }

    /// Writes all pending TLS records. If that fails, an alert that the peer sent before is the error.
    pub(super) fn flush(&mut self, net: &mut dyn Net) -> Result<Io<()>, LinkError> {
        flush_or_alert(&mut self.connection, net)
    }

    /// See [`Link::send_close_notify`](super::Link::send_close_notify).
    pub(super) fn send_close_notify(&mut self, net: &mut dyn Net) {
        let tls = &mut self.connection;
        if !self.is_close_notify_sent && !tls.is_handshaking() {
            tls.send_close_notify();
            let _ = flush(tls, net);
            self.is_close_notify_sent = true;
        }
    }
}

/// Writes all pending TLS records.
fn flush(tls: &mut ClientConnection, net: &mut dyn Net) -> io::Result<Io<()>> {
    while tls.wants_write() {
        let written = match Io::of(tls.write_tls(net), Interest::WRITABLE)? {
            Io::Ready(written) => written,
            Io::Blocked(on) => return Ok(Io::Blocked(on)),
        };
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
    }
    Ok(Io::Ready(()))
}

/// Writes all pending TLS records. If that fails, an alert that the peer sent before is the error.
fn flush_or_alert(tls: &mut ClientConnection, net: &mut dyn Net) -> Result<Io<()>, LinkError> {
    match flush(tls, net) {
        Ok(flushed) => Ok(flushed),
        Err(e) => match receive(tls, net) {
            Err(alert @ LinkError::Tls(_)) => Err(alert),
            _ => Err(e.into()),
        },
    }
}

/// Reads from the socket once and decrypts. On a failure the alert is sent to the peer first.
fn receive(tls: &mut ClientConnection, net: &mut dyn Net) -> Result<Io<usize>, LinkError> {
    let read = ready!(Io::of(tls.read_tls(net), Interest::READABLE)?);
    if let Err(e) = tls.process_new_packets() {
        let _ = flush(tls, net);
        return Err(TlsError::from(e).into());
    }
    Ok(Io::Ready(read))
}

/// Returns data that was decrypted before; `None` if there is none yet.
fn read_decrypted(tls: &mut ClientConnection, buf: &mut [u8]) -> io::Result<Option<Chunk>> {
    match tls.reader().read(buf) {
        Ok(read) => Ok(Some(Chunk::of(read))),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(Some(Chunk::End)),
        Err(e) => Err(e),
    }
}
