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
//!
//! With `plain` behind the seconds, the peer with a chain that costs has an ordinary one: what it does to
//! the checks of good peers is the difference.
//!
//! What ten minutes were on 22 November 2026, on a virtual machine with 2 cores under a load of 12 to 18
//! by others (`nice -n 5`): 379,948 checks, each with the verdict that it deserves, and all laws held.
//!
//! | until | checks a second | descriptors | threads | memory |
//! |--:|--:|--:|--:|--:|
//! | 60 s | 382 | 129 | 4 | 8.46 MiB |
//! | 120 s | 485 | 127 | 5 | 8.74 MiB |
//! | 180 s | 625 | 131 | 5 | 8.89 MiB |
//! | 240 s | 449 | 130 | 5 | 9.02 MiB |
//! | 300 s | 309 | 100 | 5 | 9.05 MiB |
//! | 360 s | 401 | 128 | 5 | 9.16 MiB |
//! | 420 s | 874 | 131 | 5 | 9.23 MiB |
//! | 480 s | 823 | 132 | 5 | 9.32 MiB |
//! | 540 s | 894 | 134 | 5 | 9.64 MiB |
//! | 600 s | 954 | 134 | 5 | 9.72 MiB |

#[path = "kinds.rs"]
mod kinds;
#[path = "run.rs"]
mod run;
#[path = "samples.rs"]
mod samples;
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
/// Says that no chain is to cost more than others.
const PLAIN: &str = "plain";
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
    let is_costly = env::args().all(|argument| argument != PLAIN);
    let seconds = seconds()?;
    let (world, _servers) = World::new(is_costly);
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
            "--bench" | PLAIN => continue, // the first is Cargo's own
            "--quick" => QUICK,
            number => number.parse().map_err(|e| format!("{number}: {e}"))?,
        };
    }
    match seconds {
        LEAST.. => Ok(seconds),
        _ => Err(format!("{seconds} seconds are too few; {LEAST} are not").into()),
    }
}
