//! check-tcp says whether a TCP service is well.

#![forbid(unsafe_code)]

pub mod escape;
pub mod expect;
pub mod preset;
