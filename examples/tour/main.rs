//! A tour of check-tcp: `cargo run --release --example tour`.
//!
//! Starts servers of its own on loopback, checks each by the real command line, then several from
//! one list, and shows the command, what it wrote and its exit code. Exits with 0 when everything
//! came out as it should.
//!
//! `cargo run --example` does not build the package's program, so the example is both: it starts
//! itself again, with [`AS_PROGRAM`] in the environment, to be check-tcp.

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
    reason = "the tour ends where it can not go on, and runs on the real clock"
)]

mod server;
mod stop;
mod stops;
mod trust;

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;
use stop::{Palette, Verdict};

/// Set in the environment of a command; whatever its value, this program is check-tcp then.
const AS_PROGRAM: &str = "CHECK_TCP_TOUR_AS_PROGRAM";

fn main() -> ExitCode {
    if env::var_os(AS_PROGRAM).is_some() {
        return check_tcp::internal::run(env::args_os());
    }
    match tour() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("tour: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all stops and returns true if each had the expected result.
fn tour() -> io::Result<bool> {
    let started = Instant::now();
    let dir = tempfile::Builder::new()
        .prefix("check-tcp-tour-")
        .tempdir()?;
    let stops = stops::prepare(dir.path())?;
    let mut out = io::stdout().lock();
    let palette = Palette::new(
        out.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    );
    let mut failed = Vec::new();
    for (number, stop) in (1..).zip(&stops.all) {
        let verdict = stop.visit()?;
        stop.show(&mut out, palette, number, &verdict)?;
        if matches!(verdict, Verdict::Wrong { .. }) {
            failed.push(number.to_string());
        }
    }
    let (total, seconds) = (stops.all.len(), started.elapsed().as_secs_f64());
    if failed.is_empty() {
        writeln!(
            out,
            "{total} stops in {seconds:.1} s, each as it should be."
        )?;
    } else {
        let (count, failed) = (failed.len(), failed.join(", "));
        writeln!(
            out,
            "{count} of {total} stops not as they should be: {failed}."
        )?;
        return Ok(false);
    }
    Ok(true)
}
