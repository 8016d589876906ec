//! Times and addresses of a check, kept whatever its outcome.

use crate::dialogue::Captured;
use crate::tls::{Presented, Session};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Data on the course of one check, whatever its outcome. The default is that of a check that did
/// not begin.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Time from the start of the check to its end.
    pub total: Duration,
    /// Duration of each part.
    pub phases: PhaseDurations,
    /// The address connected to; before that, the one tried last.
    pub peer: Option<SocketAddr>,
    /// The parameters of the TLS session; `None` in the clear, or if it was not established.
    pub session: Option<Session>,
    /// The certificates that the peer presented, where a report wants them.
    pub presented: Option<Presented>,
    /// The number of steps begun.
    pub steps_begun: usize,
    /// What the named groups of its steps matched.
    pub captured: Vec<Captured>,
}

/// Durations of the parts of a check; `None` for a part that the check does not have or did not
/// complete. The parts follow one another without a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhaseDurations {
    /// The lookup of a name.
    pub resolve: Option<Duration>,
    /// From there to the connection.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// From the connection, or the handshake, to the first byte of the reply, sending and the pause
    /// included.
    pub first_byte: Option<Duration>,
}

/// Times of a check's milestones. The first time of each counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timestamps {
    resolved: Option<Instant>,
    connected: Option<Instant>,
    secured: Option<Instant>,
    answered: Option<Instant>,
}

impl Timestamps {
    /// Records that the lookup ended at `now`.
    pub fn resolve(&mut self, now: Instant) {
        self.resolved.get_or_insert(now);
    }

    /// Records that the connection was established at `now`.
    pub fn connect(&mut self, now: Instant) {
        self.connected.get_or_insert(now);
    }

    /// Records that the TLS handshake was complete at `now`.
    pub fn secure(&mut self, now: Instant) {
        self.secured.get_or_insert(now);
    }

    /// Records that the first bytes of the reply were there at `now`.
    pub fn answer(&mut self, now: Instant) {
        self.answered.get_or_insert(now);
    }

    /// Returns the duration of the TLS handshake, at least one round trip; zero if there was none.
    pub fn handshake(&self) -> Duration {
        match (self.connected, self.secured) {
            (Some(from), Some(to)) => to.saturating_duration_since(from),
            _ => Duration::ZERO,
        }
    }

    /// Returns the durations for a check that began at `started`; `named` if it looks up a name,
    /// and `secure` if it is under TLS.
    pub fn phases(&self, started: Instant, named: bool, secure: bool) -> PhaseDurations {
        let between =
            |from: Option<Instant>, to: Option<Instant>| Some(to?.saturating_duration_since(from?));
        let began = Some(started);
        let (resolved, ready) = match (named, secure) {
            (true, true) => (self.resolved, self.secured),
            (true, false) => (self.resolved, self.connected),
            (false, true) => (began, self.secured),
            (false, false) => (began, self.connected),
        };
        PhaseDurations {
            resolve: between(began, resolved).filter(|_| named),
            connect: between(resolved, self.connected),
            tls: between(self.connected, self.secured).filter(|_| secure),
            first_byte: between(ready, self.answered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_follow_one_another_without_a_gap() {
        let started = Instant::now();
        let at = |ms| started + Duration::from_millis(ms);
        let mut timestamps = Timestamps::default();
        timestamps.resolve(at(3));
        timestamps.connect(at(300));
        timestamps.connect(at(301));
        timestamps.secure(at(340));
        timestamps.answer(at(420));
        timestamps.answer(at(500));
        let parts = |named, secure| {
            let phases = timestamps.phases(started, named, secure);
            [
                phases.resolve,
                phases.connect,
                phases.tls,
                phases.first_byte,
            ]
            .map(|part| part.map(|part| part.as_millis()))
        };
        assert_eq!(parts(true, true), [Some(3), Some(297), Some(40), Some(80)]);
        assert_eq!(parts(true, false), [Some(3), Some(297), None, Some(120)]);
        assert_eq!(parts(false, true), [None, Some(300), Some(40), Some(80)]);
        assert_eq!(parts(false, false), [None, Some(300), None, Some(120)]);
    }

    #[test]
    fn a_check_that_only_connects_has_a_connect_time() {
        let started = Instant::now();
        let mut timestamps = Timestamps::default();
        timestamps.connect(started + Duration::from_millis(7));
        let phases = timestamps.phases(started, false, false);
        assert_eq!(phases.connect, Some(Duration::from_millis(7)));
        assert_eq!((phases.resolve, phases.first_byte), (None, None));
    }

    #[test]
    fn a_part_that_did_not_end_has_no_duration() {
        let started = Instant::now();
        let none = Timestamps::default().phases(started, true, true);
        assert_eq!(none, PhaseDurations::default());
        let mut timestamps = Timestamps::default();
        timestamps.resolve(started);
        timestamps.connect(started);
        let phases = timestamps.phases(started, true, true);
        assert_eq!(phases.connect, Some(Duration::ZERO));
        assert_eq!((phases.tls, phases.first_byte), (None, None));
    }
}
