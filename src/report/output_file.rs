//! The messages for a file of `--output` that can't be written.

use super::failure::format_error;
use crate::escape::as_text;
use crate::reason::Reason;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The reason and the message of an `--output` that can't be.
pub(crate) fn describe_output_error(path: &Path, e: &io::Error) -> (Reason, String) {
    let path = as_text(path.as_os_str().as_bytes());
    let e = format_error(e);
    (Reason::Usage, format!("--output {path}: {e}"))
}

/// The message for a file that could not be written.
pub(crate) fn unwritable_message(path: &Path, e: &io::Error) -> String {
    let path = as_text(path.as_os_str().as_bytes());
    let e = format_error(e);
    format!("check-tcp: writing {path}: {e}; it is as it was")
}
