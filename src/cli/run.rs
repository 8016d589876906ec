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
        given.require(feature)?;
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
mod tests;
