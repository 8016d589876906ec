//! The loop of a run, on the engine's thread.
//!
//! One turn finishes what is ready, begins what [`admission`](crate::engine::admission) lets in, for
//! a slice of time that nobody will feel in a response time, and hands over what has ended.

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

/// For how long new checks may be begun before what has become ready has its turn, and how many.
const ADMISSION_SLICE: Duration = Duration::from_micros(500);
const ADMISSION_BURST: usize = 32;

/// When finishing what was ready has taken so long, only one check begins behind it: the loop is at
/// its limit, and must not fall behind.
const OVERLOAD_LAG: Duration = Duration::from_millis(1);

/// Verdicts are handed over where the loop has nothing else to do, since whoever judges and writes them
/// may have to share its processor; but no later than when so many wait, or the first has waited so
/// long.
const MAX_RECORDS_HELD: usize = 256;
const MAX_RECORD_DELAY: Duration = Duration::from_millis(20);

/// Signals that come so soon after the first are one wish with it: `timeout` sends two, and so do
/// systemd and a terminal that goes away.
const SIGNAL_WINDOW: Duration = Duration::from_millis(500);

/// How many lines that ask for nothing that can be done are taken up in one turn.
const MAX_ERRORS_PER_TURN: usize = 256;

/// Why the turns came to an end.
pub enum StopReason {
    /// Every line has its verdict.
    Completed,
    /// So has every line that could be read; the list could not be read to its end.
    InputFailed(io::Error),
    /// A signal.
    Interrupted,
    /// The poll failed.
    PollFailed(io::Error),
    /// Nobody reads the output any more, or it can't be written.
    OutputClosed,
}

/// What a run that was broken off has left undone.
pub struct UnfinishedRun {
    /// How many lines had been read and have no verdict.
    pub lines: u64,
    /// Whether the list had ended, so that no further line was left in it.
    pub list_had_ended: bool,
}

/// The state of the list as the loop knows it.
enum Input {
    /// There may be more lines.
    Open,
    /// All lines have been taken.
    Ended,
    /// All lines that could be read have been taken, and then reading failed.
    Failed(io::Error),
}

/// All that the loop deals with.
pub struct EventLoop<S: Platform, A> {
    /// Who runs the checks.
    pub engine: Engine<JobMeta, S>,
    /// Where lines come from and records go.
    pub io: A,
    admission: Admission<PendingJob>,
    /// What has ended in this turn, and what is said of it.
    ended: Vec<Completion<JobMeta>>,
    records: Vec<Record>,
    /// Since when there are records to hand over.
    held_since: Option<Instant>,
    /// How many lines have their verdict.
    records_sent: u64,
    input: Input,
    /// When the first signal was heard.
    first_signal: Option<Instant>,
}

impl<S: Platform, A: RunIo> EventLoop<S, A> {
    /// None has been done yet.
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

    /// Goes on until every line has its verdict, or something else ends it.
    pub fn run(&mut self) -> StopReason {
        let mut lag = Duration::ZERO;
        let mut is_hung_up = false;
        loop {
            let again = self.admit(lag);
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
            let wake = match self.wait(again) {
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
            // Behind the steps: what had come before the signal counts.
            if wake.is_readable && self.signal_count() > 0 {
                return StopReason::Interrupted;
            }
        }
    }

    /// Waits until there is something to do, or `again` has come; hands over what there is before it
    /// sleeps.
    fn wait(&mut self, again: Option<Instant>) -> io::Result<Wake> {
        if self.records.is_empty() {
            return self.engine.wait(again);
        }
        let now = self.engine.now();
        let first = *self.held_since.get_or_insert(now);
        if self.records.len() >= MAX_RECORDS_HELD || now >= first + MAX_RECORD_DELAY {
            self.send_records();
            return self.engine.wait(again);
        }
        let wake = self.engine.wait(Some(now))?;
        if wake.has_work || again.is_some_and(|at| at <= now) {
            return Ok(wake);
        }
        self.send_records();
        self.engine.wait(again)
    }

    /// Breaks off what is in flight, and hands it over as that.
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
        // In this order: once the list has ended, no line comes on top.
        let list_had_ended = self.io.has_input_ended();
        let lines = self.io.lines_read().saturating_sub(self.records_sent);
        UnfinishedRun {
            lines,
            list_had_ended,
        }
    }

    /// Waits for the other threads until `done`. `false` where so many signals have come before; where
    /// those are several, no sooner than half a second after the first.
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

    /// How many signals have come.
    pub fn signal_count(&mut self) -> usize {
        let count = self.io.signal_count();
        if count > 0 && self.first_signal.is_none() {
            self.first_signal = Some(self.engine.now());
        }
        count
    }

    /// Begins checks, and says when to come back for more; `None` is when something has happened.
    fn admit(&mut self, lag: Duration) -> Option<Instant> {
        let start = self.engine.now();
        let most = match lag > OVERLOAD_LAG {
            true => 1,
            false => ADMISSION_BURST,
        };
        let mut begun = 0;
        let mut now = start;
        while self.io.has_output_capacity() && self.records.len() < MAX_ERRORS_PER_TURN {
            if begun == most || now.saturating_duration_since(start) > ADMISSION_SLICE {
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
                // Lines were refused, and there may be more.
                _ if self.records.len() >= MAX_ERRORS_PER_TURN => return Some(now),
                NextAction::WaitUntil(at) => return Some(at),
                NextAction::WaitForEvent => return None,
            }
            begun += 1;
            now = self.engine.now();
        }
        // Without room in the queue, its reader wakes us.
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

    /// A check has ended: that is its verdict, unless this machine lacked something that it may have
    /// again.
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
        self.io
            .send_records(&mut self.records, self.engine.in_flight());
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
