//! What people and agents read.

pub mod harmless;
pub mod line;

mod failure;
mod trim;
