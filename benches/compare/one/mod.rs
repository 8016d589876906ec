//! One plain check of a loopback banner, against Debian's `check_tcp` doing the same: time, memory,
//! size and system calls.

mod program;
mod server;
mod table;
mod trace;

use crate::usage::{Cost, median};
use program::Program;
use server::Server;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use table::Figures;
use trace::Trace;

const THEIRS: &str = "/usr/lib/nagios/plugins/check_tcp";

/// How much of it is done.
struct Rounds {
    warm_up: usize,
    timed: usize,
    peak: usize,
}

/// The table, and above it what it shows; `fixed` is a statically linked build of ours.
pub fn compare(quick: bool, fixed: Option<PathBuf>) -> Result<String, Box<dyn Error>> {
    let rounds = match quick {
        true => Rounds {
            warm_up: 2,
            timed: 15,
            peak: 3,
        },
        false => Rounds {
            warm_up: 10,
            timed: 100,
            peak: 11,
        },
    };
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
    Ok(format!(
        "One check: {} each, in turn, after {} to warm up; medians.\n\n{}",
        rounds.timed,
        rounds.warm_up,
        table::markdown(ours, theirs.first())
    ))
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
