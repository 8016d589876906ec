//! Servers that take their time, and say how long they took.

use super::Service;
use super::kept::{Kept, in_flight};
use mio::Registry;
use mio::net::TcpStream;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// The intended response time.
pub const SLOWNESS: Duration = Duration::from_millis(50);

/// The most that are in flight, where there are descriptors for them.
const IN_FLIGHT: usize = 4_096;

/// Answers after [`SLOWNESS`] with how long it was really, so that nobody takes their own lateness
/// for the client's.
pub struct Slow {
    /// The times of acceptance.
    waiting: VecDeque<(Instant, TcpStream)>,
    kept: Kept,
}

impl Slow {
    /// With so many descriptors.
    pub fn new(descriptors: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            kept: Kept::of(IN_FLIGHT.min(in_flight(descriptors))),
        }
    }
}

impl Service for Slow {
    fn take(&mut self, stream: TcpStream, _: &Registry) -> io::Result<()> {
        self.waiting.push_back((Instant::now(), stream));
        Ok(())
    }

    /// Answers one at most: who connects meanwhile must not wait for the start of its 50 ms until
    /// all that are due have been answered, or they would all be due at once ever after.
    fn tend(&mut self) -> Option<Duration> {
        let (taken, _) = self.waiting.front()?;
        let held = taken.elapsed();
        if held < SLOWNESS {
            // mio rounds up to whole milliseconds: the last one is spent looking at the clock.
            return Some((SLOWNESS - held).saturating_sub(Duration::from_millis(1)));
        }
        let (_, mut stream) = self.waiting.pop_front()?;
        // A peer that has gone already says so itself.
        let _ = stream.write_all(format!("220 {}\r\n", held.as_micros()).as_bytes());
        self.kept.keep(stream);
        Some(Duration::ZERO)
    }
}
