//! Signals that ask a run to stop, as a descriptor that a poll can wait for.

use mio::net::UnixStream;
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGTERM, SIGXCPU};
use signal_hook::flag;
use signal_hook::low_level::pipe;
use std::fs;
use std::io::{self, Read};
use std::os::unix::net;
use std::sync::Arc;

/// Signals that ask a run to stop: from a user, the end of a session, a supervisor, and the time
/// limits that outlast `exec` (alarm(2), and `ulimit -St`).
const TERMINATING_SIGNALS: [i32; 5] = [SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGXCPU];

/// A counter of SIGHUP, SIGINT, SIGTERM, SIGALRM and SIGXCPU. From its creation to the end of the
/// process these no longer terminate it. A signal that was ignored when the program started (a
/// shell's background job, `nohup`, `trap '' INT`) stays ignored where `/proc/self/status` tells
/// so, as on Linux.
#[derive(Debug)]
pub struct Signals {
    source: UnixStream,
    count: usize,
}

impl Signals {
    /// Installs the handlers.
    ///
    /// # Errors
    /// No descriptor is left, or the system refuses the handlers.
    pub fn new() -> io::Result<Self> {
        let (read, write) = net::UnixStream::pair()?;
        read.set_nonblocking(true)?;
        write.set_nonblocking(true)?;
        let own_status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        for signal in TERMINATING_SIGNALS {
            if !is_ignored(&own_status, signal) {
                pipe::register(signal, write.try_clone()?)?;
            }
        }
        Ok(Self {
            source: UnixStream::from_std(read),
            count: 0,
        })
    }

    /// The socket that becomes readable when a signal comes, to be registered with a poll for
    /// reading. Nobody else may read from it.
    pub fn source(&mut self) -> &mut UnixStream {
        &mut self.source
    }

    /// The number of signals since the start. Never blocks, and drains the socket, so that an
    /// edge-triggered poll reports the next signal. Signals that arrive faster than the system
    /// delivers them count once.
    pub fn count(&mut self) -> usize {
        let mut bytes = [0; 64];
        loop {
            match self.source.read(&mut bytes) {
                Ok(0) => return self.count,
                Ok(n) => self.count += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return self.count,
            }
        }
    }
}

/// Has these signals be of no effect to the end of the process, which is about to do something as a
/// whole. Where the system refuses, one may end the process as before.
pub(crate) fn disregard() {
    for signal in TERMINATING_SIGNALS {
        // The flag is never read: a handler is enough.
        let _ = flag::register(signal, Arc::default());
    }
}

/// Returns true if `/proc/self/status` lists the signal as ignored: `SigIgn:` and a hexadecimal
/// mask whose lowest bit is signal 1 (proc_pid_status(5)).
fn is_ignored(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u128::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| (mask >> (signal - 1)) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use std::process::Command;

    #[test]
    fn ignored_signals_are_read_from_the_mask() {
        for (status, int, term) in [
            ("", false, false),
            (
                "Name:\tx\nSigIgn:\t0000000000001002\nSigCgt:\t0\n",
                true,
                false,
            ),
            ("SigBlk:\t0000000000004002\nSigIgn:\t0\n", false, false),
            ("SigIgn:\t0000000000004000\n", false, true),
            ("SigIgn:\tffffffffffffffff\n", true, true),
            ("SigIgn:\tnonsense\n", false, false),
        ] {
            assert_eq!(is_ignored(status, SIGINT), int, "{status:?}");
            assert_eq!(is_ignored(status, SIGTERM), term, "{status:?}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn linux_tells_what_a_shell_had_ignored() {
        let shell = |script| {
            let output = Command::new("sh").args(["-c", script]).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let plain = shell("exec cat /proc/self/status");
        assert!(plain.contains("SigIgn:"), "{plain}");
        let trapped = shell("trap '' INT; exec cat /proc/self/status");
        assert!(is_ignored(&trapped, SIGINT), "{trapped}");
        assert_eq!(is_ignored(&trapped, SIGTERM), is_ignored(&plain, SIGTERM));
    }
}
