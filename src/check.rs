//! The options of one check, independent of the target.

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
    /// TLS from the first byte.
    pub tls: Option<Tls>,
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
    /// Returns the longest time that the check takes.
    pub fn time_limit(&self) -> Duration {
        self.timeout + self.extra_time()
    }

    /// Returns the time by which the pause moves the deadline back.
    pub(crate) fn extra_time(&self) -> Duration {
        match self.delay_apart {
            true => Duration::ZERO,
            false => self.delay,
        }
    }

    /// Returns the memory it uses, in bytes, without its pattern and the trust store, which other
    /// checks may share.
    pub fn memory_usage(&self) -> usize {
        let texts = [self.name.len(), self.send.len(), self.quit.len()];
        size_of::<Self>() + texts.iter().sum::<usize>()
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
            error_warning: false,
            expect_closed: false,
            perfdata: false,
            hide_reply: false,
            memory: Lease::default(),
        }
    }
}
