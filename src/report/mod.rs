//! What people and agents read.

pub mod harmless;
pub mod line;
pub mod record;

mod failure;
mod message;
mod trim;
