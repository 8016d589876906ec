//! The machine that is measured on.

use std::fs;
use std::process::Command;
use std::thread;

/// CPU, cores, kernel and compiler, in a line.
pub fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut models = cpuinfo
        .lines()
        .filter(|line| line.starts_with("model name"));
    let model = models.next().and_then(|line| line.split(": ").nth(1));
    let cpus = thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| output.stdout).unwrap_or_default();
    format!(
        "{} × {cpus}, Linux {}, {}",
        model.unwrap_or("unnamed CPU"),
        kernel.trim(),
        String::from_utf8_lossy(&rustc).trim()
    )
}
