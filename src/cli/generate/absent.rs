//! The man page and the completions without the feature `generate`: none is asked for.

use super::command::Generated;

/// Returns nothing: the option is refused.
pub(crate) fn generate(_: Generated) -> String {
    String::new()
}
