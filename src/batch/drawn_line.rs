//! The progress line as it stands on the terminal, for the threads that write there.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The line that is drawn, shared by the thread that draws it and the one that writes the output, if
/// both write to the same terminal. Who holds it may write.
#[derive(Debug, Default)]
pub(super) struct DrawnLine(Mutex<Drawn>);

/// A text on one line of a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The text, with colours.
    pub text: String,
    /// Its columns.
    pub width: usize,
}

impl DrawnLine {
    /// Waits for the terminal.
    pub(super) fn lock(&self) -> MutexGuard<'_, Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawn {
    /// Replaces the line by `next`, and returns the text that does so on the terminal. The cursor is
    /// left behind it, or at the start of the line where `next` is empty. Overwrites with spaces,
    /// which every terminal supports.
    pub(super) fn replace(&mut self, next: Self) -> String {
        if *self == next {
            return String::new();
        }
        let rest = " ".repeat(self.width.saturating_sub(next.width));
        let text = match next.width {
            0 => format!("\r{rest}\r"),
            _ => format!("\r{}{rest}", next.text),
        };
        *self = next;
        text
    }
}
