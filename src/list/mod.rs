//! A list of targets: from bytes that come in to checks that are asked for.
//!
//! ```text
//! source ──► lines ──► words ──► place, options ──► entry ──► bounded channel ──► Reader::next
//!            └───────────────── a thread of its own ────────────────┘
//! ```
//!
//! Every line that asks for a check becomes one [`Entry`], in the order of the list; what is wrong
//! with a line is in its entry, and harms no other. What options mean is not known here: whoever
//! starts the reader says it.

mod comment;
mod entry;
mod feed;
mod lines;
mod patient;
mod place;
mod reader;
mod whole;
mod words;

pub use entry::entry;
pub use lines::{LONGEST_LINE, Line, Lines};
pub use patient::Patient;
pub use place::{Place, PlaceError};
pub use reader::{Next, Reader};
pub use whole::Whole;
pub use words::{Unfinished, Words, quote};

use crate::check::Check;
use crate::record::{Label, UsageError};
use crate::target::Target;
use std::sync::Arc;

/// One line that asks for a check.
#[derive(Debug)]
pub struct Entry {
    /// What it is called.
    pub label: Label,
    /// What it asks, or what is wrong with it; that message begins with the number of the line.
    pub asked: Result<Asked, UsageError>,
}

/// What a line asks.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who is asked.
    pub target: Target,
    /// What is asked; shared where lines ask the same.
    pub check: Arc<Check>,
}
