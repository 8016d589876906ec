//! One plain check of a loopback banner, against Debian's `check_tcp` doing the same: time, memory,
//! size and system calls; and one under TLS: time.

mod program;
mod rows;
mod secure;
mod server;
mod trace;

use crate::THEIRS;
use crate::table::Table;
use crate::usage::{Cost, median};
use program::Program;
use rows::{AtMost, Figures};
use server::Server;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use trace::Trace;

/// The builds of ours, and what they may take. The static one has the C library in it, and no bound
/// on its size.
const BUILDS: [(&str, AtMost); 2] = [
    (
        "dynamic",
        AtMost {
            share: 0.60,
            peak: 3.1,
            size: Some(2.6),
            calls: Some(38),
        },
    ),
    (
        "static",
        AtMost {
            share: 0.45,
            peak: 2.0,
            size: None,
            calls: None,
        },
    ),
];

/// The sizes of this part.
struct Rounds {
    warm_up: usize,
    timed: usize,
    peak: usize,
}

impl Rounds {
    /// Runs all in turn, and returns what each cost in the rounds that are timed.
    fn in_turn<T>(
        &self,
        all: &[T],
        run: impl Fn(&T) -> Result<Cost, Box<dyn Error>>,
    ) -> Result<Vec<Vec<Cost>>, Box<dyn Error>> {
        let mut costs: Vec<Vec<Cost>> = all.iter().map(|_| Vec::new()).collect();
        for round in 0..self.warm_up + self.timed {
            for (one, costs) in all.iter().zip(&mut costs) {
                let cost = run(one)?;
                if round >= self.warm_up {
                    costs.push(cost);
                }
            }
        }
        Ok(costs)
    }
}

/// `fixed` is a statically linked build of ours.
pub fn compare(
    quick: bool,
    fixed: Option<PathBuf>,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
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
        false => table.skip(format!("one check by {THEIRS}, which is not here")),
    }
    let server = Server::start()?;
    eprintln!("one: {} checks by each program", rounds.timed);
    let figures = measure(&programs, &server, &rounds)?;
    if figures.iter().any(|figures| figures.trace.is_none()) {
        table.skip("system calls, for which there is no strace, or it may not trace".to_owned());
    }
    let (ours, theirs) = figures.split_at(builds);
    table.remark(format!(
        "One check: {} by each program, in turn, after {} to warm up.",
        rounds.timed, rounds.warm_up
    ));
    for ((build, at_most), ours) in BUILDS.iter().zip(ours) {
        table.add(rows::rows(build, ours, theirs.first(), at_most));
    }
    secure::compare(&rounds, table)
}

fn measure(
    programs: &[Program],
    server: &Server,
    rounds: &Rounds,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    let costs = rounds.in_turn(programs, |program| program.check(server))?;
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
