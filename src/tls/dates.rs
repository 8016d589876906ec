//! The validity period of a certificate (RFC 5280, section 4.1.2.5).

use super::certificate::read_validity;
use super::der::read_element;
use crate::rfc3339;
use rustls::pki_types::UnixTime;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The reason why the current time is outside a validity period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidityError {
    /// The period ended at this time.
    Expired(UnixTime),
    /// The period begins at this time.
    NotYetValid(UnixTime),
}

/// Compares `now` with the validity period of a certificate. Returns `None` if `now` is inside it,
/// or if the dates can't be read.
pub fn validity_error(certificate: &[u8], now: UnixTime) -> Option<ValidityError> {
    let (not_before, not_after) = validity(certificate)?;
    if now > not_after {
        return Some(ValidityError::Expired(not_after));
    }
    (now < not_before).then_some(ValidityError::NotYetValid(not_before))
}

/// The end of the validity period, or `None` if the dates can't be read.
pub(crate) fn not_after(certificate: &[u8]) -> Option<SystemTime> {
    let (_, not_after) = parse_times(certificate)?;
    system_time(not_after)
}

/// Both dates, each by itself; `None` for one that can't be read.
pub(super) fn read_each(certificate: &[u8]) -> [Option<SystemTime>; 2] {
    let begin = read_validity(certificate).unwrap_or_default();
    let end = read_element(begin).map_or(&[][..], |(_, _, rest)| rest);
    [begin, end].map(|der| system_time(parse_time(der)?.0))
}

/// The first and the last moment of the validity period, or `None` if the dates can't be read. A
/// date before 1970 counts as 1970: no clock is set to an earlier time.
pub fn validity(certificate: &[u8]) -> Option<(UnixTime, UnixTime)> {
    let (not_before, not_after) = parse_times(certificate)?;
    let unix = |seconds: i64| {
        let since_1970 = Duration::from_secs(seconds.try_into().unwrap_or(0));
        UnixTime::since_unix_epoch(since_1970)
    };
    Some((unix(not_before), unix(not_after)))
}

/// Returns the end of a validity period that is before 1970, in the format of RFC 3339. webpki reports
/// it as malformed.
pub(crate) fn end_before_1970(certificate: &[u8]) -> Option<String> {
    let (_, not_after) = parse_times(certificate)?;
    if not_after >= 0 {
        return None;
    }
    rfc3339::format_seconds(system_time(not_after)?)
}

/// Returns the contents of a validity period's beginning that is before 1970, and those of the
/// beginning of 1970 in the same form.
pub(super) fn begin_before_1970(certificate: &[u8]) -> Option<(&[u8], &'static [u8])> {
    let validity = read_validity(certificate)?;
    let (tag, contents, _) = read_element(validity)?;
    // Most begin in this century, which costs nothing to see.
    if contents.starts_with(b"2") {
        return None;
    }
    let begin = match tag {
        0x17 => &b"700101000000Z"[..],
        _ => b"19700101000000Z",
    };
    let (seconds, _) = parse_time(validity)?;
    (seconds < 0).then_some((contents, begin))
}

/// The seconds from 1970 to both dates.
fn parse_times(certificate: &[u8]) -> Option<(i64, i64)> {
    let (not_before, rest) = parse_time(read_validity(certificate)?)?;
    Some((not_before, parse_time(rest)?.0))
}

fn system_time(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    match seconds < 0 {
        true => UNIX_EPOCH.checked_sub(distance),
        false => UNIX_EPOCH.checked_add(distance),
    }
}

/// Parses a UTCTime or GeneralizedTime. Returns the seconds from 1970 to it and the bytes that follow.
fn parse_time(der: &[u8]) -> Option<(i64, &[u8])> {
    let (tag, digits, rest) = read_element(der)?;
    let digits = str::from_utf8(digits).ok()?.strip_suffix('Z')?;
    let digits = match tag {
        0x17 if digits < "50" => format!("20{digits}"),
        0x17 => format!("19{digits}"),
        0x18 => digits.to_owned(),
        _ => return None,
    };
    Some((rfc3339::parse_digits(&digits)?, rest))
}

impl fmt::Display for ValidityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(at) => write!(f, "expired at {}", Rfc3339(*at)),
            Self::NotYetValid(at) => write!(f, "not yet valid: it begins at {}", Rfc3339(*at)),
        }
    }
}

