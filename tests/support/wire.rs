//! The bare stream under a connection: TCP or Unix.

use super::PATIENCE;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
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
        while is_busy(here, there) {
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

/// The connections of IPv4 and of IPv6 with bytes that wait. The kernel takes milliseconds to tell
/// them, so all who ask meanwhile share what it tells next.
static BUSY: [Mutex<Busy>; 2] = [const { Mutex::new(Busy::UNKNOWN) }; 2];

struct Busy {
    /// When the kernel was asked.
    asked: Option<Instant>,
    /// The local and the remote port of connections with bytes to be acknowledged.
    unacknowledged: Vec<(u16, u16)>,
    /// Those of connections with bytes to be read.
    unread: Vec<(u16, u16)>,
}

impl Busy {
    const UNKNOWN: Self = Self {
        asked: None,
        unacknowledged: Vec::new(),
        unread: Vec::new(),
    };

    fn ask(table: &str) -> Self {
        let mut busy = Self {
            asked: Some(Instant::now()),
            ..Self::UNKNOWN
        };
        let table = std::fs::read_to_string(table).unwrap_or_default();
        // Most have none.
        let is_busy = |line: &&str| !line.contains(" 00000000:00000000 ");
        for line in table.lines().skip(1).filter(is_busy) {
            let fields: Vec<_> = line.split_whitespace().take(5).collect();
            let [_, local, remote, _, queues] = fields[..] else {
                continue;
            };
            let (Some(local), Some(remote)) = (port(local), port(remote)) else {
                continue;
            };
            let (sent, received) = queues.split_once(':').unwrap_or_default();
            let waits = |count: &str| u64::from_str_radix(count, 16) != Ok(0);
            if waits(sent) {
                busy.unacknowledged.push((local, remote));
            }
            if waits(received) {
                busy.unread.push((local, remote));
            }
        }
        busy
    }
}

/// True if bytes from `here` wait to be acknowledged, or to be read at `there`.
fn is_busy(here: SocketAddr, there: SocketAddr) -> bool {
    let now = Instant::now();
    let tables = [&BUSY[0], &BUSY[1]].into_iter().zip(["tcp", "tcp6"]);
    // A socket of IPv6 may have a peer of IPv4, and stands with its own.
    let tables = tables.filter(|(_, name)| *name == "tcp" || here.is_ipv6());
    let ports = (here.port(), there.port());
    tables.into_iter().any(|(busy, name)| {
        let mut busy = busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.asked.is_none_or(|asked| asked < now) {
            *busy = Busy::ask(&format!("/proc/net/{name}"));
        }
        busy.unacknowledged.contains(&ports) || busy.unread.contains(&(ports.1, ports.0))
    })
}

fn port(address: &str) -> Option<u16> {
    u16::from_str_radix(address.split_once(':')?.1, 16).ok()
}
