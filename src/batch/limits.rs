//! The limit on open files, divided among sockets and lookups.

use crate::engine::LookupLimits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;

/// Descriptors of the program itself: the standard streams and copies of them, the list, the poll,
/// its waker, the signals, the trust store.
const OWN_DESCRIPTORS: u64 = 16;

/// Those of [`OWN_DESCRIPTORS`] that are open from the start: the standard streams, and the list.
pub(super) const OPEN_AT_START: u64 = 4;

/// Descriptors of one lookup: a hosts file or a connection to a name service, and a socket.
const DESCRIPTORS_PER_LOOKUP: u64 = 2;

/// The limits that follow from the number of descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DescriptorLimits {
    /// Maximum number of checks in flight.
    pub parallel: usize,
    /// Maximum number of sockets of all checks together: more than one each, because addresses are
    /// raced.
    pub sockets: usize,
    /// Limits of name lookups.
    pub lookups: LookupLimits,
}

/// Raises the limit on open files as far as the system permits, and returns it; [`u64::MAX`] stands
/// for no limit. Failure to raise it is ignored.
pub(super) fn raise_soft_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        let current = maximum;
        // Fails where the hard limit is above the kernel's own; the soft limit stays then.
        let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// The number of files that are open already; 0 where the system does not tell.
pub(super) fn count_open() -> u64 {
    // The directory that is being read is one of them.
    fs::read_dir("/proc/self/fd").map_or(0, |open| open.count().saturating_sub(1) as u64)
}

/// Divides `limit` open files between lookups and sockets, and keeps some of the sockets for racing
/// addresses. Between one and `wanted` checks may be in flight, and at most `lookups` lookups,
/// beside as many more that were abandoned but still run.
pub(super) fn divide(limit: u64, wanted: usize, lookups: usize) -> DescriptorLimits {
    let shared = limit.saturating_sub(OWN_DESCRIPTORS);
    let threads = (shared / 7).clamp(1, 2 * lookups as u64);
    let sockets = shared
        .saturating_sub(threads * DESCRIPTORS_PER_LOOKUP)
        .max(1);
    let race = (sockets / 16).max(12.min(sockets / 3));
    DescriptorLimits {
        parallel: wanted.min(saturating_usize(sockets - race)).max(1),
        sockets: saturating_usize(sockets),
        lookups: LookupLimits {
            places: saturating_usize(threads.div_ceil(2)),
            threads: saturating_usize(threads),
        },
    }
}

impl DescriptorLimits {
    /// The warning, without a newline, that fewer checks than `wanted` may be in flight under
    /// `limit`; `None` if that is not so.
    pub(super) fn lowered_message(&self, wanted: usize, limit: u64) -> Option<String> {
        let parallel = self.parallel;
        (parallel < wanted).then(|| {
            format!(
                "check-tcp: --parallel {wanted} is lowered to {parallel}: \
                 this machine allows {limit} open files"
            )
        })
    }
}

fn saturating_usize(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_divided_among_checks_races_and_lookups() {
        for (limit, wanted, parallel, sockets, threads) in [
            (0, 512, 1, 1, 1),
            (16, 512, 1, 1, 1),
            (20, 512, 2, 2, 1),
            (24, 512, 4, 6, 1),
            (32, 512, 8, 12, 2),
            (64, 512, 24, 36, 6),
            (64, 24, 24, 36, 6),
            (64, 10, 10, 36, 6),
            (256, 512, 160, 172, 34),
            (1_024, 512, 512, 752, 128),
            (1_024, 1_000, 705, 752, 128),
            (20_000, 512, 512, 19_728, 128),
            (20_000, 100_000, 18_495, 19_728, 128),
            (1 << 20, 100_000, 100_000, (1 << 20) - 272, 128),
        ] {
            let lookups = LookupLimits {
                places: usize::div_ceil(threads, 2),
                threads,
            };
            let divided = DescriptorLimits {
                parallel,
                sockets,
                lookups,
            };
            assert_eq!(divide(limit, wanted, 64), divided, "{wanted} of {limit}");
        }
    }

    #[test]
    fn without_a_limit_nothing_is_lowered() {
        let divided = divide(u64::MAX, 1_000_000, 1_024);
        let lookups = LookupLimits {
            places: 1_024,
            threads: 2_048,
        };
        assert_eq!((divided.parallel, divided.lookups), (1_000_000, lookups));
        assert!(divided.sockets > 1 << 31, "{}", divided.sockets);
        assert_eq!(divided.lowered_message(1_000_000, u64::MAX), None);
    }

    #[test]
    fn the_parts_do_not_exceed_the_limit() {
        for limit in 20..5_000 {
            let divided = divide(limit, usize::MAX, 1_024);
            let used = OWN_DESCRIPTORS + size_of_all(divided);
            assert!(used <= limit, "{divided:?} of {limit}");
            assert!(divided.parallel <= divided.sockets, "{divided:?}");
        }
    }

    fn size_of_all(divided: DescriptorLimits) -> u64 {
        divided.sockets as u64 + DESCRIPTORS_PER_LOOKUP * divided.lookups.threads as u64
    }

    #[test]
    fn only_a_lowered_number_of_checks_has_a_message() {
        let divided = divide(64, 512, 64);
        let message =
            "check-tcp: --parallel 512 is lowered to 24: this machine allows 64 open files";
        assert_eq!(divided.lowered_message(512, 64).as_deref(), Some(message));
        assert_eq!(divide(64, 24, 64).lowered_message(24, 64), None);
    }

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        let limit = raise_soft_limit();
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!(current.unwrap_or(u64::MAX), limit);
        if cfg!(target_os = "linux") {
            assert_eq!(current, maximum);
        }
    }
}
