//! The driver: wakes a probe as the engine would, and no oftener.
//!
//! A probe is stepped when a socket or the resolver has news, and when [`Probe::wake_at`] has come.
//! News are told once, as edges are, so a probe that stops trying before it is refused sleeps until
//! its deadline, and the law that expected more of it fails. What must hold after every step is
//! asserted here.

use crate::rng::Rng;
use crate::world::World;
use check_tcp::check::Check;
use check_tcp::internal::probe::Probe;
use check_tcp::internal::state::Scratch;
use check_tcp::outcome::{Failure, Success, Trace};
use check_tcp::phase::Phase;
use check_tcp::target::Target;
use mio::Interest;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// More steps than any run here can need.
const STEPS: usize = 100_000;

/// More than one step may try: 64 reads in a handshake, 16 of the reply, 16 for the peer's end and
/// 256 at the farewell, and what is written between them.
const CALLS: usize = 500;

/// Most states of a dialogue in one step.
const STATES: usize = 8;

/// Most reads of the reply in one step, and the time in which it may begin them.
const READS: usize = 16;
const SHARE: Duration = Duration::from_millis(5);

/// The readiness that a poll would tell of the connection, if any.
pub fn told(world: &World) -> Option<Interest> {
    match world.ready() {
        (true, true) => Some(Interest::READABLE | Interest::WRITABLE),
        (true, false) => Some(Interest::READABLE),
        (false, true) => Some(Interest::WRITABLE),
        (false, false) => None,
    }
}

/// A probe in its world.
pub struct Driver {
    probe: Probe,
    check: Arc<Check>,
    pub world: World,
    nudges: Option<Rng>,
    strain: Option<Strain>,
    /// Counts of the run, for the time after its end.
    pub tally: Tally,
    /// Number of reads in the last step.
    pub reads: usize,
    /// The pause has been entered.
    paused: bool,
}

/// A strain that the machine puts on a probe in a state.
#[derive(Clone, Copy, Debug)]
pub enum Strain {
    /// Nobody runs from so long after the state was entered, for so long; then the clock is there
    /// at once, and all that was to happen has happened.
    Jump {
        phase: Phase,
        after: Duration,
        by: Duration,
    },
    /// Every wake-up comes twice.
    Doubled { phase: Phase },
}

/// Counts of a run, beside its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Number of steps, and of those after which it asked for another at once, since it
    /// had had its share.
    pub steps: usize,
    pub yields: usize,
    /// Most reads in a step that did nothing but read the reply.
    pub most: usize,
    /// The states it has waited in, in their order.
    pub stays: Vec<Stay>,
    /// From when to when the clock jumped.
    pub jumped: Option<(Duration, Duration)>,
    /// Number of wake-ups that came twice.
    pub doubled: usize,
}

/// From when to when a probe waited in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    pub phase: Phase,
    pub from: Duration,
    pub to: Duration,
}

impl Driver {
    pub fn new(target: Target, check: Arc<Check>, world: World, nudges: Option<Rng>) -> Self {
        Self {
            probe: Probe::new(target, check.clone(), world.first()),
            check,
            world,
            nudges,
            strain: None,
            tally: Tally::default(),
            reads: 0,
            paused: false,
        }
    }

    /// The same under a strain.
    pub fn under(self, strain: Option<Strain>) -> Self {
        Self { strain, ..self }
    }

    /// The time at which it has to go on.
    pub fn due(&self) -> Duration {
        let now = self.world.age();
        if self.tally.steps == 0 {
            return now;
        }
        let next = self.world.next();
        next.map_or(self.wake(), |next| next.min(self.wake()))
            .max(now)
    }

    /// Lets the next thing happen, and steps the probe where that is a reason to. Once it has ended
    /// that would be an error.
    pub fn go_on(&mut self, scratch: &mut Scratch) -> Poll<Result<Success, Failure>> {
        if self.tally.steps > 0 && !self.awakes() {
            return Poll::Pending;
        }
        let mut polled = self.step(scratch);
        if let Some(Strain::Doubled { phase }) = self.strain
            && polled.is_pending()
            && self.probe.phase() == phase
        {
            self.tally.doubled += 1;
            polled = self.step(scratch);
        }
        if polled.is_pending() {
            polled = self.nudge(scratch);
        }
        polled
    }

    /// To the end.
    pub fn drive(&mut self, scratch: &mut Scratch) -> Result<Success, Failure> {
        loop {
            if let Poll::Ready(outcome) = self.go_on(scratch) {
                return outcome;
            }
        }
    }

