//! The servers' process: listeners on several loopback addresses, so that a list does not use up
//! the ports of one.

mod kept;
mod plain;
mod secure;
mod slow;

use super::identity;
use crate::usage;
pub use kept::{descriptors, in_flight};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Registry, Token};
use plain::{Greeting, Silent};
use rustix::net::sockopt::set_socket_linger;
use secure::Secure;
pub use slow::SLOWNESS;
use slow::Slow;
use std::error::Error;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// The backlog of each address, as far as the system lets them.
const BACKLOG: i32 = 4_096;

/// Tokens from here on are the service's own.
const SERVICE: usize = 1_024;

const BANNER: &[u8] = b"220 bench ESMTP\r\n";

const UNWELCOME: &[u8] = b"554 bench\r\n";

/// The banner of a server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `220 bench ESMTP` at once.
    Banner,
    /// The same, and then its end: `zgrab2` reads on for as long as it may.
    Parting,
    /// `554 bench` at once, and then its end: `check_tcp` waits two seconds for more otherwise.
    Unwelcome,
    /// After [`SLOWNESS`] `220` and how many microseconds it was since the connection was accepted.
    Slow,
    /// Nothing ever.
    Silent,
    /// The banner as soon as TLS is up.
    Secure,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Banner,
        Self::Parting,
        Self::Unwelcome,
        Self::Slow,
        Self::Silent,
        Self::Secure,
    ];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Parting => "parting",
            Self::Unwelcome => "unwelcome",
            Self::Slow => "slow",
            Self::Silent => "silent",
            Self::Secure => "secure",
        }
    }

    /// The kind of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The listening address.
pub fn addresses() -> impl Iterator<Item = Ipv4Addr> {
    (2..18).map(|last| Ipv4Addr::new(127, 0, 0, last))
}

/// Serves until standard input ends; under TLS with a certificate from the directory `identity`.
/// Prints an address a line and an empty line, then for each line of standard input how many
/// connections it has taken.
pub fn run(kind: Kind, identity: &Path) -> Result<(), Box<dyn Error>> {
    usage::raise_descriptors()?;
    let poll = Poll::new()?;
    let listeners = listen(poll.registry())?;
    for listener in &listeners {
        println!("{}", listener.local_addr()?);
    }
    println!();
    let taken = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&taken);
    thread::spawn(move || tell(&told));
    match kind {
        Kind::Silent => accept(poll, &listeners, &taken, Silent::default()),
        Kind::Slow => accept(
            poll,
            &listeners,
            &taken,
            Slow::new(usage::most_descriptors()?),
        ),
        Kind::Banner => accept(poll, &listeners, &taken, Greeting::new(BANNER, false)),
        Kind::Parting => accept(poll, &listeners, &taken, Greeting::new(BANNER, true)),
        Kind::Unwelcome => accept(poll, &listeners, &taken, Greeting::new(UNWELCOME, true)),
        Kind::Secure => {
            let service = Secure::new(identity::server(identity)?);
            accept(poll, &listeners, &taken, service)
        }
    }
}

/// The treatment of connections.
trait Service {
    /// A new one.
    fn take(&mut self, stream: TcpStream, registry: &Registry) -> io::Result<()>;

    /// Something came to pass at one that it registered, with this token.
    fn turn(&mut self, _token: Token) {}

    /// Does what is due; how long it is until the next.
    fn tend(&mut self) -> Option<Duration> {
        None
    }
}

fn listen(registry: &Registry) -> io::Result<Vec<TcpListener>> {
    let listen = |(index, address): (usize, Ipv4Addr)| {
        let mut listener = TcpListener::bind((address, 0).into())?;
        rustix::net::listen(&listener, BACKLOG)?;
        // What it accepts inherits that.
        set_socket_linger(&listener, Some(Duration::ZERO))?;
        registry.register(&mut listener, Token(index), Interest::READABLE)?;
        Ok(listener)
    };
    addresses().enumerate().map(listen).collect()
}

fn accept(
    mut poll: Poll,
    listeners: &[TcpListener],
    taken: &AtomicU64,
    mut service: impl Service,
) -> Result<(), Box<dyn Error>> {
    let mut events = Events::with_capacity(SERVICE);
    loop {
        poll.poll(&mut events, service.tend())?;
        for event in &events {
            let Some(listener) = listeners.get(event.token().0) else {
                service.turn(event.token());
                continue;
            };
            loop {
                match listener.accept() {
                    Ok((stream, _)) => service.take(stream, poll.registry())?,
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                    Err(e) => return Err(format!("accepting a connection: {e}").into()),
                }
                taken.fetch_add(1, Ordering::Relaxed);
                service.tend();
            }
        }
    }
}

fn tell(taken: &AtomicU64) {
    for _ in io::stdin().lines().map_while(Result::ok) {
        println!("{}", taken.load(Ordering::Relaxed));
    }
    process::exit(0);
}
