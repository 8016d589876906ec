//! The I/O of the loop: the list, the writer, and signals.

use super::machine::Machine;
use check_tcp::batch::around::Around;
use check_tcp::list::ParsedLine;
use check_tcp::record::Record;
use std::io;
use std::task::Poll;

impl Around for Machine {
    fn poll_line(&mut self) -> Poll<Option<io::Result<ParsedLine>>> {
        self.0.borrow_mut().take_line()
    }

    fn stop(&mut self) {
        self.0.borrow_mut().stop();
    }

    fn lines(&self) -> u64 {
        self.0.borrow().readable() as u64
    }

    fn has_ended(&self) -> bool {
        let inner = self.0.borrow();
        inner.readable() == inner.count()
    }

    fn hand(&mut self, records: &mut Vec<Record>, in_flight: usize) {
        self.0.borrow_mut().hand(records, in_flight);
    }

    fn has_room(&self) -> bool {
        self.0.borrow_mut().has_room()
    }

    fn is_broken(&self) -> bool {
        false
    }

    fn signals(&mut self) -> usize {
        self.0.borrow().signals
    }
}
