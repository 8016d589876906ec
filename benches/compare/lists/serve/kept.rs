//! The closing of connections that were answered.

use crate::lists::SPARE;
use mio::net::TcpStream;
use std::collections::VecDeque;

/// The connections kept for each check that may be in flight.
const KEPT: usize = 2;

/// The connections that were answered last. One is closed only when [`KEPT`] times as many further
/// ones have been answered as may be in flight: its peer has closed it by then, as it would at a
/// real server.
///
/// That close is a reset (`SO_LINGER` of 0), which spares both sides TIME_WAIT: a run finds the
/// ports as the one before it did. It also takes the server no event and no `epoll_ctl`, so that it
/// is not the slower side.
pub struct Kept {
    streams: VecDeque<TcpStream>,
    most: usize,
}

/// The descriptors a server needs for a number of checks in flight.
pub const fn descriptors(in_flight: usize) -> usize {
    in_flight + kept(in_flight) + SPARE
}

/// The checks that may be in flight for a server's number of descriptors.
pub const fn in_flight(descriptors: usize) -> usize {
    descriptors.saturating_sub(SPARE) / (1 + KEPT)
}

impl Kept {
    /// None so far.
    pub fn of(in_flight: usize) -> Self {
        Self {
            streams: VecDeque::new(),
            most: kept(in_flight),
        }
    }

    /// One more, which was answered.
    pub fn keep(&mut self, stream: TcpStream) {
        self.streams.push_back(stream);
        if self.streams.len() > self.most {
            self.streams.pop_front();
        }
    }
}

const fn kept(in_flight: usize) -> usize {
    KEPT * in_flight
}
