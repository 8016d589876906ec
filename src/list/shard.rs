//! The part of a list that is checked, where several machines share it.

use super::lines::Line;
use super::parse::asks_for_check;
use crate::cli::Shard;

/// Counts the lines of a list, and takes those of one part.
#[derive(Debug)]
pub(crate) struct ShardFilter {
    shard: Shard,
    /// The lines seen so far that ask for a check.
    seen: u64,
}

impl ShardFilter {
    /// Takes the lines of this part.
    pub(crate) fn new(shard: Shard) -> Self {
        Self { shard, seen: 0 }
    }

    /// Counts a line, and returns true if it is one of the part.
    pub(crate) fn takes(&mut self, line: &Line<'_>) -> bool {
        if !asks_for_check(line) {
            return false;
        }
        let place = self.seen % self.shard.count;
        self.seen += 1;
        place == self.shard.number - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_in_one_part() {
        let list = ["a", "# x", "b", "", "c:1 -s 'open", "d", "e"];
        let taken = |number, count| {
            let mut filter = ShardFilter::new(Shard { number, count });
            let line = |text: &'static str| Line {
                number: 1,
                text: text.as_bytes(),
                is_whole: true,
            };
            let taken = list.iter().filter(|text| filter.takes(&line(text)));
            taken.copied().collect::<Vec<_>>()
        };
        assert_eq!(taken(1, 2), ["a", "c:1 -s 'open", "e"]);
        assert_eq!(taken(2, 2), ["b", "d"]);
        assert_eq!(taken(6, 9), [""; 0]);
    }
}
