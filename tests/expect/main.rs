//! The pattern: its dialect, the matcher that is fed piece by piece, and both held against others.

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

mod as_go;
mod cut;
mod dialect;
mod go;
mod regex_crate;
mod reply;
