//! The value of `--status-as`.

use crate::reason::Reason;
use crate::status::{Status, StatusMap};

/// Valid values, in the words of a usage error.
pub(super) const EXPECTED: &str = "SOURCE=STATUS,... with each source once: a status (ok, warning, critical, unknown) \
     or a reason (slow, expiry, dns, refused, unreachable, absent, timeout, reset, eof, tls, certificate, starttls, \
     mismatch, open, local)";

/// The left side of an entry. `ok` is a status: no check has the reason `ok` and another status.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Status(Status),
    Reason(Reason),
}

/// Parses `critical=warning,refused=ok`: words in any case, each source once, with optional blanks
/// between.
pub(super) fn parse(text: &str) -> Option<StatusMap> {
    let mut map = StatusMap::default();
    let mut seen = Vec::new();
    for entry in text.split(',') {
        let (from, to) = entry.split_once('=')?;
        let (from, to) = (parse_source(from)?, parse_status(to)?);
        if seen.contains(&from) {
            return None;
        }
        seen.push(from);
        match from {
            Source::Status(from) => map.set(from, to),
            Source::Reason(from) => map.set_reason(from, to),
        }
    }
    Some(map)
}

fn parse_source(word: &str) -> Option<Source> {
    if let Some(status) = parse_status(word) {
        return Some(Source::Status(status));
    }
    let reason = reasons().find(|reason| is_word(word, reason.word()))?;
    Some(Source::Reason(reason))
}

/// The reasons that may be replaced: all but those that are no verdict on a service.
pub(super) fn reasons() -> impl Iterator<Item = Reason> {
    let replaceable = |reason: &Reason| !matches!(reason, Reason::Usage | Reason::Interrupted);
    Reason::ALL.into_iter().filter(replaceable)
}

fn parse_status(word: &str) -> Option<Status> {
    Status::ALL
        .into_iter()
        .find(|status| is_word(word, status.word()))
}

fn is_word(text: &str, word: &str) -> bool {
    text.trim().eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_replaced_as_the_map_says() {
        use Status::{Critical, Ok, Unknown, Warning};
        let replaced = |map: &StatusMap| {
            [Ok, Warning, Critical, Unknown].map(|status| map.apply(Reason::Ok, status))
        };
        let map = parse("critical=warning,unknown=ok").expect("a map");
        assert_eq!(replaced(&map), [Ok, Warning, Warning, Ok]);
        let map = parse(" OK = Critical , Warning=warning ").expect("a map");
        assert_eq!(replaced(&map), [Critical, Warning, Critical, Unknown]);
    }

    #[test]
    fn reasons_are_replaced_before_statuses() {
        let map = parse("refused=ok, TIMEOUT = unknown ,critical=warning").expect("a map");
        let replaced = |reason| map.apply(reason, Status::Critical);
        assert_eq!(replaced(Reason::Refused), Status::Ok);
        assert_eq!(replaced(Reason::Timeout), Status::Unknown);
        assert_eq!(replaced(Reason::Mismatch), Status::Warning);
    }

    #[test]
    fn every_reason_but_two_is_a_source_and_the_usage_error_names_it() {
        for reason in Reason::ALL {
            let word = reason.word();
            let is_source = parse(&format!("{word}=unknown")).is_some();
            let is_replaceable = !["usage", "interrupted"].contains(&word);
            assert_eq!(is_source, is_replaceable, "{word}");
            let words = EXPECTED.split([' ', ',', '(', ')']);
            assert_eq!(
                words.clone().any(|known| known == word),
                is_replaceable,
                "{word}"
            );
        }
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
            "ok=refused",
            "usage=ok",
            "interrupted=ok",
            "critical=warning=ok",
            "critical=ok,CRITICAL=warning",
            "refused=ok,Refused=warning",
            "ok=ok,ok=ok",
            " ",
        ] {
            assert_eq!(parse(map), None, "{map}");
        }
    }
}
