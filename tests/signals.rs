//! Signals that are counted. A process of their own, for it no longer ends by them.

use check_tcp::batch::signals::Signals;
use mio::{Events, Interest, Poll, Token};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::raise;
use std::fs;
use std::time::Duration;

const SIGNALS: Token = Token(7);

#[test]
fn signals_wake_the_poll_and_are_counted() {
    let mut poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(8);
    let mut signals = Signals::new().unwrap();
    poll.registry()
        .register(signals.source(), SIGNALS, Interest::READABLE)
        .unwrap();
    assert_eq!(signals.count(), 0);

    let mut sent = 0;
    for mut batch in [vec![SIGINT], vec![SIGTERM], vec![SIGTERM, SIGINT, SIGTERM]] {
        // The tests may be a shell's background job; then it stays ignored.
        batch.retain(|&signal| signal != SIGINT || !interrupts_are_ignored());
        for &signal in &batch {
            raise(signal).unwrap();
        }
        sent += batch.len();
        if batch.is_empty() {
            continue;
        }
        poll.poll(&mut events, Some(Duration::from_secs(60)))
            .unwrap();
        let told = events.iter().any(|event| event.token() == SIGNALS);
        assert!(told, "no event after {batch:?}");
        assert_eq!(signals.count(), sent);
    }
    assert_eq!(signals.count(), sent, "none is counted twice");
}

fn interrupts_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find(|line| line.starts_with("SigIgn:"));
    // SIGINT is the second bit.
    ignored.is_some_and(|mask| mask.ends_with(['2', '3', '6', '7', 'a', 'b', 'e', 'f']))
}
