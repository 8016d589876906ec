//! Wakes a probe as the engine would, and as its script has it besides. What must hold after every
//! step is asserted here.

use crate::decode::{Exchange, Wake};
use crate::wire::{Wire, held};
use crate::world::World;
use check_tcp::Checked;
use check_tcp::expect::Pattern;
use check_tcp::internal::probe::Probe;
use check_tcp::internal::state::Scratch;
use check_tcp::outcome::{Cause, Failure, Success};
use check_tcp::phase::Phase;
use std::ops::Deref;
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};

/// More steps than any run here can need.
const STEPS: usize = 200_000;

/// More than one step may try: 64 reads in a handshake, 16 of the reply, 16 for the peer's end and
/// 256 at the farewell, and what is written between them.
const CALLS: usize = 500;

/// Memory bound of a probe in the clear, without its pattern's states: the reply's first bytes,
/// addresses, and what came of them.
const CLEAR: isize = 4 * 1024;
/// Memory bound for each state of its pattern, the working sets included.
const STATE: isize = 64;
/// Memory bound of a TLS session besides: 64 KiB that wait to be sent, a message of 64 KiB that is
/// not whole yet, and the certificates in it.
const SECURE: isize = 256 * 1024;

/// The course of a run.
pub struct Run {
    pub checked: Checked,
    /// The time of its end.
    pub at: Duration,
    /// The time by which it had to end, and the last time its clock jumped to.
    pub limit: Duration,
    pub jumped: Duration,
    pub wire: Wire,
}

struct Driver<'e> {
    exchange: &'e Exchange,
    probe: Probe,
    wire: Wire,
    scratch: Scratch,
    wakes: std::slice::Iter<'e, Wake>,
    /// The pause has been entered.
    paused: bool,
    jumped: Duration,
    steps: usize,
    /// The memory that the probe holds, and its bound.
    holds: isize,
    bound: isize,
}

/// Runs a probe to its end.
pub fn run<'e>(exchange: &'e Exchange, wakes: &'e [Wake]) -> Run {
    let world = World::new(exchange.script.clone());
    let check = &exchange.check;
    let states = check.expect.as_ref().map_or(0, Pattern::states);
    let secure = if check.tls.is_some() { SECURE } else { 0 };
    let mut driver = Driver {
        probe: Probe::new(exchange.target.clone(), check.clone(), world.first()),
        exchange,
        wire: Wire::new(world, &exchange.changes),
        scratch: Scratch::default(),
        wakes: wakes.iter(),
        paused: false,
        jumped: Duration::ZERO,
        steps: 0,
        holds: 0,
        bound: CLEAR + secure + STATE * states as isize,
    };
    let outcome = driver.drive();
    let at = driver.wire.world.age();
    let trace = driver.probe.trace(driver.wire.world.first() + at);
    let limit = driver.limit();
    if !is_interrupted(&outcome) {
        let again = driver.probe.step(&mut driver.wire, &mut driver.scratch);
        let Poll::Ready(Err(Failure {
            cause: Cause::Ended,
            ..
        })) = again
        else {
            panic!("it goes on after its end: {again:?}");
        };
    }
    let checked = Checked {
        target: exchange.target.clone(),
        check: check.clone(),
        outcome,
        trace,
        began: UNIX_EPOCH,
    };
    Run {
        checked,
        at,
        limit,
        jumped: driver.jumped,
        wire: driver.wire,
    }
}

impl Deref for Run {
    type Target = Checked;

    fn deref(&self) -> &Checked {
        &self.checked
    }
}

impl Run {
    /// True if it was interrupted.
    pub fn is_interrupted(&self) -> bool {
        is_interrupted(&self.outcome)
    }
}

impl Driver<'_> {
    fn drive(&mut self) -> Result<Success, Failure> {
        loop {
            if let Poll::Ready(outcome) = self.step() {
                return outcome;
            }
            if let Some(&wake) = self.wakes.next()
                && let Poll::Ready(outcome) = self.disturb(wake)
            {
                return outcome;
            }
            if let Some(at) = self.exchange.interrupt
                && self.next() > at
            {
                self.wire.world.wait(at);
                return Err(self.probe.interrupt());
            }
            self.sleep();
        }
    }

    fn step(&mut self) -> Poll<Result<Success, Failure>> {
        let before = self.probe.phase();
        let at = self.wire.world.age();
        let calls = self.wire.world.log.calls;
        let (heap, own) = (held(), self.wire.own);
        let polled = self.probe.step(&mut self.wire, &mut self.scratch);
        self.holds += held() - heap - (self.wire.own - own);
        let after = self.probe.phase();
        assert!(
            self.holds <= self.bound,
            "{} bytes in {after:?}",
            self.holds
        );
        let calls = self.wire.world.log.calls - calls;
        assert!(
            calls <= CALLS,
            "{calls} attempts in one step, in {before:?}"
        );
        self.steps += 1;
        assert!(self.steps < STEPS, "no end of steps in {after:?}");
        if matches!(after, Phase::Delay | Phase::Reading | Phase::Quitting) {
            self.paused = true;
        }
        if polled.is_pending() {
            let limit = self.limit();
            assert!(
                at < limit,
                "in {after:?} a step at {at:?} outlived {limit:?}"
            );
            assert_eq!(self.probe.deadline(), self.wire.world.first() + limit);
            assert!(self.probe.wake_at() <= self.probe.deadline());
        }
        polled
    }

    fn disturb(&mut self, wake: Wake) -> Poll<Result<Success, Failure>> {
        let now = self.wire.world.age();
        match wake {
            Wake::Again(times) => {
                for _ in 1..times {
                    if let Poll::Ready(outcome) = self.step() {
                        return Poll::Ready(outcome);
                    }
                }
                if times == 0 {
                    return Poll::Pending;
                }
            }
            Wake::Early(part) => {
                let idle = self.next().saturating_sub(now + Duration::from_nanos(1));
                self.wire.world.wait(now + idle * u32::from(part) / 256);
            }
            Wake::Jump(by) => {
                let to = now + by;
                self.wire.world.wait(to);
                self.jumped = to;
                while self.wire.world.next().is_some_and(|next| next <= to) {
                    self.wire.world.turn();
                }
            }
        }
        self.step()
    }

    /// Until there is a reason to step.
    fn sleep(&mut self) {
        let wake = self.wake();
        while let Some(at) = self.wire.world.next() {
            if at > wake {
                break;
            }
            if self.wire.world.turn() {
                return;
            }
        }
        self.wire.world.wait(wake);
    }

    /// The earliest time of the next event.
    fn next(&self) -> Duration {
        let next = self.wire.world.next();
        next.map_or(self.wake(), |next| next.min(self.wake()))
    }

    fn wake(&self) -> Duration {
        let first = self.wire.world.first();
        self.probe.wake_at().saturating_duration_since(first)
    }

    /// The time by which the probe must have ended.
    fn limit(&self) -> Duration {
        let check = &self.exchange.check;
        match self.paused {
            true => check.timeout + check.delay,
            false => check.timeout,
        }
    }
}

fn is_interrupted(outcome: &Result<Success, Failure>) -> bool {
    let cause = outcome.as_ref().err().map(|failure| &failure.cause);
    matches!(cause, Some(Cause::Interrupted))
}
