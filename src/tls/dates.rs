//! Whether the dates of one certificate hold.

use rustls::pki_types::UnixTime;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};
use webpki::{EndEntityCert, Error, KeyUsage};

/// Dates that do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undue {
    /// It ended then.
    Expired(UnixTime),
    /// It begins then.
    NotYet(UnixTime),
}

/// Why the dates of `certificate` do not hold at `now`; `None` where they do. webpki looks at them
/// before all else, so asking it to trust the certificate with nobody to trust tells them.
pub fn undue(certificate: &EndEntityCert<'_>, now: UnixTime) -> Option<Undue> {
    let usage = KeyUsage::server_auth();
    match certificate
        .verify_for_usage(&[], &[], &[], now, usage, None, None)
        .err()?
    {
        Error::CertExpired { not_after, .. } => Some(Undue::Expired(not_after)),
        Error::CertNotValidYet { not_before, .. } => Some(Undue::NotYet(not_before)),
        _ => None,
    }
}

impl fmt::Display for Undue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(at) => write!(f, "expired at {}", Date(*at)),
            Self::NotYet(at) => write!(f, "not yet valid: it begins at {}", Date(*at)),
        }
    }
}

/// A date as RFC 3339 has it.
struct Date(UnixTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        // humantime can't write a year of five digits.
        match time.filter(|_| seconds < 253_402_300_800) {
            Some(time) => write!(f, "{}", humantime::format_rfc3339_seconds(time)),
            None => write!(f, "{seconds} s after 1970"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_shown_as_people_write_it() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        assert_eq!(
            Undue::Expired(at(0)).to_string(),
            "expired at 1970-01-01T00:00:00Z"
        );
        assert!(
            Undue::NotYet(at(u64::MAX))
                .to_string()
                .ends_with("s after 1970")
        );
    }
}
