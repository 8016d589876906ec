//! The event loop of a run, on the engine's thread.
//!
//! One turn starts the checks that [`admission`](crate::engine::admission) lets in, waits for
//! events, steps the checks that are ready, and sends the records of those that have ended to the
//! output.

use super::pending_job::{JobMeta, PendingJob, record_local_failure, record_outcome};
use super::run_io::RunIo;
use crate::engine::admission::{Admission, Candidate, NextAction};
use crate::engine::platform::Platform;
use crate::engine::{Completion, Engine, Wake};
use crate::list::ParsedLine;
use crate::record::Record;
use std::io;
use std::mem;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Time that one turn may spend on starting checks: too short to show in a response time.
const ADMISSION_SLICE: Duration = Duration::from_micros(500);
/// Number of checks that one turn may start.
const ADMISSION_BURST: usize = 32;

/// Where stepping the checks that were ready took longer than this, the turn starts only one more:
/// the loop is at its limit, and must not fall behind.
const OVERLOAD_LAG: Duration = Duration::from_millis(1);

/// Number of records that are held back until the loop is idle. They are best sent then, since the
/// output thread may have to share the loop's processor.
const MAX_RECORDS_HELD: usize = 256;
/// Time that the first of these records is held back at most.
const MAX_RECORD_DELAY: Duration = Duration::from_millis(20);

/// Signals within this time after the first are one request to stop: `timeout` sends two, and so do
/// systemd and a terminal that is closed.
const SIGNAL_WINDOW: Duration = Duration::from_millis(500);

/// Number of usage errors that one turn takes from the list.
const MAX_ERRORS_PER_TURN: usize = 256;

/// The reason that the loop stopped.
pub enum StopReason {
    /// Every line has its verdict.
    Completed,
    /// Every line that was read has its verdict, and then reading the list failed.
    InputFailed(io::Error),
    /// A signal came.
    Interrupted,
    /// The poll itself failed.
    PollFailed(io::Error),
    /// The output is closed or can't be written.
    OutputClosed,
}

/// The remainder of a run that was interrupted.
pub struct UnfinishedRun {
    /// Number of lines that had been read and have no verdict.
    pub lines: u64,
    /// True if the list had been read to its end.
    pub list_had_ended: bool,
}

/// State of the list.
enum Input {
    /// There may be more lines.
    Open,
    /// All lines have been taken.
    Ended,
    /// All lines that could be read have been taken, and then reading failed.
    Failed(io::Error),
}

/// A run in progress.
pub struct EventLoop<S: Platform, A> {
    /// Runs the checks.
    pub engine: Engine<JobMeta, S>,
    /// Input lines, output records, signals.
    pub io: A,
    admission: Admission<PendingJob>,
    /// Checks that ended in this turn; kept for its capacity.
    ended: Vec<Completion<JobMeta>>,
    /// Records that have not been sent.
    records: Vec<Record>,
    /// Time since which there are records to send.
    held_since: Option<Instant>,
    /// Number of lines that have their verdict.
    records_sent: u64,
    input: Input,
    /// Time of the first signal.
    first_signal: Option<Instant>,
}

impl<S: Platform, A: RunIo> EventLoop<S, A> {
    /// A loop that has read no line yet.
    pub fn new(engine: Engine<JobMeta, S>, admission: Admission<PendingJob>, io: A) -> Self {
        Self {
            engine,
            io,
            admission,
            ended: Vec::new(),
            records: Vec::new(),
            held_since: None,
            records_sent: 0,
            input: Input::Open,
            first_signal: None,
        }
    }

    /// Runs until every line has its verdict, or something else stops it.
    pub fn run(&mut self) -> StopReason {
        let mut lag = Duration::ZERO;
        let mut is_hung_up = false;
        loop {
            let retry_at = self.admit(lag);
            self.io.show_in_flight(self.engine.in_flight());
            if !matches!(self.input, Input::Open)
                && self.engine.in_flight() == 0
                && self.admission.is_empty()
            {
                self.send_records();
                return match mem::replace(&mut self.input, Input::Ended) {
                    Input::Failed(e) => StopReason::InputFailed(e),
                    Input::Open | Input::Ended => StopReason::Completed,
                };
            }
            if self.io.is_output_broken() || is_hung_up {
                self.send_records();
                return StopReason::OutputClosed;
            }
            let wake = match self.wait(retry_at) {
                Ok(wake) => wake,
                Err(e) => return StopReason::PollFailed(e),
            };
            is_hung_up = wake.is_hung_up;
            let stepped = self.engine.step(|ended| self.ended.push(ended));
            lag = stepped.saturating_duration_since(wake.at);
            let mut ended = mem::take(&mut self.ended);
            for ended in ended.drain(..) {
                self.complete_or_retry(ended);
            }
            self.ended = ended;
            // After the steps, so that what had arrived before the signal counts.
            if wake.is_readable && self.signal_count() > 0 {
                return StopReason::Interrupted;
            }
        }
    }

    /// Waits for an event or for `until`. Sends the records that there are before it sleeps.
    fn wait(&mut self, until: Option<Instant>) -> io::Result<Wake> {
        if self.records.is_empty() {
            return self.engine.wait(until);
        }
        let now = self.engine.now();
        let first = *self.held_since.get_or_insert(now);
        if self.records.len() >= MAX_RECORDS_HELD || now >= first + MAX_RECORD_DELAY {
            self.send_records();
            return self.engine.wait(until);
        }
        // A poll that does not sleep: only an idle loop gives its processor to the output thread.
        let wake = self.engine.wait(Some(now))?;
        if wake.has_work || until.is_some_and(|at| at <= now) {
            return Ok(wake);
        }
        self.send_records();
        self.engine.wait(until)
    }

