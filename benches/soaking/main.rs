//! One run over a list that comes from a pipe and does not end, for so many seconds; see
//! `benches/soak`.
//!
//! Its laws:
//!
//! 1. Every line has one verdict, which is the one that its server deserves, and none takes much
//!    longer than its timeout and its pause.
//! 2. When the list ends, so does the run, with the exit code of its verdicts.
//! 3. Descriptors, threads and resident memory are flat once a tenth of the time, a minute at most, is
//!    over: in the last quarter of the rest they reach no more than in its first, and
//!    [a little](samples::SLACK).

#[path = "kinds.rs"]
mod kinds;
#[path = "run.rs"]
mod run;
#[path = "samples.rs"]
mod samples;
#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "verdicts.rs"]
mod verdicts;

use kinds::World;
use run::Soaked;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

/// What `--quick` is, which all benchmarks know.
const QUICK: u64 = 10;
/// Below there is no rest to have quarters.
const LEAST: u64 = 10;

fn main() -> ExitCode {
    match soak() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("soak: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all laws held.
fn soak() -> Result<bool, Box<dyn Error>> {
    let seconds = seconds()?;
    let (world, _servers) = World::new();
    let soaked = Soaked::of(&world, Duration::from_secs(seconds))?;
    println!("{}", soaked.tables());
    let broken = soaked.broken();
    for law in &broken {
        println!("broken: {law}");
    }
    if broken.is_empty() {
        println!("All laws hold.");
    }
    Ok(broken.is_empty())
}

fn seconds() -> Result<u64, Box<dyn Error>> {
    let mut seconds = 600;
    for argument in env::args().skip(1) {
        seconds = match argument.as_str() {
            "--bench" => continue, // Cargo's own
            "--quick" => QUICK,
            number => number.parse().map_err(|e| format!("{number}: {e}"))?,
        };
    }
    match seconds {
        LEAST.. => Ok(seconds),
        _ => Err(format!("{seconds} seconds are too few; {LEAST} are not").into()),
    }
}
