//! The real world of one probe.

use super::lookups::Lookups;
use super::slots::Key;
use super::socket::{Places, Socket};
use crate::check::Family;
use crate::net::{ATTEMPTS, Attempt, Endpoint, LookupError, Net};
use crate::resolve::Question;
use mio::{Interest, Registry, Token};
use std::io::{self, IoSlice, Read, Write};
use std::mem;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

/// The sockets of one probe. Closing one takes it off the poll.
#[derive(Default)]
pub struct Sockets {
    stream: Option<Socket>,
    attempts: [Option<Socket>; ATTEMPTS],
}

/// How far the look-up of one probe is.
#[derive(Default)]
pub enum Lookup {
    #[default]
    NotAsked,
    Asked,
    Answered(Result<Vec<SocketAddr>, LookupError>),
}

/// One probe's view for the length of a step.
pub struct World<'a> {
    pub registry: &'a Registry,
    pub token: Token,
    pub key: Key,
    pub sockets: &'a mut Sockets,
    pub lookup: &'a mut Lookup,
    pub places: &'a Places,
    pub lookups: &'a mut Lookups,
}

impl Net for World<'_> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        let answer = match mem::replace(self.lookup, Lookup::Asked) {
            Lookup::Asked => return Poll::Pending,
            Lookup::Answered(answer) => answer,
            Lookup::NotAsked => {
                let host = host.to_owned();
                let question = Question { host, family };
                let now = Instant::now();
                match self.lookups.ask(self.key, question, now, self.registry) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(answer) => answer,
                }
            }
        };
        let with_port = |mut address: SocketAddr| {
            address.set_port(port);
            address
        };
        Poll::Ready(answer.map(|addresses| addresses.into_iter().map(with_port).collect()))
    }

    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt> {
        let vacancy = self.sockets.attempts.iter().position(Option::is_none);
        let number = vacancy.ok_or_else(|| io::Error::other("too many attempts"))?;
        let both = Interest::READABLE | Interest::WRITABLE;
        let mut socket = Socket::connect(to, self.places)?;
        self.registry.register(socket.source(), self.token, both)?;
        if let Some(slot) = self.sockets.attempts.get_mut(number) {
            *slot = Some(socket);
        }
        Ok(Attempt(number as u8))
    }

    fn connected(&mut self, attempt: Attempt) -> io::Result<()> {
        let slot = self.sockets.attempts.get_mut(usize::from(attempt.0));
        let slot = slot.ok_or(io::ErrorKind::NotConnected)?;
        let socket = slot.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let result = socket.connected();
        if result
            .as_ref()
            .is_err_and(|e| e.kind() != io::ErrorKind::WouldBlock)
        {
            *slot = None;
        }
        result
    }

    fn abandon(&mut self, attempt: Attempt) {
        if let Some(slot) = self.sockets.attempts.get_mut(usize::from(attempt.0)) {
            *slot = None;
        }
    }

    fn keep(&mut self, attempt: Attempt) {
        let mut attempts = mem::take(&mut self.sockets.attempts);
        self.sockets.stream = attempts
            .get_mut(usize::from(attempt.0))
            .and_then(Option::take);
    }

    fn nodelay(&mut self) {
        if let Some(socket) = &self.sockets.stream {
            socket.nodelay();
        }
    }
}

impl Read for World<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.stream()?.read(buf)
    }
}

impl Write for World<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.stream()?.write(buf)
    }

    /// TLS hands over what it has to say in pieces; they leave as one segment.
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.stream()?.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl World<'_> {
    fn stream(&mut self) -> io::Result<&mut Socket> {
        let stream = self.sockets.stream.as_mut();
        stream.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}
