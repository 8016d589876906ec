//! The servers' process: listeners on several loopback addresses, so that a list does not use up
//! the ports of one.
//!
//! A connection that was answered is closed only when [`KEPT`] further ones have been: its peer has
//! closed it by then, as it would at a real server. That close is a reset (`SO_LINGER` of 0), which
//! spares both sides TIME_WAIT: a run finds the ports as the one before it did. It also takes the
//! server no event and no `epoll_ctl`, so that it is not the slower side.

use crate::usage;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use rustix::net::sockopt::set_socket_linger;
use std::collections::VecDeque;
use std::error::Error;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Shutdown};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many addresses it listens on, from 127.0.0.2 up.
pub const LISTENERS: u8 = 16;

/// How long [`Kind::Slow`] takes to answer.
pub const SLOWNESS: Duration = Duration::from_millis(50);

/// More than any run that is answered has in flight.
const KEPT: usize = 1_024;

/// An answer that is later than this is counted: the figures would take it for the client's.
const LATE: Duration = Duration::from_millis(1);

const BANNER: &[u8] = b"220 bench ESMTP\r\n";

/// What a server says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `220 bench ESMTP` at once.
    Banner,
    /// `554 bench` at once, and then its end: `check_tcp` waits two seconds for more otherwise.
    Unwelcome,
    /// The banner after [`SLOWNESS`].
    Slow,
    /// Nothing ever.
    Silent,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Banner, Self::Unwelcome, Self::Slow, Self::Silent];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Unwelcome => "unwelcome",
            Self::Slow => "slow",
            Self::Silent => "silent",
        }
    }

    /// The kind of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Serves until standard input ends. Prints an address a line and an empty line, then for each line
/// of standard input how many connections it has taken and how many answers were late.
pub fn run(kind: Kind) -> Result<(), Box<dyn Error>> {
    usage::raise_descriptors()?;
    let poll = Poll::new()?;
    let listeners = listen(&poll)?;
    for listener in &listeners {
        println!("{}", listener.local_addr()?);
    }
    println!();
    let tally = Arc::new(Tally::default());
    let told = Arc::clone(&tally);
    thread::spawn(move || tell(&told));
    match kind {
        Kind::Silent => accept(poll, &listeners, &tally, Silent::default()),
        Kind::Slow => accept(poll, &listeners, &tally, Slow::default()),
        Kind::Banner | Kind::Unwelcome => accept(
            poll,
            &listeners,
            &tally,
            Greeting::new(kind == Kind::Banner),
        ),
    }
}

#[derive(Default)]
struct Tally {
    taken: AtomicU64,
    late: AtomicU64,
}

/// What is done with connections.
trait Service {
    /// A new one.
    fn take(&mut self, stream: TcpStream);

    /// Does what is due, and counts what was late; how long it is until the next.
    fn tend(&mut self, _tally: &Tally) -> Option<Duration> {
        None
    }
}

#[derive(Default)]
struct Silent(Vec<TcpStream>);

impl Service for Silent {
    fn take(&mut self, stream: TcpStream) {
        self.0.push(stream);
    }
}

struct Greeting {
    is_welcome: bool,
    kept: Kept,
}

impl Greeting {
    fn new(is_welcome: bool) -> Self {
        Self {
            is_welcome,
            kept: Kept::default(),
        }
    }
}

impl Service for Greeting {
    fn take(&mut self, mut stream: TcpStream) {
        // A peer that has gone already says so itself.
        if self.is_welcome {
            let _ = stream.write_all(BANNER);
        } else {
            let _ = stream.write_all(b"554 bench\r\n");
            let _ = stream.shutdown(Shutdown::Write);
        }
        self.kept.keep(stream);
    }
}

#[derive(Default)]
struct Slow {
    waiting: VecDeque<(Instant, TcpStream)>,
    kept: Kept,
}

impl Service for Slow {
    fn take(&mut self, stream: TcpStream) {
        self.waiting.push_back((Instant::now() + SLOWNESS, stream));
    }

    /// Answers one at most: who connects meanwhile must not wait for the start of its 50 ms until
    /// all that are due have been answered, or they would all be due at once ever after.
    fn tend(&mut self, tally: &Tally) -> Option<Duration> {
        let (due, _) = self.waiting.front()?;
        let now = Instant::now();
        if now < *due {
            // mio rounds up to whole milliseconds: the last one is spent looking at the clock.
            return Some((*due - now).saturating_sub(Duration::from_millis(1)));
        }
        if now - *due > LATE {
            tally.late.fetch_add(1, Ordering::Relaxed);
        }
        let (_, mut stream) = self.waiting.pop_front()?;
        let _ = stream.write_all(BANNER);
        self.kept.keep(stream);
        Some(Duration::ZERO)
    }
}

/// The connections that were answered last.
#[derive(Default)]
struct Kept(VecDeque<TcpStream>);

impl Kept {
    fn keep(&mut self, stream: TcpStream) {
        self.0.push_back(stream);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }
}

fn listen(poll: &Poll) -> io::Result<Vec<TcpListener>> {
    let listen = |index: u8| {
        let address = Ipv4Addr::new(127, 0, 0, 2 + index);
        let mut listener = TcpListener::bind((address, 0).into())?;
        // What it accepts inherits that.
        set_socket_linger(&listener, Some(Duration::ZERO))?;
        let token = Token(index.into());
        let registry = poll.registry();
        registry.register(&mut listener, token, Interest::READABLE)?;
        Ok(listener)
    };
    (0..LISTENERS).map(listen).collect()
}

fn accept(
    mut poll: Poll,
    listeners: &[TcpListener],
    tally: &Tally,
    mut service: impl Service,
) -> Result<(), Box<dyn Error>> {
    let mut events = Events::with_capacity(listeners.len());
    loop {
        poll.poll(&mut events, service.tend(tally))?;
        for event in &events {
            loop {
                match listeners[event.token().0].accept() {
                    Ok((stream, _)) => service.take(stream),
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                    Err(e) => return Err(format!("accepting a connection: {e}").into()),
                }
                tally.taken.fetch_add(1, Ordering::Relaxed);
                service.tend(tally);
            }
        }
    }
}

fn tell(tally: &Tally) {
    for _ in io::stdin().lines().map_while(Result::ok) {
        let [taken, late] = [&tally.taken, &tally.late].map(|count| count.load(Ordering::Relaxed));
        println!("{taken} {late}");
    }
    process::exit(0);
}
