//! Lists: against a bare loop and `xargs`, waiting, under load, under TLS, in every format, and of
//! names.
//!
//! The clients run on one core, the servers in a process of their own on another; both are this
//! program, started once more in one of its [`Role`]s.

mod bare;
mod clients;
mod cores;
mod debian;
mod formats;
pub mod identity;
mod lengths;
mod memory;
mod names;
mod resolver;
mod role;
mod secure;
mod serve;
mod servers;
mod sizes;
mod summary;
mod truth;
mod zgrab2;

use crate::table::Table;
use crate::usage::most_descriptors;
use clients::Clients;
pub use role::Role;
use sizes::{FULL, QUICK};
use std::error::Error;
use std::ffi::OsStr;
use std::path::Path;

/// Checks in flight, where the figure is not about their number.
const PARALLEL: usize = 512;

/// Descriptors that are not those of connections, and the room for a race of addresses.
const SPARE: usize = 500;

/// The parts that can be run alone.
#[derive(Clone, Copy)]
pub enum Part {
    /// From short to long, against the bare loop.
    Lengths,
    /// Against `xargs` and `check_tcp`.
    Xargs,
    /// The memory of waiting checks.
    Memory,
    /// Times reported under load.
    Truth,
    /// Against bare handshakes.
    Tls,
    /// In every format of output.
    Formats,
    /// Names at a slow resolver.
    Names,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Lengths,
        Self::Xargs,
        Self::Memory,
        Self::Truth,
        Self::Tls,
        Self::Formats,
        Self::Names,
    ];

    /// The part of that name.
    pub fn of(name: &OsStr) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Lengths => "lengths",
            Self::Xargs => "xargs",
            Self::Memory => "memory",
            Self::Truth => "truth",
            Self::Tls => "tls",
            Self::Formats => "formats",
            Self::Names => "names",
        }
    }
}

/// These figures of lists.
///
/// With the path of zgrab2, one list goes through that too.
pub fn compare(
    parts: &[Part],
    quick: bool,
    zgrab2: Option<&Path>,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
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
    for part in parts {
        let measured = match part {
            Part::Lengths => lengths::measure(&clients, &sizes.lengths, table),
            Part::Xargs => debian::measure(&clients, sizes.debian, table),
            Part::Memory => memory::measure(&clients, &sizes.memory, table),
            Part::Truth => truth::measure(&clients, &sizes.truth, table),
            Part::Tls => secure::measure(&clients, &sizes.secure, table),
            Part::Formats => formats::measure(&clients, &sizes.formats, table),
            Part::Names => names::measure(&clients, &sizes.names, table),
        };
        if let Err(e) = measured {
            table.fail(part.name(), &*e);
        }
    }
    if let Some(program) = zgrab2
        && let Err(e) = zgrab2::measure(&clients, program, &sizes.zgrab2, table)
    {
        table.fail("zgrab2", &*e);
    }
    Ok(())
}
