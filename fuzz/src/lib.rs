//! Helpers of the fuzz targets.

#[path = "../../tests/expect/as_go.rs"]
pub mod as_go;
pub mod cut;
pub mod memory;
pub mod printed;
