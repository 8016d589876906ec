//! What the options of a line come to.

use crate::check::Check;
use std::sync::Arc;

/// What the options of a line mean, over those of the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is asked.
    pub check: Arc<Check>,
    /// The port, where the target does not say one.
    pub port: Option<u16>,
    /// What the target is called, where that is not how it is written.
    pub name: Option<String>,
    /// Whether a certificate must have the name of the target's host. A Unix socket has none.
    pub verifies_the_host: bool,
}

/// Options that ask for nothing that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsRefused {
    /// The first word of the verdict: the service in upper case, or `TCP`.
    pub name: String,
    /// What is wrong, without the number of the line.
    pub message: String,
    /// What the target is called all the same.
    pub label: Option<String>,
}

impl Options {
    /// Whether this can be asked of a Unix socket.
    ///
    /// # Errors
    /// A certificate would be verified, and there is no name to verify.
    pub fn for_socket(&self) -> Result<(), OptionsRefused> {
        if !self.verifies_the_host {
            return Ok(());
        }
        Err(OptionsRefused {
            name: self.check.name.clone(),
            message: "a Unix socket with TLS: takes --sni too, the name to verify, \
                      or else --no-check-certificate"
                .to_owned(),
            label: self.name.clone(),
        })
    }
}
