//! The run itself: fed, read and looked at until its time is over.

use crate::kinds::{TIMEOUT, World};
use crate::samples::Samples;
use crate::verdicts::Verdicts;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// So many at a time, and a second: a load that is the same on any machine that bears it.
const PARALLEL: usize = 512;
const RATE: usize = 1_000;

/// The longest time the run may take after the end of its list: what a pipe holds is checked, and
/// what is in flight ends.
const END: Duration = Duration::from_secs(60);

/// A run that has ended.
pub struct Soaked<'a> {
    world: &'a World,
    verdicts: Verdicts,
    samples: Samples,
    seconds: u64,
    /// The reason that the run could not be observed to its end.
    lost: Option<String>,
    /// `None` where it did not end with its list.
    status: Option<ExitStatus>,
    words: String,
}

/// Killed when this is dropped.
struct Running(Child);

impl<'a> Soaked<'a> {
    /// Has the program check all of the world, for so long, whatever law is broken meanwhile.
    pub fn of(world: &'a World, time: Duration) -> Result<Self, Box<dyn Error>> {
        let mut running = Running(start(world)?);
        let child = &mut running.0;
        let pid = child.id();
        let stdin = child.stdin.take().ok_or("no stdin")?;
        let stdout = BufReader::new(child.stdout.take().ok_or("no stdout")?);
        let mut stderr = child.stderr.take().ok_or("no stderr")?;
        let over = AtomicBool::new(false);
        let verdicts = Mutex::new(Verdicts::new(world));
        let mut samples = Samples::default();
        let (lines, lost, status, words) = thread::scope(|scope| -> Result<_, Box<dyn Error>> {
            let fed = scope.spawn(|| feed(stdin, world, &over));
            let read = scope.spawn(|| {
                for line in stdout.lines() {
                    lock(&verdicts).take(&line?, world);
                }
                std::io::Result::Ok(())
            });
            let heard = scope.spawn(move || {
                let mut words = String::new();
                stderr.read_to_string(&mut words).map(|_| words)
            });
            let began = Instant::now();
            let looked = (1..=time.as_secs()).try_for_each(|second| {
                let next = began + Duration::from_secs(second);
                thread::sleep(next.saturating_duration_since(Instant::now()));
                samples.look(pid, lock(&verdicts).count)
            });
            over.store(true, Ordering::Relaxed);
            let status = running.wait(END);
            drop(running); // so that nothing is waited for that does not come
            let lines = fed.join().map_err(|_| "the list broke off")?;
            read.join().map_err(|_| "the reader panicked")??;
            let words = heard.join().map_err(|_| "the reader panicked")??;
            let lost = looked.err().map(|e| format!("the run is gone: {e}"));
            Ok((lines, lost, status, words))
        })?;
        let mut verdicts = verdicts
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        verdicts.end(lines);
        let seconds = time.as_secs();
        Ok(Self {
            world,
            verdicts,
            samples,
            seconds,
            lost,
            status,
            words,
        })
    }

    /// The checks of the run and the resources they took.
    pub fn tables(&self) -> String {
        let (seconds, count) = (self.seconds, self.verdicts.count);
        format!(
            "{count} checks in {seconds} s, {RATE} a second and {PARALLEL} at a time at most\n\n{}\n{}\n{}",
            self.samples.table(),
            self.verdicts.table(self.world),
            self.verdicts.good()
        )
    }

    /// The laws that were broken.
    pub fn broken(&self) -> Vec<String> {
        let mut broken = self.verdicts.broken.clone();
        broken.extend(self.samples.grown());
        broken.extend(self.lost.clone());
        match self.status {
            Some(status) if status.code() == Some(2) => {}
            Some(status) => broken.push(format!("the run ended with {status}, not 2")),
            None => broken.push("the run did not end with its list".to_owned()),
        }
        if !self.words.is_empty() {
            broken.push(format!("words on stderr: {:?}", self.words));
        }
        broken
    }
}

impl Running {
    /// Its end, if that comes in time.
    fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill(); // in vain where it has been waited for
        let _ = self.0.wait();
    }
}

fn start(world: &World) -> std::io::Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_check-tcp"));
    command
        .args(["--targets", "-", "-e", "^220", "--format", "json"])
        .args(["-t", &TIMEOUT.to_string()])
        .args(["--parallel", &PARALLEL.to_string()])
        .args(["--rate", &RATE.to_string()])
        .env("SSL_CERT_FILE", world.store().file())
        .env_remove("SSL_CERT_DIR");
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped()).spawn()
}

/// Writes the list until its time is over, and returns how many lines it has.
fn feed(mut stdin: ChildStdin, world: &World, over: &AtomicBool) -> usize {
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        let line = world.line(count + 1) + "\n";
        if stdin.write_all(line.as_bytes()).is_err() {
            break; // its end tells why
        }
        count += 1;
    }
    count
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
