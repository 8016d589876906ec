//! Lists from short to long, against the bare loop.

use super::clients::Clients;
use super::serve::Kind;
use super::servers::Servers;
use crate::table::{Row, Table, grouped, rate};
use crate::usage::{Cost, median};
use std::error::Error;
use std::time::Duration;

/// The sizes of this part.
pub struct Size {
    pub targets: [usize; 3],
    pub rounds: usize,
}

/// The resource usage of one length.
struct Length {
    targets: usize,
    ours: Vec<Cost>,
    bare: Vec<Cost>,
}

/// Both are timed as processes, from their start to their end, the reading of the list included:
/// it weighs most in the shortest.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let Size { targets, rounds } = *size;
    eprintln!("lists: {targets:?} banner checks against the bare loop, {rounds} rounds");
    let servers = Servers::start(Kind::Banner, &clients.cores)?;
    let mut lengths = targets.map(|targets| Length {
        targets,
        ours: Vec::new(),
        bare: Vec::new(),
    });
    // The first round warms up, without the longest.
    for round in 0..=rounds {
        let warm_up = round == 0;
        for length in lengths.iter_mut().take(if warm_up { 2 } else { 3 }) {
            let targets = length.targets;
            let list = clients.list("lengths", servers.targets(targets))?;
            let bare = clients.bare(&list, targets)?;
            let ours = clients.ours(&list, targets)?;
            if !warm_up {
                length.bare.push(bare);
                length.ours.push(ours);
            }
        }
    }
    for length in &lengths {
        table.add(length.rows());
    }
    table.add([growth(&lengths)]);
    table.remark(format!(
        "Lists of {} beside the bare loop: `-e ^220`, text to `/dev/null`; rounds: {rounds}.",
        targets.map(grouped).join(", ")
    ));
    Ok(())
}

impl Length {
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
fn growth(lengths: &[Length; 3]) -> Row {
    let spread = |of: fn(&Length) -> &[Cost]| {
        let each = lengths
            .each_ref()
            .map(|length| length.each(of(length), |cost| cost.cpu));
        let greatest = each.iter().copied().fold(f64::MIN, f64::max);
        let smallest = each.iter().copied().fold(f64::MAX, f64::min);
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

fn micros(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}
