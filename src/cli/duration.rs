//! Values of options that are durations.

use std::time::Duration;

/// The longest valid duration: 366 days.
pub(super) const MAX_DURATION: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The longest valid period of a certificate: 100 years.
const MAX_PERIOD: Duration = Duration::from_secs(36_525 * 24 * 60 * 60);

/// A day.
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Parses a number of seconds (`3`, `.25`, `1e-9`) or numbers with humantime's units (`500ms`,
/// `1m 30s`). A positive duration under 1 ns is 1 ns.
///
/// `None` for anything else: negative, not a number, longer than [`MAX_DURATION`].
pub(super) fn parse(text: &str) -> Option<Duration> {
    from_seconds(number(text).or_else(|| parse_spans(text))?, MAX_DURATION)
}

/// Parses a number of days, or numbers with humantime's units, up to [`MAX_PERIOD`].
pub(super) fn parse_days(text: &str) -> Option<Duration> {
    let days = number(text).map(|days| days * DAY.as_secs_f64());
    from_seconds(days.or_else(|| parse_spans(text))?, MAX_PERIOD)
}

fn from_seconds(seconds: f64, max: Duration) -> Option<Duration> {
    if !(0.0..=max.as_secs_f64()).contains(&seconds) {
        return None;
    }
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    let least = if seconds > 0.0 {
        Duration::from_nanos(1)
    } else {
        Duration::ZERO
    };
    Some(duration.max(least))
}

/// Parses a number without a unit. `f64::from_str` accepts `inf` and `nan` too, and makes 0 of a
/// number that is too small for a float.
pub(super) fn number(text: &str) -> Option<f64> {
    if !text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let mut digits = text.bytes().take_while(|byte| !matches!(byte, b'e' | b'E'));
    if number == 0.0 && digits.any(|byte| matches!(byte, b'1'..=b'9')) {
        return Some(f64::MIN_POSITIVE.copysign(number));
    }
    Some(number)
}

/// Parses a sum of spans, `1m 30s`, to seconds. humantime reads the units alone: of numbers it
/// refuses `0.5ns`, and panics if the seconds overflow.
fn parse_spans(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut rest = text;
    loop {
        let (digits, after) = split_prefix(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split_prefix(after.trim_start(), char::is_alphabetic);
        let unit = humantime::parse_duration(&format!("1{unit}")).ok()?;
        total += number(digits)? * unit.as_secs_f64();
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// Splits off the longest prefix whose characters are all `wanted`.
fn split_prefix(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !wanted(c)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::{MAX_DURATION, parse, parse_days};
    use std::time::Duration;

    #[test]
    fn a_plain_number_is_seconds() {
        for (text, nanos) in [
            ("3", 3_000_000_000),
            ("0.25", 250_000_000),
            (".5", 500_000_000),
            ("3.", 3_000_000_000),
            ("+3", 3_000_000_000),
            ("007", 7_000_000_000),
            ("1e-9", 1),
            ("1E3", 1_000_000_000_000),
            ("0.1", 100_000_000),
            ("1.000000001", 1_000_000_001),
            ("0", 0),
            ("-0", 0),
            ("0e5", 0),
        ] {
            assert_eq!(parse(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn units_are_humantimes() {
        for (text, millis) in [
            ("500ms", 500),
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("1 min  30 sec", 90_000),
            ("1.5s", 1_500),
            (".5s", 500),
            ("2h", 7_200_000),
            ("1day 1ms", 86_400_001),
            ("100000us", 100),
            ("100000µs", 100),
            ("0s", 0),
            ("0ms", 0),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(
            parse("1h 2m 3s 4ms 5us 6ns"),
            Some(Duration::new(3_723, 4_005_006))
        );
    }

    #[test]
    fn positive_durations_under_a_nanosecond_are_one() {
        let tiny = format!("0.{}1", "0".repeat(500));
        for text in [
            "1e-10",
            "1e-400",
            "0.1e-9999999999",
            &tiny,
            "0.5ns",
            "0.0001us",
            "1ns",
        ] {
            assert_eq!(parse(text), Some(Duration::from_nanos(1)), "{text}");
        }
    }

    #[test]
    fn the_longest_is_366_days() {
        for text in ["31622400", "366days", "366d", "8784h", "365d 24h"] {
            assert_eq!(parse(text), Some(MAX_DURATION), "{text}");
        }
        for text in [
            "31622401",
            "31622400.1",
            "367days",
            "366d 1s",
            "2y",
            "1e400",
            "18446744073709551615s 1000ms",
            "99999999999999999999999999y",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_plain_number_of_a_period_is_days() {
        for (text, hours) in [
            ("21", 21 * 24),
            ("0.5", 12),
            ("36h", 36),
            ("2d 1h", 49),
            ("36525", 36_525 * 24),
            ("0", 0),
        ] {
            assert_eq!(
                parse_days(text),
                Some(Duration::from_secs(hours * 3_600)),
                "{text}"
            );
        }
        for text in ["36526", "-1", "nan", "x", "", "1,2"] {
            assert_eq!(parse_days(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_duration() {
        for text in [
            "",
            " ",
            "-1",
            "-1e-400",
            "-0.5",
            "-1s",
            "--1",
            "nan",
            "NaN",
            "inf",
            "+inf",
            "-inf",
            "infinity",
            "Infinity",
            "nans",
            "abc",
            "e",
            "1e",
            "e5",
            ".",
            "+",
            "1,5",
            "1_000",
            "0x10",
            "1 2",
            "1m 30",
            "1.2.3s",
            "5 parsecs",
            "s",
            "1s,2s",
            "1s -2s",
            "1s+2s",
            "3 ٣",
            "٣",
            "1é",
            "1\0",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
