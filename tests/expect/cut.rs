//! Replies cut into pieces, and the numbers to cut them at.

use std::env;

/// A way to cut a reply.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    Whole,
    Bytes,
    Random,
}

impl Cut {
    pub const ALL: [Self; 3] = [Self::Whole, Self::Bytes, Self::Random];

    /// The pieces, none of them empty.
    pub fn pieces<'r>(self, reply: &'r [u8], random: &mut Random) -> Vec<&'r [u8]> {
        let mut pieces = Vec::new();
        let mut rest = reply;
        while !rest.is_empty() {
            let length = match self {
                Self::Whole => rest.len(),
                Self::Bytes => 1,
                Self::Random => 1 + random.below(rest.len()),
            };
            let (piece, after) = rest.split_at(length);
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

/// One of how many patterns is put to the test: all, or as few as `CHECK_TCP_SHARE` says.
pub fn share() -> usize {
    let said = env::var("CHECK_TCP_SHARE");
    said.map_or(1, |said| said.parse().expect("a number"))
}

/// SplitMix64: the same numbers on each run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
