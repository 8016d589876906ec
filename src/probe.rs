//! One check of one target, from name to outcome.

use crate::check::Check;
use crate::link::Link;
use crate::net::Net;
use crate::outcome::{Cause, Failure, Success, Timestamps, Trace};
use crate::phase::Phase;
use crate::resolve::LookupRequest;
use crate::state::{Cx, Resolving, Scratch, State, Transition, Wait};
use crate::target::Target;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

/// A hand-written future: it owns its state and its deadline, never a socket, and needs a world to
/// be stepped in.
pub struct Probe {
    target: Target,
    check: Arc<Check>,
    state: State,
    link: Link,
    started: Instant,
    deadline: Instant,
    peer: Option<SocketAddr>,
    timestamps: Timestamps,
    /// The number of steps begun since the connection was established.
    steps_begun: u8,
    wait: Wait,
}

impl Probe {
    /// The clock of the check starts at `now`.
    pub fn new(target: Target, check: Arc<Check>, now: Instant) -> Self {
        let deadline = now + check.timeout;
        Self {
            target,
            check,
            state: Resolving.into(),
            link: Link::default(),
            started: now,
            deadline,
            peer: None,
            timestamps: Timestamps::default(),
            steps_begun: 0,
            wait: Wait::LOOKUP,
        }
    }

    /// Goes as far as can be gone. `Pending` until something that was waited for has happened, or
    /// [`wake_at`](Self::wake_at) has come; stepping at other times is harmless.
    ///
    /// The deadline is judged after a step that had to wait, so what had come in time counts. When
    /// the outcome is there, the stream has been parted from and may be closed.
    pub fn step(
        &mut self,
        net: &mut dyn Net,
        scratch: &mut Scratch,
    ) -> Poll<Result<Success, Failure>> {
        loop {
            let now = net.now();
            let phase = self.state.phase();
            let mut cx = Cx {
                net: &mut *net,
                link: &mut self.link,
                target: &self.target,
                check: &self.check,
                scratch: &mut *scratch,
                started: self.started,
                deadline: &mut self.deadline,
                peer: &mut self.peer,
                timestamps: &mut self.timestamps,
                steps_begun: &mut self.steps_begun,
                now,
            };
            let next = match mem::replace(&mut self.state, State::Ended).step(&mut cx) {
                Ok(Transition::Pending(same, wait)) if now < *cx.deadline => {
                    (self.state, self.wait) = (same, wait);
                    return Poll::Pending;
                }
                Ok(Transition::Pending(same, _)) => same.expire(&mut cx),
                Ok(Transition::Next(next)) => Ok(next),
                Err(cause) => Err(cause),
            };
            let outcome = match next {
                Ok(State::Done(report)) => Ok(report),
                Ok(next) => {
                    self.state = next;
                    continue;
                }
                Err(cause) => Err(self.failure(phase, cause)),
            };
            self.link.close(net, &mut scratch.buffer);
            return Poll::Ready(outcome);
        }
    }

    /// When the clock alone is a reason to step.
    pub fn wake_at(&self) -> Instant {
        self.wait
            .until
            .map_or(self.deadline, |until| until.min(self.deadline))
    }

    /// When it ends at the latest.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// What the last step had to wait for.
    pub fn wait(&self) -> Wait {
        self.wait
    }

    /// The state it is in.
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// How it has gone so far, at `now`; all the way, once it has ended.
    pub fn trace(&self, now: Instant) -> Trace {
        let named = matches!(self.target, Target::Name { .. });
        let secure = self.check.tls.is_some();
        let tried = match &self.state {
            State::Connecting(connecting) => connecting.latest(),
            _ => None,
        };
        Trace {
            total: now.saturating_duration_since(self.started),
            phases: self.timestamps.phases(self.started, named, secure),
            peer: self.peer.or(tried),
            session: self.link.tls_info(),
        }
    }

    /// Breaks the check off, wherever it is. The stream may be closed after it.
    pub fn interrupt(&self) -> Failure {
        self.failure(self.phase(), Cause::Interrupted)
    }

    /// How many sockets it may have open at a time as things stand: one for each address that may yet
    /// be raced, else one.
    pub fn sockets(&self) -> usize {
        match &self.state {
            State::Resolving(_) => self.target.sockets(),
            State::Connecting(connecting) => connecting.sockets(),
            _ => 1,
        }
    }

    /// The look-up that it begins with; `None` where it needs none.
    pub fn lookup_request(&self) -> Option<LookupRequest> {
        LookupRequest::for_target(&self.target, self.check.family)
    }

    /// Who was asked, and what.
    pub fn into_parts(self) -> (Target, Arc<Check>) {
        (self.target, self.check)
    }

    fn failure(&self, phase: Phase, cause: Cause) -> Failure {
        let phase = match cause {
            // Decided while reading; the goodbye came after.
            Cause::Unexpected { .. } => Phase::Reading,
            _ => phase,
        };
        Failure {
            phase,
            cause,
            peer: self.peer,
            certificate_requested: self.link.is_certificate_requested(),
        }
    }
}
