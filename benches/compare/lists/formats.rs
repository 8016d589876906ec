//! The formats of output over one list, against text.

use super::PARALLEL;
use super::clients::{Clients, over};
use super::serve::Kind;
use super::servers::Servers;
use crate::table::{Row, Table, grouped, kib, micros, rate};
use crate::usage::{Cost, median};
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

/// The sizes of this part.
pub struct Size {
    pub targets: usize,
    pub rounds: usize,
}

/// What the others are held against.
const TEXT: &str = "text";

/// The others, and their names.
const FORMATS: [(&str, &str); 2] = [("json", "JSON"), ("prometheus", "Prometheus' format")];

/// The resource usage of one format.
struct Format {
    word: &'static str,
    costs: Vec<Cost>,
    /// In KiB.
    peak: u64,
}

/// Banner checks, the output to `/dev/null`, in turn; memory in runs of their own.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let Size { targets, rounds } = *size;
    eprintln!("lists: {targets} checks in each format, {rounds} rounds");
    let servers = Servers::start(Kind::Banner, &clients.cores)?;
    let list = clients.list("formats", servers.targets(targets))?;
    let mut text = Format::of(TEXT);
    let mut others = FORMATS.map(|(word, _)| Format::of(word));
    // The first round warms up.
    for round in 0..=rounds {
        for format in others.iter_mut().chain([&mut text]) {
            let (output, cost) = clients.run(&mut format.command(&list))?;
            if !output.status.success() {
                return Err(
                    format!("check-tcp --format {}: {}", format.word, output.status).into(),
                );
            }
            if round > 0 {
                format.costs.push(cost);
            }
        }
    }
    for format in others.iter_mut().chain([&mut text]) {
        format.peak = clients.peak(&mut format.command(&list))?;
    }
    for (format, (_, name)) in others.iter().zip(FORMATS) {
        let what = format!("list of {} in {name}", grouped(targets));
        table.add(format.rows(&what, &text, targets));
    }
    table.remark(format!(
        "Formats: `-e ^220`, to `/dev/null`; rounds: {rounds}."
    ));
    Ok(())
}

impl Format {
    const fn of(word: &'static str) -> Self {
        Self {
            word,
            costs: Vec::new(),
            peak: 0,
        }
    }

    fn command(&self, list: &Path) -> Command {
        let mut command = over(list, PARALLEL);
        command.args(["--format", self.word]).stdout(Stdio::null());
        command
    }

    fn rows(&self, what: &str, text: &Self, targets: usize) -> [Row; 3] {
        let wall = |format: &Self| median(format.costs.iter().map(|cost| cost.wall)).as_secs_f64();
        let cpu = |format: &Self| {
            median(format.costs.iter().map(|cost| cost.cpu)).as_secs_f64() / targets as f64
        };
        let row = |figure, ours: String, theirs: String, compared: f64| {
            Row::new(format!("{what}: {figure}"), ours)
                .beside(format!("{TEXT}: {theirs}"))
                .compared(format!("{compared:.2}"))
        };
        [
            row(
                "rate",
                rate(targets, wall(self)),
                rate(targets, wall(text)),
                wall(text) / wall(self),
            ),
            row(
                "CPU a check",
                micros(cpu(self)),
                micros(cpu(text)),
                cpu(self) / cpu(text),
            ),
            row(
                "peak memory",
                kib(self.peak),
                kib(text.peak),
                self.peak as f64 / text.peak as f64,
            ),
        ]
    }
}
