//! The driver: wakes a probe as the engine would, and no oftener.
//!
//! A probe is stepped when a socket or the resolver has news, and when [`Probe::wake_at`] has come.
//! News are told once, as edges are, so a probe that stops trying before it is refused sleeps until
//! its deadline, and the law that expected more of it fails. What must hold after every step is
//! asserted here.

use crate::rng::Rng;
use crate::world::World;
use check_tcp::check::Check;
use check_tcp::outcome::{Failure, Report, Trace};
use check_tcp::probe::Probe;
use check_tcp::state::{Phase, Scratch};
use check_tcp::target::Target;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// More steps than any run here can need.
const STEPS: usize = 100_000;

/// More than one step may try: 64 reads in a handshake, 16 of the reply, 16 for the peer's end and
/// 256 at the farewell, and what is written between them.
const CALLS: usize = 500;

/// How many reads of the reply one step may take, and how long it may begin them.
const READS: usize = 16;
const SHARE: Duration = Duration::from_millis(5);

/// A probe in its world.
pub struct Driver {
    probe: Probe,
    check: Arc<Check>,
    pub world: World,
    scratch: Scratch,
    nudges: Option<Rng>,
    /// How many steps it has taken, and after how many of them it asked for another at once.
    pub steps: usize,
    pub yields: usize,
    /// How many reads the last of them took.
    pub reads: usize,
    /// How many a step of reading took at most.
    pub most: usize,
    /// The pause has been entered.
    paused: bool,
}

impl Driver {
    pub fn new(target: Target, check: Arc<Check>, world: World, nudges: Option<Rng>) -> Self {
        Self {
            probe: Probe::new(target, check.clone(), world.first()),
            check,
            world,
            scratch: Scratch::default(),
            nudges,
            steps: 0,
            yields: 0,
            reads: 0,
            most: 0,
            paused: false,
        }
    }

    /// To the end. A second call would step a probe that has ended.
    pub fn drive(&mut self) -> Result<Report, Failure> {
        loop {
            if let Poll::Ready(outcome) = self.step() {
                return outcome;
            }
            if let Poll::Ready(outcome) = self.nudge() {
                return outcome;
            }
            self.sleep();
        }
    }

    /// Whatever comes of it, it is no waiting.
    pub fn step_once_more(&mut self) -> Result<Report, Failure> {
        match self.probe.step(&mut self.world, &mut self.scratch) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => panic!("it waits, and nothing will come"),
        }
    }

    /// How it has gone, up to this moment.
    pub fn trace(&self) -> Trace {
        self.probe.trace(self.world.first() + self.world.age())
    }

    /// To `at` and no further, unless it ends before: then breaks it off.
    pub fn interrupt_at(&mut self, at: Duration) -> Result<Report, Failure> {
        while self.step().is_pending() {
            let next = self.world.next();
            if next.is_none_or(|next| next.min(self.wake()) > at) {
                self.world.wait(at);
                return Err(self.probe.interrupt());
            }
            self.sleep();
        }
        panic!("it ended before it could be broken off")
    }

    fn step(&mut self) -> Poll<Result<Report, Failure>> {
        let before = self.probe.phase();
        let at = self.world.age();
        let (calls, reads) = (self.world.log.calls, self.world.log.reads.len());
        let polled = self.probe.step(&mut self.world, &mut self.scratch);
        let after = self.probe.phase();
        let calls = self.world.log.calls - calls;
        self.reads = self.world.log.reads.len() - reads;
        assert!(calls <= CALLS, "{calls} attempts in one step");
        self.steps += 1;
        assert!(self.steps < STEPS, "no end of steps in {after:?}");
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
        if (before, after) == (Phase::Reading, Phase::Reading) {
            let took = self.world.age() - at;
            let whole = self.check.tls.is_none();
            self.most = self.most.max(self.reads);
            assert!(self.reads <= READS, "{} reads in one step", self.reads);
            assert!(
                !whole || took < SHARE + self.world.cost(),
                "a step of {took:?}"
            );
        }
        let idle = (before, after) == (Phase::Delay, Phase::Delay);
        assert!(!idle || calls == 0, "something was tried in the pause");
        polled
    }

    /// Steps that nobody needs.
    fn nudge(&mut self) -> Poll<Result<Report, Failure>> {
        let Some(mut rng) = self.nudges.take() else {
            return Poll::Pending;
        };
        let mut polled = Poll::Pending;
        while polled.is_pending() && rng.one_in(2) {
            let now = self.world.age();
            let next = self
                .world
                .next()
                .map_or(self.wake(), |at| at.min(self.wake()));
            let idle = next.saturating_sub(now + Duration::from_nanos(1));
            if rng.one_in(3) {
                self.world.wait(now + rng.duration(idle));
            }
            polled = self.step();
        }
        self.nudges = Some(rng);
        polled
    }

    /// Until there is a reason to step.
    fn sleep(&mut self) {
        let wake = self.wake();
        if wake <= self.world.age() {
            self.yields += 1;
        }
        while let Some(at) = self.world.next() {
            if at > wake {
                break;
            }
            if self.world.turn() {
                return;
            }
        }
        self.world.wait(wake);
    }

    fn wake(&self) -> Duration {
        let wake = self.probe.wake_at();
        wake.saturating_duration_since(self.world.first())
    }

    /// When the probe has to have ended.
    fn limit(&self) -> Duration {
        let delay = if self.paused {
            self.check.delay
        } else {
            Duration::ZERO
        };
        self.check.timeout + delay
    }
}
