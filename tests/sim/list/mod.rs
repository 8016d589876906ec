//! A whole run of a list on a virtual machine: admission, engine and loop are the real ones.

mod feed;
mod inner;
mod machine;
mod plan;
mod run;
mod run_io;
mod sockets;

pub use plan::{Line, Plan, Trouble};
pub use run::{Run, run};
