//! The kernel's two buffers of one connection.

use rustix::io::Errno;
use std::collections::VecDeque;
use std::io::{self, Read};

/// The bytes that arrived and were not read, and the room for ours.
pub struct Pipe {
    inbox: VecDeque<u8>,
    end: Option<End>,
    window: usize,
    /// A write was refused, and nothing has made room since.
    pub starved: bool,
    /// Never again will there be room, but for what was granted.
    pub shut: bool,
    granted: usize,
}

#[derive(Clone, Copy)]
enum End {
    Closed,
    /// Told once, by whichever call comes first; then the connection is merely gone.
    Reset(Errno),
    Gone,
}

impl Pipe {
    pub fn new(window: usize) -> Self {
        Self {
            inbox: VecDeque::new(),
            end: None,
            window,
            starved: false,
            shut: false,
            granted: 0,
        }
    }

    pub fn arrives(&mut self, bytes: &[u8]) {
        if self.end.is_none() {
            self.inbox.extend(bytes);
        }
    }

    pub fn closes(&mut self) {
        self.end.get_or_insert(End::Closed);
    }

    pub fn resets(&mut self, errno: Errno) {
        self.end = Some(End::Reset(errno));
        self.starved = false;
    }

    pub fn opens(&mut self, window: usize) {
        self.window = self.window.saturating_add(window);
        self.starved = false;
    }

    /// So many bytes will be taken though it is shut.
    pub fn grants(&mut self, length: usize) {
        self.granted += length;
        self.starved = false;
    }

    /// As `poll(2)` would tell.
    pub fn is_readable(&self) -> bool {
        !self.inbox.is_empty() || self.end.is_some()
    }

    /// As `poll(2)` would tell; of room that there is again, only once it was said to be enough.
    pub fn is_writable(&self) -> bool {
        let is_broken = matches!(self.end, Some(End::Reset(_) | End::Gone));
        is_broken || self.granted > 0 || (self.window > 0 && !self.shut && !self.starved)
    }

    pub fn unread(&self) -> usize {
        self.inbox.len()
    }

    /// As `read(2)`, and at most `most`: what is there first, then how it ended.
    pub fn read(&mut self, buf: &mut [u8], most: usize) -> io::Result<usize> {
        assert!(!buf.is_empty(), "a read of nothing looks like the end");
        if self.inbox.is_empty() {
            return match self.end {
                None => Err(io::ErrorKind::WouldBlock.into()),
                Some(End::Closed | End::Gone) => Ok(0),
                Some(End::Reset(errno)) => self.tell(errno),
            };
        }
        let taken = self.inbox.len().min(buf.len()).min(most);
        self.inbox.read_exact(&mut buf[..taken])?;
        Ok(taken)
    }

    /// As `write(2)`.
    pub fn write(&mut self, len: usize) -> io::Result<usize> {
        match self.end {
            Some(End::Reset(errno)) => return self.tell(errno),
            Some(End::Gone) => return Err(Errno::PIPE.into()),
            Some(End::Closed) | None => {}
        }
        let room = match self.shut {
            true => &mut self.granted,
            false => &mut self.window,
        };
        let taken = len.min(*room);
        if taken == 0 {
            self.starved = true;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        *room -= taken;
        Ok(taken)
    }

    fn tell(&mut self, errno: Errno) -> io::Result<usize> {
        self.end = Some(End::Gone);
        Err(errno.into())
    }
}
