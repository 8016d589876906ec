//! The options of a run, from their texts.

use super::*;
use crate::cli::flag::OptionSource;
use crate::cli::flags::FLAGS;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

fn raw(args: &[&str]) -> RawOptions {
    let mut raw = RawOptions::default();
    let read = raw.read(args.iter().map(OsString::from), OptionSource::CommandLine);
    assert_eq!(read, Ok(()), "{args:?}");
    raw
}

fn run(args: &[&str]) -> Result<RunOptions, String> {
    build_run_options(&raw(args))
}

#[test]
fn options_not_given_have_their_defaults() {
    let wanted = RunOptions {
        parallel: NonZeroUsize::new(512).expect("not 0"),
        lookups: NonZeroUsize::new(64).expect("not 0"),
        rate: None,
        shard: None,
        output_file: None,
        progress: true,
        output: OutputOptions {
            name: "TCP".to_owned(),
            ..OutputOptions::default()
        },
    };
    assert_eq!(run(&[]), Ok(wanted));
}

#[test]
fn the_help_shows_the_defaults_in_use() {
    let shown = |long| {
        let flag = FLAGS.iter().find(|flag| flag.long == long);
        flag.and_then(|flag| flag.default).unwrap_or_default()
    };
    assert_eq!(run(&["--parallel", shown("parallel")]), run(&[]));
    assert_eq!(run(&["--lookups", shown("lookups")]), run(&[]));
    assert_eq!(run(&["--format", shown("format")]), run(&[]));
}

#[test]
fn options_of_the_run_set_their_fields() {
    let args =
        "--service=smtp --parallel 8 --lookups 9 --rate=2.5 --summary --no-progress --perfdata";
    let wanted = RunOptions {
        parallel: NonZeroUsize::new(8).expect("not 0"),
        lookups: NonZeroUsize::new(9).expect("not 0"),
        rate: Some(2.5),
        shard: None,
        output_file: None,
        progress: false,
        output: OutputOptions {
            name: "SMTP".to_owned(),
            format: Format::Text,
            summary: true,
            perfdata: true,
            ..OutputOptions::default()
        },
    };
    assert_eq!(run(&args.split(' ').collect::<Vec<_>>()), Ok(wanted));
}

#[test]
fn a_format_is_taken_in_any_case() {
    for format in ["json", "JSON", "Json", " json "] {
        let output = run(&["--format", format]).map(|run| run.output.format);
        assert_eq!(output, Ok(Format::Json), "{format}");
    }
    let output = run(&["--format", "TEXT", "--summary"]).map(|run| run.output);
    assert!(output.is_ok_and(|it| it.format == Format::Text && it.summary));
    for format in ["", "xml", "jsonl", "text json"] {
        let error = run(&["--format", format]).expect_err(format);
        assert!(
            error.ends_with(": expected text, json or prometheus"),
            "{error}"
        );
    }
}

#[test]
fn samples_exclude_a_summary_and_gaps() {
    for (option, why) in [
        ("--summary", "there is a sample for each target"),
        ("--quiet", "a sample that is missing does not mean OK"),
    ] {
        let error = run(&[option, "--format=prometheus"]).expect_err(option);
        assert_eq!(error, format!("{option} with --format prometheus: {why}"));
    }
}

#[test]
fn a_sentence_closes_a_run_of_text_and_others_on_a_terminal() {
    for (args, on_pipe, on_terminal, of_none) in [
        (&[][..], true, true, true),
        (&["--format=json"], false, true, false),
        (&["--format=prometheus"], false, true, false),
        (&["--summary"], false, false, false),
        (&["--format=json", "--summary"], false, false, false),
        (&["--quiet"], false, false, true),
        (&["--format=json", "--quiet"], false, false, false),
        (&["--summary", "--quiet"], false, false, false),
    ] {
        let run = run(args).expect("valid options");
        let cases = [(1, false), (1, true), (0, false)];
        let found = cases.map(|(targets, tty)| run.has_closing_sentence(targets, tty));
        assert_eq!(found, [on_pipe, on_terminal, of_none], "{args:?}");
    }
}

