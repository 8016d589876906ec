//! The scripted `Net`, its clock, and a log of what was asked of it.

mod net;

use crate::peer::{Out, Peer};
use crate::pipe::Pipe;
use crate::rng::Rng;
use crate::script::{Fate, Script};
use check_tcp::target::{ATTEMPTS, Family};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A world in which one probe runs. Time stands still until the driver moves it, but for what reads
/// cost in some weathers. All times count from its first moment.
pub struct World {
    script: Script,
    rng: Rng,
    /// Decides what is seen together: how often it is asked depends on who looks when.
    coin: Rng,
    first: Instant,
    now: Duration,
    /// What will happen, in order; the number keeps apart what happens at one moment.
    agenda: BTreeMap<(Duration, u64), Event>,
    planned: u64,
    /// Where the look-up is: when it was asked, and whether the answer was taken.
    asked: Option<Duration>,
    answered: bool,
    attempts: [Option<Running>; ATTEMPTS],
    stream: Option<Stream>,
    pub log: Log,
}

/// What was asked of a world.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// What the resolver was asked.
    pub question: Option<(String, u16, Family)>,
    /// Every attempt to connect: when, and where to.
    pub begun: Vec<(Duration, Option<SocketAddr>)>,
    /// Every attempt that was given up: when, and where it went.
    pub abandoned: Vec<(Duration, Option<SocketAddr>)>,
    /// Where the connection that was kept goes to.
    pub kept: Option<SocketAddr>,
    /// Every read that gave something: how many bytes of ours had been taken before, and what it
    /// gave.
    pub reads: Vec<(usize, usize)>,
    /// Every byte of ours that was taken.
    pub sent: Vec<u8>,
    /// When the last of them was.
    pub last_write: Duration,
    /// When the peer heard the last byte that was meant for it, and when our `close_notify`.
    pub last_heard: Duration,
    pub goodbye: Option<Duration>,
    /// When the script said that what it is about would come.
    pub struck: Option<Duration>,
    /// When the first and the last that came after it were there to be seen.
    pub news: Option<(Duration, Duration)>,
    /// How many times anything was tried.
    pub calls: usize,
}

struct Running {
    to: Option<SocketAddr>,
    fate: Fate,
    begun: Duration,
}

struct Stream {
    pipe: Pipe,
    peer: Peer,
    flood: Option<Vec<u8>>,
    /// When the last piece on its way will arrive: pieces don't overtake each other.
    last: Duration,
}

enum Event {
    /// A look-up or an attempt has come to its end.
    Edge,
    Arrives(Vec<u8>),
    Closes,
    Resets(Errno),
    Opens(usize),
    Floods(Vec<u8>),
    /// Nothing that the probe could see.
    PeerGoesOn,
}

impl World {
    pub fn new(script: Script) -> Self {
        Self {
            rng: Rng::new(script.seed),
            coin: Rng::new(!script.seed),
            script,
            first: Instant::now(),
            now: Duration::ZERO,
            agenda: BTreeMap::new(),
            planned: 0,
            asked: None,
            answered: false,
            attempts: [const { None }; ATTEMPTS],
            stream: None,
            log: Log::default(),
        }
    }

    /// Its first moment.
    pub fn first(&self) -> Instant {
        self.first
    }

    /// How old it is.
    pub fn age(&self) -> Duration {
        self.now
    }

    /// Nothing happens until `to`.
    pub fn wait(&mut self, to: Duration) {
        self.now = self.now.max(to);
    }

