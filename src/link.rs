//! One byte stream, in the clear or under TLS; its users need not know which.

macro_rules! ready {
    ($e:expr) => {
        match $e {
            Io::Ready(value) => value,
            Io::Blocked(on) => return Ok(Io::Blocked(on)),
        }
    };
}

#[cfg_attr(not(feature = "tls"), path = "link/no_session.rs")]
mod session;

use crate::net::{Io, Net};
use crate::tls::{ClientSession, Presented, Session, TlsError};
use mio::Interest;
use std::io;

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

    /// Returns true if the peer has requested a client certificate that there is none for.
    pub(crate) fn is_certificate_missing(&self) -> bool {
        let tls = self.tls.as_ref();
        tls.is_some_and(|tls| tls.is_certificate_missing())
    }

    /// Returns the certificates that the peer presented, where they are wanted.
    pub(crate) fn presented(&self) -> Option<Presented> {
        self.tls.as_ref()?.presented()
    }

    /// Continues the handshake with at most one read. `Ready(true)` once the session is established
    /// and all our bytes are with the kernel; at once in the clear.
    ///
    /// # Errors
    /// The handshake failed; our alert was sent as far as the kernel accepted it.
    pub(crate) fn handshake(&mut self, net: &mut dyn Net) -> Result<Io<bool>, LinkError> {
        match &mut self.tls {
            Some(tls) => tls.handshake(net),
            None => Ok(Io::Ready(true)),
        }
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
        if let Some(tls) = self.tls.as_mut().filter(|tls| !tls.is_closing()) {
            return tls.read(net, buf);
        }
        let read = ready!(Io::of(net.read(buf), Interest::READABLE)?);
        Ok(Io::Ready(Chunk::of(read)))
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
            let written = match &mut self.tls {
                Some(tls) => ready!(tls.write(net, rest)?),
                None => ready!(Io::of(net.write(rest), Interest::WRITABLE)?),
            };
            if written == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            *sent += written;
        }
        match &mut self.tls {
            Some(tls) => tls.flush(net),
            None => Ok(Io::Ready(())),
        }
    }

    /// Sends `close_notify` under TLS, once; does nothing in the clear. Data read after it is not
    /// decrypted. Errors are ignored: a peer that is gone needs none.
    pub(crate) fn send_close_notify(&mut self, net: &mut dyn Net) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify(net);
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
