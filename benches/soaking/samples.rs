//! What the run has of the machine, second by second.

use std::fmt::Write;
use std::fs;
use std::io;
use std::time::Duration;

/// What may be more at the end than before: the count of descriptors follows that of checks in flight,
/// a thread may start late, and a heap has gaps.
pub const SLACK: Sample = Sample {
    descriptors: 64,
    threads: 4,
    memory: 2048,
    verdicts: 0,
};

/// The longest that anything may take to settle.
const SETTLES: Duration = Duration::from_secs(60);

/// One look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    pub descriptors: u64,
    pub threads: u64,
    /// Resident, in KiB.
    pub memory: u64,
    /// So far.
    pub verdicts: usize,
}

/// All looks, a second apart.
#[derive(Default)]
pub struct Samples {
    looks: Vec<Sample>,
}

impl Samples {
    /// Looks at the process, which has printed so many verdicts.
    pub fn look(&mut self, pid: u32, verdicts: usize) -> io::Result<()> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let of = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key));
            let word = line.and_then(|line| line.split_whitespace().next());
            let number = word.and_then(|word| word.parse().ok());
            number.ok_or_else(|| io::Error::other(format!("no {key} in {status}")))
        };
        self.looks.push(Sample {
            descriptors: fs::read_dir(format!("/proc/{pid}/fd"))?.count() as u64,
            threads: of("Threads:")?,
            memory: of("VmRSS:")?,
            verdicts,
        });
        Ok(())
    }

    /// As a Markdown table, in tenths.
    pub fn table(&self) -> String {
        let head =
            "| until | checks a second | descriptors | threads | memory |\n|--:|--:|--:|--:|--:|\n";
        let mut table = head.to_owned();
        let mut before = 0;
        let (count, mut from) = (self.looks.len(), 0);
        for tenth in 1..=10 {
            let to = count * tenth / 10;
            let looks = &self.looks[from..to];
            let Some(last) = looks.last() else { continue };
            let most = most(looks);
            let rate = (last.verdicts - before) / looks.len();
            let (descriptors, threads) = (most.descriptors, most.threads);
            let mib = most.memory as f64 / 1024.0;
            let _ = writeln!(
                table,
                "| {to} s | {rate} | {descriptors} | {threads} | {mib:.2} MiB |"
            );
            (before, from) = (last.verdicts, to);
        }
        table
    }

    /// What has grown.
    pub fn grown(&self) -> Vec<String> {
        let seconds = self.looks.len();
        let settled = (seconds / 10).min(SETTLES.as_secs() as usize);
        let rest = &self.looks[settled..];
        let quarter = rest.len() / 4;
        let first = most(&rest[..quarter]);
        let last = most(&rest[rest.len() - quarter..]);
        let mut grown = Vec::new();
        for (what, first, last, slack) in [
            (
                "descriptors",
                first.descriptors,
                last.descriptors,
                SLACK.descriptors,
            ),
            ("threads", first.threads, last.threads, SLACK.threads),
            ("KiB of memory", first.memory, last.memory, SLACK.memory),
        ] {
            if last > first + slack {
                grown.push(format!(
                    "{first} {what} in the first quarter, {last} in the last"
                ));
            }
        }
        grown
    }
}

/// The most of each.
fn most(looks: &[Sample]) -> Sample {
    looks.iter().fold(Sample::default(), |most, look| Sample {
        descriptors: most.descriptors.max(look.descriptors),
        threads: most.threads.max(look.threads),
        memory: most.memory.max(look.memory),
        verdicts: most.verdicts.max(look.verdicts),
    })
}
