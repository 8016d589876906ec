//! What people and agents read.

pub mod harmless;
pub mod json;
pub mod line;
pub mod record;

mod failure;
mod field;
mod message;
mod trim;

#[cfg(test)]
mod sample;