#[test]
fn a_size_of_a_summary_and_a_part_are_within_bounds() {
    for (text, bytes) in [("64", 64), ("1048576", 1 << 20), (" 160 ", 160)] {
        let output = run(&["--summary-bytes", text]).map(|run| run.output.summary_bytes);
        assert_eq!(output, Ok(bytes), "{text}");
    }
    for text in ["63", "1048577", "8k", "-1", "1e3"] {
        let error = run(&["--summary-bytes", text]).expect_err(text);
        let what = ": expected a number of bytes from 64 to 1048576";
        assert!(error.ends_with(what), "{error}");
    }
    let json = |bytes| run(&["--summary", "--format=json", "--summary-bytes", bytes]);
    let error = json("319").expect_err("too few");
    let wanted =
        "--summary-bytes 319 with --format json: expected a number of bytes from 320 to 1048576";
    assert_eq!(error, wanted);
    assert!(json("320").is_ok());
    assert!(run(&["--format=json", "--summary-bytes", "64"]).is_ok());
    let error = run(&["--shard", "3/2"]).expect_err("too many");
    assert_eq!(
        error,
        "--shard 3/2: expected a part of a list, from 1/N to N/N"
    );
}

#[test]
fn checks_in_flight_are_a_number_within_bounds() {
    for (text, checks) in [("1", 1), ("1000000", 1_000_000), (" 64 ", 64)] {
        let parallel = run(&["--parallel", text]).map(|run| run.parallel.get());
        assert_eq!(parallel, Ok(checks), "{text}");
    }
    for text in [
        "0",
        "1000001",
        "-1",
        "1.5",
        "1e3",
        "",
        "many",
        "99999999999999999999",
    ] {
        let error = run(&["--parallel", text]).expect_err(text);
        let what = ": expected a number of checks from 1 to 1000000";
        assert!(error.ends_with(what), "{error}");
    }
}

#[test]
fn lookups_are_a_number_within_bounds() {
    for (text, names) in [("1", 1), ("1024", 1_024), (" 64 ", 64)] {
        let lookups = run(&["--lookups", text]).map(|run| run.lookups.get());
        assert_eq!(lookups, Ok(names), "{text}");
    }
    for text in ["0", "1025", "-1", "1.5", "", "many"] {
        let error = run(&["--lookups", text]).expect_err(text);
        let what = ": expected a number of names from 1 to 1024";
        assert!(error.ends_with(what), "{error}");
    }
}

#[test]
fn a_rate_is_a_number_within_bounds_and_0_is_no_limit() {
    for (text, rate) in [
        ("100", Some(100.0)),
        ("0.5", Some(0.5)),
        (".25", Some(0.25)),
        ("1e9", Some(1e9)),
        ("0.000001", Some(1e-6)),
        ("0", None),
        ("0.0", None),
        ("-0", None),
    ] {
        let read = run(&["--rate", text]).map(|run| run.rate);
        assert_eq!(read, Ok(rate), "{text}");
    }
    for text in [
        "", "-1", "1e10", "1e-7", "1e-999", "1e999", "inf", "nan", "ten", "1s", "1,5",
    ] {
        let error = run(&["--rate", text]).expect_err(text);
        let what = "from 0.000001 to 1000000000, or 0 for no limit";
        assert!(error.ends_with(what), "{error}");
    }
}

#[test]
fn a_dash_is_standard_input_and_anything_else_a_path() {
    let path = |path: &[u8]| ListSource::File(PathBuf::from(OsStr::from_bytes(path)));
    for (args, wanted) in [
        (&["-f", "-"][..], Some(ListSource::Stdin)),
        (&["--targets=-"], Some(ListSource::Stdin)),
        (&["-f-"], Some(ListSource::Stdin)),
        (&["-f", "./-"], Some(path(b"./-"))),
        (&["-fhosts", "-H", "", "-U="], Some(path(b"hosts"))),
        (&["-H", "a"], None),
    ] {
        assert_eq!(list_source(&raw(args)), Ok(wanted), "{args:?}");
    }
    let mut any = RawOptions::default();
    let args = [OsStr::new("-f").into(), OsStr::from_bytes(b"/\xff").into()];
    assert_eq!(any.read(args, OptionSource::CommandLine), Ok(()));
    assert_eq!(list_source(&any), Ok(Some(path(b"/\xff"))));
}

#[test]
fn a_list_excludes_a_target_on_the_command_line() {
    let message = "a list has its own targets";
    for (args, wanted) in [
        (&["-f-", "-Ha"][..], format!("-H with -f: {message}")),
        (
            &["--unix-sock=/s", "--targets=-"],
            format!("--unix-sock with --targets: {message}"),
        ),
        (
            &["-f", ""],
            "-f '': expected the file of a list, or - for standard input".to_owned(),
        ),
    ] {
        assert_eq!(list_source(&raw(args)), Err(wanted), "{args:?}");
    }
}
