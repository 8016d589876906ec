//! The thread of a reader: reads, parses and sends lines.

use super::ParsedLine;
use super::lines::{Line, Lines};
use crate::memory::Budget;
use std::io::{self, Read};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};

/// Maximum number of lines sent at once, so that a long list takes few wake-ups.
pub(super) const BATCH: usize = 128;

/// Maximum number of batches in the channel. None holds lines of more than two reads (128 KiB), so
/// the memory of a list does not depend on its length.
pub(super) const BATCHES: usize = 16;

/// A message of the thread. `bytes` is the number of bytes of the source consumed by then.
#[derive(Debug)]
pub(super) enum ReaderMessage {
    /// Lines, in the order of the list.
    Batch { lines: Vec<ParsedLine>, bytes: u64 },
    /// The last message.
    End {
        error: Option<io::Error>,
        bytes: u64,
    },
}

/// State that the thread and its handle share.
#[derive(Debug, Default)]
pub(super) struct ReaderShared {
    pub(super) is_stopped: AtomicBool,
    pub(super) has_ended: AtomicBool,
    pub(super) lines: AtomicU64,
}

/// Reads and parses lines.
pub(super) struct ReaderThread<W> {
    to: SyncSender<ReaderMessage>,
    wake: W,
    shared: Arc<ReaderShared>,
    /// Bound on the memory of compiled checks, which hold it until they have ended.
    memory: Arc<Budget>,
    batch: Vec<ParsedLine>,
}

/// The reason that a list is not read to its end.
enum InputEnd {
    /// The handle was stopped or dropped.
    Stopped,
    Failed(io::Error),
}

impl<W: Fn()> ReaderThread<W> {
    /// A thread to run, and the channel that it sends to.
    pub(super) fn new(
        shared: Arc<ReaderShared>,
        memory: Arc<Budget>,
        wake: W,
    ) -> (Self, Receiver<ReaderMessage>) {
        let (to, messages) = mpsc::sync_channel(BATCHES);
        let thread = Self {
            to,
            wake,
            shared,
            memory,
            batch: Vec::new(),
        };
        (thread, messages)
    }

    /// The body of the thread.
    pub(super) fn run<R: Read>(
        mut self,
        mut lines: Lines<R>,
        parse: impl FnMut(Line<'_>) -> Option<ParsedLine>,
    ) {
        let read = self.read(&mut lines, parse);
        let bytes = lines.bytes();
        let error = match read {
            Err(InputEnd::Failed(error)) => Some(error),
            Ok(()) | Err(InputEnd::Stopped) => None,
        };
        // The handle may be gone.
        let _ = self.send_batch(bytes);
        let _ = self.send(ReaderMessage::End { error, bytes });
    }

    fn read<R: Read>(
        &mut self,
        lines: &mut Lines<R>,
        mut parse: impl FnMut(Line<'_>) -> Option<ParsedLine>,
    ) -> Result<(), InputEnd> {
        loop {
            loop {
                let before = lines.bytes();
                let Some(line) = lines.next_line() else { break };
                self.wait_for_memory(before)?;
                let parsed = parse(line);
                self.push(parsed, lines.bytes())?;
            }
            // The next read may block, so the lines so far are sent first.
            self.send_batch(lines.bytes())?;
            if !lines.fill().map_err(InputEnd::Failed)? {
                break;
            }
        }
        let before = lines.bytes();
        let last = match lines.last_line() {
            Some(line) => {
                self.wait_for_memory(before)?;
                parse(line)
            }
            None => None,
        };
        self.push(last, lines.bytes())?;
        self.shared.has_ended.store(true, Ordering::Release);
        Ok(())
    }

    /// Blocks while the checks of earlier lines take up all of the memory. It ends with those
    /// checks, so all lines are sent before.
    fn wait_for_memory(&mut self, bytes: u64) -> Result<(), InputEnd> {
        if self.memory.has_capacity() {
            return Ok(());
        }
        self.send_batch(bytes)?;
        self.memory.wait_for_capacity();
        match self.shared.is_stopped.load(Ordering::Relaxed) {
            true => Err(InputEnd::Stopped),
            false => Ok(()),
        }
    }

    fn push(&mut self, parsed: Option<ParsedLine>, bytes: u64) -> Result<(), InputEnd> {
        if let Some(parsed) = parsed {
            // No other thread writes it, so this needs no read-modify-write.
            let lines = self.shared.lines.load(Ordering::Relaxed) + 1;
            self.shared.lines.store(lines, Ordering::Release);
            if self.batch.capacity() == 0 {
                self.batch.reserve_exact(BATCH);
            }
            self.batch.push(parsed);
        }
        if self.batch.len() >= BATCH {
            self.send_batch(bytes)?;
        }
        match self.shared.is_stopped.load(Ordering::Relaxed) {
            true => Err(InputEnd::Stopped),
            false => Ok(()),
        }
    }

    fn send_batch(&mut self, bytes: u64) -> Result<(), InputEnd> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let lines = mem::take(&mut self.batch);
        self.send(ReaderMessage::Batch { lines, bytes })
    }

    /// Sends a message, blocking while the channel is full, and then wakes the consumer.
    ///
    /// Every message wakes, whether or not the consumer sleeps: one wake-up for up to [`BATCH`]
    /// lines costs less than an agreement between two threads on when it can be left out.
    fn send(&self, message: ReaderMessage) -> Result<(), InputEnd> {
        self.to.send(message).map_err(|_| InputEnd::Stopped)?;
        (self.wake)();
        Ok(())
    }
}
