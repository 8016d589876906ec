//! CPU a target, from short lists to long ones.

use super::PARALLEL;
use super::clients::Clients;
use super::serve::Kind;
use super::servers::Servers;
use super::table::{Row, grouped};
use crate::usage::median;
use std::error::Error;
use std::time::Duration;

/// How much of it is done.
pub struct Size {
    pub targets: [usize; 3],
    pub rounds: usize,
}

/// All CPU of the process over the number of targets: what it takes to start is in it, and weighs
/// most in the shortest list. The bare loop beside it shows how flat the kernel itself is.
pub fn measure(clients: &Clients, size: &Size) -> Result<Row, Box<dyn Error>> {
    let Size { targets, rounds } = size;
    eprintln!("lists: CPU a target of {targets:?}, {rounds} rounds");
    let servers = Servers::start(Kind::Banner, &clients.cores)?;
    let mut bare = targets.map(|_| Vec::new());
    let mut ours = targets.map(|_| Vec::new());
    for _ in 0..*rounds {
        for (index, &targets) in targets.iter().enumerate() {
            let list = clients.list("growth", servers.targets(targets))?;
            bare[index].push(clients.bare(&list, PARALLEL, targets)?.cpu);
            ours[index].push(clients.ours(&list, PARALLEL, targets)?.cpu);
        }
    }
    let ours = each(ours, targets);
    let bare = each(bare, targets);
    let spread = spread(&ours);
    Ok(Row::bounded(
        format!("CPU a target of {}", targets.map(grouped).join(", ")),
        "flat within 15 %",
        spread <= 0.15,
        format!(
            "{:.0} % ({}; bare {})",
            spread * 100.0,
            micros(&ours),
            micros(&bare)
        ),
    ))
}

/// The medians, in microseconds a target.
fn each(cpu: [Vec<Duration>; 3], targets: &[usize; 3]) -> [f64; 3] {
    let mut targets = targets.iter();
    cpu.map(|rounds| {
        let targets = targets.next().copied().unwrap_or_default();
        median(rounds.into_iter()).as_secs_f64() * 1e6 / targets as f64
    })
}

/// By how much the greatest exceeds the smallest, as a part of that.
fn spread(values: &[f64]) -> f64 {
    let greatest = values.iter().copied().fold(f64::MIN, f64::max);
    let smallest = values.iter().copied().fold(f64::MAX, f64::min);
    greatest / smallest - 1.0
}

fn micros(values: &[f64; 3]) -> String {
    format!(
        "{} µs",
        values.map(|value| format!("{value:.1}")).join(", ")
    )
}
