//! The output thread, which judges records, renders them and writes to standard output, so that
//! neither a slow reader nor a full disk delays the event loop, which takes the times.
//!
//! The queue is bounded by admission: no new check begins while [`Output::has_capacity`] returns
//! false. Checks that are in flight by then still end and are queued, so that the queue holds at
//! most [`QUEUE_LIMIT`] records and as many more as were in flight.

use super::drawn_line::DrawnLine;
use super::queue_gauge::QueueGauge;
use crate::fd;
use crate::record::Record;
use crate::report::{Renderer, RunEnd, judge_record};
use crate::status::{Status, StatusCounts};
use std::io::{self, Write};
use std::mem;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, SystemTime};

/// Number of queued records from which on no new check begins.
pub(super) const QUEUE_LIMIT: usize = 1024;

/// Bytes of text from which on it is written.
const CHUNK_BYTES: usize = 64 * 1024;

/// Sends records to the output thread.
pub(super) struct Output {
    /// `None` once it is closed.
    batches: Option<Sender<Vec<Record>>>,
    state: Arc<OutputState>,
}

/// Counts of the records that were judged and written. The output thread adds, any thread reads.
#[derive(Debug, Default)]
pub(super) struct OutputCounters {
    judged: [AtomicU64; 4],
    written: AtomicU64,
}

/// A snapshot of the [`OutputCounters`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OutputCounts {
    /// Verdicts.
    pub verdicts: StatusCounts,
    /// Number of records of which the system has taken all text that is not printed at the end.
    /// Never greater than the number of verdicts, and equal to it once [`Output::is_done`], unless
    /// there was an error.
    pub written: u64,
}

/// The end of a run, as [`RunEnd`] tells it.
pub(super) struct EndOfRun {
    /// The reason that the run is incomplete, if it is.
    pub incomplete: Option<String>,
    /// When it began, by the wall clock.
    pub began: SystemTime,
    /// Its duration.
    pub took: Duration,
}

struct OutputState {
    /// Records that were sent and not written yet.
    queue: QueueGauge,
    error: OnceLock<io::Error>,
    /// The end of the run; set before the channel is closed.
    end: OnceLock<EndOfRun>,
    done: AtomicBool,
    counters: Arc<OutputCounters>,
}

impl Output {
    /// Starts the thread, which writes to `out`, counts in `counters`, which other
    /// threads may read, and calls `finish` at the end if all was written. `out`
    /// must not buffer, as [`io::Stdout`] does. Where `drawn` stands on it, the text goes above it. The
    /// thread calls `wake` when a full queue has drained to half its limit, after a write error, and
    /// when it is done.
    ///
    /// # Errors
    /// The system can start no more threads.
    pub(super) fn start<W: Write + AsFd + Send + 'static>(
        renderer: Box<dyn Renderer>,
        out: W,
        finish: fn(&mut W) -> io::Result<()>,
        counters: Arc<OutputCounters>,
        drawn: Option<Arc<DrawnLine>>,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (send, batches) = mpsc::channel();
        let state = Arc::new(OutputState {
            queue: QueueGauge::new(QUEUE_LIMIT),
            error: OnceLock::new(),
            end: OnceLock::new(),
            done: AtomicBool::new(false),
            counters,
        });
        let writer = RecordWriter {
            renderer,
            out,
            finish,
            drawn,
            wake,
            text: Vec::new(),
            unwritten: 0,
            state: state.clone(),
        };
        let thread = thread::Builder::new().name("output".to_owned());
        thread.spawn(move || writer.run(&batches))?;
        Ok(Self {
            batches: Some(send),
            state,
        })
    }

    /// Sends records, and leaves `records` empty. Never blocks. Does nothing after
    /// [`close`](Self::close).
    pub(super) fn send(&mut self, records: &mut Vec<Record>) {
        let Some(batches) = self.batches.as_ref().filter(|_| !records.is_empty()) else {
            return;
        };
        // Counted before they are sent, since the thread may subtract them at once.
        self.state.queue.add(records.len());
        // The thread receives as long as there is a sender.
        let _ = batches.send(mem::take(records));
    }

    /// Returns true if fewer than [`QUEUE_LIMIT`] records are queued, so that a new check may
    /// begin. If not, `wake` is called once half of [`QUEUE_LIMIT`] is free.
    pub(super) fn has_capacity(&self) -> bool {
        self.state.queue.has_capacity()
    }

    /// Closes the queue. The thread writes what is queued, then the end of the run.
    pub(super) fn close(&mut self, end: EndOfRun) {
        if self.batches.is_some() {
            let _ = self.state.end.set(end);
        }
        self.batches = None;
    }

    /// Returns true if, after [`close`](Self::close), everything has been written or can't be.
    pub(super) fn is_done(&self) -> bool {
        self.state.done.load(Ordering::Acquire)
    }

    /// Returns the first write error: the reader is gone, the disk is full. After it records are
    /// only judged and counted.
    pub(super) fn error(&self) -> Option<&io::Error> {
        self.state.error.get()
    }

    /// Returns the counts so far.
    pub(super) fn counts(&self) -> OutputCounts {
        self.state.counters.counts()
    }
}

