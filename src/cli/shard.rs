//! The value of `--shard`.

/// The K-th of every N lines of a list that ask for a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// K, from 1 to N.
    pub number: u64,
    /// N.
    pub count: u64,
}

impl Shard {
    /// Parses `K/N`, with K from 1 to N.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, count) = text.trim().split_once('/')?;
        let (number, count) = (parse_digits(number)?, parse_digits(count)?);
        (1..=count)
            .contains(&number)
            .then_some(Self { number, count })
    }
}

fn parse_digits(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_a_number_up_to_the_number_of_parts() {
        let part = |number, count| Some(Shard { number, count });
        for (text, shard) in [
            ("1/1", part(1, 1)),
            (" 3/7 ", part(3, 7)),
            ("7/7", part(7, 7)),
            ("2/18446744073709551615", part(2, u64::MAX)),
        ] {
            assert_eq!(Shard::parse(text), shard, "{text}");
        }
        for text in [
            "", "1", "/", "0/3", "4/3", "-1/3", "+1/3", "1/0", "1/3/3", "1 /3", "a/b", "1/",
        ] {
            assert_eq!(Shard::parse(text), None, "{text}");
        }
    }
}
