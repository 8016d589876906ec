//! The least that checking a list can take: a bare epoll loop that connects, reads once and closes.
//! It has no deadline and prints no verdict.
//!
//! In the clear each connection takes `socket`, `connect`, `epoll_ctl`, `recv` and `close`, the
//! waiting is shared, and nothing is allocated for it. mio is as fast as epoll itself.

mod connection;

pub use connection::{Connection, Plain, Secure};

use mio::{Events, Poll, Token};
use std::error::Error;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// The longest time without an event.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connects to every address of the list, `parallel` at a time, and prints how many answered and
/// how many did not.
pub fn run<C: Connection>(
    list: &Path,
    parallel: usize,
    shared: C::Shared,
) -> Result<(), Box<dyn Error>> {
    let list = fs::read_to_string(list)?;
    let targets: Result<Vec<SocketAddr>, _> = list.lines().map(str::parse).collect();
    let (read, failed) = Loop::<C>::of(targets?, parallel, shared)?.run()?;
    println!("{read} read, {failed} failed");
    Ok(())
}

struct Loop<C: Connection> {
    poll: Poll,
    targets: std::vec::IntoIter<SocketAddr>,
    shared: C::Shared,
    /// One connection each; its index is its token.
    slots: Vec<Option<C>>,
    in_flight: usize,
    read: usize,
    failed: usize,
}

impl<C: Connection> Loop<C> {
    fn of(targets: Vec<SocketAddr>, parallel: usize, shared: C::Shared) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            targets: targets.into_iter(),
            shared,
            slots: (0..parallel).map(|_| None).collect(),
            in_flight: 0,
            read: 0,
            failed: 0,
        })
    }

    fn run(mut self) -> io::Result<(usize, usize)> {
        let mut events = Events::with_capacity(self.slots.len());
        for slot in 0..self.slots.len() {
            self.connect(slot)?;
        }
        while self.in_flight > 0 {
            self.poll.poll(&mut events, Some(PATIENCE))?;
            if events.is_empty() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            for event in &events {
                self.read(event.token().0)?;
            }
        }
        Ok((self.read, self.failed))
    }

    /// Connects to the next target, if there is one.
    fn connect(&mut self, slot: usize) -> io::Result<()> {
        for target in self.targets.by_ref() {
            let Ok(mut connection) = C::open(&self.shared, target) else {
                self.failed += 1;
                continue;
            };
            let registry = self.poll.registry();
            registry.register(connection.stream(), Token(slot), C::AWAITED)?;
            self.slots[slot] = Some(connection);
            self.in_flight += 1;
            break;
        }
        Ok(())
    }

    /// Reads once, closes, and goes on to the next target.
    fn read(&mut self, slot: usize) -> io::Result<()> {
        let Some(connection) = &mut self.slots[slot] else {
            return Ok(());
        };
        match connection.read() {
            Ok(1..) => self.read += 1,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Ok(0) | Err(_) => self.failed += 1,
        }
        self.slots[slot] = None;
        self.in_flight -= 1;
        self.connect(slot)
    }
}
