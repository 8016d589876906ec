//! Command lines that mean nothing: UNKNOWN in one line, and nobody is asked anything.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use support::*;

#[test]
fn a_usage_error_connects_to_nothing() {
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
        "--summary --format prometheus",
    ] {
        let run = check!("-H 127.0.0.1 -p {port} {wrong}");
        assert_eq!(run.code, Some(3), "{run}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_invalid_argument_is_shown_escaped_and_cut() {
    let long = "9".repeat(5_000);
    check!("-p {long}").unknown(r"^-p 9{80}\.\.\.: ");
    check!("--{long}").unknown(r"^unknown option --9{78}\.\.\.; ");
    let run = check!("--service {long} -p x");
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.line().starts_with("999"), "{run}");
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
fn invalid_utf8_is_shown_as_hexadecimal_escapes() {
    for (arguments, shown) in [
        (&[&b"--service"[..], b"a\xff"][..], r"--service a\xff: "),
        (&[b"--fo\xff"], r"unknown option --fo\xff; "),
        (&[b"-\xff"], r"unknown option -\xff; "),
        (&[b"-S\xff"], r"unknown option -S\xff; "),
        (&[b"w\xff"], r"unexpected argument 'w\xff'; "),
        (&[b"-p", b"9\xff"], r"-p 9\xff: "),
        (&[b"-H", b"a\xff"], r"-H a\xff: "),
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
