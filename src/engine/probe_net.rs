//! The network of one probe, as [`Net`] has it, on top of a [`Platform`].

use super::clock::Clock;
use super::lookups::Lookups;
use super::platform::{Platform, Stream};
use super::slots::SlotKey;
use crate::net::{Attempt, Endpoint, LookupError, Net};
use crate::resolve::LookupRequest;
use crate::target::{ATTEMPTS, Family};
use rustix::io::Errno;
use std::io::{self, IoSlice, Read, Write};
use std::mem;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

/// The sockets of one probe.
pub(super) struct Sockets<S> {
    stream: Option<S>,
    attempts: [Option<S>; ATTEMPTS],
}

/// The state of a probe's lookup.
pub(super) enum LookupState {
    NotStarted,
    Pending,
    Ready(Result<Vec<SocketAddr>, LookupError>),
    /// The probe has its result.
    Taken,
}

/// The network of one probe, borrowed from its engine for one step.
pub(super) struct ProbeNet<'a, S: Platform> {
    pub platform: &'a mut S,
    pub clock: &'a Clock,
    pub key: SlotKey,
    pub sockets: &'a mut Sockets<S::Stream>,
    pub lookup: &'a mut LookupState,
    /// Most sockets that may be open at a time.
    pub max_sockets: usize,
    pub lookups: &'a mut Lookups,
}

impl<S> Default for Sockets<S> {
    fn default() -> Self {
        Self {
            stream: None,
            attempts: [const { None }; ATTEMPTS],
        }
    }
}

impl<S: Platform> Net for ProbeNet<'_, S> {
    fn now(&self) -> Instant {
        self.clock.read(self.platform.now())
    }

    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        let result = match mem::replace(self.lookup, LookupState::Pending) {
            // A probe looks its name up once.
            LookupState::Pending | LookupState::Taken => return Poll::Pending,
            LookupState::Ready(result) => result,
            LookupState::NotStarted => {
                let host = host.to_owned();
                let request = LookupRequest { host, family };
                let now = self.now();
                match self.lookups.start(self.key, request, now, self.platform) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(result) => result,
                }
            }
        };
        *self.lookup = LookupState::Taken;
        let with_port = |mut address: SocketAddr| {
            address.set_port(port);
            address
        };
        Poll::Ready(result.map(|addresses| addresses.into_iter().map(with_port).collect()))
    }

    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt> {
        let vacancy = self.sockets.attempts.iter().position(Option::is_none);
        let number = vacancy.ok_or_else(|| io::Error::other("too many attempts"))?;
        // Admission keeps to the limit, except for a check that runs alone: that one may need more
        // sockets than the limit allows, and meets it as it would meet the system's.
        let open = self.sockets.attempts.iter().flatten().count();
        if open >= self.max_sockets {
            return Err(Errno::MFILE.into());
        }
        let socket = self.platform.connect(to, self.key.index)?;
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
        if let Some(stream) = &self.sockets.stream {
            stream.nodelay();
        }
    }
}

impl<S: Platform> Read for ProbeNet<'_, S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.stream()?.read(buf)
    }
}

impl<S: Platform> Write for ProbeNet<'_, S> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.stream()?.write(buf)
    }

    /// Writes the records of a TLS flight as one segment.
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.stream()?.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Platform> ProbeNet<'_, S> {
    fn stream(&mut self) -> io::Result<&mut S::Stream> {
        match &mut self.sockets.stream {
            Some(stream) => Ok(stream),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}
