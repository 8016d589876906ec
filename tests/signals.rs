//! Signals that are counted. A process of their own, for it no longer ends by them.

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

use check_tcp::internal::signals::Signals;
use mio::{Events, Interest, Poll, Token};
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGTERM, SIGXCPU};
use signal_hook::low_level::raise;
use std::time::Duration;

const SIGNALS: Token = Token(7);

#[test]
fn signals_wake_the_poll_and_are_counted() {
    support::restore_signals();
    let mut poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(8);
    let mut signals = Signals::new().unwrap();
    poll.registry()
        .register(signals.source(), SIGNALS, Interest::READABLE)
        .unwrap();
    assert_eq!(signals.count(), 0);

    let mut sent = 0;
    for batch in [
        &[SIGINT][..],
        &[SIGTERM],
        &[SIGHUP],
        &[SIGTERM, SIGINT, SIGTERM],
        &[SIGALRM, SIGXCPU],
    ] {
        for &signal in batch {
            raise(signal).unwrap();
        }
        sent += batch.len();
        poll.poll(&mut events, Some(Duration::from_secs(60)))
            .unwrap();
        let told = events.iter().any(|event| event.token() == SIGNALS);
        assert!(told, "no event after {batch:?}");
        assert_eq!(signals.count(), sent);
    }
    assert_eq!(signals.count(), sent, "none is counted twice");
}
