//! A cell as a seed has it: a world and a check that bring a probe into the state, and let the
//! fault strike while it is there.

use super::{Cell, Fault};
use crate::driver::Strain;
use crate::rng::Rng;
use crate::run::{Case, over};
use crate::script::{Fate, Lookup, Script, Weather, v4, v6};
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::phase::Phase;
use rustix::io::Errno;
use std::time::Duration;

/// Longer than anything that is taken in byte by byte until a deadline.
const LONG: usize = 400;

/// The check's demand of the reply, and the reply that the peer has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    Match,
    Mismatch,
    /// Nothing is read.
    Nothing,
}

/// A cell in the world of a seed.
pub struct Story {
    pub plot: Plot,
    /// The time at which the fault strikes, where that is before there is a peer.
    pub strikes: Option<Duration>,
    /// The time that a read costs.
    pub cost: Duration,
    pub case: Case,
}

/// The parts that its world and its check are made from.
#[derive(Clone, Copy, Debug)]
pub struct Plot {
    pub cell: Cell,
    pub asks: Asks,
    /// Part of the reply has come before the fault; only where it strikes the reading.
    pub half: bool,
    /// The farewell has been said, and the peer is given time to take its leave; only where the
    /// fault strikes the quitting.
    pub leave: bool,
    /// The clock jumps beyond the deadline.
    pub beyond: bool,
    /// The system's error, where there is one.
    pub errno: Errno,
    /// Time in the state until the fault strikes, or until the world goes on.
    pub rest: Duration,
    /// Time after the fault until a peer that took nothing in takes everything.
    pub release: Duration,
    /// Between two bytes of a drip.
    pub drip: Duration,
    pub timeout: Duration,
    pub delay: Duration,
    /// Lengths of the send string and of the quit string.
    pub send: usize,
    pub quit: usize,
}

impl Story {
    /// The story of a cell; the same each time.
    pub fn of(cell: Cell, seed: u64) -> Self {
        let mut rng = Rng::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
        let rng = &mut rng;
        let plot = Plot::of(cell, rng);
        let lookup = rng.duration(Duration::from_millis(80));
        let mut script = Script {
            lookup: Lookup::Finds(lookup, vec![v4(1)]),
            fate: Fate::Up(rng.duration(Duration::from_millis(80))),
            tls: cell.tls,
            old: rng.one_in(2),
            weather: plot.weather(rng),
            seed,
            ..Script::new(plot.acts(rng))
        };
        let strikes = match cell.state {
            Phase::Resolving => Some(plot.resolver(&mut script)),
            Phase::Connecting => Some(plot.addresses(&mut script, lookup, rng)),
            _ => None,
        };
        let cost = script.weather.cost;
        let check = plot.check(rng);
        let looks_up = matches!(cell.state, Phase::Resolving | Phase::Connecting);
        let case = match rng.below(3) {
            0 if !looks_up => Case::socket(script, check),
            1 if !looks_up => Case::literal(script, check, v6(1)),
            _ => Case::new(script, check),
        };
        let strain = plot.strain(rng);
        let case = match strain.is_none() && cost.is_zero() && rng.one_in(3) {
            true => case.nudged(seed),
            false => case.under(strain),
        };
        Self {
            plot,
            strikes,
            cost,
            case,
        }
    }
}

impl Plot {
    fn of(cell: Cell, rng: &mut Rng) -> Self {
        let asks = asks(cell, rng);
        let rest = between(100, 200, rng);
        let delay = match cell.state {
            Phase::Delay => rest + between(100, 300, rng),
            _ if rng.one_in(2) => between(0, 300, rng),
            _ => Duration::ZERO,
        };
        let errno = match (cell.fault, cell.state) {
            (Fault::Refused, _) => Errno::CONNREFUSED,
            (Fault::Exhaustion, Phase::Resolving) => *rng.pick(&[Errno::AGAIN, Errno::MFILE]),
            (Fault::Exhaustion, _) => *rng.pick(&[Errno::NOBUFS, Errno::NOMEM]),
            _ => Errno::CONNRESET,
        };
        let dripped = |state| (cell.fault, cell.state) == (Fault::Drip, state);
        let unforced = !matches!(cell.fault, Fault::Flood | Fault::Jump);
        let leaves = cell.state == Phase::Quitting && cell.tls && unforced;
        // What could still be said where the pause ends beyond the deadline is up to the weather.
        let said = (cell.state, asks) == (Phase::Delay, Asks::Nothing);
        Self {
            cell,
            asks,
            half: cell.state == Phase::Reading && rng.one_in(2),
            leave: leaves && rng.one_in(2),
            beyond: cell.fault == Fault::Jump && !said && rng.one_in(2),
            errno,
            rest,
            release: between(50, 150, rng),
            drip: between(25, 150, rng),
            timeout: between(4_000, 6_000, rng),
            delay,
            send: match cell.state {
                _ if dripped(Phase::Sending) => LONG,
                Phase::Sending => 6,
                _ => *rng.pick(&[0, 6, 6, 40]),
            },
            quit: match dripped(Phase::Quitting) {
                true => LONG,
                false => *rng.pick(&[6, 40]),
            },
        }
    }

