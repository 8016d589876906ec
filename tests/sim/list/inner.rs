//! The virtual machine: one clock, a world for each line, and what the laws of a run are held to.

use super::plan::{Plan, Trouble};
use crate::driver::told;
use crate::rng::Rng;
use crate::script::Script;
use crate::world::World;
use check_tcp::check::Check;
use check_tcp::internal::batch::QueueGauge;
use check_tcp::internal::engine::PollEvent;
use check_tcp::internal::net::LookupError;
use check_tcp::internal::record::Record;
use check_tcp::internal::resolve::LookupResult;
use check_tcp::target::Target;
use mio::Interest;
use rustix::io::Errno;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The port of the first line; each has its own, so that it is known whom a connection is for.
pub const PORT: u16 = 1_000;

/// No run here takes so long.
const HORIZON: Duration = Duration::from_secs(4 * 3600);

pub struct Inner {
    pub script: Plan,
    pub rng: Rng,
    pub first: Instant,
    pub now: Duration,
    pub set_back: Duration,
    pub agenda: BTreeMap<(Duration, u64), Event>,
    pub planned: u64,
    pub told: Vec<PollEvent>,
    pub answers: VecDeque<LookupResult>,
    pub lines: Vec<Line>,
    pub stall: Option<(usize, Duration)>,
    pub no_sockets: Duration,
    pub no_threads: Duration,
    pub stuck: Duration,
    pub looking_up: usize,
    pub open: usize,
    /// Number of sleeps, and of questions about room: names the place
    /// in the loop.
    pub place: (usize, usize),
    pub may_begin: bool,
    /// A check is about to begin.
    pub begins: bool,
    pub taken: usize,
    /// Number of lines that had been read when no more were wanted.
    pub stopped: Option<usize>,
    pub signals: usize,
    pub queue: QueueGauge,
    pub queued: usize,
    pub writing: usize,
    pub written: usize,
    pub handed: Vec<Record>,
}

pub struct Line {
    pub asks: Option<(Script, Target, Arc<Check>)>,
    pub world: Option<World>,
    pub epoch: Duration,
    pub kept: bool,
    pub asked: bool,
    pub streams: usize,
    pub slot: usize,
    /// Its first start, and the place in the loop of its last.
    pub start: Option<Duration>,
    pub begun: (usize, usize),
}

pub enum Event {
    More,
    Written,
    Trouble(Trouble),
    GivesUp(usize),
}

impl Inner {
    pub fn new(mut plan: Plan) -> Self {
        let line = |(n, line): (usize, &mut super::Line)| Line {
            asks: line.case.take().map(|case| asks(case.parts(), n)),
            world: None,
            epoch: Duration::ZERO,
            kept: false,
            asked: false,
            streams: 0,
            slot: 0,
            start: None,
            begun: (0, 0),
        };
        let lines = plan.lines.iter_mut().enumerate().map(line).collect();
        let mut inner = Self {
            rng: Rng::new(plan.seed ^ 0xE49),
            first: Instant::now(),
            now: Duration::ZERO,
            set_back: Duration::ZERO,
            agenda: BTreeMap::new(),
            planned: 0,
            told: Vec::new(),
            answers: VecDeque::new(),
            lines,
            stall: None,
            no_sockets: Duration::ZERO,
            no_threads: Duration::ZERO,
            stuck: Duration::ZERO,
            looking_up: 0,
            open: 0,
            place: (0, 0),
            may_begin: false,
            begins: false,
            taken: 0,
            stopped: None,
            signals: 0,
            queue: QueueGauge::new(plan.queue),
            queued: 0,
            writing: 0,
            written: 0,
            handed: Vec::new(),
            script: plan,
        };
        for n in 0..inner.script.lines.len() {
            inner.plan(inner.script.lines[n].at, Event::More);
        }
        for (at, trouble) in inner.script.troubles.clone() {
            inner.plan(at, Event::Trouble(trouble));
        }
        inner
    }

    pub fn read_clock(&mut self) -> Instant {
        match &mut self.stall {
            Some((0, length)) => {
                self.now += *length;
                self.stall = None;
            }
            Some((readings, _)) => *readings -= 1,
            None => {}
        }
        self.first + self.now
    }

    /// Asked once for each check, when it begins.
    pub fn wall(&mut self) -> SystemTime {
        self.begins = true;
        let day = Duration::from_secs(1_800_000_000);
        UNIX_EPOCH + (day + self.now).saturating_sub(self.set_back)
    }

