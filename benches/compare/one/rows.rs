//! The table's rows about one check.

use super::trace::Trace;
use crate::table::Row;
use std::time::Duration;

/// The measurements of one program.
pub struct Figures {
    /// The median from before the spawn to after the exit.
    pub wall: Duration,
    /// The median of user and system time.
    pub cpu: Duration,
    /// The greatest peak of resident memory, in KiB.
    pub peak: u64,
    /// Of the file, in bytes.
    pub size: u64,
    /// The system calls, if `strace` is available.
    pub trace: Option<Trace>,
}

/// The bounds of a build of check-tcp.
pub struct AtMost {
    /// Of `check_tcp`'s time.
    pub share: f64,
    /// In MiB.
    pub peak: f64,
    /// In MB, where it is bounded.
    pub size: Option<f64>,
    /// As many system calls as `src/engine/machine.rs` accounts for.
    pub calls: Option<usize>,
}

/// The rows of one build, beside `check_tcp` where it is there.
pub fn rows(build: &str, ours: &Figures, theirs: Option<&Figures>, at_most: &AtMost) -> Vec<Row> {
    let name = |what| format!("one check, {build}: {what}");
    let mut rows = vec![
        time(name("wall time"), at_most.share, ours, theirs, |f| f.wall),
        time(name("CPU"), at_most.share, ours, theirs, |f| f.cpu),
    ];

    let mib = |figures: &Figures| figures.peak as f64 / 1024.0;
    let peak = mib(ours);
    let row = Row::new(name("peak memory"), format!("{peak:.2} MiB"));
    let words = format!("at most {:.1} MiB", at_most.peak);
    let row = row.aim(words, peak <= at_most.peak);
    rows.push(beside(row, theirs.map(|f| format!("{:.2} MiB", mib(f)))));

    let mb = |figures: &Figures| figures.size as f64 / 1e6;
    let size = mb(ours);
    let row = Row::new(name("size of the program"), format!("{size:.2} MB"));
    let row = match at_most.size {
        Some(most) => row.aim(format!("at most {most:.1} MB"), size <= most),
        None => row,
    };
    rows.push(beside(row, theirs.map(|f| format!("{:.2} MB", mb(f)))));

    let Some(trace) = &ours.trace else {
        return rows;
    };
    let their_trace = || theirs.and_then(|f| f.trace.as_ref());
    let row = Row::new(name("system calls"), trace.calls.to_string());
    let row = match at_most.calls {
        Some(calls) => row.aim(format!("the {calls} accounted for"), trace.calls <= calls),
        None => row,
    };
    rows.push(beside(row, their_trace().map(|t| t.calls.to_string())));
    let row = Row::new(name("threads started"), trace.started.to_string());
    let row = row.aim("0", trace.started == 0);
    rows.push(beside(row, their_trace().map(|t| t.started.to_string())));
    rows
}

fn time(
    what: String,
    share: f64,
    ours: &Figures,
    theirs: Option<&Figures>,
    of: fn(&Figures) -> Duration,
) -> Row {
    let ms = |figures| format!("{:.2} ms", of(figures).as_secs_f64() * 1e3);
    let row = beside(Row::new(what, ms(ours)), theirs.map(ms));
    let Some(theirs) = theirs else {
        return row;
    };
    let ratio = of(ours).as_secs_f64() / of(theirs).as_secs_f64();
    row.compared(format!("{ratio:.2}"))
        .aim(format!("at most {share:.2}"), ratio <= share)
}

fn beside(row: Row, theirs: Option<String>) -> Row {
    match theirs {
        Some(theirs) => row.beside(format!("`check_tcp`: {theirs}")),
        None => row,
    }
}
