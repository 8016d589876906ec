//! What is asked of a target.

use crate::expect::Pattern;
use crate::memory::Lease;
use crate::status::StatusMap;
use crate::target::Family;
use crate::tls::Tls;
use std::num::NonZeroU64;
use std::time::Duration;

/// All that one check asks, whatever the target. Immutable, and shared between the probes that ask
/// it.
#[derive(Debug)]
pub struct Check {
    /// The service in upper case, or `TCP`: the first word of the line.
    pub name: String,
    /// Sent as soon as the connection (or the TLS session) is up.
    pub send: Vec<u8>,
    /// What the reply must match; without it nothing is read.
    pub expect: Option<Pattern>,
    /// Sent before the connection is closed, line end included.
    pub quit: Vec<u8>,
    /// TLS from the first byte.
    pub tls: Option<Tls>,
    /// Which addresses are tried.
    pub family: Family,
    /// Replaces the final status.
    pub status_as: StatusMap,
    /// Limit on the whole check, the delay aside.
    pub timeout: Duration,
    /// Pause between sending and reading, or closing where nothing is read.
    pub delay: Duration,
    /// Reading stops once this many bytes of the reply have come.
    pub max_bytes: Option<NonZeroU64>,
    /// WARNING when the response time is greater.
    pub warning: Option<Duration>,
    /// CRITICAL when the response time is greater.
    pub critical: Option<Duration>,
    /// Errors are WARNING in place of CRITICAL.
    pub error_warning: bool,
    /// OK when nothing listens there.
    pub expect_closed: bool,
    /// End the line with performance data.
    pub perfdata: bool,
    /// What it takes of the memory for checks that lines of a list bring; nothing elsewhere.
    pub memory: Lease,
}

impl Check {
    /// What it takes up, in bytes, its pattern, the trust store, and what the groups of its pattern
    /// matched aside: others may share them.
    pub fn memory_usage(&self) -> usize {
        let texts = [self.name.len(), self.send.len(), self.quit.len()];
        size_of::<Self>() + texts.iter().sum::<usize>()
    }
}

impl Default for Check {
    /// A bare connection to the target within 10 s.
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
            max_bytes: None,
            warning: None,
            critical: None,
            error_warning: false,
            expect_closed: false,
            perfdata: false,
            memory: Lease::default(),
        }
    }
}