/// Displays a time in the format of RFC 3339.
struct Rfc3339(UnixTime);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        match time.and_then(rfc3339::format_seconds) {
            Some(time) => f.write_str(&time),
            None => write!(f, "{seconds} s after 1970"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate that ends behind its dates.
    fn certificate(version: &[u8], times: &[u8]) -> Vec<u8> {
        let sequence = |contents: &[u8]| [&[0x30, contents.len() as u8], contents].concat();
        let validity = sequence(times);
        let fields = [version, b"\x02\x01\x01\x30\x00\x30\x00", &validity].concat();
        sequence(&sequence(&fields))
    }

    #[test]
    fn the_dates_of_any_version_are_read() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let times = b"\x17\x0d700101000010Z\x18\x0f20000101000000Z";
        for version in [&b""[..], b"\xa0\x03\x02\x01\x02"] {
            let der = certificate(version, times);
            assert_eq!(
                validity_error(&der, at(9)),
                Some(ValidityError::NotYetValid(at(10)))
            );
            assert_eq!(validity_error(&der, at(10)), None);
            assert_eq!(validity_error(&der, at(946_684_800)), None);
            assert_eq!(
                validity_error(&der, at(946_684_801)),
                Some(ValidityError::Expired(at(946_684_800)))
            );
            let end = UNIX_EPOCH + Duration::from_secs(946_684_800);
            assert_eq!(not_after(&der), Some(end));
            for cut in 0..der.len() {
                let cut = der.get(..cut).unwrap_or_default();
                assert_eq!((validity_error(cut, at(0)), not_after(cut)), (None, None));
            }
        }
        assert_eq!(
            validity_error(&certificate(b"", b"\x17\x0d7001010000\xff0Z"), at(0)),
            None
        );
    }

    #[test]
    fn dates_before_1970_count_as_1970_and_an_end_is_shown_as_written() {
        let epoch = UnixTime::since_unix_epoch(Duration::ZERO);
        let utc = |year: &str| format!("\x17\x0d{year}0102030405Z");
        let long = |year: &str| format!("\x18\x0f{year}0102030405Z");
        for (times, begin, end) in [
            (utc("69") + &utc("49"), Some(&b"700101000000Z"[..]), None),
            (
                utc("50") + &utc("60"),
                Some(b"700101000000Z"),
                Some("1960-01-02T03:04:05Z"),
            ),
            (long("0001") + &long("9999"), Some(b"19700101000000Z"), None),
            (utc("70") + &utc("71"), None, None),
            (
                utc("26") + &long("1969"),
                None,
                Some("1969-01-02T03:04:05Z"),
            ),
            (long("19x9") + &utc("71"), None, None),
            ("\x17\x0d690230000000Z".to_owned() + &utc("71"), None, None),
        ] {
            let der = certificate(b"", times.as_bytes());
            assert_eq!(end_before_1970(&der).as_deref(), end, "{times:?}");
            let replaced = begin_before_1970(&der);
            assert_eq!(replaced.map(|(_, begin)| begin), begin, "{times:?}");
            if let Some((contents, begin)) = replaced {
                assert_eq!(contents.len(), begin.len());
                let (from, _) = validity(&der).expect("dates");
                assert_eq!(from, epoch);
            }
        }
    }

    #[test]
    fn each_date_is_read_by_itself() {
        let at = |text| rfc3339::parse_digits(text).and_then(system_time);
        for (times, dates) in [
            (
                "\x17\x0d500102030405Z\x18\x0f19671231235959Z",
                ["19500102030405", "19671231235959"],
            ),
            (
                "\x17\x0d261302030405Z\x17\x0d270102030405Z",
                ["", "20270102030405"],
            ),
            (
                "\x17\x0d260102030405Z\x17\x0b2701020304Z",
                ["20260102030405", ""],
            ),
            ("\x17\x0d260102030405Z", ["20260102030405", ""]),
        ] {
            let read = read_each(&certificate(b"", times.as_bytes()));
            assert_eq!(read, dates.map(at), "{times:?}");
        }
        assert_eq!(read_each(b""), [None, None]);
    }

    #[test]
    fn a_date_is_shown_in_rfc_3339_format() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        assert_eq!(
            ValidityError::Expired(at(0)).to_string(),
            "expired at 1970-01-01T00:00:00Z"
        );
        assert!(
            ValidityError::NotYetValid(at(u64::MAX))
                .to_string()
                .ends_with("s after 1970")
        );
    }
}
