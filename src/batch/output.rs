//! Standard output, on a thread of its own: neither a slow reader nor a full disk is ever waited
//! for where times are taken.
//!
//! What the thread has not written yet is bounded by admission: whoever hands over records begins
//! no new check while [`Output::has_room`] says no. What is in flight by then still ends and is
//! taken, so that at most [`QUEUE`] records are queued, and as many more as were in flight.

use super::queue_gauge::QueueGauge;
use super::tally::{Counts, Tally};
use crate::fd;
use crate::record::Record;
use crate::status::Status;
use std::io::{self, Write};
use std::mem;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;

/// From how many records on, handed over and not yet written, no new check is to begin.
pub const QUEUE: usize = 1024;

/// How many bytes are written at once, or little more.
const CHUNK: usize = 64 * 1024;

/// What is said of records, and what they come to. Used by the output thread alone.
pub trait Render: Send {
    /// Judges one record and appends what is to be written of it now, which may be nothing.
    fn record(&mut self, record: &Record, text: &mut Vec<u8>) -> Status;

    /// Appends what is to be written once all records are known.
    fn finish(&mut self, text: &mut Vec<u8>);
}

/// The thread, from the side of whoever hands records to it.
pub struct Output {
    /// `None` once it is closed.
    batches: Option<Sender<Vec<Record>>>,
    shared: Arc<Shared>,
}

struct Shared {
    /// Of records that have been handed over and not yet written.
    queue: QueueGauge,
    broken: OnceLock<io::Error>,
    done: AtomicBool,
    counts: Arc<Counts>,
}

impl Output {
    /// Starts the thread, which writes to `out`; that is not to keep anything back, as
    /// [`io::Stdout`] does. It calls `wake` when the queue has drained to half its limit, when the
    /// output breaks, and when it is done.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        render: Box<dyn Render>,
        out: impl Write + AsFd + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (send, batches) = mpsc::channel();
        let shared = Arc::new(Shared {
            queue: QueueGauge::new(QUEUE),
            broken: OnceLock::new(),
            done: AtomicBool::new(false),
            counts: Arc::default(),
        });
        let writer = Writer {
            render,
            out,
            wake,
            text: Vec::new(),
            unwritten: 0,
            shared: shared.clone(),
        };
        let thread = thread::Builder::new().name("output".to_owned());
        thread.spawn(move || writer.serve(&batches))?;
        Ok(Self {
            batches: Some(send),
            shared,
        })
    }

    /// Hands over what has ended, and leaves `records` empty. Never waits. After
    /// [`close`](Self::close) nothing is taken any more.
    pub fn hand(&mut self, records: &mut Vec<Record>) {
        let Some(batches) = self.batches.as_ref().filter(|_| !records.is_empty()) else {
            return;
        };
        // Counted before it goes: the thread counts it off, which must not come first.
        self.shared.queue.add(records.len());
        // The thread takes batches for as long as there is someone to send them.
        let _ = batches.send(mem::take(records));
    }

    /// Whether fewer than [`QUEUE`] records are handed over and not yet written, so that a new
    /// check may begin. Where it says no, `wake` is called once half of [`QUEUE`] is free.
    pub fn has_room(&self) -> bool {
        self.shared.queue.has_capacity()
    }

    /// Nothing more will come. The thread writes what it has, and what the renderer says at the
    /// end.
    pub fn close(&mut self) {
        self.batches = None;
    }

    /// Whether, after [`close`](Self::close), everything has been written, or never can be.
    pub fn is_done(&self) -> bool {
        self.shared.done.load(Ordering::Acquire)
    }

    /// Why nothing can be written any more: the reader is gone, the disk is full. From then on,
    /// records are judged and counted only.
    pub fn broken(&self) -> Option<&io::Error> {
        self.shared.broken.get()
    }

    /// What has been judged and written so far.
    pub fn tally(&self) -> Tally {
        self.shared.counts.tally()
    }

    /// The counts themselves, for other threads to look at.
    pub fn counts(&self) -> Arc<Counts> {
        self.shared.counts.clone()
    }
}

/// What the thread works with.
struct Writer<W, F> {
    render: Box<dyn Render>,
    out: W,
    wake: F,
    text: Vec<u8>,
    /// How many records are in `text`, though some may say nothing.
    unwritten: usize,
    shared: Arc<Shared>,
}

impl<W: Write + AsFd, F: Fn()> Writer<W, F> {
    /// The thread's life: until the channel is closed and empty.
    fn serve(mut self, batches: &Receiver<Vec<Record>>) {
        while let Ok(batch) = batches.recv() {
            self.take(batch);
            // What came while the last write was under way goes out in one.
            while let Ok(batch) = batches.try_recv() {
                self.take(batch);
            }
            self.write();
        }
        self.render.finish(&mut self.text);
        self.write();
        self.shared.done.store(true, Ordering::Release);
        (self.wake)();
    }

    fn take(&mut self, batch: Vec<Record>) {
        for record in batch {
            let status = self.render.record(&record, &mut self.text);
            self.shared.counts.judge(status);
            self.unwritten += 1;
            if self.text.len() >= CHUNK {
                self.write();
            }
        }
        if self.text.is_empty() {
            // Nothing to gather, so no reason to keep the room.
            self.write();
        }
    }

    /// Writes the text that there is, and counts off its records.
    fn write(&mut self) {
        if self.shared.broken.get().is_none() {
            match fd::write_all_blocking(&mut self.out, &self.text, None) {
                Ok(()) => self.shared.counts.write(self.unwritten as u64),
                Err(e) => {
                    let _ = self.shared.broken.set(e);
                    (self.wake)();
                }
            }
        }
        self.text.clear();
        if self.shared.queue.release(mem::take(&mut self.unwritten)) {
            (self.wake)();
        }
    }
}

#[cfg(test)]
mod tests;
