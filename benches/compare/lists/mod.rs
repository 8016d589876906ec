//! Lists: against a bare loop and `xargs`, waiting, under load, and under TLS.
//!
//! The clients run on one core, the servers in a process of their own on another; both are this
//! program, started once more in one of its [`Role`]s.

mod bare;
mod clients;
mod cores;
mod debian;
mod identity;
mod lengths;
mod memory;
mod role;
mod secure;
mod serve;
mod servers;
mod sizes;
mod summary;
mod truth;

use crate::table::Table;
use crate::usage::most_descriptors;
use clients::Clients;
pub use role::Role;
use sizes::{FULL, QUICK};
use std::error::Error;

/// Checks in flight, where the figure is not about their number.
const PARALLEL: usize = 512;

/// Descriptors that are not those of connections, and the room for a race of addresses.
const SPARE: usize = 500;

/// All figures of lists.
pub fn compare(quick: bool, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let sizes = if quick { QUICK } else { FULL };
    let descriptors = most_descriptors()?;
    let needed = serve::descriptors(PARALLEL);
    if descriptors < needed {
        table.skip(format!(
            "lists, which take {needed} descriptors: the limit is {descriptors}"
        ));
        return Ok(());
    }
    let clients = Clients::new(descriptors)?;
    let cores = match clients.cores.are_apart() {
        true => "the clients on one core, the servers on another",
        false => "the clients and the servers on one core",
    };
    table.remark(format!(
        "Lists: {cores}; {PARALLEL} in flight where nothing else is said; in turn."
    ));
    lengths::measure(&clients, &sizes.lengths, table)?;
    debian::measure(&clients, sizes.debian, table)?;
    memory::measure(&clients, &sizes.memory, table)?;
    truth::measure(&clients, &sizes.truth, table)?;
    secure::measure(&clients, &sizes.secure, table)
}
