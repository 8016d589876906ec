//! The script of a world: all that it will do.

use crate::rng::Rng;
use rustix::io::Errno;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

/// A world before its first moment. What is not said is silent.
#[derive(Clone)]
pub struct Script {
    pub lookup: Lookup,
    /// Fates of attempts, by address.
    pub fates: HashMap<SocketAddr, Fate>,
    /// The fate of an attempt at any other, and at a Unix socket.
    pub fate: Fate,
    /// The peer's acts once a connection is kept.
    pub acts: Vec<Act>,
    /// True if the peer can speak TLS.
    pub tls: bool,
    /// True if that is TLS 1.2, not 1.3.
    pub old: bool,
    /// True if it wants a certificate of the probe, which has none.
    pub demands: bool,
    pub weather: Weather,
    /// For all that is left to chance.
    pub seed: u64,
}

/// Behaviour of the resolver.
#[derive(Clone)]
pub enum Lookup {
    Never,
    /// This machine lacks what it takes to ask.
    Lacks(Duration, Errno),
    Fails(Duration, Errno),
    Finds(Duration, Vec<SocketAddr>),
}

/// The fate of an attempt to connect; times count from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// `connect(2)` itself says so.
    Refused(Errno),
    Up(Duration),
    Down(Duration, Errno),
    Silent,
    /// The backlog of a Unix listener has no room before this time of the world.
    Full(Duration),
}

/// One thing that a peer does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Brings the TLS session up.
    Handshake,
    /// Lets so many bytes of its part of the handshake out, and no more.
    HandshakePart(usize),
    /// Lets its part of the handshake out byte by byte, so long after each other.
    HandshakeDrip(Duration),
    /// Says this, under TLS where there is a session.
    Say(Vec<u8>),
    /// Puts these bytes on the wire as they are.
    Raw(Vec<u8>),
    /// Waits until it has heard so many bytes in all.
    Hear(usize),
    /// Has heard so many bytes in all by now, and no more.
    Heard(usize),
    /// Is in the clear up to here, though it can speak TLS.
    Upgrade,
    Pause(Duration),
    /// Takes nothing in any more: its window is closed.
    Shut,
    /// Takes so many bytes more in, though its window is closed.
    Take(usize),
    /// Takes everything in again.
    Open,
    /// The same, but nothing tells of it: Linux does so only once there is a good deal of room.
    Loosen,
    CloseNotify,
    /// Breaks the TLS session off with a fatal alert, `bad_record_mac`.
    Alert,
    /// Closes its half.
    End,
    Reset(Errno),
    /// Says this without end.
    Flood(Vec<u8>),
    /// Notes the moment in the log: what the script is about comes next.
    Strike,
}

/// Conditions for bytes on their way.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// The peer's bytes arrive in pieces of at most so many; else whole.
    pub piece: Option<usize>,
    /// Each piece takes at most this long.
    pub lag: Duration,
    /// The kernel takes at most so many bytes of ours before it refuses; later, so many again.
    pub window: Option<usize>,
    /// Events of the same moment may be seen one by one; else always together.
    pub apart: bool,
    /// A read gives at most so many bytes of what is there; else all that it has room for.
    pub short_reads: Option<usize>,
    /// The time that every read costs.
    pub cost: Duration,
}

impl Script {
    /// A peer in the clear that does `acts` as soon as it is connected to, which is at once.
    pub fn new(acts: Vec<Act>) -> Self {
        Self {
            lookup: Lookup::Finds(Duration::ZERO, vec![v4(1)]),
            fates: HashMap::new(),
            fate: Fate::Up(Duration::ZERO),
            acts,
            tls: false,
            old: false,
            demands: false,
            weather: Weather::calm(),
            seed: 0,
        }
    }

    /// The same under TLS.
    pub fn tls(acts: Vec<Act>) -> Self {
        let handshake = [Act::Handshake];
        Self {
            tls: true,
            ..Self::new(handshake.into_iter().chain(acts).collect())
        }
    }

    /// In the clear or under TLS.
    pub fn over(tls: bool, acts: Vec<Act>) -> Self {
        if tls {
            Self::tls(acts)
        } else {
            Self::new(acts)
        }
    }

    /// The same acts in the weather of a seed, and under TLS of either version.
    pub fn in_weather(self, seed: u64) -> Self {
        Self {
            weather: Weather::of(&mut Rng::new(seed)),
            old: seed % 2 == 1,
            seed,
            ..self
        }
    }

    /// A name whose addresses have these fates, in the resolver's order.
    pub fn race(fates: &[(SocketAddr, Fate)]) -> Self {
        let addresses = fates.iter().map(|(address, _)| *address).collect();
        Self {
            lookup: Lookup::Finds(Duration::ZERO, addresses),
            fates: fates.iter().copied().collect(),
            ..Self::new(Vec::new())
        }
    }

    /// Every attempt has this fate.
    pub fn fate(fate: Fate) -> Self {
        Self {
            fate,
            ..Self::new(Vec::new())
        }
    }
}

impl Act {
    pub fn say(text: impl AsRef<[u8]>) -> Self {
        Self::Say(text.as_ref().to_vec())
    }

    pub fn raw(text: impl AsRef<[u8]>) -> Self {
        Self::Raw(text.as_ref().to_vec())
    }
}

impl Weather {
    /// Everything arrives whole and at once.
    pub fn calm() -> Self {
        Self {
            piece: None,
            lag: Duration::ZERO,
            window: None,
            apart: false,
            short_reads: None,
            cost: Duration::ZERO,
        }
    }

    /// Any weather in which a check of some kilobytes still ends within seconds.
    pub fn of(rng: &mut Rng) -> Self {
        Self {
            piece: *rng.pick(&[None, Some(1), Some(2), Some(7), Some(40), Some(500)]),
            lag: *rng.pick(&[0, 1, 300].map(Duration::from_micros)),
            window: *rng.pick(&[None, Some(1), Some(3), Some(60), Some(5000)]),
            apart: rng.one_in(2),
            short_reads: *rng.pick(&[None, None, None, Some(1), Some(300)]),
            cost: Duration::ZERO,
        }
    }
}

/// An IPv4 address of the documentation block.
pub fn v4(n: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, n], 25))
}

/// An IPv6 address of the documentation block.
pub fn v6(n: u16) -> SocketAddr {
    SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, n], 25))
}
