//! The states of a probe: Resolving → Connecting → Handshaking → Sending → Delay → Reading →
//! Quitting.
//!
//! A transition consumes the old state; the new one holds only what it needs. What all share lives
//! on [`Probe`](crate::probe::Probe) and comes in through [`Cx`].

mod connecting;
mod delay;
mod handshaking;
mod quitting;
mod reading;
mod resolving;
mod sending;

use crate::check::Check;
use crate::expect::Cache;
use crate::link::Link;
use crate::net::{Blocked, Net};
use crate::outcome::{Cause, Success, Timestamps};
use crate::phase::Phase;
use crate::target::Target;
use mio::Interest;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
pub use {
    connecting::Connecting, delay::Delay, handshaking::Handshaking, quitting::Quitting,
    reading::Reading, resolving::Resolving, sending::Sending,
};

/// How long a step may last before others get their turn, whatever it has done.
const STEP_TIME_BUDGET: Duration = Duration::from_millis(1);

/// Where a probe is.
pub enum State {
    /// Waits for the addresses of a name.
    Resolving(Resolving),
    /// Races the addresses.
    Connecting(Connecting),
    /// Brings TLS up.
    Handshaking(Handshaking),
    /// Hands the send string to the kernel.
    Sending(Sending),
    /// Pauses.
    Delay(Delay),
    /// Feeds the reply to the pattern.
    Reading(Reading),
    /// Hands the quit string to the kernel.
    Quitting(Quitting),
    /// Has gone all the way.
    Done(Success),
    /// Has ended; stepping it again is an error.
    Ended,
}

/// What a step came to.
pub enum Transition {
    /// On to another state, at once.
    Next(State),
    /// The same state, which can't go on before something has happened.
    Pending(State, Wait),
}

/// What must happen before another step can help; the deadline always can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// A socket that refused an attempt.
    pub on: Option<Blocked>,
    /// A moment. One that has passed means: others first, then again.
    pub until: Option<Instant>,
    /// Whether it waits for no more than that all others who are due have been stepped.
    pub is_deferred: bool,
}

/// What all states of a probe share, and the world for the length of a step.
pub struct Cx<'a> {
    /// The world.
    pub net: &'a mut dyn Net,
    /// The stream.
    pub link: &'a mut Link,
    /// Who is asked.
    pub target: &'a Target,
    /// What is asked.
    pub check: &'a Check,
    /// Memory that lives for a step.
    pub scratch: &'a mut Scratch,
    /// When the check began.
    pub started: Instant,
    /// When it ends at the latest.
    pub deadline: &'a mut Instant,
    /// The address connected to.
    pub peer: &'a mut Option<SocketAddr>,
    /// When it came to what.
    pub timestamps: &'a mut Timestamps,
    /// When this step began.
    pub now: Instant,
}

/// Memory that all probes of an engine share: nothing in it outlives a step.
#[derive(Debug)]
pub struct Scratch {
    /// What is read lands here first.
    pub buffer: Vec<u8>,
    /// The working sets of the matcher.
    pub cache: Cache,
}

impl Cx<'_> {
    /// How long the check has taken, to this moment and not to the beginning of the step.
    fn elapsed(&self) -> Duration {
        self.net.now().saturating_duration_since(self.started)
    }
}

impl State {
    /// Tries to go on. Once too often is harmless.
    ///
    /// # Errors
    /// What the check died of.
    pub fn step(self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
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

    /// The deadline has passed and the last step had to wait: what that means here.
    ///
    /// # Errors
    /// What the check died of, mostly [`Cause::TimedOut`].
    pub fn expire(self, cx: &mut Cx<'_>) -> Result<Self, Cause> {
        match self {
            Self::Connecting(state) => Err(state.expire()),
            Self::Delay(state) => Ok(state.expire(cx)),
            Self::Reading(state) => state.expire(cx),
            Self::Quitting(state) => state.expire(),
            Self::Resolving(_) | Self::Handshaking(_) | Self::Sending(_) => Err(Cause::TimedOut),
            Self::Done(_) | Self::Ended => Err(Cause::Ended),
        }
    }

    /// Its name.
    pub fn phase(&self) -> Phase {
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

    /// On to another state, once all others who are due have been stepped. Where the deadline has
    /// passed, at once: what has come in time counts.
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

    /// There is more to do, but the step has had its share: others first.
    fn yield_now(same: impl Into<State>, cx: &Cx<'_>) -> Result<Self, Cause> {
        Self::pending(same, Wait::until(cx.now))
    }
}

impl Wait {
    /// For the resolver, which wakes the probe itself.
    pub const ANSWER: Self = Self {
        on: None,
        until: None,
        is_deferred: false,
    };

    /// For a socket.
    pub fn on(blocked: Blocked) -> Self {
        Self {
            on: Some(blocked),
            ..Self::ANSWER
        }
    }

    /// For a socket or a moment, whichever comes first.
    pub fn either(on: Option<Blocked>, until: Option<Instant>) -> Self {
        Self {
            on,
            until,
            ..Self::ANSWER
        }
    }

    /// Whether a stream that has become ready for this is a reason to step. Room to write is none for
    /// who waits to read. Something to read always is: Linux tells of room only once there is a good
    /// deal of it, so a write may succeed before.
    pub fn is_helped_by(&self, ready: Interest) -> bool {
        let on = self.on.map(Blocked::interest);
        on != Some(Interest::READABLE) || ready != Interest::WRITABLE
    }

    /// For a moment.
    pub fn until(moment: Instant) -> Self {
        Self {
            until: Some(moment),
            ..Self::ANSWER
        }
    }
}

impl Default for Scratch {
    /// A buffer as large as a TLS record.
    fn default() -> Self {
        Self {
            buffer: vec![0; 16 * 1024],
            cache: Cache::default(),
        }
    }
}

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
