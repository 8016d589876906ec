//! A whole check, whatever its peer says and does, in the clear and under TLS.
//!
//! The world is that of the simulation (`tests/sim`): a scripted `Net` on a clock of its own, with
//! a TLS server in memory. Input: what the peer says, straight on the wire or under its TLS
//! session, and among it acts, fates, wakes and what the check asks for, each behind a byte 0xFF
//! ([`decode`] has the table; `exchange.dict` has them all). Laws ([`laws`], and [`drive`] after
//! every step):
//!
//! * nothing panics;
//! * it ends by timeout + delay, to the tick; where the clock jumps, with the step that is due
//!   then;
//! * what it reads, what one step tries, how often it is stepped and what it holds in memory are
//!   bounded, and no byte is read beyond `-m` before the goodbye;
//! * nothing is said but the send string and the quit string, in order and once, nor in the clear
//!   where TLS is asked for, and nothing at all under `-C`;
//! * the outcome is that of the script: OK only over a connection, with a pattern only where the
//!   `regex` crate finds it in the bytes that the peer sent, under TLS only in those that it sent
//!   under TLS; a mismatch only where it does not;
//! * every wake that nobody needed leaves the verdict and its time as they were;
//! * the line and the record are one line of printable characters each, 1,024 in the line at most,
//!   and status, reason, trace and record tell one story.
//!
//! The clock is virtual and the weather is the seed's. What is left to chance is rustls' own: its
//! randoms and key shares come from the system, and the order of its extensions. None of them
//! changes the length of what is sent.
#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the simulation takes any time as the first"
)]

mod decode;
mod drive;
mod laws;
mod oracle;
mod wire;

// The simulation's rooms, which its own tests use in full.
#[allow(dead_code, reason = "used in full by tests/sim")]
#[path = "../../../tests/sim/peer.rs"]
mod peer;
#[allow(dead_code, reason = "used in full by tests/sim")]
#[path = "../../../tests/sim/pipe.rs"]
mod pipe;
#[allow(dead_code, reason = "used in full by tests/sim")]
#[path = "../../../tests/sim/rng.rs"]
mod rng;
#[allow(dead_code, reason = "used in full by tests/sim")]
#[path = "../../../tests/sim/script.rs"]
mod script;
#[allow(dead_code, reason = "used in full by tests/sim")]
#[path = "../../../tests/sim/world/mod.rs"]
mod world;

use decode::Exchange;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(exchange) = Exchange::decode(input) else {
        return;
    };
    let run = drive::run(&exchange, &exchange.wakes);
    laws::hold(&exchange, &run);
    if exchange.is_repeatable() {
        let calm = drive::run(&exchange, &[]);
        laws::hold(&exchange, &calm);
        laws::agree(&run, &calm);
    }
    laws::tell(&exchange, run);
});
