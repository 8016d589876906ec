//! Allocations of a probe on its way, and memory that checks leave behind: counts of the allocator,
//! which are the same on every machine.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test panics where it fails, and runs on the real clock"
)]

mod left;
mod world;

use allocation_counter::{AllocationInfo, measure};
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::internal::memory::Budget;
use check_tcp::internal::probe::Probe;
use check_tcp::internal::state::Scratch;
use check_tcp::outcome::{Failure, Success};
use check_tcp::preset;
use check_tcp::target::Target;
use std::sync::Arc;
use std::time::Instant;
use world::{Script, World};

/// Greetings of servers that speak first, and the answer of one that is asked.
const GREETINGS: [(&str, &str); 9] = [
    ("FTP", "220 (vsFTPd 3.0.3)\r\n"),
    ("FTP", "220-Welcome\r\n220-to this\r\n220 server\r\n"),
    ("FTP", "220-é\r\nés\n\n4\n42é\n421é\n 421 x\r\n220 é\r\n"),
    ("POP", "+OK Dovecot (Debian) ready.\r\n"),
    (
        "IMAP",
        "* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot ready.\r\n",
    ),
    ("SMTP", "220 mail.example ESMTP Postfix (Debian/GNU)\r\n"),
    (
        "SMTP",
        "220-mail.example ESMTP\r\n220-né\r\n220 mail.example\r\n",
    ),
    ("IMAP", "* preauth é\r\n"),
    ("GEARMAN", "OK 1.1.20+ds\n"),
];

fn service(name: &str) -> Arc<Check> {
    let preset = preset::find(name).expect("a preset");
    Arc::new(Check {
        send: preset.send.to_vec(),
        expect: Some(preset.pattern().expect("a pattern")),
        quit: preset.quit_bytes(false),
        ..Check::default()
    })
}

fn bare() -> Arc<Check> {
    Arc::new(Check::default())
}

/// Allocations of the steps of a probe, from the first to its outcome, in an engine that has been
/// at work: probes like it have gone before, and what all share has grown to what they need.
fn steps(check: &Arc<Check>, reply: &[&[u8]]) -> (Result<Success, Failure>, AllocationInfo) {
    let target = Target::host("192.0.2.1", 25).expect("an address");
    let mut scratch = Scratch::default();
    let mut run = || {
        let mut world = World::new(Script(reply));
        let mut probe = Probe::new(target.clone(), check.clone(), Instant::now());
        let mut outcome = None;
        let info = measure(|| outcome = Some(world.finish(&mut probe, &mut scratch)));
        (outcome.expect("an outcome"), info)
    };
    for _ in 0..3 {
        let _ = run();
    }
    run()
}

#[test]
fn a_plain_probe_allocates_nothing_once_it_has_been_admitted() {
    let (outcome, info) = steps(&bare(), &[]);
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(info, AllocationInfo::default(), "connecting alone");
    for (name, greeting) in GREETINGS {
        let (outcome, info) = steps(&service(name), &[greeting.as_bytes()]);
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(info, AllocationInfo::default(), "{name}");
    }
}

#[test]
fn a_greeting_byte_by_byte_allocates_nothing() {
    for (name, greeting) in GREETINGS {
        let pieces: Vec<&[u8]> = greeting.as_bytes().chunks(1).collect();
        let (outcome, info) = steps(&service(name), &pieces);
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(info, AllocationInfo::default(), "{name}");
    }
}

#[test]
fn a_reply_that_does_not_match_allocates_room_for_itself_in_the_failure() {
    for (name, _) in GREETINGS {
        let (outcome, info) = steps(&service(name), &[b"421 too many connections\r\n"]);
        assert!(outcome.is_err(), "{outcome:?}");
        assert_eq!(info.count_total, 1, "{name}: {info:?}");
    }
}

#[test]
fn a_pattern_reports_its_memory_within_a_factor_of_two() {
    let classes = r"\pL{3}[^a-z]".repeat(20);
    let many: String = (0..64).map(|n| format!("(?P<g{n}>a|b)")).collect();
    for source in [
        "^220",
        r"^220 (?P<host>\S+)",
        "(?:abc?){500}",
        &classes,
        &many,
    ] {
        let mut pattern = None;
        let info = measure(|| pattern = Pattern::new(source).ok());
        let pattern = pattern.expect("a pattern");
        let (said, taken) = (pattern.memory_usage(), info.bytes_current as usize);
        assert!(
            (said / 2..=said).contains(&taken),
            "{source}: {taken}, said to be {said}"
        );
    }
}

#[test]
fn capture_caches_are_kept_within_their_budget() {
    let many: String = (0..64).map(|n| format!("(?P<g{n}>a|b)")).collect();
    let reply = b"ab".repeat(32);
    for source in [r"^(?P<host>\S+)", r"(?P<n>\pL)+$", &many] {
        let kept = |room: usize| {
            let room = Arc::new(Budget::new(room));
            let mut pattern = Pattern::new(source).expect("a pattern");
            pattern.keep_captures_within(&room);
            let found = || {
                let info = measure(|| assert!(pattern.captures(&reply, true).is_some()));
                info.bytes_current as usize
            };
            let first = found();
            assert_eq!(found(), 0, "it is kept or it is not: {source}");
            first
        };
        kept(usize::MAX); // what is made once for the process
        let all = kept(usize::MAX);
        assert!(all > 0, "{source}");
        assert_eq!(kept(all - 1), 0, "{source} takes {all}");
        assert_eq!(kept(2 * all + (16 << 10)), all, "{source} takes {all}");
    }
}

#[test]
fn the_allocator_counts_a_long_reply() {
    let reply = [b'2'; 2_000];
    let long = Arc::new(Check {
        expect: Pattern::new("ready").ok(),
        ..Check::default()
    });
    let (_, info) = steps(&long, &[&reply, b"ready"]);
    assert!((1..=2).contains(&info.count_total), "{info:?}");
    assert!((1_024..4_096).contains(&info.bytes_total), "{info:?}");
}
