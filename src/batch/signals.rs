//! Signals that ask a run to end, as something that a poll can wait for.

use mio::net::UnixStream;
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGTERM, SIGXCPU};
use signal_hook::low_level::pipe;
use std::fs;
use std::io::{self, Read};
use std::os::unix::net;

/// The signals that ask a run to end: by a user, the end of a session, a supervisor, and the limits
/// of time that outlast `exec` (alarm(2), and `ulimit -St`).
const TERMINATING_SIGNALS: [i32; 5] = [SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGXCPU];

/// From when this is made to the end of the process, SIGHUP, SIGINT, SIGTERM, SIGALRM and SIGXCPU
/// no longer end it; they are counted. One that was ignored when the program began (a shell's
/// background job, `nohup`, `trap '' INT`) stays ignored where the system tells so, which Linux
/// does.
#[derive(Debug)]
pub struct Signals {
    source: UnixStream,
    count: usize,
}

impl Signals {
    /// Takes the signals over.
    ///
    /// # Errors
    /// There is no descriptor left, or the system refuses the handlers.
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

    /// What becomes readable when a signal comes: to be registered with a poll, for reading, and
    /// otherwise left alone.
    pub fn source(&mut self) -> &mut UnixStream {
        &mut self.source
    }

    /// How many signals have come since the start. Never waits, and takes in all that has come, so
    /// that an edge-triggered poll tells of the next. Signals that come faster than the system
    /// delivers them are one.
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

/// Whether `/proc/self/status` has the signal among those that are ignored: `SigIgn:`, and a mask
/// in hexadecimal whose lowest bit is signal 1 (proc_pid_status(5)).
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
    fn what_is_ignored_is_read_from_the_mask() {
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
