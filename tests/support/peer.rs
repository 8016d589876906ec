//! The server's end of one connection, as a script drives it.

use super::PATIENCE;
use super::wire::Wire;
use rustls::{ProtocolVersion, ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// A client's bytes over a whole connection, and the end of it.
#[derive(Debug)]
pub struct Heard {
    pub bytes: Vec<u8>,
    pub end: End,
    /// The name that the client asked for in TLS.
    pub sni: Option<String>,
    pub version: Option<ProtocolVersion>,
    /// The client ended the TLS session before it closed the connection.
    pub close_notify: bool,
}

/// The end of a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// The client closed it in good order.
    Fin,
    /// The client broke it off, or closed over bytes that it had not read.
    Reset,
    /// The server's script broke it off.
    Ours,
    /// The TLS session did not come up; with what the server's library says.
    Handshake(String),
    /// Nothing came for so long that the test gave up.
    Silent,
}

/// One connection. What the client says is kept; what can't be said to it any more is dropped.
pub struct Peer {
    link: Link,
    bytes: Vec<u8>,
    end: Option<End>,
    close_notify: bool,
}

enum Link {
    Clear(Wire),
    Tls(Box<StreamOwned<ServerConnection, Wire>>),
    Gone,
}

impl Peer {
    /// Takes the connection, up to the end of the TLS handshake where there is one.
    pub fn accept(wire: Wire, tls: Option<&Arc<ServerConfig>>) -> Self {
        wire.bound();
        match tls {
            Some(config) => Self::secured(wire, config),
            None => Self::new(Link::Clear(wire), None),
        }
    }

    /// Goes on under TLS, from a connection in the clear.
    pub fn start_tls(&mut self, config: &Arc<ServerConfig>) {
        let Link::Clear(wire) = mem::replace(&mut self.link, Link::Gone) else {
            panic!("the connection is in the clear");
        };
        let secured = Self::secured(wire, config);
        (self.link, self.end) = (secured.link, secured.end);
    }

    /// Takes the connection, up to the end of the TLS handshake.
    fn secured(wire: Wire, config: &Arc<ServerConfig>) -> Self {
        let session = ServerConnection::new(Arc::clone(config)).expect("a session");
        let mut stream = StreamOwned::new(session, wire);
        while stream.conn.is_handshaking() {
            // A client that is content and gone makes the tickets fail, not the handshake.
            if let Err(error) = stream.conn.complete_io(&mut stream.sock)
                && stream.conn.is_handshaking()
            {
                // Leaves the client time to hear the alert: closing over unread bytes would send a
                // reset.
                stream.sock.shut_down();
                let _ = io::copy(&mut stream.sock, &mut io::sink());
                return Self::new(Link::Gone, Some(End::Handshake(error.to_string())));
            }
        }
        Self::new(Link::Tls(Box::new(stream)), None)
    }

    /// True if the connection is up.
    pub fn is_up(&self) -> bool {
        !matches!(self.link, Link::Gone)
    }