impl OutputCounters {
    /// Counts one verdict.
    pub(super) fn add_verdict(&self, status: Status) {
        let [ok, warning, critical, unknown] = &self.judged;
        let count = match status {
            Status::Ok => ok,
            Status::Warning => warning,
            Status::Critical => critical,
            Status::Unknown => unknown,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts `more` records as written, whose verdicts have been counted before.
    fn add_written(&self, more: u64) {
        self.written.fetch_add(more, Ordering::Release);
    }

    /// Returns the counts so far.
    pub(super) fn counts(&self) -> OutputCounts {
        // Read first, with acquire, so that it is never greater than the number of verdicts.
        let written = self.written.load(Ordering::Acquire);
        let [ok, warning, critical, unknown] = &self.judged;
        OutputCounts {
            verdicts: StatusCounts {
                ok: ok.load(Ordering::Relaxed),
                warning: warning.load(Ordering::Relaxed),
                critical: critical.load(Ordering::Relaxed),
                unknown: unknown.load(Ordering::Relaxed),
            },
            written,
        }
    }
}

/// The state of the output thread.
struct RecordWriter<W, F> {
    renderer: Box<dyn Renderer>,
    out: W,
    finish: fn(&mut W) -> io::Result<()>,
    /// The progress line, if it stands on the terminal that is written to.
    drawn: Option<Arc<DrawnLine>>,
    wake: F,
    text: Vec<u8>,
    /// Number of records rendered since the last write. The text of some may be empty.
    unwritten: usize,
    state: Arc<OutputState>,
}

impl<W: Write + AsFd, F: Fn()> RecordWriter<W, F> {
    /// Runs until the channel is closed and empty.
    fn run(mut self, batches: &Receiver<Vec<Record>>) {
        while let Ok(batch) = batches.recv() {
            self.render(batch);
            // Batches that came during the last write are written together.
            while let Some(batch) = self.next_batch(batches) {
                self.render(batch);
            }
            self.write();
        }
        let state = self.state.clone();
        let end = state.end.get().map_or(RunEnd::COMPLETE, |end| RunEnd {
            incomplete: end.incomplete.as_deref(),
            began: end.began,
            took: end.took,
        });
        while self.renderer.render_end(end, &mut self.text) {
            self.write();
        }
        self.write();
        if state.error.get().is_none()
            && let Err(e) = (self.finish)(&mut self.out)
        {
            let _ = state.error.set(e);
        }
        // A file that is not complete is removed before the run ends.
        drop(self.out);
        state.done.store(true, Ordering::Release);
        (self.wake)();
    }

    /// The next batch that is written together with those before it. Beside a progress line these can
    /// wait, unless that holds checks up.
    fn next_batch(&self, batches: &Receiver<Vec<Record>>) -> Option<Vec<Record>> {
        let can_wait = !self.text.is_empty() && self.state.queue.has_capacity();
        match self.drawn.as_ref().filter(|_| can_wait) {
            None => batches.try_recv().ok(),
            Some(line) => batches.recv_timeout(line.await_text()).ok(),
        }
    }

    fn render(&mut self, batch: Vec<Record>) {
        for record in batch {
            let judged = judge_record(&record);
            self.renderer.render_record(&judged, &mut self.text);
            self.state.counters.add_verdict(judged.verdict.status);
            self.unwritten += 1;
            if self.text.len() >= CHUNK_BYTES {
                self.write();
            }
        }
        if self.text.is_empty() {
            // Without text there is nothing to wait for: the queue has capacity again.
            self.write();
        }
    }

    /// Writes the text, and takes its records off the queue.
    fn write(&mut self) {
        if self.state.error.get().is_none() {
            let written = match self.drawn.as_ref().filter(|_| !self.text.is_empty()) {
                None => fd::write_all_blocking(&mut self.out, &self.text, None),
                Some(line) => line.write(&mut self.out, &self.text),
            };
            match written {
                Ok(()) => self.state.counters.add_written(self.unwritten as u64),
                Err(e) => {
                    let _ = self.state.error.set(e);
                    (self.wake)();
                }
            }
        }
        self.text.clear();
        if self.state.queue.release(mem::take(&mut self.unwritten)) {
            (self.wake)();
        }
    }
}

#[cfg(test)]
mod tests;
