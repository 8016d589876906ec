//! The real program under way over a list: fed, read and signalled as a test likes.

use super::run::collect;
use super::{Listed, PATIENCE, Program, json};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// A run that has not ended. Nothing of its stdout is read before it is asked for; its stderr is.
///
/// Ended by force, which fails the test, when it takes twice as long as anything is waited for.
pub struct Running {
    child: Child,
    arguments: Vec<OsString>,
    stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Receiver<Vec<u8>>,
    /// Read so far.
    read: Vec<u8>,
    watch: Option<Sender<()>>,
    started: Instant,
}

impl Program {
    /// Starts it, with a pipe to its stdin that stays open.
    pub fn start(self) -> Running {
        let mut command = self.command();
        let (arguments, stdout) = self.into_parts();
        command
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        drop(command); // and with it our copy of its stdout
        let watch = watch(pid(&child));
        Running {
            arguments,
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map(BufReader::new),
            stderr: collect(child.stderr.take().expect("its stderr")),
            child,
            read: Vec::new(),
            watch: Some(watch),
            started,
        }
    }

    /// Runs it to its end with this on its stdin.
    #[track_caller]
    pub fn over(self, list: impl Into<Vec<u8>>) -> Listed {
        let mut running = self.start();
        running.pour(list);
        running.finish()
    }
}

impl Running {
    /// Feeds it this now, and more later.
    #[track_caller]
    pub fn feed(&mut self, text: impl AsRef<[u8]>) {
        let stdin = self.stdin.as_mut().expect("its stdin is open");
        stdin.write_all(text.as_ref()).expect("it takes its list");
    }

    /// Feeds it this as fast as it takes it, and no more then; returns at once.
    pub fn pour(&mut self, list: impl Into<Vec<u8>>) {
        self.pour_all(std::iter::once(list.into()));
    }

    /// The same with one piece after the other, of which there may be no end.
    pub fn pour_all(&mut self, pieces: impl Iterator<Item = Vec<u8>> + Send + 'static) {
        let mut stdin = self.stdin.take().expect("its stdin is open");
        thread::spawn(move || {
            for piece in pieces {
                if stdin.write_all(&piece).is_err() {
                    break; // it is gone, or takes no more
                }
            }
        });
    }

    /// Ends its list.
    pub fn close(&mut self) {
        self.stdin = None;
    }

    /// Its next line, waited for, without the newline.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        let stdout = self.stdout.as_mut().expect("its stdout is ours");
        stdout
            .read_until(b'\n', &mut line)
            .expect("a pipe can be read");
        self.read.extend(&line);
        let line = String::from_utf8(line).expect("UTF-8");
        let whole = line.strip_suffix('\n').map(str::to_owned);
        whole.unwrap_or_else(|| panic!("ended after {line:?}: {:?}", self.arguments))
    }

    /// So many of its next lines.
    #[track_caller]
    pub fn lines(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.line()).collect()
    }

    /// Reads no more of its stdout, ever.
    pub fn turn_away(&mut self) {
        self.stdout = None;
    }

    pub fn signal(&self, signal: Signal) {
        kill(pid(&self.child), signal).expect("it is under way");
    }

    /// Stops it, as Ctrl-Z and a container that is frozen do; returns once it stands still.
    #[track_caller]
    pub fn stop(&self) {
        self.signal(Signal::SIGSTOP);
        let started = Instant::now();
        // The state stands behind the program's name, which is in brackets.
        while !self.proc("stat").contains(") T ") {
            assert!(started.elapsed() < PATIENCE, "it does not stop");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until it sleeps: for whatever it has to wait for.
    #[track_caller]
    pub fn wait_until_asleep(&self) {
        let started = Instant::now();
        while !self.proc("stat").contains(") S ") {
            assert!(started.elapsed() < PATIENCE, "it does not sleep");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until its stdout, which nobody reads, takes no more.
    #[track_caller]
    pub fn wait_until_stdout_is_full(&self) {
        // A pipe holds 64 KiB, and a part of its last page may be left.
        const FULL: u64 = 60 << 10;
        let stdout = self.stdout.as_ref().expect("its stdout is ours").get_ref();
        let held = || rustix::io::ioctl_fionread(stdout).expect("a pipe");
        let started = Instant::now();
        while held() < FULL {
            assert!(started.elapsed() < PATIENCE, "it does not write that much");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Has it go on.
    pub fn go_on(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// True until it has ended.
    pub fn is_under_way(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_none()
    }

    /// The text of this file of `/proc/PID`.
    pub fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).expect("it is under way, on Linux")
    }

    /// The path of this file of `/proc/PID`.
    pub fn path(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }

    /// Ends its list, where that is still ours to feed, and reads on to the end of it all.
    #[track_caller]
    pub fn finish(mut self) -> Listed {
        self.close();
        self.end()
    }

    /// Reads on to the end of it all, which must come whether its list has ended or not.
    #[track_caller]
    pub fn end(mut self) -> Listed {
        if let Some(mut stdout) = self.stdout.take() {
            stdout
                .read_to_end(&mut self.read)
                .expect("a pipe can be read");
        }
        // Closed when the process is gone, at the latest by the watch.
        let stderr = self.stderr.recv().expect("its stderr");
        let watched = self.watch.take();
        let status = self.child.wait().expect("its end can be waited for");
        drop(watched);
        json::validate_output(&self.arguments, &self.read);
        let listed = Listed {
            arguments: std::mem::take(&mut self.arguments),
            code: status.code(),
            signal: status.signal(),
            stdout: std::mem::take(&mut self.read),
            stderr,
            elapsed: self.started.elapsed(),
        };
        assert_ne!(listed.signal, Some(9), "did not end by itself: {listed}");
        listed
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill(); // in vain where it has been waited for
        let _ = self.child.wait();
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("a process's number"))
}

/// Kills the process once patience ends, unless what is returned is dropped before.
fn watch(pid: Pid) -> Sender<()> {
    let (over, ended) = mpsc::channel();
    thread::spawn(move || {
        if ended.recv_timeout(PATIENCE * 2) == Err(RecvTimeoutError::Timeout) {
            let _ = kill(pid, Signal::SIGKILL);
        }
    });
    over
}
