//! `-h`, `-V`: on stdout, with an exit code that no agent reads as OK.

use support::*;

const FLAGS: [(&str, &str); 29] = [
    ("--service", ""),
    ("--hostname", "-H"),
    ("--port", "-p"),
    ("--send", "-s"),
    ("--expect-pattern", "-e"),
    ("--quit", "-q"),
    ("--ssl", "-S"),
    ("--unix-sock", "-U"),
    ("--no-check-certificate", ""),
    ("--sni", ""),
    ("--use-ipv4", "-4"),
    ("--use-ipv6", "-6"),
    ("--status-as", ""),
    ("--timeout", "-t"),
    ("--maxbytes", "-m"),
    ("--delay", "-d"),
    ("--warning", "-w"),
    ("--critical", "-c"),
    ("--escape", "-E"),
    ("--error-warning", "-W"),
    ("--expect-closed", "-C"),
    ("--name", ""),
    ("--targets", "-f"),
    ("--parallel", ""),
    ("--lookups", ""),
    ("--rate", ""),
    ("--format", ""),
    ("--summary", ""),
    ("--no-progress", ""),
];

#[track_caller]
fn help(run: &Run) {
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.is_empty(), "{run}");
    let text = String::from_utf8_lossy(&run.stdout);
    for (long, short) in
        FLAGS
            .into_iter()
            .chain([("--perfdata", ""), ("--help", "-h"), ("--version", "-V")])
    {
        assert!(
            text.contains(long) && text.contains(short),
            "{long} {short} is missing: {text}"
        );
    }
}

#[test]
fn help_tells_every_flag_and_exits_as_unknown() {
    help(&check!("-h"));
    help(&check!("--help"));
}

#[test]
fn help_wins_over_every_error() {
    help(&check!("--bogus -h"));
    help(&check!("-p 99999 stray -h"));
    help(&check!("--service foo -e '(' --help"));
    help(&check!("-h -p"));
    help(&check!("-Sh"));
}

#[test]
fn a_value_that_looks_like_help_is_a_value() {
    let server = Server::saying("");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} --send=-h").ok("seconds response time");
    assert_eq!(server.heard().bytes, b"-h");
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
