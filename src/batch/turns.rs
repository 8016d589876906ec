//! The loop of a run, on the engine's thread.
//!
//! One turn finishes what is ready, begins what [`admission`](crate::engine::admission) lets in, for
//! a slice of time that nobody will feel in a response time, and hands over what has ended.

use super::around::Around;
use super::waiting::{self, Tag, Waiting};
use crate::engine::admission::{Admission, Candidate, NextAction};
use crate::engine::platform::Platform;
use crate::engine::{Ended, Engine};
use crate::list::ParsedLine;
use crate::record::Record;
use std::io;
use std::mem;
use std::task::Poll;
use std::time::{Duration, Instant};

/// For how long new checks may be begun before what has become ready has its turn, and how many.
const SLICE: Duration = Duration::from_micros(500);
const BURST: usize = 32;

/// When finishing what was ready has taken so long, only one check begins behind it: the loop is at
/// its limit, and must not fall behind.
const BEHIND: Duration = Duration::from_millis(1);

/// Verdicts are handed over where the loop has nothing else to do, since whoever judges and writes them
/// may have to share its processor; but no later than when so many wait, or the first has waited so
/// long.
const BATCH: usize = 256;
const WAIT: Duration = Duration::from_millis(20);

/// Signals that come so soon after the first are one wish with it: `timeout` sends two, and so do
/// systemd and a terminal that goes away.
const TOGETHER: Duration = Duration::from_millis(500);

/// How many lines that ask for nothing that can be done are taken up in one turn.
const REFUSED: usize = 256;

/// Why the turns came to an end.
pub enum End {
    /// Every line has its verdict.
    Whole,
    /// So has every line that could be read; the list could not be read to its end.
    Unread(io::Error),
    /// A signal.
    Interrupted,
    /// The poll failed.
    Failed(io::Error),
    /// Nobody reads the output any more, or it can't be written.
    Unheard,
}

/// What a run that was broken off has left undone.
pub struct Left {
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
pub struct Turns<S: Platform, A> {
    /// Who runs the checks.
    pub engine: Engine<Tag, S>,
    /// Where lines come from and records go.
    pub around: A,
    admission: Admission<Waiting>,
    /// What has ended in this turn, and what is said of it.
    ended: Vec<Ended<Tag>>,
    records: Vec<Record>,
    /// Since when there are records to hand over.
    first: Option<Instant>,
    /// How many lines have their verdict.
    verdicts: u64,
    input: Input,
    /// When the first signal was heard.
    heard: Option<Instant>,
}

impl<S: Platform, A: Around> Turns<S, A> {
    /// None has been done yet.
    pub fn new(engine: Engine<Tag, S>, admission: Admission<Waiting>, around: A) -> Self {
        Self {
            engine,
            around,
            admission,
            ended: Vec::new(),
            records: Vec::new(),
            first: None,
            verdicts: 0,
            input: Input::Open,
            heard: None,
        }
    }

    /// Goes on until every line has its verdict, or something else ends it.
    pub fn go(&mut self) -> End {
        loop {
            let again = self.admit();
            if !matches!(self.input, Input::Open)
                && self.engine.in_flight() == 0
                && self.admission.is_empty()
            {
                self.hand();
                return match mem::replace(&mut self.input, Input::Ended) {
                    Input::Failed(e) => End::Unread(e),
                    Input::Open | Input::Ended => End::Whole,
                };
            }
            if self.around.is_broken() || self.engine.is_over() {
                self.hand();
                return End::Unheard;
            }
            if let Err(e) = self.wait(again) {
                return End::Failed(e);
            }
            self.engine.step(|ended| self.ended.push(ended));
            let mut ended = mem::take(&mut self.ended);
            for ended in ended.drain(..) {
                self.settle(ended);
            }
            self.ended = ended;
            // Behind the steps: what had come before the signal counts.
            if self.engine.watched() && self.signals() > 0 {
                return End::Interrupted;
            }
        }
    }

    /// Waits until there is something to do, or `again` has come; hands over what there is before it
    /// sleeps.
    fn wait(&mut self, again: Option<Instant>) -> io::Result<()> {
        if self.records.is_empty() {
            return self.engine.wait(again);
        }
        let now = self.engine.now();
        let first = *self.first.get_or_insert(now);
        if self.records.len() >= BATCH || now >= first + WAIT {
            self.hand();
            return self.engine.wait(again);
        }
        self.engine.wait(Some(now))?;
        if self.engine.is_called() || again.is_some_and(|at| at <= now) {
            return Ok(());
        }
        self.hand();
        self.engine.wait(again)
    }

