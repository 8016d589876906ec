//! Checks a second and CPU a check, against the bare loop.

use super::PARALLEL;
use super::clients::Clients;
use super::serve::Kind;
use super::servers::Servers;
use super::table::{Row, grouped};
use crate::usage::{Cost, median};
use std::error::Error;
use std::time::Duration;

/// How much of it is done.
pub struct Size {
    pub targets: usize,
    pub rounds: usize,
}

/// Both are timed as processes, from their start to their end, the reading of the list included.
pub fn measure(clients: &Clients, size: &Size) -> Result<[Row; 2], Box<dyn Error>> {
    let Size { targets, rounds } = *size;
    eprintln!("lists: {targets} checks against the bare loop, {rounds} rounds");
    let servers = Servers::start(Kind::Banner, &clients.cores)?;
    let list = clients.list("rate", servers.targets(targets))?;
    let mut costs = Vec::new();
    // The first round warms up.
    for round in 0..=rounds {
        let bare = clients.bare(&list, PARALLEL, targets)?;
        let ours = clients.ours(&list, PARALLEL, targets)?;
        if round > 0 {
            costs.push([bare, ours]);
        }
    }
    let wall = [0, 1].map(|who| each(&costs, who, |cost| cost.wall, targets));
    let cpu = [0, 1].map(|who| each(&costs, who, |cost| cost.cpu, targets));
    let rate = wall[0] / wall[1];
    let share = cpu[1] / cpu[0];
    let count = grouped(targets);
    Ok([
        Row::bounded(
            format!("rate of {count} banner checks, against the bare loop's"),
            "at least 0.8",
            rate >= 0.8,
            format!(
                "{rate:.2} ({:.0} a second, bare {:.0})",
                1e6 / wall[1],
                1e6 / wall[0]
            ),
        ),
        Row::bounded(
            "CPU a check, against the bare loop's".to_owned(),
            "at most 1.3",
            share <= 1.3,
            format!("{share:.2} ({:.1} µs, bare {:.1} µs)", cpu[1], cpu[0]),
        ),
    ])
}

/// The median in microseconds a target.
fn each(costs: &[[Cost; 2]], who: usize, of: fn(&Cost) -> Duration, targets: usize) -> f64 {
    let median = median(costs.iter().map(|round| of(&round[who])));
    median.as_secs_f64() * 1e6 / targets as f64
}