    /// Sends this at once, as one segment or TLS record where it is short.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.was_said(bytes.as_ref());
    }

    /// Sends the pieces one by one, each when the client has read the one before.
    pub fn say_in_pieces<B: AsRef<[u8]>>(&mut self, pieces: &[B]) {
        for piece in pieces {
            self.say(piece);
            self.wait_until_read();
        }
    }

    /// Sends the pieces at once: as records of their own under TLS, in one segment where they are
    /// short.
    pub fn say_in_records<B: AsRef<[u8]>>(&mut self, pieces: &[B]) {
        let Link::Tls(stream) = &mut self.link else {
            panic!("records are TLS's");
        };
        for piece in pieces {
            let taken = stream.conn.writer().write(piece.as_ref());
            assert_eq!(taken.expect("a session"), piece.as_ref().len(), "too long");
        }
        let _ = stream.flush();
    }

    /// Sends the byte again and again, after a pause each time, until the client is gone.
    pub fn drip(&mut self, byte: u8, pause: Duration) {
        let started = Instant::now();
        while started.elapsed() < PATIENCE && self.was_said(&[byte]) {
            thread::sleep(pause);
        }
    }

    /// Sends so many bytes, or as many as the client takes.
    pub fn flood(&mut self, byte: u8, count: usize) {
        const PIECE: usize = 64 * 1024;
        let piece = vec![byte; PIECE];
        let mut left = count;
        while left > 0 && self.was_said(piece.get(..left).unwrap_or(&piece)) {
            left = left.saturating_sub(PIECE);
        }
    }

    /// Reads until the client has said this much in all, or says no more.
    pub fn hear(&mut self, count: usize) {
        while self.bytes.len() < count && self.read_once() {}
    }

    /// Reads until the client's last words are these, and no further, or until it says no more.
    pub fn hear_through(&mut self, words: &[u8]) {
        while !self.bytes.ends_with(words) && self.read_into(&mut [0; 1]) {}
    }

    /// The client's next bytes, waited for, which stay among those that it has said; none at the end
    /// of the stream.
    pub fn hear_next(&mut self) -> &[u8] {
        let before = self.bytes.len();
        self.read_once();
        self.bytes.get(before..).unwrap_or_default()
    }

    /// The client's next bytes, waited for; none at the end of the stream.
    pub fn listen(&mut self) -> Vec<u8> {
        let before = self.bytes.len();
        self.read_once();
        self.bytes.split_off(before)
    }

    /// Says no more: ends the TLS session, if there is one, and the stream.
    pub fn finish(&mut self) {
        if let Link::Tls(stream) = &mut self.link {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        self.cut();
    }

    /// Listens until the client ends the TLS session, and says no more then either.
    pub fn part(&mut self) {
        if let Link::Tls(stream) = &mut self.link {
            let _ = stream.read_to_end(&mut self.bytes); // or until it is gone
        }
        self.finish();
    }

    /// Ends the stream without a word to TLS.
    pub fn cut(&mut self) {
        if let Some(wire) = self.link.wire() {
            wire.shut_down();
        }
    }

    /// Breaks the connection off.
    pub fn reset(&mut self) {
        if let Some(wire) = self.link.wire() {
            wire.reset_when_closed();
        }
        self.link = Link::Gone;
        self.end = Some(End::Ours);
    }

    /// Listens until the client closes, and tells all that it said.
    pub fn into_heard(mut self) -> Heard {
        while self.read_once() {}
        let session = match &self.link {
            Link::Tls(stream) => Some(&stream.conn),
            _ => None,
        };
        Heard {
            sni: session
                .and_then(|session| session.server_name())
                .map(str::to_owned),
            version: session.and_then(|session| session.protocol_version()),
            bytes: self.bytes,
            end: self.end.unwrap_or(End::Ours),
            close_notify: self.close_notify,
        }
    }

    /// Waits until the client has taken all that was sent out of its kernel's hands.
    pub fn wait_until_read(&self) {
        if let Some(wire) = self.link.wire() {
            wire.wait_until_read();
        }
    }

    /// False once the client is gone.
    fn was_said(&mut self, bytes: &[u8]) -> bool {
        let Some(stream) = self.link.stream() else {
            return false;
        };
        stream
            .write_all(bytes)
            .and_then(|()| stream.flush())
            .is_ok()
    }

    fn new(link: Link, end: Option<End>) -> Self {
        Self {
            link,
            bytes: Vec::new(),
            end,
            close_notify: false,
        }
    }

    /// False when there is no more to come.
    fn read_once(&mut self) -> bool {
        self.read_into(&mut [0; 4096])
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> bool {
        if self.end.is_some() {
            return false;
        }
        let Some(stream) = self.link.stream() else {
            return false;
        };
        match stream.read(buffer) {
            Ok(0) => {
                self.end = Some(self.see_the_end());
                false
            }
            Ok(count) => {
                self.bytes.extend(buffer.iter().take(count));
                true
            }
            // A process that was stopped and goes on is told so where a read has a limit of time.
            Err(error) if error.kind() == ErrorKind::Interrupted => true,
            Err(error) => {
                self.end = Some(end_of(&error));
                false
            }
        }
    }

    /// Under TLS the end of the session comes before that of the connection.
    fn see_the_end(&mut self) -> End {
        let Link::Tls(stream) = &mut self.link else {
            return End::Fin;
        };
        self.close_notify = true;
        match io::copy(&mut stream.sock, &mut io::sink()) {
            Ok(_) => End::Fin,
            Err(error) => end_of(&error),
        }
    }
}

impl Link {
    fn stream(&mut self) -> Option<&mut dyn Stream> {
        match self {
            Self::Clear(wire) => Some(wire),
            Self::Tls(stream) => Some(stream),
            Self::Gone => None,
        }
    }

    fn wire(&self) -> Option<&Wire> {
        match self {
            Self::Clear(wire) => Some(wire),
            Self::Tls(stream) => Some(&stream.sock),
            Self::Gone => None,
        }
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

fn end_of(error: &io::Error) -> End {
    match error.kind() {
        ErrorKind::UnexpectedEof => End::Fin, // the connection's, not the TLS session's
        ErrorKind::WouldBlock | ErrorKind::TimedOut => End::Silent,
        _ => End::Reset,
    }
}
