//! Decisions on a reply and the bytes at which they fall.

use check_tcp::expect::Decision::{self, Matched, Never, Open};
use check_tcp::expect::{Cache, Pattern};

/// The decision after each piece, and then whether the whole matches.
fn read(pattern: &str, pieces: &[&[u8]]) -> (Vec<Decision>, bool) {
    let pattern = Pattern::new(pattern).unwrap();
    let mut cache = Cache::default();
    let mut matcher = pattern.matcher();
    let feed = |piece: &&[u8]| matcher.feed(&pattern, &mut cache, piece);
    let decisions = pieces.iter().map(feed).collect();
    (decisions, matcher.finish(&pattern, &mut cache))
}

fn decisions(pattern: &str, pieces: &[&[u8]]) -> Vec<Decision> {
    read(pattern, pieces).0
}

/// True if the pattern matches a whole reply that came in one piece.
fn matches(pattern: &str, reply: &[u8]) -> bool {
    read(pattern, &[reply]).1
}

#[test]
fn a_mismatch_is_seen_at_the_first_byte_that_no_match_can_begin_with() {
    assert_eq!(decisions("^220", &[b"4"]), [Never]);
    assert_eq!(decisions("^220", &[b"22", b"1"]), [Open, Never]);
    assert_eq!(decisions("^(?:220|421)", &[b"5"]), [Never]);
    assert_eq!(decisions("^220", &[b"\xFF"]), [Never]);
}

#[test]
fn a_match_may_come_in_several_segments() {
    assert_eq!(
        decisions("SSH_9", &[b"SSH-2.0-OpenSSH_", b"9.2"]),
        [Open, Matched]
    );
    assert_eq!(
        decisions("^220 é", &[b"220 \xC3", b"\xA9"]),
        [Open, Matched]
    );
}

#[test]
fn a_decision_is_final() {
    assert_eq!(decisions("^a$", &[b"a", b"b"]), [Matched, Matched]);
    assert_eq!(decisions("^220", &[b"421", b"220"]), [Never, Never]);
    assert_eq!(read("^a", &[b"a", b"", b"b"]), (vec![Matched; 3], true));
}

#[test]
fn a_pattern_that_is_not_anchored_stays_open_until_it_matches() {
    assert_eq!(
        read("ready", &[b"busy, ", b"not yet"]),
        (vec![Open, Open], false)
    );
    assert_eq!(
        decisions("(?m)^ready", &[b"busy\n", b"ready"]),
        [Open, Matched]
    );
}

#[test]
fn a_pattern_that_matches_nothing_is_a_mismatch_at_the_first_byte() {
    for pattern in [
        r"[^\x00-\x{10FFFF}]",
        r"a*\p{Cs}b",
        r"(?:\x{D800}|[^\x00-\x{10FFFF}])+",
    ] {
        assert_eq!(read(pattern, &[b"a"]), (vec![Never], false), "{pattern}");
    }
}

#[test]
fn assertions_take_the_end_of_what_has_come_so_far_for_the_end() {
    assert_eq!(decisions("ok$", &[b"ok"]), [Matched]);
    assert_eq!(decisions("ok$", &[b"ok\r", b"\n"]), [Open, Open]);
    assert_eq!(decisions("^ok$", &[b"ok\r"]), [Never]);
    assert_eq!(decisions(r"ok\z", &[b"o", b"k"]), [Open, Matched]);
    assert_eq!(decisions(r"\bok\b", &[b"oka", b"y ok"]), [Open, Matched]);
    assert_eq!(decisions(r"ok\B", &[b"ok", b"ay"]), [Open, Matched]);
    assert_eq!(decisions("(?m)ok$", &[b"ok\nbusy"]), [Matched]);
}

#[test]
fn a_pattern_tells_whether_it_looks_ahead() {
    for (pattern, looks_ahead) in [
        ("a$", true),
        ("(?m)a$", true),
        (r"a\z", true),
        (r"a\b", true),
        (r"a\B", true),
        ("^a", false),
        ("(?m)^a", false),
        (r"\Aa|b", false),
    ] {
        let pattern = Pattern::new(pattern).unwrap();
        assert_eq!(pattern.looks_ahead(), looks_ahead, "{pattern:?}");
    }
}

