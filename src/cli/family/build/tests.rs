use super::*;
use crate::cli::family::tests::{check, single};
use crate::expect::{Cache, Decision};

#[test]
fn escapes_count_in_what_stands_behind_the_option() {
    let texts = |args: &[&str]| {
        let check = check(args);
        (check.send, check.quit)
    };
    assert_eq!(
        texts(&["-s", r"a\n", "-E", "-q", r"b\r\n\\\q\"]),
        (br"a\n".into(), b"b\r\n\\q".into())
    );
    assert_eq!(
        texts(&["-q", r"b\n", "-E", "-s", r"\x41\t"]),
        (b"x41\t".into(), b"b\\n\r\n".into())
    );
    assert_eq!(texts(&["-E", "-q", ""]).1, b"");
    assert_eq!(texts(&["-q", ""]).1, b"\r\n");
    let ftp = single("check_ftp", &["-E", "localhost"]).check;
    assert_eq!(ftp.quit, b"QUIT\r\n");
}

#[test]
fn texts_are_expected_anywhere_any_or_all_of_them() {
    let decides = |args: &[&str], reply: &[u8]| {
        let pattern = check(args).expect.expect("a pattern");
        pattern
            .matcher()
            .feed(&pattern, &mut Cache::default(), reply)
    };
    let both = ["-e", "a.b", "-e", "2"];
    assert_eq!(decides(&both, b"1 2"), Decision::Matched);
    assert_eq!(decides(&both, b"a.b"), Decision::Matched);
    assert_eq!(decides(&both, b"axb"), Decision::Open);
    assert_eq!(
        decides(&["-A", "-e", "a.b", "-e", "2"], b"1 2"),
        Decision::Open
    );
    assert_eq!(
        decides(&["-e", "a.b", "-e", "2", "-A"], b"2 a.b"),
        Decision::Matched
    );
    assert_eq!(decides(&["-e", ""], b"\n"), Decision::Matched);
    assert!(check(&[]).expect.is_none() && check(&[]).idle.is_none());
    let ftp = single("check_ftp", &["-e", "x", "localhost"]).check;
    assert!(
        ftp.expect
            .as_ref()
            .is_some_and(|pattern| !pattern.is_anchored())
    );
}

#[test]
fn states_are_those_of_the_reasons() {
    let map = |args: &[&str]| check(args).status_as;
    let status = |args: &[&str], reason| map(args).apply(reason, Status::Critical);
    assert_eq!(status(&[], Reason::Mismatch), Status::Warning);
    assert_eq!(status(&["-M", "okay"], Reason::Mismatch), Status::Ok);
    assert_eq!(
        status(&["--mismatch=critical"], Reason::Mismatch),
        Status::Critical
    );
    for reason in [Reason::Refused, Reason::Unreachable, Reason::Absent] {
        assert_eq!(status(&[], reason), Status::Critical);
        assert_eq!(status(&["-r", "warn"], reason), Status::Warning);
        assert_eq!(status(&["-r", "warn", "-r", "ok"], reason), Status::Ok);
    }
    for reason in [Reason::Timeout, Reason::Eof, Reason::Tls, Reason::Dns] {
        assert_eq!(status(&["-r", "ok", "-M", "ok"], reason), Status::Critical);
    }
    for (state, timeout) in [
        ("5:WARNING", Status::Warning),
        ("5:ok", Status::Ok),
        (":3", Status::Unknown),
        ("5", Status::Critical),
    ] {
        assert_eq!(status(&["-t", state], Reason::Timeout), timeout, "{state}");
    }
}

#[test]
fn numbers_are_read_as_the_plugins_read_them() {
    let all = check(&["-w", "0.5", "-c", "2s", "-t", " 7 ", "-d", "3", "-m", "99"]);
    assert_eq!(all.warning, Some(Duration::from_millis(500)));
    assert_eq!(all.critical, Some(Duration::from_secs(2)));
    assert_eq!(
        (all.timeout, all.delay),
        (Duration::from_secs(7), Duration::from_secs(3))
    );
    assert_eq!(all.max_bytes.map(u64::from), Some(99));
    assert!(all.delay_apart);
    assert_eq!(check(&["-w", "0"]).warning, Some(Duration::ZERO));
    let none = check(&["-w", "", "-c", "", "-t", "", "-p", ""]);
    assert_eq!((none.warning, none.critical), (None, None));
    assert_eq!(none.timeout, Duration::from_secs(10));
}

#[test]
fn tls_is_not_verified_unless_that_is_asked_for() {
    for args in [
        &["-S"][..],
        &["--ssl"],
        &["--sni", "a.example"],
        &["--verify"],
        &["-S", "-N", "a"],
    ] {
        assert!(check(args).tls.is_some(), "{args:?}");
    }
    assert!(check(&["-N", "a.example"]).tls.is_none());
    let spop = single("check_spop", &["localhost"]).check;
    let is_verified = |check: &Check| {
        let socket = Target::Socket("/s".into());
        check
            .tls
            .as_ref()
            .is_some_and(|tls| tls.is_name_missing(&socket))
    };
    assert!(!is_verified(&spop));
    assert!(is_verified(&check(&["--verify"])) && !is_verified(&check(&["-S"])));
}
