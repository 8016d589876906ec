//! Lines a second from a list in memory to what each asks, as the reader's thread does it.
//!
//! Good: many times what can be checked, for which 30,000 a second is much. Lines are of a target
//! alone, with options that others give too (`warm`: what they ask is compiled once), or ask for
//! something new each (`cold`).

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

use check_tcp::internal::cli::{self, Command, Defaults};
use check_tcp::internal::list::{self, Line, Lines, ParsedLine, Words};
use criterion::{BenchmarkId, Throughput};
use std::fmt::Write as _;
use std::hint::black_box;

/// More than the different lines that are kept compiled.
const LINES: usize = 4_096;

fn main() {
    let mut criterion = cpu::criterion();
    let mut group = criterion.benchmark_group("list");
    group.throughput(Throughput::Elements(LINES as u64));
    let plain = text(|_| String::new());
    group.bench_function("lines alone", |b| {
        b.iter(|| each(black_box(&plain), |line| line.text.len()));
    });
    group.bench_function("words alone", |b| {
        b.iter(|| {
            each(black_box(&plain), |line| {
                Words::new(line.text).map_while(Result::ok).count()
            })
        });
    });
    for (name, list) in [
        ("plain", plain.clone()),
        ("named", text(|i| format!("--name 'host {i}'"))),
        ("a port each", text(|i| format!("-p {}", 1 + i))),
        ("warm", text(|_| "-e ^220 -q QUIT -w 1".to_owned())),
        ("sixteen kinds", text(|i| format!("-e ^220 -w {}", i % 16))),
        ("cold", text(|i| format!("-e ^220 -w {i}"))),
        ("cold, a pattern each", text(|i| format!("-e ^2{i}"))),
    ] {
        let mut defaults = defaults();
        group.bench_function(BenchmarkId::new("entries", name), |b| {
            b.iter(|| {
                each(black_box(&list), |line| {
                    let parsed = list::parse_line(line, &mut |words| defaults.line_options(words));
                    usize::from(matches!(parsed, Some(ParsedLine::Job(_))))
                })
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

/// A list of addresses with the options that are given for each.
fn text(options: impl Fn(usize) -> String) -> Vec<u8> {
    let mut text = String::new();
    for i in 0..LINES {
        let [_, _, high, low] = (i as u32).to_be_bytes();
        let options = options(i);
        writeln!(text, "10.0.{high}.{low}:25 {options}").expect("a string");
    }
    text.into_bytes()
}

/// Goes through the lines, and sums up what was made of each.
fn each(list: &[u8], mut of: impl FnMut(Line<'_>) -> usize) -> usize {
    let mut lines = Lines::new(list);
    let (mut count, mut sum) = (0, 0);
    loop {
        while let Some(line) = lines.next_line() {
            count += 1;
            sum += of(line);
        }
        if !lines.fill().expect("memory") {
            break;
        }
    }
    assert_eq!(count, LINES);
    black_box(sum)
}

fn defaults() -> Defaults {
    let args = ["-f-", "-t", "5"].map(Into::into);
    match cli::parse(args) {
        Ok(Command::List(list)) => list.defaults,
        other => panic!("{other:?}"),
    }
}
