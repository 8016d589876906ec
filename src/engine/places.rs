//! How many streams there may be.

use rustix::io::Errno;
use std::cell::Cell;
use std::io;
use std::rc::Rc;

/// How many streams all probes may have open together. What the limit on descriptors leaves beyond
/// that is for look-ups, which can't tell a lack of descriptors from a name that is not there.
pub struct Places {
    taken: Rc<Cell<usize>>,
    most: usize,
}

/// One of the places; free again when this is dropped.
pub struct Place(Rc<Cell<usize>>);

impl Places {
    pub fn new(most: usize) -> Self {
        Self {
            taken: Rc::default(),
            most,
        }
    }

    /// How many there are.
    pub fn most(&self) -> usize {
        self.most
    }

    /// `EMFILE` where none is left, as the system would say.
    pub fn take(&self) -> io::Result<Place> {
        let taken = self.taken.get();
        if taken >= self.most {
            return Err(Errno::MFILE.into());
        }
        self.taken.set(taken + 1);
        Ok(Place(self.taken.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}
