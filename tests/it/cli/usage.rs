//! Command lines that mean nothing: UNKNOWN in one line, and nobody is asked anything.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use support::*;

#[test]
fn an_unknown_option_is_named() {
    check!("-H 127.0.0.1 -p 9 --bogus").unknown(shows(&["--bogus"]));
    check!("-H 127.0.0.1 -p 9 --bogus=1").unknown(shows(&["--bogus"]));
    check!("-H 127.0.0.1 -p 9 -Z").unknown(shows(&["-Z"]));
    check!("-H 127.0.0.1 -p 9 -SZ").unknown(shows(&["-Z"]));
}

#[test]
fn a_stray_word_is_named() {
    check!("-H 127.0.0.1 -p 9 stray").unknown(shows(&["stray"]));
    check!("-H 127.0.0.1 -p 9 -- stray").unknown(shows(&["stray"]));
    check!("-S yes -H 127.0.0.1 -p 9").unknown(shows(&["yes"]));
}

#[test]
fn a_value_that_is_missing_is_said_to_be() {
    let flags = [
        ("-p", "--port"),
        ("-H", "--hostname"),
        ("-s", "--send"),
        ("-e", "--expect-pattern"),
        ("-q", "--quit"),
        ("-U", "--unix-sock"),
        ("-t", "--timeout"),
        ("-m", "--maxbytes"),
        ("-d", "--delay"),
        ("-w", "--warning"),
        ("-c", "--critical"),
        ("-f", "--targets"),
    ];
    for (short, long) in flags {
        check!("{short}").unknown(format!("{short}|{long}"));
        check!("{long}").unknown(long);
    }
    let longs = [
        "--service",
        "--sni",
        "--status-as",
        "--name",
        "--parallel",
        "--lookups",
        "--rate",
        "--format",
    ];
    for long in longs {
        check!("{long}").unknown(long);
    }
}

#[test]
fn a_value_that_no_flag_takes_is_refused() {
    check!("-H 127.0.0.1 -p 9 --ssl=yes").unknown(shows(&["--ssl"]));
    check!("-H 127.0.0.1 -p 9 --perfdata=1").unknown(shows(&["--perfdata"]));
    check!("--targets - --summary=1").unknown(shows(&["--summary"]));
}

#[test]
fn a_unix_socket_under_tls_needs_a_name_to_verify() {
    check!("-S -U /nowhere").unknown("(?i)sni");
    check!("-S -U /nowhere --no-check-certificate").critical("/nowhere");
}

#[test]
fn the_line_begins_with_the_service_in_upper_case() {
    check!("--service smtp -p 99999")
        .named("SMTP")
        .unknown("99999");
    check!("-p 99999 --service smtp")
        .named("SMTP")
        .unknown("99999");
    check!("-p 99999").unknown("99999");
}

#[test]
fn nobody_is_asked_anything_first() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    for wrong in [
        "--bogus",
        "-e (",
        "-t 0",
        "stray",
        "-4 -6",
        "-m x",
        "--service FOO",
        "--status-as x",
        "--targets -",
        "--parallel 0",
        "--lookups 0",
        "--rate -1",
        "--format xml",
        "--summary --format json",
    ] {
        let run = check!("-H 127.0.0.1 -p {port} {wrong}");
        assert_eq!(run.code, Some(3), "{run}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_is_shown_of_a_wrong_argument_is_harmless_and_short() {
    let long = "9".repeat(5_000);
    check!("-p {long}").unknown("999");
    check!("--{long}").unknown("999");
    assert_eq!(check!("--service {long} -p x").code, Some(3));
    check!("--service {long} -p x").line();
    for bytes in [
        &b"\x1b[31m"[..],
        b"a|b",
        b"a\nb\r",
        b"\xff\xfe",
        "\u{202e}x\u{2028}".as_bytes(),
    ] {
        for flag in [
            "-p",
            "-t",
            "-m",
            "--status-as",
            "--service",
            "stray",
            "-e",
            "--sni",
        ] {
            let run = program!("{flag}").arg(OsStr::from_bytes(bytes)).run();
            assert_eq!(run.code, Some(3), "{run}");
            assert!(run.line().contains(" UNKNOWN: "), "{run}");
        }
    }
}

#[test]
fn values_that_must_be_text_are_usage_errors_where_they_are_not() {
    for flag in [
        "-H",
        "-p",
        "-e",
        "-t",
        "-m",
        "--service",
        "--status-as",
        "--sni",
        "--parallel",
        "--lookups",
        "--rate",
        "--format",
    ] {
        let run = program!("-p 9 {flag}")
            .arg(OsStr::from_bytes(b"\xff\xfe"))
            .run();
        assert_eq!(run.code, Some(3), "{run}");
        run.line();
    }
}

#[test]
fn what_is_not_utf8_is_shown_byte_by_byte_wherever_it_stands() {
    for (arguments, shown) in [
        (&[&b"--service"[..], b"a\xff"][..], r"--service a\xff: "),
        (&[b"--fo\xff"], r"--fo\xff: no such option"),
        (&[b"-\xff"], r"-\xff: no such option"),
        (&[b"-S\xff"], r"-S\xff: no such option"),
        (&[b"w\xff"], r"w\xff: a stray word"),
        (&[b"-p", b"9\xff"], r"-p 9\xff: takes"),
        (&[b"-H", b"a\xff"], r"-H a\xff: takes"),
        (
            &[b"--targets", b"/\xff/none"],
            r"opening the list /\xff/none: ",
        ),
    ] {
        let mut program = program!("");
        for argument in arguments {
            program = program.arg(OsStr::from_bytes(argument));
        }
        let named = match arguments {
            [b"--service", _] => "A\\xff",
            _ => "TCP",
        };
        let run = program.run().named(named);
        run.unknown(format!("^{}", regex::escape(shown)));
    }
}
