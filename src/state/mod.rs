//! The states of a probe, and the order in which they follow one another:
//! Resolving → Connecting → Handshaking → Sending → Delay → Reading → Quitting.
//!
//! A transition consumes the old state; the new one holds only what it needs. Data that all states
//! share lives in [`Probe`](crate::probe::Probe) and is passed in as [`Cx`]. Only this file knows
//! which state follows which: a state that is done calls `Cx::connect`, `Cx::next_step` or
//! `Cx::quit`. Between Connecting and Quitting each state takes one step of the check, as often as
//! the check has steps of its kind.

mod connecting;
mod delay;
mod handshaking;
mod progress;
mod quitting;
mod reading;
mod resolving;
mod sending;

use crate::check::Check;
use crate::dialogue::StepKind;
use crate::expect::Cache;
use crate::link::Link;
use crate::net::{Blocked, Net};
use crate::outcome::{Cause, Success, Timestamps};
use crate::phase::Phase;
use crate::target::Target;
use connecting::Addresses;
use mio::Interest;
use quitting::ReadResult;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
pub(crate) use {
    connecting::Connecting, delay::Delay, handshaking::Handshaking, progress::Progress,
    quitting::Quitting, reading::Reading, resolving::Resolving, sending::Sending,
};

/// Longest duration of one step; a state that has more to do then yields to other probes.
const STEP_TIME_BUDGET: Duration = Duration::from_millis(1);

/// Most reads in one step: a peer can send without end.
const READS_PER_STEP: usize = 16;

/// The state of a probe.
pub(crate) enum State {
    /// Waits for the addresses of a name.
    Resolving(Resolving),
    /// Races the addresses.
    Connecting(Connecting),
    /// Performs the TLS handshake.
    Handshaking(Handshaking),
    /// Hands the send string to the kernel.
    Sending(Sending),
    /// Pauses before reading.
    Delay(Delay),
    /// Feeds the reply to the pattern.
    Reading(Reading),
    /// Hands the quit string to the kernel.
    Quitting(Quitting),
    /// The check completed.
    Done(Success),
    /// The probe has returned its outcome; another step is an error.
    Ended,
}

/// The result of one step of a state.
pub(crate) enum Transition {
    /// Another state, which is stepped at once.
    Next(State),
    /// The same state, which cannot continue until something has happened.
    Pending(State, Wait),
}

/// A condition that makes another step useful. The deadline always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// A socket that refused an attempt.
    pub on: Option<Blocked>,
    /// A point in time. One that has passed means that the state yielded: it can continue once
    /// other probes have been stepped.
    pub until: Option<Instant>,
    /// True if the state continues in the next turn, once every probe that is due has been stepped.
    pub is_deferred: bool,
}

/// The context of a step: the data that all states of a probe share, and access to the network.
pub(crate) struct Cx<'a> {
    /// The network.
    pub net: &'a mut dyn Net,
    /// The stream.
    pub link: &'a mut Link,
    /// The endpoint to check.
    pub target: &'a Target,
    /// The options of the check.
    pub check: &'a Check,
    /// Buffers that are free to use within a step.
    pub scratch: &'a mut Scratch,
    /// Start of the check.
    pub started: Instant,
    /// Latest end of the check.
    pub deadline: &'a mut Instant,
    /// The address connected to.
    pub peer: &'a mut Option<SocketAddr>,
    /// Times of the check's milestones.
    pub timestamps: &'a mut Timestamps,
    /// The number of steps that the check has begun since it was connected.
    pub steps_begun: &'a mut u8,
    /// What the steps hand on to one another, if the check has steps of its own.
    pub progress: &'a mut Option<Box<Progress>>,
    /// Start of this step.
    pub now: Instant,
}

/// Buffers that all probes of an engine share. Their contents do not outlive a step.
#[derive(Debug)]
pub struct Scratch {
    /// Destination of reads.
    pub buffer: Vec<u8>,
    /// Working memory of the matcher.
    pub cache: Cache,
}

impl Cx<'_> {
    /// Returns the response time: the time since the check started, up to the present and not to
    /// the start of the step. The pause has ended before it is asked for.
    fn elapsed(&self) -> Duration {
        let elapsed = self.net.now().saturating_duration_since(self.started);
        match self.check.delay_apart {
            true => elapsed.saturating_sub(self.check.delay),
            false => elapsed,
        }
    }

    /// Returns the state that follows the lookup.
    fn connect(&self, addresses: Addresses) -> State {
        Connecting::new(addresses).into()
    }

    /// Returns the state of the check's next step, or [`Quitting`] after the last one.
    fn next_step(&mut self) -> State {
        let Some(step) = self.upcoming_step(0) else {
            return self.quit_after_last();
        };
        *self.steps_begun = self.steps_begun.saturating_add(1);
        match step {
            StepKind::StartTls => Handshaking::default().into(),
            StepKind::Send => Sending::default().into(),
            StepKind::Delay(pause) => Delay::enter(self, pause).into(),
            StepKind::Expect => Reading::enter(self).into(),
        }
    }

    /// Returns the index of the step that has begun.
    fn step_index(&self) -> usize {
        usize::from(self.steps_begun.saturating_sub(1))
    }

    /// Returns the step that comes after so many others; `None` if there are no more.
    fn upcoming_step(&self, skipped: usize) -> Option<StepKind> {
        self.check.step(usize::from(*self.steps_begun) + skipped)
    }

    /// Returns true if the steps that come read a reply before they send or negotiate anything.
    fn is_reply_expected(&self) -> bool {
        let steps = (0..).map_while(|skipped| self.upcoming_step(skipped));
        let next = steps
            .into_iter()
            .find(|step| !matches!(step, StepKind::Delay(_)));
        next == Some(StepKind::Expect)
    }

    /// Returns true if one of the steps to come brings TLS.
    fn is_before_tls(&self) -> bool {
        self.check.tls.is_some() && !self.link.is_tls()
    }

    /// Returns what the steps of the check hand on to one another.
    fn progress(&mut self) -> &mut Progress {
        self.progress.get_or_insert_default()
    }

    /// Returns the state after the last step. The reply is that of the last step that read one.
    fn quit_after_last(&mut self) -> State {
        let elapsed = self.elapsed();
        let progress = self.progress.as_deref_mut();
        let result = match progress.and_then(Progress::take_reply) {
            Some(reply) => ReadResult::Matched { reply, elapsed },
            None => ReadResult::not_read(self.link),
        };
        self.quit(result)
    }

    /// Returns the state that follows the last step.
    fn quit(&self, result: ReadResult) -> State {
        Quitting::new(result).into()
    }
}

