//! The command line as defaults for the lines of a list, without the feature `list`.

use super::raw_options::RawOptions;
use crate::feature::Feature;

/// The options of a command line with a list: there are none.
#[derive(Debug)]
pub enum Defaults {}

impl Defaults {
    /// # Errors
    /// There are no lists.
    pub(super) fn new(_: &RawOptions) -> Result<Self, String> {
        Err(Feature::List.describe_missing())
    }
}