    /// Whatever comes of it, it is no waiting.
    pub fn step_once_more(&mut self, scratch: &mut Scratch) -> Result<Success, Failure> {
        match self.probe.step(&mut self.world, scratch) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => panic!("it waits, and nothing will come"),
        }
    }

    /// Its trace up to this moment.
    pub fn trace(&self) -> Trace {
        self.probe.trace(self.world.first() + self.world.age())
    }

    /// To `at` and no further, unless it ends before: then breaks it off.
    pub fn interrupt_at(&mut self, at: Duration) -> Result<Success, Failure> {
        let mut scratch = Scratch::default();
        while self.go_on(&mut scratch).is_pending() {
            if self.due() > at {
                self.world.wait(at);
                return Err(self.probe.interrupt());
            }
        }
        panic!("it ended before it could be broken off")
    }

    fn step(&mut self, scratch: &mut Scratch) -> Poll<Result<Success, Failure>> {
        let before = self.probe.phase();
        let at = self.world.age();
        let (calls, reads) = (self.world.log.calls, self.world.log.reads.len());
        let polled = self.probe.step(&mut self.world, scratch);
        let after = self.probe.phase();
        let calls = self.world.log.calls - calls;
        self.reads = self.world.log.reads.len() - reads;
        assert!(calls <= CALLS, "{calls} attempts in one step");
        self.tally.steps += 1;
        assert!(self.tally.steps < STEPS, "no end of steps in {after:?}");
        self.tally
            .stayed(polled.is_pending().then_some(after), self.world.age());
        if polled.is_ready() {
            return polled;
        }
        let is_paused = |phase| matches!(phase, Phase::Delay | Phase::Reading | Phase::Quitting);
        self.paused |= is_paused(after);
        let limit = self.limit();
        assert!(
            at < limit,
            "in {after:?} a step at {at:?} outlived {limit:?}"
        );
        let wake = self.wake();
        assert!(
            wake <= limit,
            "{after:?} would sleep until {wake:?}, past {limit:?}"
        );
        let is_plain = self.check.steps.is_empty();
        if (before, after) == (Phase::Reading, Phase::Reading) {
            let took = self.world.age() - at;
            let whole = self.check.tls.is_none() && is_plain;
            self.tally.most = self.tally.most.max(self.reads);
            let most = if is_plain { READS } else { READS * STATES };
            assert!(self.reads <= most, "{} reads in one step", self.reads);
            assert!(
                !whole || took < SHARE + self.world.cost(),
                "a step of {took:?}"
            );
        }
        let idle = (before, after) == (Phase::Delay, Phase::Delay);
        // Between two pauses of a dialogue something is.
        assert!(
            !idle || calls == 0 || !is_plain,
            "something was tried in the pause"
        );
        polled
    }

    /// Steps that nobody needs.
    fn nudge(&mut self, scratch: &mut Scratch) -> Poll<Result<Success, Failure>> {
        let Some(mut rng) = self.nudges.take() else {
            return Poll::Pending;
        };
        let mut polled = Poll::Pending;
        while polled.is_pending() && rng.one_in(2) {
            let now = self.world.age();
            let idle = self.due().saturating_sub(now + Duration::from_nanos(1));
            if rng.one_in(3) {
                self.world.wait(now + rng.duration(idle));
            }
            polled = self.step(scratch);
        }
        self.nudges = Some(rng);
        polled
    }

    /// Lets one thing happen. Whether there is a reason to step.
    fn awakes(&mut self) -> bool {
        if self.jumps() {
            return true;
        }
        let wake = self.wake();
        let yielded = wake <= self.world.age() && !self.probe.wait().is_deferred;
        let awake = match self.world.next() {
            Some(at) if at <= wake => self.world.turn() && self.is_helped(),
            _ => {
                self.world.wait(wake);
                true
            }
        };
        self.tally.yields += usize::from(awake && yielded);
        awake
    }

    /// True if it waits for what a poll would tell now.
    fn is_helped(&self) -> bool {
        let wait = self.probe.wait();
        wait.on.is_none() || told(&self.world).is_some_and(|ready| wait.is_helped_by(ready))
    }

    /// Lets all happen that happens while nobody runs, if the time for that has come.
    fn jumps(&mut self) -> bool {
        let Some(Strain::Jump { phase, after, by }) = self.strain else {
            return false;
        };
        let stay = self.tally.stays.last().filter(|stay| stay.phase == phase);
        let Some(begin) = stay.map(|stay| stay.from + after) else {
            return false;
        };
        if self.tally.jumped.is_some() || self.due() < begin {
            return false;
        }
        let end = begin + by;
        while self.world.next().is_some_and(|at| at <= end) {
            self.world.turn();
        }
        self.world.wait(end);
        self.tally.jumped = Some((begin, end));
        true
    }

    fn wake(&self) -> Duration {
        let wake = self.probe.wake_at();
        wake.saturating_duration_since(self.world.first())
    }

    /// The time by which the probe has to have ended.
    fn limit(&self) -> Duration {
        match self.paused {
            true => self.check.time_limit(),
            false => self.check.timeout,
        }
    }
}

impl Tally {
    /// The stay in a state, where it was waited in.
    pub fn stay(&self, phase: Phase) -> Option<Stay> {
        self.stays.iter().copied().find(|stay| stay.phase == phase)
    }

    /// It has been where it was until `now`, and waits in `phase` from then on.
    fn stayed(&mut self, phase: Option<Phase>, now: Duration) {
        if let Some(last) = self.stays.last_mut() {
            last.to = now;
        }
        let Some(phase) = phase else { return };
        if self.stays.last().is_none_or(|last| last.phase != phase) {
            let (from, to) = (now, now);
            self.stays.push(Stay { phase, from, to });
        }
    }
}
