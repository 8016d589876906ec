//! One whole check in a world in memory, from its start to its outcome: in nanoseconds, and in
//! allocations. Beside each the least that could do the same work on the same world: for a plain
//! check the calls alone, for one under TLS a loop around rustls' own client, for the handshake
//! alone and for all that a check says in it. Of TLS the client's CPU time alone counts.
//!
//! Good: a plain probe allocates nothing behind its admission, and takes less than a twentieth of
//! what the kernel takes for a real one (about 30 µs); under TLS at most 1.15 of the bare
//! handshake.

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
    reason = "a benchmark ends where it can not go on, and runs on the real clock"
)]

#[path = "probe/bare.rs"]
mod bare;
#[path = "support/cpu.rs"]
mod cpu;
#[path = "probe/server.rs"]
mod server;
#[path = "../tests/allocations/world.rs"]
mod world;

use allocation_counter::measure;
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::internal::probe::Probe;
use check_tcp::internal::state::Scratch;
use check_tcp::target::Target;
use check_tcp::tls::Tls;
use cpu::Cpu;
use criterion::{BatchSize, Criterion};
use server::{Server, Trust};
use std::env;
use std::hint::black_box;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use world::{Peer, Script, World};

const GREETING: &[u8] = b"220 mail.example ESMTP Postfix (Debian/GNU)\r\n";
const QUIT: &[u8] = b"QUIT\r\n";

/// The directory of the certificates, in a process whose trust store is there.
const TRUST: &str = "CHECK_TCP_BENCH_TRUST";

fn main() -> ExitCode {
    let Some(directory) = env::var_os(TRUST) else {
        return again_with_a_trust_store();
    };
    let mut criterion = cpu::criterion();
    plain(&mut criterion);
    under_tls(&mut criterion, &Trust::at(Path::new(&directory)));
    criterion.final_summary();
    ExitCode::SUCCESS
}

/// A process can't set the variable that names its trust store for itself.
fn again_with_a_trust_store() -> ExitCode {
    let directory = tempfile::tempdir().expect("a directory");
    let trust = Trust::make(directory.path());
    let status = Command::new(env::current_exe().expect("this program"))
        .args(env::args_os().skip(1))
        .env(TRUST, directory.path())
        .env("SSL_CERT_FILE", trust.root())
        .env_remove("SSL_CERT_DIR")
        .status()
        .expect("this program runs");
    match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn plain(criterion: &mut Criterion<Cpu>) {
    let (target, to) = target();
    let check = check(None);
    let mut scratch = Scratch::default();
    let mut group = criterion.benchmark_group("probe/plain");
    for (name, pieces) in [
        ("probe", &[GREETING][..]),
        (
            "probe, by the byte",
            &GREETING.chunks(1).collect::<Vec<_>>(),
        ),
    ] {
        let world = || World::new(Script(pieces));
        group.bench_function(name, |b| {
            b.iter_batched(
                || (world(), target.clone()),
                |(mut world, target)| {
                    probe(&mut world, target, &check, &mut scratch);
                },
                BatchSize::SmallInput,
            );
        });
        let (mut world, target) = (world(), target.clone());
        allocations(&format!("plain/{name}"), || {
            probe(&mut world, target, &check, &mut scratch);
        });
    }
    let mut buffer = vec![0; 16 * 1024];
    group.bench_function("bare", |b| {
        b.iter_batched(
            || World::new(Script(&[GREETING])),
            |mut world| bare::plain(&mut world, black_box(to), QUIT, &mut buffer),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn under_tls(criterion: &mut Criterion<Cpu>, trust: &Trust) {
    let (target, to) = target();
    let check = check(Some(Tls::verified(None)));
    let (server, client) = (trust.server(), trust.client());
    let mut scratch = Scratch::default();
    let mut buffer = vec![0; 16 * 1024];
    let mut group = criterion.benchmark_group("probe/TLS");
    let mut run = |name: &str, run: &mut dyn FnMut(&mut World<Server>)| {
        let world = || World::new(Server::new(&server, GREETING));
        group.bench_function(name, |b| {
            b.iter_custom(|times| (0..times).map(|_| clients_own(world(), &mut *run)).sum());
        });
        let mut world = world();
        allocations(&format!("TLS/{name}"), || run(&mut world));
    };
    run("probe", &mut |world| {
        probe(world, target.clone(), &check, &mut scratch);
    });
    run("bare conversation", &mut |world| {
        bare::conversation(world, to, &client, QUIT, &mut buffer);
    });
    run("bare handshake", &mut |world| {
        bare::handshake(world, to, &client);
    });
    group.finish();
}

fn target() -> (Target, SocketAddr) {
    let target = Target::host("192.0.2.1", 25).expect("an address");
    (target, ([192, 0, 2, 1], 25).into())
}

fn check(tls: Option<Tls>) -> Arc<Check> {
    Arc::new(Check {
        expect: Pattern::new("^220").ok(),
        quit: QUIT.to_vec(),
        tls,
        ..Check::default()
    })
}

fn probe<P: Peer>(world: &mut World<P>, target: Target, check: &Arc<Check>, scratch: &mut Scratch) {
    let mut probe = Probe::new(target, check.clone(), Instant::now());
    let outcome = world.finish(&mut probe, scratch);
    assert!(outcome.is_ok(), "{outcome:?}");
    black_box(outcome).ok();
}

/// The CPU time of a conversation, less that of the server in it.
fn clients_own(mut world: World<Server>, run: &mut dyn FnMut(&mut World<Server>)) -> Duration {
    let began = cpu::time();
    run(&mut world);
    let both = cpu::time().saturating_sub(began);
    both.saturating_sub(world.peer.took)
}

/// Prints what one run allocates, once those before it have warmed up what is kept.
fn allocations(name: &str, run: impl FnOnce()) {
    let info = measure(run);
    println!(
        "probe/{name}: {} allocations, {} bytes",
        info.count_total, info.bytes_total
    );
}
