//! The resources of the run, sampled every second.

use std::fmt::Write;
use std::fs;
use std::io;
use std::time::Duration;

/// The most by which the last quarter may exceed the first. Descriptors and the heap follow the
/// checks in flight, and a loaded machine may have all that are allowed in flight at once. A thread
/// may start late, and a page of the program may be used late for the first time.
pub const SLACK: Sample = Sample {
    descriptors: 64,
    threads: 4,
    anonymous: 4096,
    file: 512,
    verdicts: 0,
};

/// The most that anonymous memory may rise by in nine tenths of the time, in KiB, at the median
/// rise of a tenth. A leak makes every tenth rise, a moment with many checks in flight a single
/// one.
///
/// Judged in a run of [`LONG`] or more: in a shorter one, what is kept fills up in most tenths.
pub const STEADY: u64 = 192;

/// The length of a run whose first tenths are enough to fill what is kept.
const LONG: Duration = Duration::from_secs(120);

/// The longest that anything may take to settle.
const SETTLES: Duration = Duration::from_secs(60);

/// One look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    pub descriptors: u64,
    pub threads: u64,
    /// Resident pages that belong to the process alone (heap, stacks, written data), in KiB.
    pub anonymous: u64,
    /// Resident pages of files (the program, its libraries), in KiB.
    pub file: u64,
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
            number.ok_or_else(|| io::Error::other(format!("its status has no {key}")))
        };
        self.looks.push(Sample {
            descriptors: fs::read_dir(format!("/proc/{pid}/fd"))?.count() as u64,
            threads: of("Threads:")?,
            anonymous: of("RssAnon:")?,
            file: of("RssFile:")?,
            verdicts,
        });
        Ok(())
    }

    /// As a Markdown table, in tenths.
    pub fn table(&self) -> String {
        let head = "| until | checks a second | descriptors | threads | anonymous | file-backed |\n\
                    |--:|--:|--:|--:|--:|--:|\n";
        let mut table = head.to_owned();
        let (mut before, mut until) = (0, 0);
        for looks in self.tenths() {
            let Some(last) = looks.last() else { continue };
            until += looks.len();
            let most = most(looks);
            let rate = (last.verdicts - before) / looks.len();
            let (descriptors, threads) = (most.descriptors, most.threads);
            let mib = |kib: u64| kib as f64 / 1024.0;
            let (anonymous, file) = (mib(most.anonymous), mib(most.file));
            let _ = writeln!(
                table,
                "| {until} s | {rate} | {descriptors} | {threads} | {anonymous:.2} MiB | \
                 {file:.2} MiB |"
            );
            before = last.verdicts;
        }
        table
    }

    /// The resources that have grown.
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
            (
                "KiB of anonymous memory",
                first.anonymous,
                last.anonymous,
                SLACK.anonymous,
            ),
            (
                "KiB of file-backed memory",
                first.file,
                last.file,
                SLACK.file,
            ),
        ] {
            if last > first + slack {
                grown.push(format!(
                    "{first} {what} in the first quarter, {last} in the last"
                ));
            }
        }
        let rise = self.steady_rise();
        if seconds >= LONG.as_secs() as usize && rise > STEADY {
            grown.push(format!(
                "anonymous memory rises steadily, by {rise} KiB in all"
            ));
        }
        grown
    }

    /// The rise of anonymous memory since the first tenth, at the median rise from one tenth to the
    /// next, in KiB.
    fn steady_rise(&self) -> u64 {
        let tenths: Vec<_> = self.tenths().map(most).collect();
        let pairs = tenths.iter().zip(tenths.iter().skip(1));
        let rises = pairs.map(|(before, after)| after.anonymous.saturating_sub(before.anonymous));
        let mut rises: Vec<_> = rises.collect();
        rises.sort_unstable();
        rises[rises.len() / 2] * rises.len() as u64
    }

    /// The looks of each tenth of the time.
    fn tenths(&self) -> impl Iterator<Item = &[Sample]> {
        let count = self.looks.len();
        (0..10).map(move |tenth| &self.looks[count * tenth / 10..count * (tenth + 1) / 10])
    }
}

/// The most of each.
fn most(looks: &[Sample]) -> Sample {
    looks.iter().fold(Sample::default(), |most, look| Sample {
        descriptors: most.descriptors.max(look.descriptors),
        threads: most.threads.max(look.threads),
        anonymous: most.anonymous.max(look.anonymous),
        file: most.file.max(look.file),
        verdicts: most.verdicts.max(look.verdicts),
    })
}
