//! A run of a list without the feature `list`: there is no list.

use crate::cli::TargetList;
use crate::status::Status;
use crate::verdict::Reason;

/// Runs nothing.
///
/// # Errors
/// None.
pub(crate) fn run(list: TargetList) -> Result<Status, (Reason, String)> {
    match list.defaults {}
}