    /// Breaks off what is in flight, and hands it over as that.
    pub fn interrupt(&mut self) -> Left {
        self.around.stop();
        let Self {
            engine,
            admission,
            records,
            ..
        } = self;
        engine.interrupt(|ended| records.push(waiting::record(ended)));
        records.extend(admission.drain().filter_map(Waiting::interrupted));
        self.hand();
        // In this order: once the list has ended, no line comes on top.
        let list_had_ended = self.around.has_ended();
        let lines = self.around.lines().saturating_sub(self.verdicts);
        Left {
            lines,
            list_had_ended,
        }
    }

    /// Waits for the other threads until `done`. `false` where so many signals have come before; where
    /// those are several, no sooner than half a second after the first.
    pub fn until(&mut self, signals: usize, done: impl Fn(&Self) -> bool) -> bool {
        while !done(self) {
            let enough = self.signals() >= signals;
            let now = self.engine.now();
            let end = enough.then(|| match self.heard {
                Some(first) if signals > 1 => first + TOGETHER,
                _ => now,
            });
            if end.is_some_and(|end| end <= now) || self.engine.wait(end).is_err() {
                return false;
            }
        }
        true
    }

    /// How many signals have come.
    pub fn signals(&mut self) -> usize {
        let count = self.around.signals();
        if count > 0 && self.heard.is_none() {
            self.heard = Some(self.engine.now());
        }
        count
    }

    /// Begins checks, and says when to come back for more; `None` is when something has happened.
    fn admit(&mut self) -> Option<Instant> {
        let start = self.engine.now();
        let most = match self.engine.lag() > BEHIND {
            true => 1,
            false => BURST,
        };
        let mut begun = 0;
        let mut now = start;
        while self.around.has_room() && self.records.len() < REFUSED {
            if begun == most || now.saturating_duration_since(start) > SLICE {
                return Some(now);
            }
            let Self {
                around,
                records,
                input,
                engine,
                ..
            } = self;
            let next = self.admission.next(
                now,
                engine.in_flight(),
                || next_job(around, records, input),
                |name| engine.lookup_capacity(name),
                |waiting| engine.fits(waiting.target()),
            );
            match next {
                NextAction::Start { candidate, alone } => self.begin(candidate, alone),
                NextAction::Expire(candidate) => self.overdue(candidate),
                // Lines were refused, and there may be more.
                _ if self.records.len() >= REFUSED => return Some(now),
                NextAction::WaitUntil(at) => return Some(at),
                NextAction::WaitForEvent => return None,
            }
            begun += 1;
            now = self.engine.now();
        }
        // Without room in the queue, its reader wakes us.
        (self.records.len() >= REFUSED).then_some(now)
    }

    fn begin(&mut self, waiting: Waiting, alone: bool) {
        let (tag, target, check) = waiting.begin(alone, self.engine.wall_clock());
        if let Some(ended) = self.engine.admit(tag, target, check) {
            self.settle(ended);
        }
    }

    fn overdue(&mut self, waiting: Waiting) {
        let wall = self.engine.wall_clock();
        let began = wall.checked_sub(waiting.timeout()).unwrap_or(wall);
        let (tag, target, check) = waiting.begin(false, began);
        if let Some(ended) = self.engine.admit_overdue(tag, target, check) {
            self.settle(ended);
        }
    }

    /// A check has ended: that is its verdict, unless this machine shortage something that it may have
    /// again.
    fn settle(&mut self, ended: Ended<Tag>) {
        let shortage = match &ended.outcome {
            Err(failure) => failure.shortage(),
            Ok(_) => None,
        };
        let Some(shortage) = shortage else {
            self.admission.check_ended();
            return self.records.push(waiting::record(ended));
        };
        if self
            .admission
            .is_final(shortage, ended.tag.alone, ended.tag.tries)
        {
            self.admission.check_ended();
            return self.records.push(waiting::lacking(ended));
        }
        let (now, in_flight) = (ended.at, self.engine.in_flight());
        let waiting = Waiting::again(ended);
        self.admission.retry(waiting, shortage, now, in_flight);
    }

    fn hand(&mut self) {
        self.verdicts += self.records.len() as u64;
        self.around.hand(&mut self.records, self.engine.in_flight());
        self.first = None;
    }
}

/// The next job of the list; errors of the lines before it go into `records`.
fn next_job(
    around: &mut impl Around,
    records: &mut Vec<Record>,
    input: &mut Input,
) -> Option<Waiting> {
    while records.len() < REFUSED && matches!(input, Input::Open) {
        match around.poll_line() {
            Poll::Pending => return None,
            Poll::Ready(Some(Ok(ParsedLine::Job(job)))) => return Some(Waiting::new(job)),
            Poll::Ready(Some(Ok(ParsedLine::Refused(record)))) => records.push(record),
            Poll::Ready(Some(Err(e))) => *input = Input::Failed(e),
            Poll::Ready(None) => *input = Input::Ended,
        }
    }
    None
}
