//! The simulation: a probe in a world that is told beforehand what it will do, on a clock of its own.
//!
//! Nothing here opens a socket or waits. Each law is a test; most run over many seeds, and a seed
//! decides everything that is left to chance. A law that fails prints its seed, and
//! `CHECK_TCP_SEED=17 cargo test --test sim` replays it. `CHECK_TCP_SEEDS=10000` runs every law over
//! that many.
//!
//! | room | what is in it |
//! |---|---|
//! | [`rng`] | chance, and the seeds |
//! | [`script`] | what a world will do: resolver, addresses, peer, and the weather on the way |
//! | [`world`] | the scripted `Net`, its clock, and a log of what was asked of it |
//! | [`pipe`] | the kernel's two buffers of one connection |
//! | [`peer`] | the other end, in the clear or under TLS in memory |
//! | [`driver`] | wakes a probe as the engine would, and no oftener; asserts what must hold after every step |
//! | [`run`] | a case, how it is run, and what can be asked of a run; asserts what must hold after every run |
//! | [`list`] | a whole run: admission, the engine and its loop, on a virtual machine with a world for each line |
//! | [`any`] | any world and any check, as a seed has it |
//! | `laws_*` | the laws |

mod any;
mod case;
mod crossing;
mod driver;
mod laws_bytes;
mod laws_chaos;
mod laws_closed;
mod laws_crossing;
mod laws_deadline;
mod laws_delay;
mod laws_engine;
mod laws_failing;
mod laws_flood;
mod laws_leave;
mod laws_list;
mod laws_quit;
mod laws_race;
mod laws_races;
mod laws_sending;
mod laws_steps;
mod laws_tls;
mod laws_trace;
mod laws_turns;
mod laws_unix;
mod list;
mod peer;
mod pipe;
mod printed;
mod rng;
mod run;
mod script;
mod world;
