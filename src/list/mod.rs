//! A list of targets: from the bytes of its source to the jobs of its lines.
//!
//! ```text
//! source ──► lines ──► words ──► target, options ──► Job ──► bounded channel ──► Reader::poll_next
//!            └───────────────── a thread of its own ─────────────────┘
//! ```
//!
//! Every line that asks for a check becomes one [`ParsedLine`], in the order of the list; a line
//! with an error becomes the record of that error and affects no other line. The meaning of options
//! is not known here: a closure given to [`parse_line`] supplies it.

mod comment;
mod lines;
mod list_file;
mod parse;
mod reader;
mod reader_thread;
mod shard;
mod words;

pub use lines::{LONGEST_LINE, Line, Lines};
pub(crate) use list_file::ListFile;
pub use parse::parse_line;
pub(crate) use reader::Reader;
pub(crate) use shard::ShardFilter;
pub use words::Words;

use crate::record::{Job, Record};

/// A line of a list, parsed.
#[derive(Debug)]
pub enum ParsedLine {
    /// The check that it asks for.
    Job(Job),
    /// A usage error, as it is printed; its message begins with the number of the line.
    Refused(Record),
}