    /// Until something is told, `most` at the longest.
    pub fn sleep(&mut self, most: Duration) -> Vec<PollEvent> {
        self.place = (self.place.0 + 1, 0);
        self.begins = false;
        let until = self.now.saturating_add(most);
        while self.told.is_empty() {
            let Some(at) = self.next().filter(|at| *at <= until) else {
                self.now = self.now.max(until);
                break;
            };
            self.now = self.now.max(at);
            self.happen(at);
        }
        assert!(self.now < HORIZON, "it sleeps, and nothing will come");
        let mut told = std::mem::take(&mut self.told);
        if let Some(n) = self.script.spurious {
            for i in 0..told.len() {
                if self.rng.one_in(n) {
                    told.push(told[i]);
                }
            }
            if self.rng.one_in(n) {
                let slot = self.rng.below(12);
                let ready = *self.rng.pick(&[Interest::READABLE, Interest::WRITABLE]);
                told.insert(0, PollEvent::Slot(slot, ready));
            }
        }
        told
    }

    fn next(&self) -> Option<Duration> {
        let own = self.agenda.first_key_value().map(|((at, _), _)| *at);
        let worlds = self.lines.iter().filter_map(Line::next);
        worlds.chain(own).min()
    }

    /// All that happens at one moment, though of each line perhaps not all at once.
    fn happen(&mut self, at: Duration) {
        while let Some(entry) = self
            .agenda
            .first_entry()
            .filter(|entry| entry.key().0 <= at)
        {
            let event = entry.remove();
            self.occurs(event);
        }
        for n in 0..self.lines.len() {
            let line = &mut self.lines[n];
            if line.next().is_none_or(|next| next > at) {
                continue;
            }
            let world = line.world.as_mut().expect("a world with something to come");
            if !world.turn() {
                continue;
            }
            if line.asked {
                self.look_up(n);
            } else {
                self.told.extend(self.lines[n].tells());
            }
        }
    }

    fn occurs(&mut self, event: Event) {
        match event {
            Event::More => self.told.push(PollEvent::Woken),
            Event::Written if self.now < self.stuck => self.plan(self.stuck, Event::Written),
            Event::Written => {
                self.written += self.writing;
                if self.queue.release(std::mem::take(&mut self.writing)) {
                    self.told.push(PollEvent::Woken);
                }
                self.write();
            }
            Event::GivesUp(line) => {
                let failed = LookupError::Failed(Errno::AGAIN.into());
                self.answered(line, Err(failed));
            }
            Event::Trouble(trouble) => match trouble {
                Trouble::Stop(length, 0) => self.now += length,
                Trouble::Stop(length, readings) => self.stall = Some((readings, length)),
                Trouble::NoSockets(length) => self.no_sockets = self.now + length,
                Trouble::NoThreads(length) => self.no_threads = self.now + length,
                Trouble::Stuck(length) => self.stuck = self.now + length,
                Trouble::SetBack(by) => self.set_back += by,
                Trouble::Signal => {
                    self.signals += 1;
                    self.told.push(PollEvent::Readable);
                }
                Trouble::Over => self.told.push(PollEvent::HungUp),
            },
        }
    }

    pub fn plan(&mut self, at: Duration, event: Event) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), event);
    }
}

impl Line {
    /// The events that a poll tells of its stream; `None` if it is ready for nothing.
    fn tells(&self) -> Option<PollEvent> {
        let ready = told(self.world.as_ref()?)?;
        Some(PollEvent::Slot(self.slot, ready))
    }

    fn next(&self) -> Option<Duration> {
        let world = self.world.as_ref()?;
        world.next().map(|at| self.epoch + at)
    }
}

/// As long as the name that a check asks alone: it stands in the handshake.
pub fn name(n: usize) -> String {
    format!("mail.x{n:06}")
}

/// The same, asked of a target that is this line's own.
fn asks(
    (script, target, check): (Script, Target, Arc<Check>),
    n: usize,
) -> (Script, Target, Arc<Check>) {
    let port = PORT + n as u16;
    let target = match target {
        Target::Socket(path) => Target::Socket(path.with_extension(n.to_string())),
        Target::Address { host, mut address } => {
            address.set_port(port);
            Target::Address { host, address }
        }
        Target::Name { .. } => Target::Name {
            host: name(n),
            port,
        },
    };
    (script, target, check)
}
