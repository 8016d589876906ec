//! Helpers of the tests: the real program run on a command line, and servers that misbehave on
//! purpose.
//!
//! Servers take free ports and end with the test. Every wait is for an event, and bounded: a hang
//! fails.

#![allow(
    clippy::disallowed_methods,
    reason = "the servers of a test run on the real clock"
)]

mod cgroup;
mod fleet;
pub mod json;
mod listed;
mod local_failure;
mod manner;
mod namespace;
mod peer;
mod pki;
mod ports;
mod run;
mod running;
pub mod schema;
mod server;
mod signals;
mod terminal;
mod tmux;
mod wire;

pub use cgroup::Cgroup;
pub use fleet::{Count, Fleet};
pub use listed::Listed;
pub use local_failure::is_local_failure;
pub use manner::Manner;
pub use namespace::{INSIDE, Namespace, has_ipv6, skip};
pub use peer::{End, Heard, Peer};
pub use pki::{Authority, Constraint, Identity, Leaf, Store, self_signed};
pub use ports::{Full, FullUnix, Refusing, refusing_unix, same_port};
pub use run::{Program, REFUSED, Run, TIMED_OUT, exact, shows, timed};
pub use running::Running;
pub use server::{Server, TLS12, TLS13};
pub use signals::restore_signals;
pub use terminal::Terminal;
pub use tmux::Tmux;

use std::time::Duration;

/// Longest wait for anything that is meant to happen.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the program on a command line: `check!("-H 127.0.0.1 -p {port} -e '^220'")`.
///
/// Words are split at spaces, single quotes keep them together, and nothing else has a meaning.
#[macro_export]
macro_rules! check {
    ($($line:tt)*) => { $crate::program!($($line)*).run() };
}

/// The same, to be told more before it runs.
#[macro_export]
macro_rules! program {
    ($($line:tt)*) => {
        $crate::Program::new(env!("CARGO_BIN_EXE_check-tcp"), &format!($($line)*))
    };
}
