//! The least that checking a list can take: a bare epoll loop that connects, reads once and closes.
//! It verifies nothing, has no deadline and prints no verdict.
//!
//! Each connection takes `socket`, `connect`, `epoll_ctl`, `recv` and `close`, the waiting is
//! shared, and nothing is allocated for it. mio is as fast as epoll itself.

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::error::Error;
use std::fs;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// How long it may go without an event.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connects to every address of the list, `parallel` at a time, and prints how many answered and
/// how many did not.
pub fn run(list: &Path, parallel: usize) -> Result<(), Box<dyn Error>> {
    let list = fs::read_to_string(list)?;
    let targets: Result<Vec<SocketAddr>, _> = list.lines().map(str::parse).collect();
    let (read, failed) = Loop::of(targets?, parallel)?.run()?;
    println!("{read} read, {failed} failed");
    Ok(())
}

struct Loop {
    poll: Poll,
    targets: std::vec::IntoIter<SocketAddr>,
    /// One connection each; its index is its token.
    slots: Vec<Option<TcpStream>>,
    in_flight: usize,
    read: usize,
    failed: usize,
}

impl Loop {
    fn of(targets: Vec<SocketAddr>, parallel: usize) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            targets: targets.into_iter(),
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
            let Ok(mut stream) = TcpStream::connect(target) else {
                self.failed += 1;
                continue;
            };
            let registry = self.poll.registry();
            registry.register(&mut stream, Token(slot), Interest::READABLE)?;
            self.slots[slot] = Some(stream);
            self.in_flight += 1;
            break;
        }
        Ok(())
    }

    /// Reads once, closes, and goes on to the next target.
    fn read(&mut self, slot: usize) -> io::Result<()> {
        let Some(mut stream) = self.slots[slot].take() else {
            return Ok(());
        };
        match stream.read(&mut [0; 1024]) {
            Ok(1..) => self.read += 1,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                self.slots[slot] = Some(stream);
                return Ok(());
            }
            Ok(0) | Err(_) => self.failed += 1,
        }
        drop(stream);
        self.in_flight -= 1;
        self.connect(slot)
    }
}
