//! Resource usage of processes: time, memory, descriptors.

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::TimeVal;
use std::error::Error;
use std::fs;
use std::io;
use std::time::{Duration, Instant};

/// The resource usage of a run.
#[derive(Clone, Copy)]
pub struct Cost {
    /// From before the spawn to after the exit.
    pub wall: Duration,
    /// User and system time of the process, and of those that it waited for.
    pub cpu: Duration,
}

/// Does what spawns a child and waits for it; what that took. No other child may end meanwhile.
pub fn timed<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<(T, Cost)> {
    let before = children()?;
    let start = Instant::now();
    let done = work()?;
    let wall = start.elapsed();
    let cpu = children()?.saturating_sub(before);
    Ok((done, Cost { wall, cpu }))
}

/// The median; of an even number the greater one.
pub fn median(durations: impl Iterator<Item = Duration>) -> Duration {
    percentile(durations, 50)
}

/// The smallest that so many of a hundred do not exceed.
pub fn percentile(durations: impl Iterator<Item = Duration>, hundredths: usize) -> Duration {
    let mut sorted: Vec<Duration> = durations.collect();
    sorted.sort_unstable();
    let rank = sorted.len() * hundredths / 100;
    let last = sorted.len().saturating_sub(1);
    sorted.get(rank.min(last)).copied().unwrap_or_default()
}

/// The peak of a living process's resident memory so far, in KiB.
pub fn high_water(pid: u32) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kib.ok_or("no VmHWM in /proc")?.parse()?)
}

/// The hard limit of descriptors.
pub fn most_descriptors() -> io::Result<usize> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(usize::try_from(hard).unwrap_or(usize::MAX))
}

/// Raises this process's limit of descriptors, and that of those it starts, as far as it goes.
pub fn raise_descriptors() -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?)
}

/// The CPU time of all children that have been waited for.
fn children() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
    let micros = u64::try_from(time.tv_usec()).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}
