//! A named group of a pattern.

/// One named group and its match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'p, 'r> {
    /// The name.
    pub name: &'p str,
    /// The bytes of the reply; `None` where the match went without the group.
    pub text: Option<&'r [u8]>,
}
