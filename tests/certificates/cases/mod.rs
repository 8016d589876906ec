//! The cases, in groups.

mod chains;
mod constraints;
mod dates;
mod encodings;
mod keys;
mod names;
mod servers;
mod stored;
mod usages;

use super::case::Case;

/// The groups of the table, each with its title.
pub(crate) fn groups() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("Dates", dates::cases()),
        ("Names", names::cases()),
        ("Keys and signatures", keys::cases()),
        ("Authorities and usages", usages::cases()),
        ("Name constraints", constraints::cases()),
        ("Paths", chains::cases()),
        ("Self-signed and stored", stored::cases()),
        ("Forms and extensions", encodings::cases()),
        ("Servers", servers::cases()),
    ]
}
