//! The protocols of `--starttls` without the feature `tls`: there are none.

use crate::dialogue::Step;
use crate::expect::PatternError;
use std::convert::Infallible;

/// A protocol that begins in the clear and goes on under TLS.
#[derive(Debug)]
pub struct Protocol {
    /// The port it listens on.
    pub port: u16,
    never: Infallible,
}

/// Finds nothing.
pub fn find(_: &str) -> Option<&'static Protocol> {
    None
}

impl Protocol {
    /// Returns the steps to TLS.
    ///
    /// # Errors
    /// None.
    pub fn steps(&self, _: &str) -> Result<Vec<Step>, PatternError> {
        match self.never {}
    }
}
