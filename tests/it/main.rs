//! The program from outside, all in one binary: command lines, lists, TLS, peers that misbehave, and the
//! documents held against it.

mod addresses;
mod cli;
mod differences;
#[path = "../faults/mod.rs"]
mod faults;
mod hangups;
mod list;
mod local_failures;
mod modules;
mod output;
mod peers;
mod readme;
mod tls;
