//! Times in the format of RFC 3339, in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns a time with seconds; `None` outside the years 1970 to 9999.
pub(crate) fn format_seconds(time: SystemTime) -> Option<String> {
    let time = formattable(time)?;
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

/// Returns a time with milliseconds; `None` outside the years 1970 to 9999.
pub(crate) fn format_millis(time: SystemTime) -> Option<String> {
    let time = formattable(time)?;
    Some(humantime::format_rfc3339_millis(time).to_string())
}

/// Returns the time if humantime can format it; it fails on a year of five digits.
fn formattable(time: SystemTime) -> Option<SystemTime> {
    const YEAR_10000: u64 = 253_402_300_800;
    let since_1970 = time.duration_since(UNIX_EPOCH).ok()?;
    (since_1970.as_secs() < YEAR_10000).then_some(time)
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
        assert_eq!(format_millis(UNIX_EPOCH - Duration::from_millis(1)), None);
        assert_eq!(
            format_millis(at(1) + Duration::from_nanos(999_999)).as_deref(),
            Some("1970-01-01T00:00:01.000Z")
        );
    }
}
