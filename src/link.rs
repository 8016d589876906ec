//! One byte stream, in the clear or under TLS; nothing above knows which.

use crate::net::{Io, Net};
use crate::tls::{self, ClientSession, Session, TlsError};
use mio::Interest;
use rustls::ClientConnection;
use std::io::{self, Read, Write};

/// How many buffers of unread bytes are taken off a socket before it is closed: 4 MiB, as much as
/// kernels hold unless they are told otherwise, and no more of a peer that sends without end.
const DRAIN: usize = 256;

/// The stream of one probe. Owns the TLS session where there is one, never the socket.
#[derive(Default)]
pub struct Link {
    tls: Option<Box<ClientSession>>,
    /// Goodbye was said: nothing is sent any more, and what comes is not for reading.
    is_close_notify_sent: bool,
}

/// What one read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// So many bytes of the reply.
    Bytes(usize),
    /// The peer will send no more. Under TLS an end without `close_notify` is one too.
    End,
    /// Bytes came, but none of the reply yet: part of a record, or a message of TLS itself.
    Nothing,
}

/// Why the stream is of no more use.
#[derive(Debug)]
pub enum LinkError {
    /// The system refused.
    Io(io::Error),
    /// TLS did not come up, or broke.
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
    /// Everything from here on goes through `session`.
    pub(crate) fn enable_tls(&mut self, session: ClientSession) {
        self.tls = Some(Box::new(session));
    }

    /// Whether the stream is under TLS.
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// What was agreed upon; `None` in the clear, and while the handshake is under way or where it
    /// failed.
    pub fn tls_info(&self) -> Option<Session> {
        let tls = &self.tls.as_ref()?.connection;
        tls::agreed(tls).filter(|_| !tls.is_handshaking())
    }

    /// Whether the peer has asked for a client certificate. There is none, and a peer that wants one
    /// says so at the end of the handshake: over TLS 1.3 after the session is up here.
    pub fn is_certificate_requested(&self) -> bool {
        let tls = self.tls.as_ref();
        tls.is_some_and(|tls| tls.is_certificate_requested())
    }

    fn tls(&mut self) -> Option<&mut ClientConnection> {
        self.tls.as_mut().map(|tls| &mut tls.connection)
    }

    /// Goes on with the handshake by one read at most. `Ready(true)` once the session is up and every
    /// byte of ours is with the kernel; at once in the clear.
    ///
    /// # Errors
    /// The handshake failed; the alert that says so was sent as far as the kernel took it.
    pub fn handshake(&mut self, net: &mut dyn Net) -> Result<Io<bool>, LinkError> {
        let Some(tls) = self.tls() else {
            return Ok(Io::Ready(true));
        };
        ready!(deliver(tls, net)?);
        if !tls.is_handshaking() {
            return Ok(Io::Ready(true));
        }
        match receive(tls, net) {
            // What broke came behind the handshake's end: the next read will say so.
            Err(_) if !tls.is_handshaking() => {}
            Ok(Io::Ready(0)) if tls.is_handshaking() => return Err(TlsError::Closed.into()),
            received => {
                ready!(received?);
            }
        }
        Ok(Io::Ready(false))
    }

    /// Reads into `buf`, with one read of the socket at most; after goodbye what comes is not decrypted.
    ///
    /// # Errors
    /// The connection was reset, or what came is not TLS.
    pub fn read(&mut self, net: &mut dyn Net, buf: &mut [u8]) -> Result<Io<Chunk>, LinkError> {
        let is_close_notify_sent = self.is_close_notify_sent;
        let Some(tls) = self.tls().filter(|_| !is_close_notify_sent) else {
            let read = ready!(Io::of(net.read(buf), Interest::READABLE)?);
            return Ok(Io::Ready(Chunk::of(read)));
        };
        if let Some(chunk) = decrypted(tls, buf)? {
            return Ok(Io::Ready(chunk));
        }
        // Bytes that came in one piece with what broke the stream are given out first. The call
        // after that meets the error here: rustls repeats it.
        tls.process_new_packets().map_err(TlsError::from)?;
        // A peer that takes nothing any more may have said why.
        let flushed = flush(tls, net);
        let received = receive(tls, net);
        if let Some(chunk) = decrypted(tls, buf)? {
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

    /// `Ready` once every byte of `buf` is with the kernel. `sent` keeps count across calls: it
    /// starts at 0, and `buf` must stay the same.
    ///
    /// # Errors
    /// The peer is gone, the kernel refused, or what came before broke TLS.
    pub fn write_all(
        &mut self,
        net: &mut dyn Net,
        buf: &[u8],
        sent: &mut usize,
    ) -> Result<Io<()>, LinkError> {
        while let Some(rest) = buf.get(*sent..).filter(|rest| !rest.is_empty()) {
            let written = match self.tls() {
                Some(tls) => {
                    ready!(deliver(tls, net)?);
                    // A session that is broken already says so in its own words.
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
            Some(tls) => deliver(tls, net),
            None => Ok(Io::Ready(())),
        }
    }

    /// Says goodbye under TLS (`close_notify`), once; nothing in the clear. Takes no error: who is gone
    /// needs no goodbye. What is read after it is not decrypted any more.
    pub fn send_close_notify(&mut self, net: &mut dyn Net) {
        if self.is_close_notify_sent {
            return;
        }
        if let Some(tls) = self.tls().filter(|tls| !tls.is_handshaking()) {
            tls.send_close_notify();
            let _ = flush(tls, net);
            self.is_close_notify_sent = true;
        }
    }

    /// Parts in peace: what the kernel already holds is read away, since closing over unread bytes
    /// would send a reset. Never waits, and takes no error: the verdict has fallen.
    pub fn close(&mut self, net: &mut dyn Net, buf: &mut [u8]) {
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

/// Everything that TLS has to say goes out.
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

/// The same where a failure ends the check: a peer that takes nothing any more may have said why.
fn deliver(tls: &mut ClientConnection, net: &mut dyn Net) -> Result<Io<()>, LinkError> {
    match flush(tls, net) {
        Ok(flushed) => Ok(flushed),
        Err(e) => match receive(tls, net) {
            Err(alert @ LinkError::Tls(_)) => Err(alert),
            _ => Err(e.into()),
        },
    }
}

/// One read of the socket, decrypted. A failure is told to the peer before it is told to us.
fn receive(tls: &mut ClientConnection, net: &mut dyn Net) -> Result<Io<usize>, LinkError> {
    let read = ready!(Io::of(tls.read_tls(net), Interest::READABLE)?);
    if let Err(e) = tls.process_new_packets() {
        let _ = flush(tls, net);
        return Err(TlsError::from(e).into());
    }
    Ok(Io::Ready(read))
}

/// What has been decrypted and not yet read; `None` where there is nothing so far.
fn decrypted(tls: &mut ClientConnection, buf: &mut [u8]) -> io::Result<Option<Chunk>> {
    match tls.reader().read(buf) {
        Ok(read) => Ok(Some(Chunk::of(read))),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(Some(Chunk::End)),
        Err(e) => Err(e),
    }
}
