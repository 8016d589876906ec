//! `--perfdata`: response time, thresholds and timeout at the end of the line.

use regex::Regex;
use support::*;

/// The last part of a line, with these thresholds and this timeout.
fn perfdata(warning: &str, critical: &str, timeout: &str) -> String {
    let [warning, critical, timeout] = [warning, critical, timeout].map(regex::escape);
    format!(r"\|time=([0-9]+\.[0-9]{{6}})s;{warning};{critical};0;{timeout}$")
}

#[test]
fn perfdata_has_the_time_the_thresholds_and_the_timeout() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let line = format!("-H 127.0.0.1 -p {port} -e ^220 --perfdata");
    check!("{line}").ok(perfdata("", "", "10"));
    check!("{line} -w 60").ok(perfdata("60", "", "10"));
    check!("{line} -c 120").ok(perfdata("", "120", "10"));
    check!("{line} -w 1m -c 2m -t 90s").ok(perfdata("60", "120", "90"));
    check!("{line} -w 60.25 -t 7.5").ok(perfdata("60.25", "", "7.5"));
    check!("{line} -w 0 -c 0").ok(perfdata("", "", "10"));
}

#[test]
fn perfdata_has_the_response_time_of_the_message() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -d 0.1 --perfdata");
    let pattern = Regex::new(&perfdata("", "", "10")).expect("a pattern");
    let exact: f64 = pattern.captures(run.message()).expect("perfdata")[1]
        .parse()
        .expect("seconds");
    assert!((exact - run.seconds()).abs() < 0.001, "{run}");
    assert!(exact >= 0.1, "{run}");
}

#[test]
fn perfdata_is_never_cut_by_a_long_reply() {
    let reply = "a|b".repeat(1_000);
    let server = Server::saying(reply);
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^a --perfdata");
    run.ok(perfdata("", "", "10"));
    assert_eq!(run.line().matches('|').count(), 1, "{run}");
}
