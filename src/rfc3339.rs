//! Times in the format of RFC 3339, in UTC. humantime ends them with 2038 on 32-bit machines.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 24 * 60 * 60;

/// Returns a time with seconds, those begun; `None` outside the years 0 to 9999.
pub(crate) fn format_seconds(time: SystemTime) -> Option<String> {
    const YEAR_0: i64 = -62_167_219_200;
    let seconds = match since_1970(time) {
        Some((seconds, _)) => seconds,
        None => {
            let before = UNIX_EPOCH.duration_since(time).ok()?;
            let before = before.as_secs() + u64::from(before.subsec_nanos() > 0);
            i64::try_from(before).ok()?.checked_neg()?
        }
    };
    (seconds >= YEAR_0).then(|| format!("{}Z", format(seconds)))
}

/// Returns a time with milliseconds; `None` outside the years 1970 to 9999.
pub(crate) fn format_millis(time: SystemTime) -> Option<String> {
    let (seconds, millis) = since_1970(time)?;
    Some(format!("{}.{millis:03}Z", format(seconds)))
}

/// Returns the seconds since 1970 of `YYYYMMDDhhmmss`. A leap second is the one before it.
pub(crate) fn parse_digits(digits: &str) -> Option<i64> {
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range: Range<usize>| digits.get(range)?.parse::<i64>().ok();
    let date = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(8..10)?, part(10..12)?, part(12..14)?);
    let days = days(date);
    // Of a month or day that there is not, the number is that of another date.
    if date_of(days) != date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days * DAY + (hour * 60 + minute) * 60 + second.min(59))
}

/// The time in seconds and milliseconds, if its year has four digits.
fn since_1970(time: SystemTime) -> Option<(i64, u32)> {
    const YEAR_10000: i64 = 253_402_300_800;
    let since_1970 = time.duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since_1970.as_secs()).ok()?;
    (seconds < YEAR_10000).then_some((seconds, since_1970.subsec_millis()))
}

fn format(seconds: i64) -> String {
    let (year, month, day) = date_of(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// The days from March 1 of the year 0 to January 1, 1970. Years that begin in March end with the
/// leap day, and 400 of them have the same number of days.
const TO_1970: i64 = 719_468;
const DAYS_OF_400_YEARS: i64 = 146_097;

/// The number of days since 1970 of a year, month and day.
fn days((year, month, day): (i64, i64, i64)) -> i64 {
    let year = year - i64::from(month <= 2);
    let of_400 = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = of_400 * 365 + of_400 / 4 - of_400 / 100 + of_year;
    year.div_euclid(400) * DAYS_OF_400_YEARS + days - TO_1970
}

/// The year, month and day of a number of days since 1970.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + TO_1970;
    let of_400 = days.rem_euclid(DAYS_OF_400_YEARS);
    let years = (of_400 - of_400 / 1460 + of_400 / 36_524 - of_400 / 146_096) / 365;
    let of_year = of_400 - (365 * years + years / 4 - years / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = (month + 2) % 12 + 1;
    let year = days.div_euclid(DAYS_OF_400_YEARS) * 400 + years + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_that_rfc3339_cannot_express_is_none() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(
            format_seconds(at(253_402_300_799)).as_deref(),
            Some("9999-12-31T23:59:59Z")
        );
        assert_eq!(format_seconds(at(253_402_300_800)), None);
        let before = |seconds| UNIX_EPOCH - Duration::from_secs(seconds);
        for (time, text) in [
            (before(1), Some("1969-12-31T23:59:59Z")),
            (
                at(0) - Duration::from_nanos(1),
                Some("1969-12-31T23:59:59Z"),
            ),
            (before(62_167_219_200), Some("0000-01-01T00:00:00Z")),
            (before(62_167_219_201), None),
        ] {
            assert_eq!(format_seconds(time).as_deref(), text);
        }
        assert_eq!(format_millis(UNIX_EPOCH - Duration::from_millis(1)), None);
        assert_eq!(
            format_millis(at(1) + Duration::from_nanos(999_999)).as_deref(),
            Some("1970-01-01T00:00:01.000Z")
        );
    }

    #[test]
    fn every_day_of_four_centuries_is_that_of_humantime_and_reads_back() {
        for day in 0..146_097 {
            let seconds = day * 86_400 + day % 86_400;
            let text = format(i64::try_from(seconds).expect("few"));
            // humantime ends earlier on 32-bit machines.
            if i32::try_from(seconds).is_ok() {
                let theirs =
                    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds));
                assert_eq!(format!("{text}Z"), theirs.to_string());
            }
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(parse_digits(&digits), i64::try_from(seconds).ok(), "{text}");
        }
    }

    #[test]
    fn a_date_that_there_is_not_is_none() {
        for digits in [
            "20260230000000",
            "21000229000000",
            "20261301000000",
            "20260001000000",
            "20260100000000",
            "20260101240000",
            "20260101006000",
            "20260101000061",
            "2026010100000",
            "+2026010100000",
        ] {
            assert_eq!(parse_digits(digits), None, "{digits}");
        }
        assert_eq!(
            parse_digits("20260101000060"),
            parse_digits("20260101000059")
        );
        assert_eq!(parse_digits("19691231235959"), Some(-1));
        assert_eq!(parse_digits("00000301000000"), Some(-719_468 * DAY));
        assert_eq!(parse_digits("99991231235959"), Some(253_402_300_799));
    }
}
