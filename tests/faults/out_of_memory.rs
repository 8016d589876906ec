//! Too little memory: what can't be had may abort the program, and the system may kill it; no
//! verdict is false for that.

use crate::faults::law::{self, FaultList, VerdictTally};
use std::path::PathBuf;
use support::*;

/// Panic message of std where it can't even start a thread. The program that users run does not
/// unwind, and aborts there; the one that is tested goes on without the thread.
const HALF_STARTED: &str = "failed to allocate an alternative stack";

/// A list whose first half is soon done, and whose second half takes more and more memory.
struct Growing {
    _servers: (Fleet, Refusing, Fleet),
    asked: FaultList,
    _dir: tempfile::TempDir,
    file: PathBuf,
}

impl Growing {
    fn new() -> Self {
        let (good, closed, silent) = (
            Fleet::new(Manner::Greets),
            Refusing::new(),
            Fleet::new(Manner::Silent),
        );
        let swift = [
            (format!("127.0.0.1:{}", good.port()), "OK"),
            (format!("127.0.0.1:{}", closed.port()), "CRITICAL"),
        ];
        // Each waits for the end of its handshake.
        let waiting = format!("127.0.0.1:{} -S --no-check-certificate -t 3", silent.port());
        let asked = FaultList::of(&swift, 400).then(FaultList::of(&[(waiting, "CRITICAL")], 600));
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("hosts");
        std::fs::write(&file, asked.list()).expect("a file");
        Self {
            asked,
            file,
            _dir: dir,
            _servers: (good, closed, silent),
        }
    }

    /// Runs it as this script says, and holds it against the law. Whether it ended by itself is
    /// told too.
    fn run(&self, script: &str) -> (VerdictTally, bool) {
        let file = self.file.display();
        let run = program!("--targets {file} -e ^220 -t 20 --parallel 2000 --format json")
            .shell(script)
            .run();
        let came = self.asked.holds(&run.stdout, run.code, &run);
        (came, run.code.is_some())
    }
}

#[test]
fn no_verdict_is_wrong_in_a_cgroup_with_little_memory() {
    let growing = Growing::new();
    let Some(group) = Cgroup::new() else {
        eprintln!("no control group here: a limit on addresses takes its place");
        return addresses_alone(&growing);
    };
    let (came, ended) = growing.run(&group.script());
    assert!(ended && came.right == growing.asked.len(), "{came:?}");
    let Some(peak) = group.peak() else {
        eprintln!("the control group does not tell how much it has had");
        return addresses_alone(&growing);
    };
    drop(group);
    let shares = [20, 35, 50, 65, 80];
    let runs = shares.map(|percent| {
        let group = Cgroup::new().expect("another one");
        group.limit(peak * percent / 100);
        let (came, ended) = growing.run(&group.script());
        (percent, came, ended)
    });
    // Nothing was shown where nothing went wrong, or where there was no verdict to be wrong.
    let shown = runs.iter().any(|(_, came, ended)| !ended && came.right > 0);
    assert!(shown, "of {peak} bytes: {runs:?}");
}

/// The same where only addresses can be limited.
fn addresses_alone(growing: &Growing) {
    let runs = (10..=100)
        .step_by(10)
        .map(|mib| growing.run(&addresses(mib * 1024)));
    let runs: Vec<_> = runs.collect();
    assert!(runs.iter().any(|(_, ended)| !ended), "{runs:?}");
}

#[test]
fn no_verdict_is_wrong_with_little_address_space() {
    let (good, closed) = (Fleet::new(Manner::Greets), Refusing::new());
    let rows = [
        (format!("127.0.0.1:{}", good.port()), "OK"),
        (format!("localhost:{} -4", good.port()), "OK"),
        (format!("127.0.0.1:{}", closed.port()), "CRITICAL"),
        (format!("LOCALHOST:{} -4 -C", good.port()), "CRITICAL"),
        (format!("127.0.0.1:{} -C", closed.port()), "OK"),
    ];
    let asked = FaultList::of(&rows, 50);
    let (mut right, mut wrong) = (0, 0);
    for kib in limits() {
        let script = addresses(kib);
        for (line, status) in &rows {
            let line = law::alone(line);
            let program = program!("{line} -e ^220 -t 5 --format json").shell(&script);
            let run = program.run();
            if is_half_started(&run.stderr) || run.code == Some(127) {
                wrong += 1;
                continue; // the loader had no room either
            }
            match law::holds(&run, status) {
                true => right += 1,
                false => wrong += 1,
            }
        }
        let program = program!("--targets - -e ^220 -t 5 --format json").shell(&script);
        let listed = program.over(asked.list());
        if !is_half_started(&listed.stderr) && listed.code != Some(127) {
            asked.holds(&listed.stdout, listed.code, &listed);
        }
    }
    assert!(right > 0 && wrong > 0, "{right} right, {wrong} wrong");
}

/// From what the program can't be loaded with to what it has room in; close to each other where it
/// begins to run.
fn limits() -> Vec<u64> {
    let begins = |kib: &u64| {
        let program = program!("-V").shell(&addresses(*kib));
        program.run().code == Some(3)
    };
    let first = (2_000..200_000)
        .step_by(250)
        .find(begins)
        .expect("a limit that does");
    let near = (first.saturating_sub(500)..first + 600).step_by(50);
    near.chain((1..30).map(|step| first + step * step * 100))
        .collect()
}

fn addresses(kib: u64) -> String {
    format!("ulimit -v {kib} && ulimit -c 0 && exec \"$@\"")
}

fn is_half_started(stderr: &[u8]) -> bool {
    String::from_utf8_lossy(stderr).contains(HALF_STARTED)
}
