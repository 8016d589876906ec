//! The program from outside, all in one binary: command lines, lists, TLS, peers that misbehave,
//! and the documents held against it.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test panics where it fails, and runs on the real clock"
)]

mod addresses;
mod cli;
mod differences;
mod family;
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
