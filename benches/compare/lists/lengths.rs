//! Lists from short to long, against the bare loop, and the memory of each.

use super::PARALLEL;
use super::clients::{Clients, over};
use super::serve::Kind;
use super::servers::Servers;
use crate::table::{Row, Table, grouped, kib, micros, rate};
use crate::usage::{Cost, median};
use std::error::Error;
use std::process::Stdio;
use std::time::Duration;

/// The sizes of this part.
pub struct Size {
    /// Targets, and rounds of each length, from the shortest on.
    pub lengths: &'static [(usize, usize)],
}

/// The resource usage of one length.
struct Length {
    targets: usize,
    rounds: usize,
    ours: Vec<Cost>,
    bare: Vec<Cost>,
    /// Of check-tcp, in KiB.
    peak: u64,
}

/// The longest list of the first round, which warms up.
const WARM_UP: usize = 10_000;

/// Both are timed as processes, from their start to their end, the reading of the list included:
/// it weighs most in the shortest. Memory is looked at in runs of its own.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    eprintln!(
        "lists: {:?} banner checks against the bare loop (targets, rounds)",
        size.lengths
    );
    let servers = Servers::start(Kind::Banner, &clients.cores)?;
    let mut lengths: Vec<Length> = size.lengths.iter().map(Length::of).collect();
    let most = lengths.iter().map(|length| length.rounds).max();
    for round in 0..=most.unwrap_or_default() {
        for length in &mut lengths {
            let Length {
                targets, rounds, ..
            } = *length;
            let is_warm_up = round == 0;
            if round > rounds || is_warm_up && targets > WARM_UP {
                continue;
            }
            let list = clients.list("lengths", servers.targets(targets))?;
            let bare = clients.bare(&list, targets)?;
            let ours = clients.ours(&list, targets)?;
            if !is_warm_up {
                length.bare.push(bare);
                length.ours.push(ours);
            }
        }
    }
    for length in &mut lengths {
        let list = clients.list("lengths", servers.targets(length.targets))?;
        length.peak = clients.peak(over(&list, PARALLEL).stdout(Stdio::null()))?;
    }
    for length in &lengths {
        table.add(length.rows());
    }
    if let [shortest, .., longest] = lengths.as_slice() {
        table.add([growth(&lengths), memory(shortest, longest)]);
    }
    let lengths = lengths.iter();
    let lengths = lengths.map(|length| format!("{} ({})", grouped(length.targets), length.rounds));
    table.remark(format!(
        "Lists beside the bare loop: `-e ^220`, text to `/dev/null`; lengths, and rounds of each: {}.",
        lengths.collect::<Vec<_>>().join(", ")
    ));
    Ok(())
}

impl Length {
    fn of(&(targets, rounds): &(usize, usize)) -> Self {
        Self {
            targets,
            rounds,
            ours: Vec::new(),
            bare: Vec::new(),
            peak: 0,
        }
    }

    fn rows(&self) -> [Row; 2] {
        let list = format!("list of {}", grouped(self.targets));
        let [ours, bare] = [&self.ours, &self.bare].map(|costs| self.each(costs, |cost| cost.wall));
        let share = bare / ours;
        let of_rate = Row::new(format!("{list}: rate"), rate(1, ours))
            .beside(format!("bare loop: {}", rate(1, bare)))
            .compared(format!("{share:.2}"))
            .aim("at least 0.90", share >= 0.9);
        let [ours, bare] = [&self.ours, &self.bare].map(|costs| self.each(costs, |cost| cost.cpu));
        let share = ours / bare;
        let of_cpu = Row::new(format!("{list}: CPU a check"), micros(ours))
            .beside(format!("bare loop: {}", micros(bare)))
            .compared(format!("{share:.2}"))
            .aim("at most 1.15", share <= 1.15);
        [of_rate, of_cpu]
    }

    /// The median, in seconds a target.
    fn each(&self, costs: &[Cost], of: fn(&Cost) -> Duration) -> f64 {
        median(costs.iter().map(of)).as_secs_f64() / self.targets as f64
    }
}

/// By how much the greatest CPU a target exceeds the smallest. The bare loop beside it shows how
/// flat the kernel itself is.
fn growth(lengths: &[Length]) -> Row {
    let spread = |of: fn(&Length) -> &[Cost]| {
        let each = lengths.iter();
        let each = each.map(|length| length.each(of(length), |cost| cost.cpu));
        let greatest = each.clone().fold(f64::MIN, f64::max);
        let smallest = each.fold(f64::MAX, f64::min);
        greatest / smallest - 1.0
    };
    let ours = spread(|length| &length.ours);
    let bare = spread(|length| &length.bare);
    let percent = |spread: f64| format!("{:.0} %", spread * 100.0);
    Row::new(
        "from shortest to longest: CPU a check differs by",
        percent(ours),
    )
    .beside(format!("bare loop: {}", percent(bare)))
    .aim("at most 15 %", ours <= 0.15)
}

fn memory(shortest: &Length, longest: &Length) -> Row {
    Row::new(
        format!("list of {}: peak memory", grouped(longest.targets)),
        kib(longest.peak),
    )
    .beside(format!(
        "a list of {}: {}",
        grouped(shortest.targets),
        kib(shortest.peak)
    ))
    .compared(format!("{:.2}", longest.peak as f64 / shortest.peak as f64))
}
