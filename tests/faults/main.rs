//! What takes a world of the test's own: other names, another network or none, and a machine that lacks something or stands
//! still. Each test says aloud when the machine has no such world for it, and fails then in CI. `tests/faults/run` runs them
//! alone.

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod descriptors;
mod disk;
mod floods;
mod law;
mod lookups;
mod memory;
mod names;
mod network;
mod ports;
mod silence;
mod stops;
mod terminal;
mod threads;
mod tls;

use std::net::IpAddr;

const V4: &str = "127.0.0.1";
const V6: &str = "::1";

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}
