//! The sizes of all parts.

use super::{debian, lengths, memory, secure, truth};
use std::time::Duration;

/// Of each part.
pub struct Sizes {
    pub lengths: lengths::Size,
    pub debian: &'static [debian::Size],
    pub memory: memory::Size,
    pub truth: truth::Size,
    pub secure: secure::Size,
}

/// For figures. Takes about ten minutes, half of them `xargs`.
pub const FULL: Sizes = Sizes {
    lengths: lengths::Size {
        targets: [1_000, 10_000, 100_000],
        rounds: 7,
    },
    debian: &[
        debian::Size {
            targets: 1_000,
            rounds: 3,
        },
        debian::Size {
            targets: 10_000,
            rounds: 3,
        },
        debian::Size {
            targets: 100_000,
            rounds: 1,
        },
    ],
    memory: memory::Size {
        waiting: 18_000,
        timeout: Duration::from_secs(10),
        rounds: 3,
    },
    truth: truth::Size {
        loads: &[(1, 60), (64, 6_400), (512, 20_480), (4_096, 40_960)],
        rounds: 5,
    },
    secure: secure::Size {
        targets: 10_000,
        rounds: 5,
    },
};

/// To see that it works.
pub const QUICK: Sizes = Sizes {
    lengths: lengths::Size {
        targets: [100, 1_000, 2_000],
        rounds: 1,
    },
    debian: &[debian::Size {
        targets: 100,
        rounds: 1,
    }],
    memory: memory::Size {
        waiting: 300,
        timeout: Duration::from_secs(2),
        rounds: 1,
    },
    truth: truth::Size {
        loads: &[(1, 5), (64, 128), (512, 1_024), (4_096, 4_096)],
        rounds: 1,
    },
    secure: secure::Size {
        targets: 500,
        rounds: 1,
    },
};
