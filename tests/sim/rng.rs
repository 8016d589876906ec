//! Chance that can be had again.

use std::env;
use std::time::Duration;

/// SplitMix64: small, and good enough to shake a machine with.
#[derive(Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `n` − 1.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// One time in `n`.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// 0 to `longest`, both included.
    pub fn duration(&mut self, longest: Duration) -> Duration {
        let nanos = u64::try_from(longest.as_nanos()).expect("under 584 years");
        Duration::from_nanos(self.next() % (nanos + 1))
    }
}

/// Puts a law to the test with `usual` seeds, or as many as `CHECK_TCP_SEEDS` says, from
/// `CHECK_TCP_FIRST_SEED` on or else from 0; or with the one seed of `CHECK_TCP_SEED`.
pub fn each_seed(usual: u64, law: impl Fn(u64)) {
    let seeds = match number("CHECK_TCP_SEED") {
        Some(seed) => seed..seed + 1,
        None => {
            let first = number("CHECK_TCP_FIRST_SEED").unwrap_or(0);
            first..first + number("CHECK_TCP_SEEDS").unwrap_or(usual)
        }
    };
    for seed in seeds {
        let shown = Shown(seed);
        law(seed);
        drop(shown);
    }
}

/// Tells the seed when the law it is under fails.
struct Shown(u64);

impl Drop for Shown {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "the law failed with seed {0}: replay it with CHECK_TCP_SEED={0}",
                self.0
            );
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={value} is not a number")),
    )
}
