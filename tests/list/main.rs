//! Batch lists: what goes in, what comes out, and what the run makes of the world in between.

#[path = "../support/mod.rs"]
mod support;

mod bad_lines;
mod every;
mod files;
mod format;
mod grammar;
mod limits;
mod lookups;
mod memory;
mod options;
mod outcomes;
mod progress;
mod runs;
mod signals;
mod stream;
mod summary;
