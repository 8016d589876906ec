//! The options of one check, independent of the target.

use crate::dialogue::{Expectation, Step, StepKind};
use crate::expect::Pattern;
use crate::memory::Lease;
use crate::status::StatusMap;
use crate::target::Family;
use crate::tls::Tls;
use std::num::NonZeroU64;
use std::time::Duration;

/// The options of one check, independent of the target. Immutable, and shared by all probes with
/// the same options.
#[derive(Debug)]
pub struct Check {
    /// The service in upper case, or `TCP`: the first word of the line.
    pub name: String,
    /// Sent as soon as the connection, or the TLS session, is established.
    pub send: Vec<u8>,
    /// Pattern for the reply; without one nothing is read.
    pub expect: Option<Pattern>,
    /// Sent before the connection is closed, line end included.
    pub quit: Vec<u8>,
    /// The settings of TLS, which is from the first byte unless one of `steps` brings it.
    pub tls: Option<Tls>,
    /// The steps in place of `send`, `delay` and `expect`; empty for a check of these three.
    pub steps: Vec<Step>,
    /// The last of `steps` as the user wrote them; those before negotiate TLS.
    pub own_steps: Vec<Box<str>>,
    /// Family of the addresses that are tried.
    pub family: Family,
    /// Replacements of the final status.
    pub status_as: StatusMap,
    /// Limit on the whole check, without the delay.
    pub timeout: Duration,
    /// Pause between sending and reading, or before closing if nothing is read.
    pub delay: Duration,
    /// The pause is no part of the response time, and within the limit on the whole check.
    pub delay_apart: bool,
    /// Most bytes of the reply that are read.
    pub max_bytes: Option<NonZeroU64>,
    /// Silence that ends a reply which has begun.
    pub idle: Option<Duration>,
    /// WARNING when the response time is greater.
    pub warning: Option<Duration>,
    /// CRITICAL when the response time is greater.
    pub critical: Option<Duration>,
    /// Periods that the certificate path has to be valid for, under TLS.
    pub expiry: Option<Expiry>,
    /// The report tells what certificates the peer presented.
    pub tells_certificates: bool,
    /// Errors are WARNING instead of CRITICAL.
    pub error_warning: bool,
    /// OK if nothing listens there.
    pub expect_closed: bool,
    /// End the line with performance data.
    pub perfdata: bool,
    /// Leave the reply out of the line.
    pub hide_reply: bool,
    /// Share of the memory for checks from lines of a list; empty for others.
    pub memory: Lease,
}

/// Periods that a certificate path has to be valid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// WARNING when less is left.
    pub warning: Duration,
    /// CRITICAL when less is left, or none.
    pub critical: Duration,
}

impl Check {
    /// Returns the kind of the step at `index`, counted from 0; `None` behind the last one.
    pub(crate) fn step(&self, index: usize) -> Option<StepKind> {
        if !self.steps.is_empty() {
            return self.steps.get(index).map(Step::kind);
        }
        let steps = [
            self.tls.as_ref().map(|_| StepKind::StartTls),
            (!self.send.is_empty()).then_some(StepKind::Send),
            (!self.delay.is_zero()).then_some(StepKind::Delay(self.delay)),
            self.expect.as_ref().map(|_| StepKind::Expect),
        ];
        steps.into_iter().flatten().nth(index)
    }

    /// Returns what the step at `index`, counted from 0, expects; `None` if it is no expectation, and
    /// in a check without steps of its own.
    pub(crate) fn expectation(&self, index: usize) -> Option<&Expectation> {
        match self.steps.get(index)? {
            Step::Expect(expectation) => Some(expectation),
            _ => None,
        }
    }

    /// Returns the patterns that it expects.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let own = self.steps.iter().filter_map(Step::pattern);
        self.expect.iter().chain(own)
    }

    /// Returns the time that its pauses take.
    pub(crate) fn pauses(&self) -> Duration {
        let pauses = self.steps.iter().filter_map(|step| match step {
            Step::Delay(pause) => Some(*pause),
            _ => None,
        });
        pauses.fold(self.delay, Duration::saturating_add)
    }

    /// Returns the longest time that the check takes.
    pub fn time_limit(&self) -> Duration {
        match self.delay_apart {
            true => self.timeout,
            false => self.timeout.saturating_add(self.pauses()),
        }
    }

    /// Returns the memory it uses, in bytes, without its pattern and the trust store, which other
    /// checks may share.
    pub fn memory_usage(&self) -> usize {
        let texts = [self.name.len(), self.send.len(), self.quit.len()];
        let steps = self.steps.iter().map(Step::memory_usage);
        let own = self
            .own_steps
            .iter()
            .map(|text| size_of_val(text) + text.len());
        size_of::<Self>() + texts.into_iter().chain(steps).chain(own).sum::<usize>()
    }
}

impl Default for Check {
    /// Connects to the target within 10 s, and does no more.
    fn default() -> Self {
        Self {
            name: "TCP".to_owned(),
            send: Vec::new(),
            expect: None,
            quit: Vec::new(),
            tls: None,
            steps: Vec::new(),
            own_steps: Vec::new(),
            family: Family::Any,
            status_as: StatusMap::default(),
            timeout: Duration::from_secs(10),
            delay: Duration::ZERO,
            delay_apart: false,
            max_bytes: None,
            idle: None,
            warning: None,
            critical: None,
            expiry: None,
            tells_certificates: false,
            error_warning: false,
            expect_closed: false,
            perfdata: false,
            hide_reply: false,
            memory: Lease::default(),
        }
    }
}
