//! The bare stream under a connection: TCP or Unix.

use super::PATIENCE;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

pub enum Wire {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Wire {
    /// No read or write of a script lasts for ever, and no segment waits for the next.
    pub fn bound(&self) {
        let limit = Some(PATIENCE);
        let bound = match self {
            Self::Tcp(stream) => stream
                .set_read_timeout(limit)
                .and_then(|()| stream.set_write_timeout(limit))
                .and_then(|()| stream.set_nodelay(true)),
            Self::Unix(stream) => stream
                .set_read_timeout(limit)
                .and_then(|()| stream.set_write_timeout(limit)),
        };
        drop(bound); // a client that is gone already refuses them
    }

    /// Ends what is sent, and leaves what is received open.
    pub fn shut_down(&self) {
        let shut = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Self::Unix(stream) => stream.shutdown(Shutdown::Write),
        };
        drop(shut); // nothing to end where the client is gone
    }

    /// Makes the close that comes a reset.
    pub fn reset_when_closed(&self) {
        if let Self::Tcp(stream) = self {
            rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO)).expect("linger");
        }
    }

    /// Waits until the client has taken all that was sent out of its kernel's hands.
    pub fn wait_until_read(&self) {
        let Self::Tcp(stream) = self else { return };
        let (Ok(here), Ok(there)) = (stream.local_addr(), stream.peer_addr()) else {
            return;
        };
        if !cfg!(target_os = "linux") {
            thread::sleep(Duration::from_millis(50)); // no event tells it elsewhere
            return;
        }
        let started = Instant::now();
        while unread(here.port(), there.port()) {
            assert!(started.elapsed() < PATIENCE, "the client does not read");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// True if bytes from port `here` wait to be acknowledged, or to be read at port `there`.
fn unread(here: u16, there: u16) -> bool {
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().any(|table| {
        let table = std::fs::read_to_string(table).unwrap_or_default();
        table.lines().skip(1).any(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let [_, local, remote, _, queues, ..] = fields.as_slice() else {
                return false;
            };
            let Some((sent, received)) = queues.split_once(':') else {
                return false;
            };
            let waits = |count: &str| u64::from_str_radix(count, 16) != Ok(0);
            let ports = (port(local), port(remote));
            ports == (Some(here), Some(there)) && waits(sent)
                || ports == (Some(there), Some(here)) && waits(received)
        })
    })
}

fn port(address: &str) -> Option<u16> {
    u16::from_str_radix(address.split_once(':')?.1, 16).ok()
}
