//! Batch lists: what goes in, what comes out, and what the run makes of the world in between.

mod bad_lines;
mod every;
mod files;
mod footprint;
mod format;
mod grammar;
mod hosts;
mod interrupts;
mod limits;
mod options;
mod outcomes;
mod output;
mod progress;
mod prometheus;
mod runs;
mod schema;
mod screen;
mod stream;
mod summary;