#[test]
fn the_end_is_not_taken_to_be_inside_a_character() {
    assert_eq!(read("a$", &[b"a\xC3", b"\xA9"]), (vec![Open, Open], false));
    assert_eq!(
        read("a$", &[b"a\xC3", b"\xA9a"]),
        (vec![Open, Matched], true)
    );
    assert_eq!(read("a.$", &[b"a\xC3"]), (vec![Open], true));
}

#[test]
fn no_assertion_holds_inside_a_character() {
    assert!(!matches(r"\B", "aéa".as_bytes()));
    assert!(matches(r"\B", "aé".as_bytes()));
    assert!(!matches(r"a\B.?$", "aé".as_bytes()));
    assert!(!matches(r"\ba\B", "éa".as_bytes()));
    assert_eq!(
        decisions(r"a\b\B|é\B", &["aé".as_bytes(), b"-"]),
        [Matched, Matched]
    );
    assert_eq!(decisions(r"[^é]\B", &["aé".as_bytes(), b"a"]), [Open, Open]);
}

#[test]
fn a_silent_close_matches_the_empty_pattern() {
    for pattern in ["", "^$", r"\A\z", "a*", ".*"] {
        assert_eq!(read(pattern, &[]), (vec![], true), "{pattern}");
    }
    for pattern in [".", "^220", r"\b", r"[^\x00-\x{10FFFF}]"] {
        assert_eq!(read(pattern, &[]), (vec![], false), "{pattern}");
    }
}

#[test]
fn an_empty_piece_changes_nothing() {
    assert_eq!(
        read("^$", &[b"", b"a", b""]),
        (vec![Open, Never, Never], false)
    );
    assert_eq!(
        read("a$", &[b"a\xC3", b"", b"\xA9"]),
        (vec![Open; 3], false)
    );
    assert_eq!(
        decisions("ab", &[b"a", b"", b"b", b""]),
        [Open, Open, Matched, Matched]
    );
}

#[test]
fn each_invalid_byte_is_one_character() {
    assert!(matches("^..$", b"\xFF\xFE"));
    assert!(matches(r"^\x{FFFD}{3}a$", b"\xF0\x9F\x98a"));
    assert!(matches(r"^\x{FFFD}{3}$", b"\xF0\x9F\x98"));
    assert_eq!(
        decisions(r"^\x{FFFD}{2}a", &[b"\xE2", b"\x82", b"a"]),
        [Open, Open, Matched]
    );
    assert_eq!(decisions(r"^\x{FFFD}b", &[b"\xE2", b"\x82"]), [Open, Open]);
    assert_eq!(decisions(r"^\x{FFFD}b", &[b"\xE2", b"a"]), [Open, Never]);
}

#[test]
fn nul_bytes_are_matched_like_others() {
    assert!(matches(r"^a\x00b$", b"a\0b"));
    assert!(matches("a.b", b"\0a\0b\0"));
}

#[test]
fn the_answer_of_gearmand_is_taken_as_soon_as_it_is_whole() {
    let pattern = r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z";
    assert_eq!(
        decisions(pattern, &[b"OK 1.1.20+ds", b"\n"]),
        [Open, Matched]
    );
    assert_eq!(decisions(pattern, &[b"0.33\n"]), [Matched]);
    assert_eq!(decisions(pattern, &[b"ERR unknown_command\n"]), [Never]);
    assert_eq!(decisions(pattern, &[b"0.33\nmore"]), [Never]);
}

#[test]
fn a_nasty_pattern_takes_time_in_proportion_to_the_reply() {
    for pattern in [
        "^(?:a*)*(?:a*)*b",
        "(a+a+)+b",
        "(?:a?){500}a{500}b",
        "a.{500}b",
    ] {
        let pattern = Pattern::new(pattern).unwrap();
        assert!(pattern.states() < 5000, "{pattern:?}: {}", pattern.states());
        let mut cache = Cache::default();
        let mut matcher = pattern.matcher();
        for _ in 0..10 {
            assert_eq!(matcher.feed(&pattern, &mut cache, &[b'a'; 100]), Open);
        }
        assert_eq!(matcher.feed(&pattern, &mut cache, b"b"), Matched);
    }
}

#[test]
fn a_pattern_can_be_shared_between_threads_and_shows_itself_as_written() {
    fn shared<T: Send + Sync>(value: T) -> T {
        value
    }
    let pattern = shared(Pattern::new("^a{2}").unwrap());
    assert_eq!(pattern.as_str(), "^a{2}");
    assert_eq!(format!("{pattern:?}"), r#"Pattern("^a{2}")"#);
}
