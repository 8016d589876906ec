//! The sizes of all parts.

use super::{debian, formats, lengths, memory, names, secure, truth, zgrab2};
use std::time::Duration;

/// Of each part.
pub struct Sizes {
    pub lengths: lengths::Size,
    pub debian: &'static [debian::Size],
    pub memory: memory::Size,
    pub truth: truth::Size,
    pub secure: secure::Size,
    pub formats: formats::Size,
    pub names: names::Size,
    pub zgrab2: zgrab2::Size,
}

/// For figures. Takes about twenty minutes, a quarter of them `xargs`.
pub const FULL: Sizes = Sizes {
    lengths: lengths::Size {
        lengths: &[(1_000, 7), (10_000, 7), (100_000, 7), (1_000_000, 3)],
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
    formats: formats::Size {
        targets: 100_000,
        rounds: 5,
    },
    names: names::Size {
        loads: &[(64, 10_000), (512, 50_000)],
        rounds: 3,
    },
    zgrab2: zgrab2::Size {
        targets: 100_000,
        rounds: 5,
    },
};

/// To see that it works.
pub const QUICK: Sizes = Sizes {
    lengths: lengths::Size {
        lengths: &[(100, 1), (1_000, 1), (2_000, 1)],
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
    formats: formats::Size {
        targets: 1_000,
        rounds: 1,
    },
    names: names::Size {
        loads: &[(64, 320), (512, 1_024)],
        rounds: 1,
    },
    zgrab2: zgrab2::Size {
        targets: 500,
        rounds: 1,
    },
};