    /// Aborts the checks in flight and sends their records.
    pub fn interrupt(&mut self) -> UnfinishedRun {
        self.io.stop_reading();
        let Self {
            engine,
            admission,
            records,
            ..
        } = self;
        engine.interrupt(|ended| records.push(record_outcome(ended)));
        records.extend(
            admission
                .drain()
                .filter_map(PendingJob::into_interrupted_record),
        );
        self.send_records();
        // In this order: once the list has ended, the number of its lines no longer grows.
        let list_had_ended = self.io.has_input_ended();
        let lines = self.io.lines_read().saturating_sub(self.records_sent);
        UnfinishedRun {
            lines,
            list_had_ended,
        }
    }

    /// Waits for the other threads until `done` returns true. Returns false if `signals` signals
    /// have come before that; where `signals` is more than one, no sooner than half a second after
    /// the first.
    pub fn wait_until(&mut self, signals: usize, done: impl Fn(&Self) -> bool) -> bool {
        while !done(self) {
            let enough = self.signal_count() >= signals;
            let now = self.engine.now();
            let end = enough.then(|| match self.first_signal {
                Some(first) if signals > 1 => first + SIGNAL_WINDOW,
                _ => now,
            });
            if end.is_some_and(|end| end <= now) || self.engine.wait(end).is_err() {
                return false;
            }
        }
        true
    }

    /// The number of signals that have come.
    pub fn signal_count(&mut self) -> usize {
        let count = self.io.signal_count();
        if count > 0 && self.first_signal.is_none() {
            self.first_signal = Some(self.engine.now());
        }
        count
    }

    /// Starts checks, and returns the time at which more may start; `None` where only an event can
    /// bring that about.
    fn admit(&mut self, lag: Duration) -> Option<Instant> {
        let start = self.engine.now();
        let most = match lag > OVERLOAD_LAG {
            true => 1,
            false => ADMISSION_BURST,
        };
        let mut started = 0;
        let mut now = start;
        while self.io.has_output_capacity() && self.records.len() < MAX_ERRORS_PER_TURN {
            if started == most || now.saturating_duration_since(start) > ADMISSION_SLICE {
                return Some(now);
            }
            let Self {
                io,
                records,
                input,
                engine,
                ..
            } = self;
            let next = self.admission.next(
                now,
                engine.in_flight(),
                || next_job(io, records, input),
                |name| engine.lookup_capacity(name),
                |job| engine.fits(job.target()),
            );
            match next {
                NextAction::Start { candidate, alone } => self.start(candidate, alone),
                NextAction::Expire(candidate) => self.start_expired(candidate),
                // The turn has had its share of usage errors, and the list may have more lines.
                _ if self.records.len() >= MAX_ERRORS_PER_TURN => return Some(now),
                NextAction::WaitUntil(at) => return Some(at),
                NextAction::WaitForEvent => return None,
            }
            started += 1;
            now = self.engine.now();
        }
        // Where the queue of records is full, the output thread wakes the loop.
        (self.records.len() >= MAX_ERRORS_PER_TURN).then_some(now)
    }

    fn start(&mut self, job: PendingJob, alone: bool) {
        let (tag, target, check) = job.start(alone, self.engine.wall_clock());
        if let Some(ended) = self.engine.admit(tag, target, check) {
            self.complete_or_retry(ended);
        }
    }

    fn start_expired(&mut self, job: PendingJob) {
        let wall = self.engine.wall_clock();
        let began = wall.checked_sub(job.timeout()).unwrap_or(wall);
        let (tag, target, check) = job.start(false, began);
        if let Some(ended) = self.engine.admit_expired(tag, target, check) {
            self.complete_or_retry(ended);
        }
    }

    /// Records a check that has ended, or queues it again where this machine was short of a
    /// resource that may become free.
    fn complete_or_retry(&mut self, ended: Completion<JobMeta>) {
        let shortage = match &ended.outcome {
            Err(failure) => failure.shortage(),
            Ok(_) => None,
        };
        let Some(shortage) = shortage else {
            self.admission.check_ended();
            return self.records.push(record_outcome(ended));
        };
        if self
            .admission
            .is_final(shortage, ended.tag.alone, ended.tag.tries)
        {
            self.admission.check_ended();
            return self.records.push(record_local_failure(ended));
        }
        let (now, in_flight) = (ended.at, self.engine.in_flight());
        let job = PendingJob::retry(ended);
        self.admission.retry(job, shortage, now, in_flight);
    }

    fn send_records(&mut self) {
        self.records_sent += self.records.len() as u64;
        self.io.send_records(&mut self.records);
        self.held_since = None;
    }
}

/// The next job of the list; errors of the lines before it go into `records`.
fn next_job(
    io: &mut impl RunIo,
    records: &mut Vec<Record>,
    input: &mut Input,
) -> Option<PendingJob> {
    while records.len() < MAX_ERRORS_PER_TURN && matches!(input, Input::Open) {
        match io.poll_line() {
            Poll::Pending => return None,
            Poll::Ready(Some(Ok(ParsedLine::Job(job)))) => return Some(PendingJob::new(job)),
            Poll::Ready(Some(Ok(ParsedLine::Refused(record)))) => records.push(record),
            Poll::Ready(Some(Err(e))) => *input = Input::Failed(e),
            Poll::Ready(None) => *input = Input::Ended,
        }
    }
    None
}
