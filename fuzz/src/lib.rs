//! What the fuzz targets share.

pub mod cut;
pub mod memory;
pub mod said;
