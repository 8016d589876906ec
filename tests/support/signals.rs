//! Signals do to programs under test what they do by default, whatever they were set to where the
//! tests were started.

use nix::sys::signal::{
    SigSet,
    Signal::{self, *},
};
use std::fs;
use std::sync::{Arc, Once};

/// Those that tests send, or that the system sends on their account.
const SENT: [Signal; 6] = [SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGXCPU, SIGXFSZ];

/// Programs that are started from now on ignore none of these signals: an ignored signal stays
/// ignored behind `exec`, as a shell's background job has SIGINT and `nohup` has SIGHUP, but a
/// handled one is back to its default. This process goes on as if it ignored them. What this thread
/// starts has none of them blocked either, which `exec` leaves as it is too.
pub fn restore_signals() {
    let sent: SigSet = SENT.into_iter().collect();
    sent.thread_unblock().expect("signals that there are");
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for signal in SENT.into_iter().filter(|signal| is_ignored(*signal)) {
            signal_hook::flag::register(signal as i32, Arc::default()).expect("a handler");
        }
    });
}

/// True if this process ignores the signal, as Linux tells it (proc_pid_status(5)).
fn is_ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| (mask >> (signal as i32 - 1)) & 1 == 1)
}
