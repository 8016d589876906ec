//! The cost of rendering a record as text and as JSON: of a banner, and of the most
//! hostile replies.
//!
//! Good: a greeting's line in a microsecond or two, which is a twentieth of what its check takes,
//! and a hostile reply's in at most 50 times that, so that no server can hold the output of a list
//! up.

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

use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::internal::record::{Checked, Event, Label, Record};
use check_tcp::internal::report::{Format, OutputOptions, judge_record, renderer};
use check_tcp::outcome::{Reply, Success, Trace};
use check_tcp::target::Target;
use criterion::BenchmarkId;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

fn main() {
    let mut criterion = cpu::criterion();
    let mut group = criterion.benchmark_group("line");
    let bidirectional = "\u{202e}\u{2066}\u{2029}|".as_bytes();
    for (name, reply) in [
        ("nothing", None),
        (
            "a greeting",
            Some(&b"220 mail.example ESMTP Postfix\r\n"[..]),
        ),
        ("1 KiB of text", Some(&[b'a'; Reply::KEPT])),
        ("1 KiB of control bytes", Some(&[0x1b; Reply::KEPT])),
        ("1 KiB of invalid bytes", Some(&[0xff; Reply::KEPT])),
        (
            "1 KiB of bidirectional text",
            Some(&bidirectional.repeat(103)),
        ),
    ] {
        let record = record(reply);
        for (form, format) in [("text", Format::Text), ("JSON", Format::Json)] {
            let mut renderer = renderer(&OutputOptions {
                format,
                ..OutputOptions::default()
            });
            let mut out = Vec::new();
            group.bench_function(BenchmarkId::new(form, name), |b| {
                b.iter(|| {
                    out.clear();
                    renderer.render_record(&judge_record(black_box(&record)), &mut out);
                });
            });
        }
    }
    group.finish();
    criterion.final_summary();
}

fn record(reply: Option<&[u8]>) -> Record {
    let check = Check {
        expect: Pattern::new("^220").ok(),
        perfdata: true,
        ..Check::default()
    };
    let reply = reply.map(|bytes| {
        let mut reply = Reply::default();
        reply.push(bytes);
        reply
    });
    let trace = Trace {
        total: Duration::from_millis(13),
        peer: Some(([192, 0, 2, 1], 25).into()),
        ..Trace::default()
    };
    Record {
        label: Label {
            line: Some(3),
            target: "192.0.2.1:25".into(),
            name: None,
        },
        event: Event::Checked(Box::new(Checked {
            target: Target::host("192.0.2.1", 25).expect("an address"),
            check: Arc::new(check),
            outcome: Ok(Success::Completed {
                elapsed: Duration::from_micros(12_345),
                reply,
            }),
            trace,
            began: UNIX_EPOCH,
        })),
    }
}
