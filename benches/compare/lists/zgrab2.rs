//! The same list through the `banner` module of zgrab2, a scanner, where the reader has it.

use super::PARALLEL;
use super::clients::{Clients, over};
use super::serve::Kind;
use super::servers::Servers;
use crate::table::{Row, Table, grouped, kib, micros, rate};
use crate::usage::median;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The sizes of this part.
pub struct Size {
    pub targets: usize,
    pub rounds: usize,
}

/// All options that keep it from waiting: no limit for each address, nothing said to the server,
/// and no list of forbidden addresses, in which the loopback would be.
const PASSIVE: [&str; 10] = [
    "banner",
    "--probe=",
    "--blocklist-file=",
    "--server-rate-limit=1000000000",
    "--read-timeout=10000",
    "--log-file=/dev/null",
    "--status-updates-file=/dev/null",
    "--metadata-file=/dev/null",
    "--output-file=-",
    "--input-file=-",
];

/// Servers that greet and close. That every one of them was read is verified, once.
pub fn measure(
    clients: &Clients,
    program: &Path,
    size: &Size,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
    let Size { targets, rounds } = *size;
    eprintln!("lists: {targets} checks against zgrab2, {rounds} rounds");
    let servers = Servers::start(Kind::Parting, &clients.cores)?;
    let list = clients.list("zgrab2", servers.targets(targets))?;
    let lines = servers.targets(targets);
    let lines = lines.map(|target| format!("{},,,{}", target.ip(), target.port()));
    let lines = clients.list("zgrab2.csv", lines)?;
    let zgrab2 = || -> Result<Command, Box<dyn Error>> {
        let mut command = Command::new(program);
        command.env_clear().args(PASSIVE);
        command.arg(format!("--senders={PARALLEL}"));
        command.stdin(fs::File::open(&lines)?).stdout(Stdio::null());
        Ok(command)
    };
    let printed = clients.path("printed");
    clients.run(zgrab2()?.stdout(fs::File::create(&printed)?))?;
    let text = fs::read_to_string(printed)?;
    let well = text.matches("\"status\":\"success\"").count();
    if well != targets {
        return Err(format!("zgrab2 read {well} of {targets} banners").into());
    }
    let mut costs = [Vec::new(), Vec::new()];
    let [ours, theirs] = &mut costs;
    for _ in 0..rounds {
        theirs.push(clients.run(&mut zgrab2()?)?.1);
        ours.push(clients.ours(&list, targets)?);
    }
    let peaks = [
        clients.peak(over(&list, PARALLEL).stdout(Stdio::null()))?,
        clients.peak(&mut zgrab2()?)?,
    ];
    let of = |median: [f64; 2], what, words: fn(f64) -> String| {
        let [ours, theirs] = median;
        Row::new(
            format!(
                "list of {}, closed by the servers: {what}",
                grouped(targets)
            ),
            words(ours),
        )
        .beside(format!("`zgrab2 banner`: {}", words(theirs)))
        .compared(format!("{:.2}", ours / theirs))
    };
    let each = |seconds: f64| seconds / targets as f64;
    let wall = costs.each_ref().map(|costs| {
        let wall = median(costs.iter().map(|cost| cost.wall));
        1.0 / each(wall.as_secs_f64())
    });
    let cpu = costs.each_ref().map(|costs| {
        let cpu = median(costs.iter().map(|cost| cost.cpu));
        each(cpu.as_secs_f64())
    });
    table.add([
        of(wall, "rate", |a_second| rate(1, 1.0 / a_second)),
        of(cpu, "CPU a check", micros),
        of(peaks.map(|peak| peak as f64), "peak memory", |peak| {
            kib(peak as u64)
        }),
    ]);
    table.remark(format!(
        "zgrab2: `{} --senders={PARALLEL}`, on the clients' core; rounds: {rounds}.",
        PASSIVE.join(" ")
    ));
    Ok(())
}
