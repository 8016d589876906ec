//! The laws: each test is one, and holds in any world that its seed makes.

mod address_race;
mod address_turns;
mod bytes;
mod chaos;
mod close_notify;
mod crossing;
mod deadline;
mod delay;
mod expect_closed;
mod failing_states;
mod failure_messages;
mod flood;
mod greeting;
mod hanging_lookups;
mod idle;
mod needless_steps;
mod peer_gone;
mod quit;
mod race_invariants;
mod steps;
mod tls;
mod trace;
mod unix_backlog;
mod whole_runs;
