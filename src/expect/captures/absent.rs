//! Named groups without the feature `captures`: no pattern has one.

use super::group::Group;
use crate::memory::Budget;
use std::convert::Infallible;
use std::sync::Arc;

/// A pattern with its named groups.
pub(super) struct Captures(Infallible);

impl Captures {
    /// Returns `None`.
    pub(super) fn new(_: &str, _: &[Box<str>]) -> Option<Self> {
        None
    }

    pub(super) fn fits(&mut self, _: &Arc<Budget>) -> bool {
        match self.0 {}
    }

    pub(super) fn search<'p, 'r>(
        &self,
        _: &'p [Box<str>],
        _: &'r [u8],
        _: bool,
    ) -> Option<Vec<Group<'p, 'r>>> {
        match self.0 {}
    }
}
