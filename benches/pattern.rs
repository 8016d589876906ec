//! The cost of compiling a pattern: cold, as the first in a process of its own,
//! which is what one check pays, and warm, as a list with many patterns pays it. Beside it the
//! `regex` crate over the same pattern, as this program builds it: without its faster engines,
//! which take still longer to compile.
//!
//! Good: no dearer than that crate, and cold under a tenth of the millisecond that a check takes.
//! What names a script (`\p{Greek}`) needs a table of the compiler's, and takes as long as there.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a benchmark ends where it can not go on, and runs on the real clock"
)]

#[path = "support/cpu.rs"]
mod cpu;

use check_tcp::expect::Pattern;
use check_tcp::preset::{Expected, PRESETS};
use criterion::BenchmarkId;
use regex::bytes::Regex;
use std::env;
use std::hint::black_box;
use std::process::Command;
use std::time::Duration;

/// Set in a process that compiles one pattern: by whom.
const COMPILER: &str = "CHECK_TCP_BENCH_COMPILER";
/// The pattern.
const PATTERN: &str = "CHECK_TCP_BENCH_PATTERN";

/// Beside those of the presets, which are short.
const OTHERS: [(&str, &str); 3] = [
    ("a class of Unicode", r"^\p{Greek}+"),
    ("any case", r"(?i)\A220[- ].*esmtp postfix"),
    ("hostile", r"(?:(?:a?){30}a{30}){8}$"),
];

fn main() {
    if let (Ok(compiler), Ok(pattern)) = (env::var(COMPILER), env::var(PATTERN)) {
        let began = cpu::time();
        compile(&compiler, &pattern);
        println!("{}", cpu::time().saturating_sub(began).as_nanos());
        return;
    }
    let mut criterion = cpu::criterion();
    let presets = PRESETS
        .iter()
        .filter(|preset| ["SMTP", "GEARMAN"].contains(&preset.name))
        .filter_map(|preset| match preset.expect {
            Expected::Text(pattern) => Some((preset.name, pattern)),
            Expected::Bytes(_) => None,
        });
    for (name, pattern) in presets.chain(OTHERS) {
        let mut group = criterion.benchmark_group(format!("pattern/{name}"));
        let translated = Pattern::new(pattern).expect("a pattern").translated();
        // As a variable of a process has it, which can't hold NUL.
        let translated = translated.replace('\0', r"\x00");
        let mut both = |compiler: &str, pattern: &str| {
            group.bench_function(BenchmarkId::new(compiler, "warm"), |b| {
                b.iter(|| compile(compiler, black_box(pattern)));
            });
            group.sample_size(10);
            group.bench_function(BenchmarkId::new(compiler, "cold"), |b| {
                b.iter_custom(|times| (0..times).map(|_| cold(compiler, pattern)).sum());
            });
        };
        both("check-tcp", pattern);
        both("regex", &translated);
        group.bench_function("translate", |b| {
            let pattern = Pattern::new(pattern).expect("a pattern");
            b.iter(|| black_box(&pattern).translated());
        });
        group.finish();
    }
    criterion.final_summary();
}

fn compile(compiler: &str, pattern: &str) {
    match compiler {
        "regex" => drop(black_box(Regex::new(pattern).expect("a pattern"))),
        _ => drop(black_box(Pattern::new(pattern).expect("a pattern"))),
    }
}

/// The compile time in a process that has done nothing before.
fn cold(compiler: &str, pattern: &str) -> Duration {
    let output = Command::new(env::current_exe().expect("this program"))
        .env(COMPILER, compiler)
        .env(PATTERN, pattern)
        .output()
        .expect("this program runs");
    let nanoseconds = String::from_utf8(output.stdout).expect("a number");
    Duration::from_nanos(nanoseconds.trim().parse().expect("a number"))
}
