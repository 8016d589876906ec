//! The options of a run: the list, its limits and the output.

use super::build::service_name;
use super::duration;
use super::flag::OptionId;
use super::raw_options::RawOptions;
use super::shard::Shard;
use crate::report::{Format, MIN_JSON_SUMMARY_BYTES, OutputOptions, SUMMARY_BYTES};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// The options of the run of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOptions {
    /// Largest number of checks in flight, from 1 to 1,000,000.
    pub parallel: NonZeroUsize,
    /// Largest number of names looked up at a time, from 1 to 1,024.
    pub lookups: NonZeroUsize,
    /// Largest number of checks started in a second, from 0.000001 to 1e9; `None` is no limit.
    pub rate: Option<f64>,
    /// The part of the list that is checked; `None` is all of it.
    pub shard: Option<Shard>,
    /// Options of the output.
    pub output: OutputOptions,
    /// The file that takes the output; `None` is standard output.
    pub output_file: Option<PathBuf>,
    /// Show the progress on a terminal.
    pub progress: bool,
}

/// The source of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListSource {
    /// Standard input.
    Stdin,
    /// A file, or anything else that can be opened by that path.
    File(PathBuf),
}

/// Valid rates, in checks a second: the interval between two checks is from a nanosecond to twelve
/// days, which a clock can measure.
const RATES: RangeInclusive<f64> = 1e-6..=1e9;

/// Valid sizes of a summary, in bytes.
const SUMMARY_BYTES_RANGE: RangeInclusive<usize> = 64..=1 << 20;

const PARALLEL: NonZeroUsize = NonZeroUsize::new(512).unwrap();
const MAX_PARALLEL: usize = 1_000_000;

const LOOKUPS: NonZeroUsize = NonZeroUsize::new(64).unwrap();
const MAX_LOOKUPS: usize = 1_024;

impl RunOptions {
    /// Returns true if a sentence on standard error, which is a terminal or not, closes the run of so
    /// many targets. Of an empty list nothing else in text tells.
    pub(crate) fn has_closing_sentence(&self, targets: u64, is_terminal: bool) -> bool {
        let OutputOptions {
            format,
            summary,
            quiet,
            ..
        } = self.output;
        let is_text = format == Format::Text;
        !summary && (is_text || is_terminal) && (!quiet || is_text && targets == 0)
    }
}

/// Builds the options of the run. They are validated even without a list.
///
/// # Errors
/// The message for the first option that is invalid, or excluded by another.
pub(super) fn build_run_options(raw: &RawOptions) -> Result<RunOptions, String> {
    let parallel = raw.parse(OptionId::Parallel, |text| parse_count(text, MAX_PARALLEL))?;
    let lookups = raw.parse(OptionId::Lookups, |text| parse_count(text, MAX_LOOKUPS))?;
    let rate = raw.parse(OptionId::Rate, parse_rate)?;
    let format = build_format(raw)?;
    let summary = raw.get(OptionId::Summary);
    let quiet = raw.get(OptionId::Quiet);
    if format == Format::Prometheus {
        if let Some(summary) = summary {
            let why = "there is a sample for each target";
            return Err(format!("{summary} with --format prometheus: {why}"));
        }
        if let Some(quiet) = quiet {
            let why = "a sample that is missing does not mean OK";
            return Err(format!("{quiet} with --format prometheus: {why}"));
        }
    }
    let summary_bytes = raw.parse(OptionId::SummaryBytes, |text| {
        let bytes = text.trim().parse().ok()?;
        SUMMARY_BYTES_RANGE.contains(&bytes).then_some(bytes)
    })?;
    let is_object = summary.is_some() && format == Format::Json;
    if let Some(option) = raw.get(OptionId::SummaryBytes)
        && summary_bytes.is_some_and(|bytes| is_object && bytes < MIN_JSON_SUMMARY_BYTES)
    {
        let (value, max) = (option.value.display(), SUMMARY_BYTES_RANGE.end());
        return Err(format!(
            "{option} {value} with --format json: expected a number of bytes from {MIN_JSON_SUMMARY_BYTES} to {max}"
        ));
    }
    let output_file = raw
        .get(OptionId::Output)
        .filter(|file| !file.value.is_empty() && file.value != "-");
    Ok(RunOptions {
        parallel: parallel.unwrap_or(PARALLEL),
        lookups: lookups.unwrap_or(LOOKUPS),
        rate: rate.filter(|&rate| rate > 0.0),
        shard: raw.parse(OptionId::Shard, Shard::parse)?,
        progress: !raw.has(OptionId::NoProgress),
        output_file: output_file.map(|file| PathBuf::from(&file.value)),
        output: OutputOptions {
            name: service_name(raw.get(OptionId::Service)),
            format,
            summary: summary.is_some(),
            perfdata: raw.has(OptionId::Perfdata),
            quiet: quiet.is_some(),
            colour: false,
            summary_bytes: summary_bytes.unwrap_or(SUMMARY_BYTES),
        },
    })
}

/// Builds `--format`.
///
/// # Errors
/// The message for an invalid value.
pub(super) fn build_format(raw: &RawOptions) -> Result<Format, String> {
    let Some(given) = raw.get(OptionId::Format) else {
        return Ok(Format::default());
    };
    let format = given.parse(Format::from_name)?;
    if let Some(feature) = format.feature() {
        let required = feature.require();
        required.map_err(|why| given.describe_invalid(why))?;
    }
    Ok(format)
}

/// The list that `--targets` names; `None` without it.
///
/// # Errors
/// The message for an empty name, or for a target beside the list.
pub(super) fn list_source(raw: &RawOptions) -> Result<Option<ListSource>, String> {
    let Some(targets) = raw.get(OptionId::Targets) else {
        return Ok(None);
    };
    if let Some(target) = raw.get(OptionId::Hostname).or(raw.get(OptionId::UnixSock)) {
        return Err(format!(
            "{target} with {targets}: a list has its own targets"
        ));
    }
    match targets.value.as_encoded_bytes() {
        b"" => Err(targets.describe_unexpected()),
        b"-" => Ok(Some(ListSource::Stdin)),
        _ => Ok(Some(ListSource::File(PathBuf::from(&targets.value)))),
    }
}

fn parse_count(text: &str, max: usize) -> Option<NonZeroUsize> {
    let count: NonZeroUsize = text.parse().ok()?;
    (count.get() <= max).then_some(count)
}

/// Parses a rate in checks a second; 0 is no limit.
fn parse_rate(text: &str) -> Option<f64> {
    let rate = duration::number(text)?;
    (rate == 0.0 || RATES.contains(&rate)).then_some(rate)
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
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
        let wanted = "--summary-bytes 319 with --format json: expected a number of bytes from 320 to 1048576";
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
}
