//! The world with a hand on the wire: what comes can be changed, and is kept for the laws.

use crate::decode::Change;
use crate::world::World;
use check_tcp::internal::net::{Attempt, Endpoint, LookupError, Net};
use check_tcp::target::Family;
use check_tcp_fuzz::memory;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

/// The number of received bytes that are kept.
pub const KEPT: usize = 128 * 1024;

/// A world, as its probe sees it.
pub struct Wire {
    pub world: World,
    changes: Vec<Change>,
    /// The first bytes that were read, and how many there were.
    pub came: Vec<u8>,
    pub total: u64,
    /// The family that the resolver was asked for; it answers with both.
    pub family: Option<Family>,
    /// Net allocations of the wire itself, which are not the probe's.
    pub own: isize,
}

impl Wire {
    pub fn new(world: World, changes: &[Change]) -> Self {
        Self {
            world,
            changes: changes.to_vec(),
            came: Vec::new(),
            total: 0,
            family: None,
            own: 0,
        }
    }

    fn aside<T>(&mut self, does: impl FnOnce(&mut Self) -> T) -> T {
        let before = held();
        let done = does(self);
        self.own += held() - before;
        done
    }
}

/// Live allocations of the process, in bytes.
pub fn held() -> isize {
    isize::try_from(memory::allocated()).expect("half of the memory there is")
}

impl Net for Wire {
    fn now(&self) -> Instant {
        self.world.now()
    }

    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        self.family = Some(family);
        self.aside(|wire| wire.world.resolve(host, port, Family::Any))
    }

    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt> {
        self.aside(|wire| wire.world.connect(to))
    }

    fn connected(&mut self, attempt: Attempt) -> io::Result<()> {
        self.aside(|wire| wire.world.connected(attempt))
    }

    fn abandon(&mut self, attempt: Attempt) {
        self.aside(|wire| wire.world.abandon(attempt));
    }

    fn keep(&mut self, attempt: Attempt) {
        self.aside(|wire| wire.world.keep(attempt));
    }

    fn nodelay(&mut self) {
        self.aside(|wire| wire.world.nodelay());
    }
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.aside(|wire| {
            let read = wire.world.read(buf)?;
            let bytes = &mut buf[..read];
            for change in &wire.changes {
                if let Some(place) = change.at.checked_sub(wire.total)
                    && let Some(byte) = bytes.get_mut(place as usize)
                {
                    *byte ^= change.by;
                }
            }
            wire.total += read as u64;
            let room = KEPT.saturating_sub(wire.came.len()).min(read);
            wire.came.extend_from_slice(&bytes[..room]);
            Ok(read)
        })
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.aside(|wire| wire.world.write(buf))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
