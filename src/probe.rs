//! One check of one target, from the lookup to the outcome.

use crate::check::Check;
use crate::link::Link;
use crate::net::Net;
use crate::outcome::{Cause, Failure, Success, Timestamps, Trace};
use crate::phase::Phase;
use crate::resolve::LookupRequest;
use crate::state::{Cx, Progress, Resolving, Scratch, State, Transition, Wait};
use crate::target::Target;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

/// Most states in one step: each in turn, and those of a dialogue then yield to other probes.
const STATES_PER_STEP: usize = 8;

/// A hand-written future: it owns its state and its deadline, but no socket. Each step is given a
/// [`Net`].
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
    progress: Option<Box<Progress>>,
    wait: Wait,
}

/// Half of the kilobyte that a waiting check may take; the engine's part is the other.
const _: () = assert!(size_of::<Probe>() <= 448);

impl Probe {
    /// Creates the probe of a check that starts at `now`.
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
            progress: None,
            wait: Wait::LOOKUP,
        }
    }

    /// Continues the check as far as possible. While the result is `Pending`, the next step is due
    /// when the condition of [`wait`](Self::wait) holds or at [`wake_at`](Self::wake_at); a step at
    /// another time has no effect.
    ///
    /// The deadline is applied after a step that has to wait, so data that arrived in time counts.
    /// Once there is an outcome, the stream has been closed gracefully, and the socket may be
    /// dropped.
    pub fn step(
        &mut self,
        net: &mut dyn Net,
        scratch: &mut Scratch,
    ) -> Poll<Result<Success, Failure>> {
        for taken in 0.. {
            let now = net.now();
            if taken >= STATES_PER_STEP && now < self.deadline {
                self.wait = Wait::until(now);
                break;
            }
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
                progress: &mut self.progress,
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
                Ok(State::Done(success)) => Ok(success),
                Ok(next) => {
                    self.state = next;
                    continue;
                }
                Err(cause) => Err(self.failure(phase, cause)),
            };
            self.link.close(net, &mut scratch.buffer);
            return Poll::Ready(outcome);
        }
        Poll::Pending
    }

    /// Returns the time of the next step if no event comes before.
    pub fn wake_at(&self) -> Instant {
        self.wait
            .until
            .map_or(self.deadline, |until| until.min(self.deadline))
    }

    /// Returns the latest end of the check.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns the condition that the last step waits for.
    pub fn wait(&self) -> Wait {
        self.wait
    }

    /// Returns the name of the current state.
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// Returns the trace up to `now`, complete once the probe has ended.
    pub fn trace(&self, now: Instant) -> Trace {
        let named = matches!(self.target, Target::Name { .. });
        let secure = self.check.tls.is_some();
        let tried = match &self.state {
            State::Connecting(connecting) => connecting.latest(),
            _ => None,
        };
        let captured = self.progress.as_deref().map(|it| it.captured().to_vec());
        Trace {
            total: now.saturating_duration_since(self.started),
            phases: self.timestamps.phases(self.started, named, secure),
            peer: self.peer.or(tried),
            session: self.link.tls_info(),
            presented: self.link.presented(),
            steps_begun: self.steps_begun.into(),
            captured: captured.unwrap_or_default(),
        }
    }

    /// Interrupts the check in whatever state it is. The socket may be dropped after it.
    pub fn interrupt(&self) -> Failure {
        self.failure(self.phase(), Cause::Interrupted)
    }

    /// Returns the most sockets that the probe may open at a time from now on: one for each address
    /// that may still be raced, otherwise one.
    pub fn sockets(&self) -> usize {
        match &self.state {
            State::Resolving(_) => self.target.sockets(),
            State::Connecting(connecting) => connecting.sockets(),
            _ => 1,
        }
    }

    /// Returns the lookup that the check begins with; `None` if it needs none.
    pub fn lookup_request(&self) -> Option<LookupRequest> {
        LookupRequest::for_target(&self.target, self.check.family)
    }

    /// Returns the target and the options.
    pub fn into_parts(self) -> (Target, Arc<Check>) {
        (self.target, self.check)
    }

    fn failure(&self, phase: Phase, cause: Cause) -> Failure {
        let phase = match cause {
            // Decided while reading, although the quit string was sent after it.
            Cause::Unexpected { .. } => Phase::Reading,
            _ => phase,
        };
        Failure {
            phase,
            cause,
            peer: self.peer,
            certificate_requested: self.link.is_certificate_missing(),
        }
    }
}