    /// When the next thing will happen.
    pub fn next(&self) -> Option<Duration> {
        self.agenda.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets the next thing happen, or several of one moment. Whether a socket or the resolver tells
    /// the probe of it.
    pub fn turn(&mut self) -> bool {
        let mut edge = false;
        while let Some(((at, _), event)) = self.agenda.pop_first() {
            self.now = self.now.max(at);
            edge |= self.happen(event);
            let together = !self.script.weather.apart || self.coin.one_in(2);
            if self.next() != Some(at) || !together {
                break;
            }
        }
        edge
    }

    /// The peer of the kept connection.
    pub fn peer(&self) -> Option<&Peer> {
        self.stream.as_ref().map(|stream| &stream.peer)
    }

    /// What the peer heard.
    pub fn heard(&self) -> &[u8] {
        self.peer().map_or(&[], |peer| &peer.heard)
    }

    /// How many bytes have arrived and were not read, floods aside.
    pub fn unread(&self) -> usize {
        let stream = self.stream.as_ref();
        let stream = stream.filter(|stream| stream.flood.is_none());
        stream.map_or(0, |stream| stream.pipe.unread())
    }

    /// Whether a poll would tell of something to read, and of room to write; of an attempt, both.
    pub fn ready(&self) -> (bool, bool) {
        match &self.stream {
            Some(stream) => (
                stream.flood.is_some() || stream.pipe.is_readable(),
                stream.pipe.is_writable(),
            ),
            None => (true, true),
        }
    }

    /// What every read costs.
    pub fn cost(&self) -> Duration {
        self.script.weather.cost
    }

    /// Whether the last write was refused, and nothing has made room since.
    pub fn starved(&self) -> bool {
        self.stream
            .as_ref()
            .is_some_and(|stream| stream.pipe.starved)
    }

    fn happen(&mut self, event: Event) -> bool {
        let Some(stream) = &mut self.stream else {
            return true;
        };
        let seen = !matches!(event, Event::Edge | Event::Opens(_) | Event::PeerGoesOn);
        if seen && self.log.struck.is_some() {
            self.log.news.get_or_insert((self.now, self.now)).1 = self.now;
        }
        match event {
            Event::Edge => {}
            Event::Arrives(bytes) => stream.pipe.arrives(&bytes),
            Event::Closes => stream.pipe.closes(),
            Event::Resets(errno) => stream.pipe.resets(errno),
            Event::Floods(bytes) => stream.flood = Some(bytes),
            Event::Opens(window) => stream.pipe.opens(window),
            Event::PeerGoesOn => {
                stream.peer.wake();
                self.react();
                return false;
            }
        }
        true
    }

    fn plan(&mut self, at: Duration, event: Event) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), event);
    }

    /// Lets the peer go on, and puts what it gives on its way.
    fn react(&mut self) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        for out in stream.peer.go_on() {
            match out {
                Out::Bytes(bytes) => self.cut(&bytes),
                Out::Closed => self.send(Event::Closes),
                Out::Reset(errno) => self.send(Event::Resets(errno)),
                Out::Flood(bytes) => self.send(Event::Floods(bytes)),
                Out::Shut => self.stream().pipe.shut = true,
                Out::Loosen => self.stream().pipe.shut = false,
                Out::Take(length) => {
                    self.stream().pipe.grants(length);
                    self.plan(self.now, Event::Edge);
                }
                Out::Open => {
                    self.stream().pipe.shut = false;
                    self.plan(self.now, Event::Opens(usize::MAX));
                }
                Out::Pause(length) => self.plan(self.now + length, Event::PeerGoesOn),
                Out::Strike => self.log.struck = Some(self.now),
            }
        }
    }

    fn cut(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let length = match self.script.weather.piece {
                Some(longest) => (1 + self.rng.below(longest)).min(bytes.len()),
                None => bytes.len(),
            };
            let (piece, rest) = bytes.split_at(length);
            self.send(Event::Arrives(piece.to_vec()));
            bytes = rest;
        }
    }

    fn send(&mut self, event: Event) {
        let lag = self.rng.duration(self.script.weather.lag);
        let at = self.stream().last.max(self.now + lag);
        self.stream().last = at;
        self.plan(at, event);
    }

    /// How much of ours the kernel will take next.
    fn room(&mut self) -> usize {
        let most = self.script.weather.window;
        most.map_or(usize::MAX, |most| 1 + self.rng.below(most))
    }

    fn stream(&mut self) -> &mut Stream {
        self.stream.as_mut().expect("a connection")
    }
}