impl State {
    /// Continues as far as possible. A step too many has no effect.
    ///
    /// # Errors
    /// The cause of the check's failure.
    pub(crate) fn step(self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        match self {
            Self::Resolving(state) => state.step(cx),
            Self::Connecting(state) => state.step(cx),
            Self::Handshaking(state) => state.step(cx),
            Self::Sending(state) => state.step(cx),
            Self::Delay(state) => state.step(cx),
            Self::Reading(state) => state.step(cx),
            Self::Quitting(state) => state.step(cx),
            Self::Done(_) | Self::Ended => Err(Cause::Ended),
        }
    }

    /// Ends a state that is still waiting at the deadline.
    ///
    /// # Errors
    /// The cause of the check's failure, mostly [`Cause::TimedOut`].
    pub(crate) fn expire(self, cx: &mut Cx<'_>) -> Result<Self, Cause> {
        match self {
            Self::Connecting(state) => Err(state.expire()),
            Self::Delay(state) => state.expire(cx),
            Self::Reading(state) => state.expire(cx),
            Self::Quitting(state) => state.expire(),
            Self::Resolving(_) | Self::Handshaking(_) | Self::Sending(_) => Err(Cause::TimedOut),
            Self::Done(_) | Self::Ended => Err(Cause::Ended),
        }
    }

    /// Returns the name of the state.
    pub(crate) fn phase(&self) -> Phase {
        match self {
            Self::Resolving(_) => Phase::Resolving,
            Self::Connecting(_) => Phase::Connecting,
            Self::Handshaking(_) => Phase::Handshaking,
            Self::Sending(_) => Phase::Sending,
            Self::Delay(_) => Phase::Delay,
            Self::Reading(_) => Phase::Reading,
            Self::Quitting(_) => Phase::Quitting,
            Self::Done(_) | Self::Ended => Phase::Done,
        }
    }
}

impl Transition {
    fn next(next: impl Into<State>) -> Result<Self, Cause> {
        Ok(Self::Next(next.into()))
    }

    fn pending(same: impl Into<State>, wait: Wait) -> Result<Self, Cause> {
        Ok(Self::Pending(same.into(), wait))
    }

    /// Continues with `next` in the next turn, once every probe that is due has been stepped. At
    /// once if the deadline has passed: data that arrived in time still counts.
    fn defer(next: impl Into<State>, cx: &Cx<'_>) -> Result<Self, Cause> {
        if cx.now >= *cx.deadline {
            return Self::next(next);
        }
        let wait = Wait {
            is_deferred: true,
            ..Wait::until(cx.now)
        };
        Self::pending(next, wait)
    }

    /// Yields: the step used up its budget and can continue at once.
    fn yield_now(same: impl Into<State>, cx: &Cx<'_>) -> Result<Self, Cause> {
        Self::pending(same, Wait::until(cx.now))
    }
}

impl Wait {
    /// Waits for a lookup result. The engine wakes the probe when it arrives.
    pub const LOOKUP: Self = Self {
        on: None,
        until: None,
        is_deferred: false,
    };

    /// Waits for a socket.
    pub fn on(blocked: Blocked) -> Self {
        Self {
            on: Some(blocked),
            ..Self::LOOKUP
        }
    }

    /// Waits for a socket or a point in time, whichever comes first.
    pub fn either(on: Option<Blocked>, until: Option<Instant>) -> Self {
        Self {
            on,
            until,
            ..Self::LOOKUP
        }
    }

    /// Returns true if a stream that became ready for `ready` may end this wait. A state that waits
    /// to read is not helped by a writable stream. A readable stream always helps: Linux reports a
    /// socket as writable only once a good part of its buffer is free, so a write may succeed
    /// before that.
    pub fn is_helped_by(&self, ready: Interest) -> bool {
        let on = self.on.map(Blocked::interest);
        on != Some(Interest::READABLE) || ready != Interest::WRITABLE
    }

    /// Waits for a point in time.
    pub fn until(moment: Instant) -> Self {
        Self {
            until: Some(moment),
            ..Self::LOOKUP
        }
    }
}

impl Default for Scratch {
    /// Allocates a buffer as large as a TLS record.
    fn default() -> Self {
        Self {
            buffer: vec![0; 16 * 1024],
            cache: Cache::default(),
        }
    }
}

/// Every check that waits pays for it: what is large and rare is boxed.
const _: () = assert!(size_of::<State>() <= 208);

macro_rules! states {
    ($($state:ident)*) => {
        $(impl From<$state> for State {
            fn from(state: $state) -> Self {
                Self::$state(state)
            }
        })*
    };
}
states!(Resolving Connecting Handshaking Sending Delay Reading Quitting);
