//! What is around the loop of a run: where lines come from, where records go, and who may break in.

use super::output::Output;
use super::progress::Progress;
use super::signals::Signals;
use crate::list::{ParsedLine, Reader};
use crate::record::Record;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

/// What the [loop](super::event_loop) has around it: threads in a run, scripts in tests. Nothing here
/// waits; the loop is woken where it has to hear of something.
pub trait RunIo {
    /// The next line of the list, as [`Reader::poll_next`] has it.
    ///
    /// # Errors
    /// The list could not be read to its end.
    fn poll_line(&mut self) -> Poll<Option<io::Result<ParsedLine>>>;

    /// Has no further line read.
    fn stop_reading(&mut self);

    /// How many lines that ask for a check have been read.
    fn lines_read(&self) -> u64;

    /// Whether the list has been read to its end.
    fn has_input_ended(&self) -> bool;

    /// Hands over what has ended, and leaves `records` empty; `in_flight` checks are under way.
    fn send_records(&mut self, records: &mut Vec<Record>, in_flight: usize);

    /// Whether new checks may begin; where not, the loop is woken once they may.
    fn has_output_capacity(&self) -> bool;

    /// Whether nothing that is handed over can be written any more.
    fn is_output_broken(&self) -> bool;

    /// How many signals have come.
    fn signal_count(&mut self) -> usize;
}

/// The threads of a run.
pub(super) struct ThreadedIo {
    /// Reads the list.
    pub reader: Reader,
    /// Writes what is handed over.
    pub output: Output,
    /// What asks it to end.
    pub signals: Signals,
    /// What is shown of the run.
    pub progress: Arc<Progress>,
}

impl RunIo for ThreadedIo {
    fn poll_line(&mut self) -> Poll<Option<io::Result<ParsedLine>>> {
        self.reader.poll_next()
    }

    fn stop_reading(&mut self) {
        self.reader.stop();
    }

    fn lines_read(&self) -> u64 {
        self.reader.lines()
    }

    fn has_input_ended(&self) -> bool {
        self.reader.has_ended()
    }

    fn send_records(&mut self, records: &mut Vec<Record>, in_flight: usize) {
        self.output.hand(records);
        let progress = &self.progress;
        progress.in_flight.store(in_flight, Ordering::Relaxed);
        progress.bytes.store(self.reader.bytes(), Ordering::Relaxed);
    }

    fn has_output_capacity(&self) -> bool {
        self.output.has_room()
    }

    fn is_output_broken(&self) -> bool {
        self.output.broken().is_some()
    }

    fn signal_count(&mut self) -> usize {
        self.signals.count()
    }
}
