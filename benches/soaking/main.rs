//! One run over a list that comes from a pipe and does not end, for so many seconds; see
//! `benches/soak`.
//!
//! Its laws:
//!
//! 1. Every line has one verdict, which is the one that its server deserves, and none takes much
//!    longer than its timeout and its pause.
//! 2. When the list ends, so does the run, with the exit code of its verdicts.
//! 3. Descriptors, threads and resident memory are bounded: once a tenth of the time, a minute at
//!    most, is over, the last quarter of the rest reaches no more than its first and a
//!    [slack](samples::SLACK).
//! 4. Anonymous memory does not rise steadily: if it rose in every tenth of the time by the median
//!    of what it rises by from one tenth to the next, that would be [little](samples::STEADY). This
//!    takes a run of two minutes or more.
//!
//! A broken law is told at the end; the run goes on until its time is over.
//!
//! The table of what the run had open has the peak of each tenth. Anonymous memory is what the
//! process has written to: heap, stacks, data. It rises in the first rows while what is kept fills
//! up: compiled lines, answers to look-ups, buffers that grow to the longest burst so far. Later a
//! single row may rise, where other processes held this one up and more checks were in flight than
//! ever before, since the allocator keeps most of what that took. Rows that rise one after the
//! other are a leak, or a bound that is reached too late; a soak of an hour tells them apart.
//! File-backed memory is the pages of the program and its libraries that have been used so far, and
//! has their size as its bound.
//!
//! With `plain` behind the seconds, the peer with a chain that costs has an ordinary one: what it
//! does to the checks of good peers is the difference.
//!
//! Figures are in `docs/benchmarks.md`.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a benchmark ends where it can not go on, and runs on the real clock"
)]

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

/// The duration under `--quick`, which all benchmarks know.
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

/// Checks the laws and returns true if all held.
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
