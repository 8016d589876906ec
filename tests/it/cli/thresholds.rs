//! `-w`, `-c`: how slow is too slow. The shortest threshold there is, a nanosecond, makes every
//! check slow.

use support::*;

#[track_caller]
fn reply_within(thresholds: &str) -> (Run, String) {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 {thresholds}");
    (run, timed(format!("on 127.0.0.1 port {port} [220 ready]")))
}

#[test]
fn slower_than_warning_is_warning() {
    for slow in ["-w 1e-9", "--warning 1ns", "-w=1e-12", "-w 1e-9 -c 60"] {
        let (run, message) = reply_within(slow);
        run.warning(message);
    }
}

#[test]
fn slower_than_critical_is_critical() {
    for slow in [
        "-c 1e-9",
        "--critical=1ns",
        "-w 60 -c 1e-9",
        "-w 1e-9 -c 1e-9",
    ] {
        let (run, message) = reply_within(slow);
        run.critical(message);
    }
}

#[test]
fn faster_than_the_thresholds_is_ok() {
    for fast in ["-w 60 -c 120", "-w 1m -c '1m 30s'", "-w 366d"] {
        let (run, message) = reply_within(fast);
        run.ok(message);
    }
}

#[test]
fn a_threshold_of_0_is_none() {
    let (run, message) = reply_within("-w 0 -c 0");
    run.ok(message);
}

#[test]
fn the_delay_counts_as_response_time() {
    let (run, message) = reply_within("-d 0.3 -w 0.25");
    run.warning(message);
}

#[test]
fn a_slow_mismatch_is_a_mismatch() {
    let server = Server::saying("421 busy\r\n");
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 -w 1e-9");
    run.critical(exact("Unexpected response from host/socket: 421 busy"));
}
