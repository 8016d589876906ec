//! `--escape`: what reading the escapes of a send string costs, against copying it.
//!
//! Good: under a microsecond, for it is done once for each check that is compiled.

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

use check_tcp::internal::escape::unescape;
use criterion::{BenchmarkId, Throughput};
use std::hint::black_box;

fn main() {
    let mut criterion = cpu::criterion();
    let mut group = criterion.benchmark_group("escape");
    for (name, text) in [
        ("without escapes", b"EHLO monitoring.example ".repeat(8)),
        ("a request", br"GET / HTTP/1.0\r\nHost: a\r\n\r\n".repeat(7)),
        ("bytes", br"\x00\xff\x7F".repeat(16)),
        ("no escapes, but like some", br"\x4\q\\".repeat(27)),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("read", name), |b| {
            b.iter(|| unescape(black_box(&text)));
        });
    }
    let text = b"EHLO monitoring.example ".repeat(8);
    group.bench_function("copy", |b| b.iter(|| black_box(&text).to_vec()));
    group.finish();
    criterion.final_summary();
}
