//! Bytes that come in pieces.

/// Bytes in pieces of given lengths; what is left after these comes as one. A piece may be empty.
#[derive(Clone, Debug)]
pub struct Pieces<'b, L> {
    bytes: &'b [u8],
    lengths: L,
}

impl<'b, L: Iterator<Item = usize>> Pieces<'b, L> {
    /// Cuts `bytes`.
    pub fn new(bytes: &'b [u8], lengths: impl IntoIterator<IntoIter = L>) -> Self {
        Self {
            bytes,
            lengths: lengths.into_iter(),
        }
    }

    /// The next piece, as far as there is room for it.
    pub fn up_to(&mut self, room: usize) -> Option<&'b [u8]> {
        let length = match self.lengths.next() {
            Some(length) => length.min(self.bytes.len()),
            None if self.bytes.is_empty() => return None,
            None => self.bytes.len(),
        };
        self.bytes.split_off(..length.min(room))
    }
}

impl<'b, L: Iterator<Item = usize>> Iterator for Pieces<'b, L> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        self.up_to(usize::MAX)
    }
}
