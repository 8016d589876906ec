//! `-h`, `-V`: on stdout, with an exit code that no agent reads as OK.

use support::*;

#[track_caller]
fn is_help(run: &Run) {
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.is_empty(), "{run}");
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(text.contains("--hostname"), "{run}");
}

#[test]
fn help_goes_to_stdout_and_exits_with_3() {
    is_help(&check!("-h"));
    is_help(&check!("--help"));
    is_help(&check!("-p 99999 --bogus stray -h"));
}

#[test]
fn version_says_which() {
    for flag in ["-V", "--version"] {
        let run = check!("{flag}");
        assert_eq!(run.code, Some(3), "{run}");
        let line = String::from_utf8_lossy(&run.stdout);
        assert!(line.contains(env!("CARGO_PKG_VERSION")), "{run}");
        assert_eq!(line.lines().count(), 1, "{run}");
        assert!(run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn nothing_but_performance_data_reads_as_such() {
    for wrong in [
        "-h",
        "-V",
        "-p 'a|b'",
        "-H 'a|b' -p 9",
        "--format 'text|json'",
        "--format 'text|json' -p 'a|b' --format json",
        "--perfdata -p 9 -e 'a|(b'",
        "--service 'a|b'",
        "'--a|b'",
        "'a|b'",
        "-f '/no|where'",
        "-f '/no|where' --format json",
        "--status-as 'ok|critical' -p 9",
        "-U '/no|where' -p x",
        "-S -U '/no|where'",
        "--sni 'a|b' -p 9",
        "--name 'a|b' -p x --format json",
    ] {
        let run = check!("{wrong}");
        assert_eq!(run.code, Some(3), "{run}");
        assert!(!run.stdout.contains(&b'|'), "{run}");
    }
}
