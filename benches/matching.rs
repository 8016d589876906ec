//! The piecewise matcher, by the size of the pieces that a reply comes in, against the `regex`
//! crate, as this program builds it (its PikeVM), over the whole reply at once.
//!
//! Good: a greeting is decided in a microsecond however it is cut, and a long reply in large pieces
//! no slower than by that crate, which may look at it only once it is complete.

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

use check_tcp::expect::{Cache, Decision, Pattern};
use check_tcp::preset::{Expected, PRESETS};
use criterion::{BenchmarkId, Throughput};
use regex::bytes::Regex;
use std::hint::black_box;

/// Sizes of pieces; the largest is what one read may bring.
const PIECES: [usize; 4] = [1, 16, 1_448, 16_384];

struct Case {
    name: &'static str,
    pattern: &'static str,
    reply: Vec<u8>,
    wanted: Decision,
}

fn main() {
    let mut criterion = cpu::criterion();
    for case in greetings().into_iter().chain(long()) {
        let pattern = Pattern::new(case.pattern).expect("a pattern");
        let regex = Regex::new(&pattern.translated()).expect("a pattern");
        let mut group = criterion.benchmark_group(format!("matching/{}", case.name));
        group.throughput(Throughput::Bytes(case.reply.len() as u64));
        let matches = case.wanted == Decision::Matched;
        assert_eq!(regex.is_match(&case.reply), matches, "{}", case.name);
        group.bench_function("regex", |b| {
            b.iter(|| regex.is_match(black_box(&case.reply)));
        });
        let mut cache = Cache::default();
        // The last makes one piece of it all.
        let whole = |&size: &usize| size >= case.reply.len();
        let last = PIECES.iter().position(whole).unwrap_or(PIECES.len() - 1);
        for size in &PIECES[..=last] {
            let id = BenchmarkId::new("pieces", size);
            assert_eq!(
                decide(&pattern, &mut cache, &case.reply, *size),
                case.wanted
            );
            group.bench_function(id, |b| {
                b.iter(|| decide(&pattern, &mut cache, black_box(&case.reply), *size));
            });
        }
        group.finish();
    }
    criterion.final_summary();
}

fn decide(pattern: &Pattern, cache: &mut Cache, reply: &[u8], size: usize) -> Decision {
    let mut matcher = pattern.matcher();
    let mut decision = Decision::Open;
    for piece in reply.chunks(size) {
        decision = matcher.feed(pattern, cache, piece);
        if decision != Decision::Open {
            break;
        }
    }
    decision
}

/// Replies of real servers to the presets.
fn greetings() -> Vec<Case> {
    let greeting = |name| match name {
        "FTP" => Some("220 (vsFTPd 3.0.3)\r\n"),
        "POP" => Some("+OK Dovecot (Debian) ready.\r\n"),
        "IMAP" => Some("* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ IDLE] Dovecot ready.\r\n"),
        "SMTP" => Some("220 mail.example ESMTP Postfix (Debian/GNU)\r\n"),
        "GEARMAN" => Some("OK 1.1.20+ds\n"),
        _ => None,
    };
    PRESETS
        .iter()
        .filter_map(|preset| {
            Some(Case {
                name: preset.name,
                pattern: match preset.expect {
                    Expected::Text(pattern) => pattern,
                    Expected::Bytes(_) => return None,
                },
                reply: greeting(preset.name)?.into(),
                wanted: Decision::Matched,
            })
        })
        .collect()
}

/// Replies that leave the pattern open for 64 KiB; the hostile one for 2 KiB.
fn long() -> [Case; 4] {
    let filler = |text: &str| text.repeat(65_536 / text.len()).into_bytes();
    let mut short = filler("a");
    short.truncate(2_048);
    let found_last = |mut reply: Vec<u8>| {
        reply.extend(b"ESMTP ready\r\n");
        reply
    };
    [
        Case {
            name: "a word far back",
            pattern: "ESMTP ready",
            reply: found_last(filler("220-Welcome to the mail server\r\n")),
            wanted: Decision::Matched,
        },
        Case {
            name: "dots",
            pattern: "^220.*ESMTP.*ready",
            reply: found_last([b"220 ".to_vec(), filler("mx.example welcomes you ")].concat()),
            wanted: Decision::Matched,
        },
        Case {
            name: "a class, any case",
            pattern: r"(?i)\besmtp\s+\w+\b",
            reply: found_last(filler("220-Willkommen, bienvenue, welcome\r\n")),
            wanted: Decision::Matched,
        },
        // All of its states are alive at every byte: the worst that a pattern of its size can do.
        Case {
            name: "hostile",
            pattern: "(?:a?){100}a{100}b",
            reply: short,
            wanted: Decision::Open,
        },
    ]
}
