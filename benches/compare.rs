//! One plain check of a loopback banner, against Debian's `check_tcp` doing the same: time, memory,
//! size and system calls, as a Markdown table.
//!
//! ```text
//! cargo bench --bench compare -- [--quick] [--static PATH]
//! ```
//!
//! `--static` adds a statically linked build, `--quick` takes fewer rounds. The programs run in
//! turn, so that what else the machine does meets them all alike. It fails where a check does, and
//! never for being slow.

#[path = "compare/program.rs"]
mod program;
#[path = "compare/server.rs"]
mod server;
#[path = "compare/table.rs"]
mod table;
#[path = "compare/trace.rs"]
mod trace;

use program::{Cost, Program};
use server::Server;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use table::Figures;
use trace::Trace;

const THEIRS: &str = "/usr/lib/nagios/plugins/check_tcp";

/// How much of it is done.
struct Rounds {
    warm_up: usize,
    timed: usize,
    peak: usize,
}

fn main() -> ExitCode {
    match compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("compare: {e}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<(), Box<dyn Error>> {
    let (rounds, fixed) = arguments()?;
    let ours = |path| Program {
        path,
        expect: "^220",
    };
    let mut programs = vec![ours(env!("CARGO_BIN_EXE_check-tcp").into())];
    programs.extend(fixed.map(ours));
    let builds = programs.len();
    match fs::exists(THEIRS)? {
        true => programs.push(Program {
            path: THEIRS.into(),
            expect: "220",
        }),
        false => eprintln!("{THEIRS} is not here: ours alone"),
    }
    let server = Server::start()?;
    let figures = measure(&programs, &server, &rounds)?;
    let (ours, theirs) = figures.split_at(builds);
    println!(
        "{}; {} checks each, in turn, after {} to warm up; medians.\n\n{}",
        table::machine(),
        rounds.timed,
        rounds.warm_up,
        table::markdown(ours, theirs.first())
    );
    Ok(())
}

fn arguments() -> Result<(Rounds, Option<PathBuf>), lexopt::Error> {
    let mut rounds = Rounds {
        warm_up: 10,
        timed: 100,
        peak: 11,
    };
    let mut fixed = None;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("quick") => {
                rounds = Rounds {
                    warm_up: 2,
                    timed: 15,
                    peak: 3,
                }
            }
            lexopt::Arg::Long("static") => fixed = Some(parser.value()?.into()),
            // Cargo's own.
            lexopt::Arg::Long("bench") => {}
            other => return Err(other.unexpected()),
        }
    }
    Ok((rounds, fixed))
}

fn measure(
    programs: &[Program],
    server: &Server,
    rounds: &Rounds,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    let mut costs: Vec<Vec<Cost>> = programs.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds.warm_up + rounds.timed {
        for (program, costs) in programs.iter().zip(&mut costs) {
            let cost = program.check(server)?;
            if round >= rounds.warm_up {
                costs.push(cost);
            }
        }
    }
    let figures = programs.iter().zip(costs).map(|(program, costs)| {
        let peaks: Result<Vec<u64>, _> = (0..rounds.peak).map(|_| program.peak(server)).collect();
        Ok(Figures {
            wall: median(costs.iter().map(|cost| cost.wall)),
            cpu: median(costs.iter().map(|cost| cost.cpu)),
            peak: peaks?.into_iter().max().unwrap_or_default(),
            size: program.size()?,
            trace: Trace::take(program, server)?,
        })
    });
    figures.collect()
}

fn median(durations: impl Iterator<Item = Duration>) -> Duration {
    let mut sorted: Vec<Duration> = durations.collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
