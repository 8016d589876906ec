//! The measurement of the small benchmarks: the CPU time of their thread, which is the same
//! whatever else the machine does.

use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use nix::time::ClockId;
use std::time::Duration;

/// CPU time of the thread.
pub struct Cpu;

/// As the arguments have it; a whole run takes about two seconds a benchmark.
pub fn criterion() -> Criterion<Cpu> {
    Criterion::default()
        .with_measurement(Cpu)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args()
}

/// For how long this thread has been at work.
pub fn time() -> Duration {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now();
    time.expect("a clock of this thread").into()
}

impl Measurement for Cpu {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        time()
    }

    fn end(&self, start: Duration) -> Duration {
        time().saturating_sub(start)
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
