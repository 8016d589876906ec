//! Names at a resolver that takes its time, in a network of its own.

use super::PARALLEL;
use super::clients::{Clients, over};
use super::cores::Side;
use super::resolver::{self, DELAY};
use super::role::Role;
use super::serve::Kind;
use super::servers::Servers;
use crate::table::{Row, Table, grouped, rate};
use crate::usage::{median, most_descriptors};
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The sizes of this part.
pub struct Size {
    /// Look-ups at once, and names.
    pub loads: &'static [(usize, usize)],
    pub rounds: usize,
}

/// Has a loopback interface alone, and its own resolver.
const WORLD: &str = "ip link set lo up \
    && mount --bind \"$0/resolv.conf\" /etc/resolv.conf \
    && mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf \
    && exec \"$@\"";

/// Names of banner servers, each looked up once, for IPv4 alone; beside it what as many places
/// allow where each is taken for the resolver's delay and nothing else.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let Size { loads, rounds } = *size;
    let delay = DELAY.as_millis();
    eprintln!("lists: {loads:?} look-ups and names, {rounds} rounds");
    let world = clients.path("world");
    fs::create_dir_all(&world)?;
    fs::write(world.join("resolv.conf"), "nameserver 127.0.0.1\n")?;
    fs::write(world.join("nsswitch.conf"), "hosts: dns\n")?;
    for (lookups, names) in loads {
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "--map-root-user", "sh", "-c", WORLD]);
        command.arg(&world).arg(std::env::current_exe()?);
        command.arg(Role::Names.name());
        command.args([lookups, names, &rounds].map(usize::to_string));
        let output = command.stderr(Stdio::piped()).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let Ok(micros) = said.trim().parse() else {
            let why = String::from_utf8_lossy(&output.stderr);
            table.skip(format!(
                "names at a slow resolver, in a namespace: {}",
                why.trim()
            ));
            return Ok(());
        };
        let seconds = Duration::from_micros(micros).as_secs_f64();
        let least = DELAY.as_secs_f64() * *names as f64 / *lookups as f64;
        table.add([Row::new(
            format!(
                "{} names at a resolver that takes {delay} ms, {lookups} look-ups at once: rate",
                grouped(*names)
            ),
            rate(*names, seconds),
        )
        .beside(format!("{lookups} places: {}", rate(*names, least)))
        .compared(format!("{:.2}", least / seconds))]);
    }
    table.remark(format!(
        "Names: each its own, `-4 -e ^220`; the resolver answers {delay} ms after it was asked, on \
         the servers' core; rounds: {rounds}."
    ));
    Ok(())
}

/// Inside that network: prints the median time of a run in microseconds.
pub fn run(lookups: usize, names: usize, rounds: usize) -> Result<(), Box<dyn Error>> {
    let clients = Clients::new(most_descriptors()?)?;
    let servers = Servers::start(Kind::Banner, &clients.cores)?;
    let _resolver = Resolver::start(&clients)?;
    let targets = servers.targets(names).enumerate();
    let list = targets.filter_map(|(number, address)| match address.ip() {
        IpAddr::V4(ip) => Some(format!("{}:{}", resolver::name(number, ip), address.port())),
        IpAddr::V6(_) => None,
    });
    let list = clients.list("names", list)?;
    let mut walls = Vec::new();
    // The first round warms up.
    for round in 0..=rounds {
        let mut command = over(&list, PARALLEL);
        command.args(["-4", "--lookups", &lookups.to_string()]);
        let cost = clients.all_well(&mut command, names)?;
        if round > 0 {
            walls.push(cost.wall);
        }
    }
    println!("{}", median(walls.into_iter()).as_micros());
    Ok(())
}

/// The resolver's process, ended when dropped.
struct Resolver(Child);

impl Resolver {
    fn start(clients: &Clients) -> Result<Self, Box<dyn Error>> {
        let mut command = Role::Resolver.command()?;
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = clients.cores.spawn(Side::Server, &mut command)?;
        let stdout = child.stdout.take().ok_or("the resolver has no output")?;
        let resolver = Self(child);
        match BufReader::new(stdout).lines().next() {
            Some(Ok(_)) => Ok(resolver),
            _ => Err("the resolver did not start".into()),
        }
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        let _ = self.0.kill(); // in vain where it has ended
        let _ = self.0.wait();
    }
}
