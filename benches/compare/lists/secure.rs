//! A list under TLS, against a bare loop of handshakes.

use super::clients::Clients;
use super::identity;
use super::servers::Servers;
use crate::table::{Row, Table, grouped, rate};
use crate::usage::median;
use std::error::Error;
use std::fs;

/// The sizes of this part.
pub struct Size {
    pub targets: usize,
    pub rounds: usize,
}

/// Both verify chain, name, dates and the signature of the handshake, with rustls and ring, and
/// read the banner behind it. check-tcp also says goodbye.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let Size { targets, rounds } = *size;
    eprintln!("lists: {targets} checks under TLS against bare handshakes, {rounds} rounds");
    let identity = clients.path("identity");
    fs::create_dir(&identity)?;
    identity::write(&identity)?;
    let servers = Servers::secure(&identity, &clients.cores)?;
    let list = clients.list("secure", servers.targets(targets))?;
    let mut bare = Vec::new();
    let mut ours = Vec::new();
    // The first round warms up.
    for round in 0..=rounds {
        let costs = [
            clients.bare_secure(&list, &identity, targets)?,
            clients.ours_secure(&list, &identity, targets)?,
        ];
        if round > 0 {
            bare.push(costs[0]);
            ours.push(costs[1]);
        }
    }
    let wall = [&ours, &bare].map(|costs| median(costs.iter().map(|cost| cost.wall)));
    let cpu = [&ours, &bare].map(|costs| median(costs.iter().map(|cost| cost.cpu)));
    let [ours, bare] = wall.map(|wall| wall.as_secs_f64());
    let list = format!("TLS list of {}", grouped(targets));
    let of_rate = Row::new(format!("{list}: rate"), rate(targets, ours))
        .beside(format!("bare handshakes: {}", rate(targets, bare)))
        .compared(format!("{:.2}", bare / ours));
    let [ours, bare] = cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / targets as f64);
    let share = ours / bare;
    let of_cpu = Row::new(format!("{list}: CPU a check"), format!("{ours:.0} µs"))
        .beside(format!("bare handshakes: {bare:.0} µs"))
        .compared(format!("{share:.2}"))
        .aim("at most 1.15", share <= 1.15);
    table.add([of_rate, of_cpu]);
    Ok(())
}
