//! Faults of the machine: other names, another network or none, resources that run out, and
//! processes that are stopped. Each test says aloud when the machine can't make its fault, and
//! fails then in CI. `tests/faults/run` runs them alone.

mod descriptors;
mod disk;
mod floods;
mod law;
mod names;
mod network;
mod out_of_memory;
mod ports;
mod resolvers;
mod several_addresses;
mod silence;
mod stops;
mod terminal;
mod threads;
mod tls_over_several_addresses;

use std::net::IpAddr;

const V4: &str = "127.0.0.1";
const V6: &str = "::1";

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}
