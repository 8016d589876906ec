//! The figures, as Markdown.

use super::trace::Trace;
use std::fmt::Write;
use std::time::Duration;

/// What the table shows of one program.
pub struct Figures {
    /// The median from before the spawn to after the exit.
    pub wall: Duration,
    /// The median of user and system time.
    pub cpu: Duration,
    /// The greatest peak of resident memory, in KiB.
    pub peak: u64,
    /// Of the file, in bytes.
    pub size: u64,
    /// Where `strace` could be had.
    pub trace: Option<Trace>,
}

/// A cell of one program, beside the program it is compared with.
struct Row {
    what: &'static str,
    /// What the dynamic build may take, and the static one: the README's promise.
    at_most: [&'static str; 2],
    cell: fn(&Figures, Option<&Figures>) -> String,
}

const ROWS: [Row; 6] = [
    Row {
        what: "wall time, median",
        at_most: ["0.60 of its", "0.45 of its"],
        cell: |figures, other| time(figures.wall, other.map(|other| other.wall)),
    },
    Row {
        what: "CPU time, median",
        at_most: ["0.60 of its", "0.45 of its"],
        cell: |figures, other| time(figures.cpu, other.map(|other| other.cpu)),
    },
    Row {
        what: "peak memory",
        at_most: ["3.0 MiB", "2.0 MiB"],
        cell: |figures, _| format!("{:.2} MiB", figures.peak as f64 / 1024.0),
    },
    Row {
        what: "size of the program",
        at_most: ["2.5 MB", "2.5 MB"],
        cell: |figures, _| format!("{:.2} MB", figures.size as f64 / 1e6),
    },
    Row {
        what: "system calls",
        at_most: ["each accounted for"; 2],
        cell: |figures, _| count(figures, |trace| trace.calls),
    },
    Row {
        what: "threads started",
        at_most: ["0", "0"],
        cell: |figures, _| count(figures, |trace| trace.started),
    },
];

/// What cannot be known here.
const NOTHING: &str = "–";

/// The table: the dynamic build of ours, the static one where there is one, and `check_tcp`.
pub fn markdown(ours: &[Figures], theirs: Option<&Figures>) -> String {
    let mut table = "| | dynamic | at most | static | at most | `check_tcp` |\n".to_owned();
    table.push_str("|---|---|---|---|---|---|\n");
    for Row {
        what,
        at_most,
        cell,
    } in &ROWS
    {
        let _ = write!(table, "| {what} ");
        for (build, at_most) in at_most.iter().enumerate() {
            let reached = ours.get(build).map(|figures| cell(figures, theirs));
            let _ = write!(table, "| {} | {at_most} ", shown(reached));
        }
        let _ = writeln!(
            table,
            "| {} |",
            shown(theirs.map(|theirs| cell(theirs, None)))
        );
    }
    table
}

fn shown(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| NOTHING.to_owned())
}

fn time(time: Duration, other: Option<Duration>) -> String {
    let ms = time.as_secs_f64() * 1e3;
    match other {
        Some(other) => format!(
            "{:.2} ({ms:.2} ms)",
            time.as_secs_f64() / other.as_secs_f64()
        ),
        None => format!("{ms:.2} ms"),
    }
}

fn count(figures: &Figures, of: fn(&Trace) -> usize) -> String {
    shown(figures.trace.as_ref().map(|trace| of(trace).to_string()))
}
