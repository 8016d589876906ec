//! The pattern: its dialect, the matcher that is fed piece by piece, and both held against others.

mod as_go;
mod cut;
mod dialect;
mod go;
mod regex_crate;
mod reply;
