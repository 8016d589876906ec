//! The I/O of the loop: the list, the writer, and signals.

use super::machine::Machine;
use check_tcp::internal::batch::RunIo;
use check_tcp::internal::list::ParsedLine;
use check_tcp::internal::record::Record;
use std::io;
use std::task::Poll;

impl RunIo for Machine {
    fn poll_line(&mut self) -> Poll<Option<io::Result<ParsedLine>>> {
        self.0.borrow_mut().take_line()
    }

    fn stop_reading(&mut self) {
        self.0.borrow_mut().stop();
    }

    fn lines_read(&self) -> u64 {
        self.0.borrow().readable() as u64
    }

    fn has_input_ended(&self) -> bool {
        let inner = self.0.borrow();
        inner.readable() == inner.count()
    }

    fn send_records(&mut self, records: &mut Vec<Record>) {
        self.0.borrow_mut().hand(records);
    }

    fn show_in_flight(&mut self, in_flight: usize) {
        let parallel = self.0.borrow().script.parallel;
        assert!(in_flight <= parallel, "{in_flight} in flight");
    }

    fn has_output_capacity(&self) -> bool {
        self.0.borrow_mut().has_room()
    }

    fn is_output_broken(&self) -> bool {
        false
    }

    fn signal_count(&mut self) -> usize {
        self.0.borrow().signals
    }
}
