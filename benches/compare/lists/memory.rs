//! Peak memory while many checks wait at once for servers that never answer.

use super::SPARE;
use super::clients::{Clients, PATIENCE, over};
use super::serve::Kind;
use super::servers::Servers;
use super::summary::Summary;
use crate::table::{Row, Table, grouped, kib};
use crate::usage::high_water;
use std::error::Error;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// The sizes of this part.
pub struct Size {
    pub waiting: usize,
    /// The waiting time of the checks; all of them must be under way by then. Whole seconds.
    pub timeout: Duration,
    pub rounds: usize,
}

/// The waiting time of the list of one.
const ALONE: Duration = Duration::from_secs(1);

/// In KiB.
#[derive(Clone, Copy, Default)]
struct Peak {
    /// Before the first of them ended.
    waiting: u64,
    /// At the end, all verdicts printed.
    end: u64,
}

/// The peak to the end is what is held against the aim, so that the verdicts, which all fall at
/// once, are in it. Less that of a list of one with `--parallel 1`: what is reserved for many
/// counts as theirs.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let Size {
        timeout, rounds, ..
    } = *size;
    // A sixteenth is kept for the race of addresses.
    let most = clients.descriptors.saturating_sub(SPARE) / 16 * 15;
    let waiting = size.waiting.min(most);
    if waiting < size.waiting {
        table.skip(format!(
            "{} waiting checks: the limit of descriptors lets only {waiting} wait",
            size.waiting
        ));
    }
    eprintln!("lists: memory of {waiting} waiting checks, {rounds} rounds");
    let mut peaks = Vec::new();
    for _ in 0..rounds {
        peaks.push([peak(clients, 1, ALONE)?, peak(clients, waiting, timeout)?]);
    }
    let each = |many: u64, one: u64| (many as f64 - one as f64) / waiting as f64;
    peaks.sort_by(|[one, many], [other, others]| {
        each(many.end, one.end).total_cmp(&each(others.end, other.end))
    });
    let [one, many] = peaks[peaks.len() / 2];
    let end = each(many.end, one.end);
    let row = |when, many, one| {
        Row::new(
            format!(
                "{} checks wait at once: peak memory {when}",
                grouped(waiting)
            ),
            kib(many),
        )
        .beside(format!("a list of one: {}", kib(one)))
        .compared(format!("{:.2} KiB each", each(many, one)))
    };
    table.add([
        row("while they wait", many.waiting, one.waiting),
        row("to the end", many.end, one.end).aim("at most 1.00 KiB each", end <= 1.0),
    ]);
    Ok(())
}

fn peak(clients: &Clients, targets: usize, timeout: Duration) -> Result<Peak, Box<dyn Error>> {
    let mut servers = Servers::start(Kind::Silent, &clients.cores)?;
    let list = clients.list("memory", servers.targets(targets))?;
    let mut command = over(&list, targets);
    command.args(["-t", &timeout.as_secs().to_string()]);
    command.stdout(Stdio::null());
    let start = Instant::now();
    let mut child = clients.spawn(&mut command)?;
    let mut peak = Peak::default();
    let mut taken = 0;
    // A process that has ended has no peak any more: the last one seen is about a millisecond old.
    while child.try_wait()?.is_none() {
        peak.end = high_water(child.id()).unwrap_or(peak.end);
        let elapsed = start.elapsed();
        if elapsed < timeout {
            peak.waiting = peak.end;
            taken = servers.taken()?;
        } else if elapsed > timeout + PATIENCE {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(1));
    }
    let output = child.wait_with_output()?;
    let summary = Summary::of(&output)?;
    if summary.counts != [0, 0, targets, 0] {
        return Err(format!("not all {targets} timed out: {}", summary.line).into());
    }
    match taken >= targets as u64 {
        true => Ok(peak),
        false => Err(format!("only {taken} of {targets} checks waited at once").into()),
    }
}
