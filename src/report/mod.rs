//! What people and agents read.

pub mod finish;
pub mod json;
pub mod line;
pub mod sanitize;
pub mod summary;
pub mod text;

pub(crate) mod failure;
mod field;
mod message;
mod trim;

#[cfg(test)]
mod sample;
