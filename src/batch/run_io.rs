//! The I/O of the event loop: input lines, output records, signals.

use super::output::Output;
use super::progress::Progress;
use crate::list::{ParsedLine, Reader};
use crate::record::Record;
use crate::signals::Signals;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

/// The I/O of the [event loop](super::event_loop): threads in a run, scripts in tests. No method
/// blocks; the loop is woken when there is something new.
pub trait RunIo {
    /// Returns the next line of the list, as [`Reader::poll_next`] does.
    ///
    /// # Errors
    /// The list could not be read to its end.
    fn poll_line(&mut self) -> Poll<Option<io::Result<ParsedLine>>>;

    /// Stops the reading of the list.
    fn stop_reading(&mut self);

    /// The number of lines read so far that ask for a check.
    fn lines_read(&self) -> u64;

    /// Returns true if the list has been read to its end.
    fn has_input_ended(&self) -> bool;

    /// Sends records to the output and leaves `records` empty.
    fn send_records(&mut self, records: &mut Vec<Record>);

    /// Tells the progress line how many checks are in flight, in each turn of the loop.
    fn show_in_flight(&mut self, in_flight: usize);

    /// Returns true if new checks may start. Where not, the loop is woken once they may.
    fn has_output_capacity(&self) -> bool;

    /// Returns true if nothing more can be written to the output.
    fn is_output_broken(&self) -> bool;

    /// The number of signals that have come.
    fn signal_count(&mut self) -> usize;
}

/// The threads around the event loop of a run.
pub(super) struct ThreadedIo {
    /// Reads the list.
    pub reader: Reader,
    /// Writes what is handed over.
    pub output: Output,
    /// Counts the signals that ask the run to stop.
    pub signals: Signals,
    /// The counts that the progress line shows.
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

    fn send_records(&mut self, records: &mut Vec<Record>) {
        self.output.send(records);
    }

    fn show_in_flight(&mut self, in_flight: usize) {
        let progress = &self.progress;
        progress.in_flight.store(in_flight, Ordering::Relaxed);
        progress.bytes.store(self.reader.bytes(), Ordering::Relaxed);
        progress.lines.store(self.reader.lines(), Ordering::Relaxed);
    }

    fn has_output_capacity(&self) -> bool {
        self.output.has_capacity()
    }

    fn is_output_broken(&self) -> bool {
        self.output.error().is_some()
    }

    fn signal_count(&mut self) -> usize {
        self.signals.count()
    }
}
