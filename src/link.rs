//! One byte stream, in the clear or under TLS; its users need not know which.

use crate::net::{Io, Net};
use crate::tls::{ClientSession, Presented, Session, TlsError};
use mio::Interest;
use rustls::ClientConnection;
use std::io::{self, Read, Write};

/// Most reads before a socket is closed. With buffers of 16 KiB these are 4 MiB, which kernels hold
/// at most by default; the bound is for peers that send without end.
const DRAIN: usize = 256;

/// The stream of one probe. It owns the TLS session, if there is one, but not the socket.
#[derive(Default)]
pub(crate) struct Link {
    tls: Option<Box<ClientSession>>,
}

/// The result of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// This many bytes of the reply.
    Bytes(usize),
    /// The end of the stream. Under TLS also one without `close_notify`.
    End,
    /// Bytes that contain nothing of the reply: part of a record, or a message of TLS itself.
    Nothing,
}

/// A failure that ends the stream.
#[derive(Debug)]
pub enum LinkError {
    /// A system call failed.
    Io(io::Error),
    /// The TLS handshake or session failed.
    Tls(TlsError),
}

macro_rules! ready {
    ($e:expr) => {
        match $e {
            Io::Ready(value) => value,
            Io::Blocked(on) => return Ok(Io::Blocked(on)),
        }
    };
}

impl Link {
    /// Starts TLS: all data from now on goes through `session`.
    pub(crate) fn enable_tls(&mut self, session: ClientSession) {
        self.tls = Some(Box::new(session));
    }

    /// Returns true if the stream is under TLS.
    pub(crate) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Returns the parameters of the TLS session; `None` in the clear, and unless the handshake is
    /// complete.
    pub(crate) fn tls_info(&self) -> Option<Session> {
        self.tls.as_ref()?.negotiated()
    }

    /// Returns true if the peer has requested a client certificate. It may refuse the one that it is
    /// sent, or that it is sent none, at the end of the handshake: under TLS 1.3 after the session is established on this
    /// side.
    pub(crate) fn is_certificate_requested(&self) -> bool {
        let tls = self.tls.as_ref();
        tls.is_some_and(|tls| tls.is_certificate_requested())
    }

    /// Returns the session unless our `close_notify` was sent.
    fn open_tls(&mut self) -> Option<&mut ClientConnection> {
        let tls = self.tls.as_mut().filter(|tls| !tls.is_close_notify_sent);
        tls.map(|tls| &mut tls.connection)
    }

    /// Returns true if the peer has requested a client certificate that there is none for.
    pub(crate) fn is_certificate_missing(&self) -> bool {
        let tls = self.tls.as_ref();
        tls.is_some_and(|tls| tls.is_certificate_missing())
    }

    /// Returns the certificates that the peer presented, where they are wanted.
    pub(crate) fn presented(&self) -> Option<Presented> {
        self.tls.as_ref()?.presented()
    }

    fn tls(&mut self) -> Option<&mut ClientConnection> {
        self.tls.as_mut().map(|tls| &mut tls.connection)
    }

    /// Continues the handshake with at most one read. `Ready(true)` once the session is established
    /// and all our bytes are with the kernel; at once in the clear.
    ///
    /// # Errors
    /// The handshake failed; our alert was sent as far as the kernel accepted it.
    pub(crate) fn handshake(&mut self, net: &mut dyn Net) -> Result<Io<bool>, LinkError> {
        let Some(tls) = self.tls() else {
            return Ok(Io::Ready(true));
        };
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

    /// Reads into `buf` with at most one read of the socket. After our `close_notify` nothing is
    /// decrypted.
    ///
    /// # Errors
    /// The connection was reset, or the data is not TLS.
    pub(crate) fn read(
        &mut self,
        net: &mut dyn Net,
        buf: &mut [u8],
    ) -> Result<Io<Chunk>, LinkError> {
        let Some(tls) = self.open_tls() else {
            let read = ready!(Io::of(net.read(buf), Interest::READABLE)?);
            return Ok(Io::Ready(Chunk::of(read)));
        };
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

    /// Writes `buf`. `Ready` once all of it is with the kernel. `sent` counts the bytes written
    /// across calls: it starts at 0, and `buf` must stay the same.
    ///
    /// # Errors
    /// The peer has closed, a system call failed, or TLS failed before.
    pub(crate) fn write_all(
        &mut self,
        net: &mut dyn Net,
        buf: &[u8],
        sent: &mut usize,
    ) -> Result<Io<()>, LinkError> {
        while let Some(rest) = buf.get(*sent..).filter(|rest| !rest.is_empty()) {
            let written = match self.tls() {
                Some(tls) => {
                    ready!(flush_or_alert(tls, net)?);
                    // The error of a session that has failed already, not one of this write.
                    tls.process_new_packets().map_err(TlsError::from)?;
                    tls.writer().write(rest)?
                }
                None => ready!(Io::of(net.write(rest), Interest::WRITABLE)?),
            };
            if written == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            *sent += written;
        }
        match self.tls() {
            Some(tls) => flush_or_alert(tls, net),
            None => Ok(Io::Ready(())),
        }
    }

    /// Sends `close_notify` under TLS, once; does nothing in the clear. Data read after it is not
    /// decrypted. Errors are ignored: a peer that is gone needs none.
    pub(crate) fn send_close_notify(&mut self, net: &mut dyn Net) {
        let tls = self.open_tls().filter(|tls| !tls.is_handshaking());
        if let Some(tls) = tls {
            tls.send_close_notify();
            let _ = flush(tls, net);
            if let Some(session) = &mut self.tls {
                session.is_close_notify_sent = true;
            }
        }
    }

    /// Closes gracefully: sends `close_notify`, then drains the receive buffer, because close(2)
    /// with unread data sends a reset. Never blocks. Errors are ignored: the outcome is decided.
    pub(crate) fn close(&mut self, net: &mut dyn Net, buf: &mut [u8]) {
        self.send_close_notify(net);
        for _ in 0..DRAIN {
            match net.read(buf) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

impl Chunk {
    fn of(read: usize) -> Self {
        match read {
            0 => Self::End,
            n => Self::Bytes(n),
        }
    }
}

impl From<io::Error> for LinkError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<TlsError> for LinkError {
    fn from(e: TlsError) -> Self {
        Self::Tls(e)
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