    /// True if the world goes on after the fault as if nothing had been.
    pub fn passes(&self) -> bool {
        match self.cell.fault {
            Fault::Doubled => true,
            Fault::Jump => !self.beyond,
            _ => false,
        }
    }

    fn check(&self, rng: &mut Rng) -> Check {
        let pattern = || Pattern::new("^2+0").expect("a pattern");
        let check = Check {
            expect: (self.asks != Asks::Nothing).then(pattern),
            send: vec![b's'; self.send],
            quit: vec![b'q'; self.quit],
            timeout: self.timeout,
            delay: self.delay,
            error_warning: rng.one_in(4),
            perfdata: rng.one_in(2),
            ..Check::default()
        };
        over(self.cell.tls, check)
    }

    fn weather(&self, rng: &mut Rng) -> Weather {
        let is_read = matches!(self.cell.state, Phase::Delay | Phase::Reading);
        match self.cell.fault {
            // Under TLS the peer's leave is waited for, and only what reading costs ends that.
            Fault::Flood if is_read && self.cell.tls => Weather {
                cost: Duration::from_millis(10),
                ..Weather::calm()
            },
            _ => {
                let weather = Weather::of(rng);
                match self.cell.tls && !rng.one_in(4) {
                    true => brisk(weather),
                    false => weather,
                }
            }
        }
    }

    /// Lets the fault strike the look-up. When it does.
    fn resolver(&self, script: &mut Script) -> Duration {
        let (takes, errno) = (self.rest, self.errno);
        script.lookup = match self.cell.fault {
            Fault::Refused => Lookup::Fails(takes, errno),
            Fault::Exhaustion => Lookup::Lacks(takes, errno),
            _ if self.passes() => Lookup::Finds(takes, vec![v4(1)]),
            Fault::Silence => Lookup::Finds(self.timeout + takes, vec![v4(1)]),
            _ => Lookup::Never,
        };
        match self.cell.fault {
            Fault::Refused | Fault::Exhaustion => takes,
            _ => self.timeout,
        }
    }

    /// Lets the fault strike the attempts at one to three addresses, which begin at `from`. When it
    /// has struck the last that it is waited for.
    fn addresses(&self, script: &mut Script, from: Duration, rng: &mut Rng) -> Duration {
        let count = 1 + rng.below(3) as u8;
        // Each is alone, or the next would begin before it has failed.
        let takes = self.rest;
        let addresses: Vec<_> = (1..=count).map(v4).collect();
        if let Lookup::Finds(_, found) = &mut script.lookup {
            found.clone_from(&addresses);
        }
        let passes = self.passes();
        let last = addresses.last().copied();
        let fate = |address| match self.cell.fault {
            Fault::Refused | Fault::Reset => Fate::Down(takes, self.errno),
            Fault::Exhaustion if address == addresses[0] => Fate::Down(takes, self.errno),
            Fault::Exhaustion => Fate::Refused(Errno::MFILE),
            _ if passes && Some(address) == last => Fate::Up(takes),
            _ => Fate::Silent,
        };
        script.fates = addresses.iter().map(|&to| (to, fate(to))).collect();
        match self.cell.fault {
            Fault::Refused => from + takes * count.into(),
            Fault::Reset | Fault::Exhaustion => from + takes,
            _ => self.timeout,
        }
    }

    fn strain(&self, rng: &mut Rng) -> Option<Strain> {
        let phase = self.cell.state;
        let stays = match phase {
            Phase::Delay => self.delay,
            _ => self.rest,
        };
        let after = rng.duration(stays / 2);
        let more = Duration::from_nanos(1) + rng.duration(Duration::from_secs(1));
        let by = match self.beyond {
            true => self.timeout + self.delay + more,
            false => stays - after + more,
        };
        match self.cell.fault {
            Fault::Jump => Some(Strain::Jump { phase, after, by }),
            Fault::Doubled => Some(Strain::Doubled { phase }),
            _ => None,
        }
    }
}

/// The demand in a cell of this fault: any that leaves something to be seen.
fn asks(cell: Cell, rng: &mut Rng) -> Asks {
    match (cell.state, cell.fault) {
        (Phase::Reading, _) => Asks::Match,
        (Phase::Delay, Fault::Flood) if cell.tls => Asks::Match,
        (Phase::Quitting, _) => *rng.pick(&[Asks::Match, Asks::Mismatch, Asks::Nothing]),
        _ => *rng.pick(&[Asks::Match, Asks::Match, Asks::Nothing]),
    }
}

/// The same, but a handshake takes a few steps in it and not hundreds.
fn brisk(weather: Weather) -> Weather {
    Weather {
        piece: weather.piece.map(|longest| longest.max(200)),
        window: weather.window.map(|most| most.max(200)),
        short_reads: weather.short_reads.map(|most| most.max(200)),
        ..weather
    }
}

fn between(from: u64, to: u64, rng: &mut Rng) -> Duration {
    Duration::from_millis(from) + rng.duration(Duration::from_millis(to - from))
}
