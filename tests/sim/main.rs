//! The simulation: a probe in a world that is told beforehand what it will do, on a clock of its
//! own.
//!
//! Nothing here opens a socket or waits. Each law is a test; most run over many seeds, and a seed
//! decides everything that is left to chance. A law that fails prints its seed.
//!
//! | variable | what it does |
//! |---|---|
//! | `CHECK_TCP_SEED=17` | replays that seed alone |
//! | `CHECK_TCP_SEEDS=1000000` | runs every law over that many, in place of its own number |
//! | `CHECK_TCP_FIRST_SEED=10000` | begins there, in place of 0 |
//!
//! `CHECK_TCP_SEEDS=1000000 cargo test --release --test sim -- laws::chaos laws::crossing` is a
//! million of two of those that have 10,000 otherwise.
//!
//! | room | what is in it |
//! |---|---|
//! | [`rng`] | chance, and the seeds |
//! | [`script`] | what a world will do: resolver, addresses, peer, and the weather on the way |
//! | [`world`] | the scripted `Net`, its clock, and a log of what was asked of it |
//! | [`pipe`] | the kernel's two buffers of one connection |
//! | [`peer`] | the other end, in the clear or under TLS in memory |
//! | [`case`] | a case, and how it is run: alone, or beside others on one clock; asserts what must hold after every run |
//! | [`driver`] | wakes a probe as the engine would, and no oftener; asserts what must hold after every step |
//! | [`run`] | a run, and what can be asked of it |
//! | [`printed`] | the line of a run, and what holds for every one |
//! | [`list`] | a whole run: admission, the engine and its loop, on a virtual machine with a world for each line |
//! | [`any`] | any world and any check, as a seed has it |
//! | [`crossing`] | every fault in every state, and what must come of it |
//! | [`laws`] | the laws |

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test panics where it fails, and runs on the real clock"
)]

mod any;
mod case;
mod crossing;
mod driver;
mod laws;
mod list;
mod peer;
mod pipe;
mod printed;
mod rng;
mod run;
mod script;
mod world;
