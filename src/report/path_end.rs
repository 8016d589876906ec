//! The text of the end of a certificate path.

use super::sanitize::sanitize;
use crate::check::Expiry;
use crate::rfc3339;
use crate::tls::PathEnd;
use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Maximum length of the name of an issuer in characters.
const MAX_ISSUER_CHARS: usize = 100;

/// Returns `certificate ends in 54 days (2027-01-20)`, as seen at the time `now`, sanitized. `None`
/// is an end that can't be read.
pub(super) fn describe(end: Option<&PathEnd>, now: SystemTime) -> String {
    let Some(PathEnd { at, issuer, .. }) = end else {
        return "certificate with an end that can't be read".to_owned();
    };
    let whose = match issuer.as_deref() {
        None => "certificate".to_owned(),
        Some("") => "certificate of an issuer without a name".to_owned(),
        Some(name) => {
            let name = sanitize(name.as_bytes(), MAX_ISSUER_CHARS);
            format!("certificate of the issuer {name}")
        }
    };
    let when = match at.duration_since(now) {
        Ok(left) => format!("ends in {}", format_period(left)),
        Err(e) => format!("ended {} ago", format_period(e.duration())),
    };
    match rfc3339::format_seconds(*at)
        .as_deref()
        .and_then(|at| at.split('T').next())
    {
        Some(date) => format!("{whose} {when} ({date})"),
        None => format!("{whose} {when}"),
    }
}

/// Returns ` certificate_days=54.2;21:;7:;;`, in which a range ends where it becomes too short
/// (Monitoring Plugins Development Guidelines, "Threshold and Ranges"). The days are rounded down, so
/// that they are below a limit wherever the time is.
pub(super) fn perfdata(expiry: Expiry, end: &PathEnd, now: SystemTime) -> String {
    let days = match end.at.duration_since(now) {
        Ok(left) => in_days(left),
        Err(e) => -in_days(e.duration()),
    };
    let days = (days * 10.0).floor() / 10.0;
    format!(
        " certificate_days={days:.1};{}:;{}:;;",
        in_days(expiry.warning),
        in_days(expiry.critical)
    )
}

fn in_days(period: Duration) -> f64 {
    period.as_secs_f64() / DAY.as_secs_f64()
}

/// Returns a period in whole days, or in hours if it is shorter.
fn format_period(period: Duration) -> String {
    let whole = |unit: Duration| period.as_secs() / unit.as_secs();
    match (whole(DAY), whole(HOUR)) {
        (0, 0) => "less than an hour".to_owned(),
        (0, 1) => "1 hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    fn end(seconds: u64, issuer: Option<&str>) -> PathEnd {
        PathEnd {
            at: UNIX_EPOCH + Duration::from_secs(seconds),
            issuer: issuer.map(str::to_owned),
        }
    }

    #[test]
    fn the_end_is_told_in_days_or_hours_with_its_date() {
        let day = 24 * 60 * 60;
        let now = UNIX_EPOCH + Duration::from_secs(100 * day);
        for (at, issuer, text) in [
            (154 * day, None, "certificate ends in 54 days (1970-06-04)"),
            (
                102 * day - 1,
                None,
                "certificate ends in 1 day (1970-04-12)",
            ),
            (
                101 * day - 1,
                None,
                "certificate ends in 23 hours (1970-04-11)",
            ),
            (
                100 * day + 3600,
                None,
                "certificate ends in 1 hour (1970-04-11)",
            ),
            (
                100 * day,
                None,
                "certificate ends in less than an hour (1970-04-11)",
            ),
            (
                100 * day - 1,
                None,
                "certificate ended less than an hour ago (1970-04-10)",
            ),
            (
                97 * day,
                Some("CA"),
                "certificate of the issuer CA ended 3 days ago (1970-04-08)",
            ),
            (
                103 * day,
                Some(""),
                "certificate of an issuer without a name ends in 3 days (1970-04-14)",
            ),
        ] {
            assert_eq!(describe(Some(&end(at, issuer)), now), text);
        }
        let far = end(400_000_000_000, None);
        assert_eq!(
            describe(Some(&far), now),
            "certificate ends in 4629529 days"
        );
        let unread = "certificate with an end that can't be read";
        assert_eq!(describe(None, now), unread);
    }

    #[test]
    fn performance_data_has_days_and_the_ranges_that_are_well() {
        let expiry = Expiry {
            warning: DAY * 21,
            critical: DAY * 7 / 2,
        };
        let now = UNIX_EPOCH + DAY * 10;
        let data = |seconds| perfdata(expiry, &end(seconds, None), now);
        assert_eq!(data(5_546_880), " certificate_days=54.2;21:;3.5:;;");
        assert_eq!(data(864_000), " certificate_days=0.0;21:;3.5:;;");
        assert_eq!(data(864_000 - 1), " certificate_days=-0.1;21:;3.5:;;");
        assert_eq!(data(432_000), " certificate_days=-5.0;21:;3.5:;;");
        // Less than 21 days are not shown as 21.
        let almost = 31 * 86_400 - 1;
        assert_eq!(data(almost), " certificate_days=20.9;21:;3.5:;;");
        assert_eq!(data(almost + 1), " certificate_days=21.0;21:;3.5:;;");
    }

    #[test]
    fn the_name_of_an_issuer_is_sanitized_and_leaves_space_for_the_rest() {
        let now = UNIX_EPOCH;
        let described = |name: &str| describe(Some(&end(3 * 86_400, Some(name))), now);
        assert_eq!(
            described("a|b\u{1b}[31m"),
            "certificate of the issuer a\\x7cb\\x1b[31m ends in 3 days (1970-01-04)"
        );
        assert_eq!(
            described(&"x".repeat(5_000)),
            format!(
                "certificate of the issuer {}... ends in 3 days (1970-01-04)",
                "x".repeat(97)
            )
        );
    }
}
