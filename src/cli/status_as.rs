//! The value of `--status-as`.

use crate::status::{Status, StatusMap};

/// Parses `critical=warning,unknown=ok`: words in any case, each source once, with optional blanks
/// between.
pub(super) fn parse(text: &str) -> Option<StatusMap> {
    let mut map = StatusMap::default();
    let mut seen = Vec::new();
    for entry in text.split(',') {
        let (from, to) = entry.split_once('=')?;
        let (from, to) = (parse_status(from)?, parse_status(to)?);
        if seen.contains(&from) {
            return None;
        }
        seen.push(from);
        map.set(from, to);
    }
    Some(map)
}

fn parse_status(word: &str) -> Option<Status> {
    let all = [
        Status::Ok,
        Status::Warning,
        Status::Critical,
        Status::Unknown,
    ];
    all.into_iter()
        .find(|status| word.trim().eq_ignore_ascii_case(status.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_replaced_as_the_map_says() {
        use Status::{Critical, Ok, Unknown, Warning};
        let map = parse("critical=warning,unknown=ok").expect("a map");
        let replaced = [Ok, Warning, Critical, Unknown].map(|status| map.apply(status));
        assert_eq!(replaced, [Ok, Warning, Warning, Ok]);
        let map = parse(" OK = Critical , Warning=warning ").expect("a map");
        let replaced = [Ok, Warning, Critical, Unknown].map(|status| map.apply(status));
        assert_eq!(replaced, [Critical, Warning, Critical, Unknown]);
    }

    #[test]
    fn a_status_map_has_pairs_of_known_words_and_each_source_once() {
        for map in [
            "critical",
            "critical=",
            "=ok",
            "critical:ok",
            "critical=ok,",
            ",critical=ok",
            "critical=ok;unknown=ok",
            "critical=fine",
            "2=1",
            "crit=ok",
            "critical=warning=ok",
            "critical=ok,CRITICAL=warning",
            "ok=ok,ok=ok",
            " ",
        ] {
            assert!(parse(map).is_none(), "{map:?}");
        }
    }
}
