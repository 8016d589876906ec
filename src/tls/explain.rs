//! What an operator needs to know of a failure.

use super::TlsError;
use super::verify::Untrusted;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error, InvalidMessage};
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

/// How many of a certificate's names are shown.
const NAMES: usize = 8;

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "closed by peer in mid-handshake"),
            Self::Store(e) => write!(f, "{e}"),
            Self::Name => write!(
                f,
                "the host is not a name that a certificate could hold: give one with --sni"
            ),
            Self::Rustls(Error::InvalidCertificate(e)) => certificate(e, f),
            Self::Rustls(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
                write!(
                    f,
                    "the peer does not speak TLS here (its answer is not a TLS record)"
                )
            }
            Self::Rustls(Error::AlertReceived(alert)) => {
                write!(f, "the peer refused with the alert {alert:?}")
            }
            Self::Rustls(Error::PeerIncompatible(why)) => {
                write!(f, "nothing in common with the peer: {why:?}")
            }
            Self::Rustls(e) => write!(f, "{e}"),
        }
    }
}

fn certificate(e: &CertificateError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match e {
        CertificateError::ExpiredContext { not_after, .. } => {
            write!(f, "certificate expired at {}", Date(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            write!(
                f,
                "certificate not yet valid: it begins at {}",
                Date(*not_before)
            )
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            write!(f, "certificate is not for {}: it names ", expected.to_str())?;
            names(presented, f)
        }
        // ring says no more than this of a key that is too short.
        CertificateError::BadSignature => write!(
            f,
            "invalid certificate: a signature is wrong, or by an RSA key under 2,048 bits"
        ),
        CertificateError::UnknownIssuer => write!(f, "certificate from an unknown issuer"),
        CertificateError::Other(other) => match (other.0.downcast_ref(), other.0.downcast_ref()) {
            (Some(untrusted), _) => write!(f, "{}", untrusted as &Untrusted),
            (_, Some(webpki::Error::UnsupportedCertVersion)) => {
                write!(f, "invalid certificate: it is not of X.509 version 3")
            }
            _ => write!(f, "invalid certificate: {}", other.0),
        },
        e => write!(f, "invalid certificate: {e}"),
    }
}

/// webpki gives names as `DnsName("a.example")`.
fn names(presented: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if presented.is_empty() {
        return write!(f, "nobody (it has no subjectAltName)");
    }
    for (i, name) in presented.iter().take(NAMES).enumerate() {
        let inner = name
            .split_once('(')
            .and_then(|(_, rest)| rest.strip_suffix(')'))
            .unwrap_or(name);
        let separator = if i == 0 { "" } else { ", " };
        write!(f, "{separator}{}", inner.trim_matches('"'))?;
    }
    match presented.len().saturating_sub(NAMES) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

struct Date(UnixTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(self.0.as_secs()));
        // humantime can't write a year of five digits.
        match time.filter(|_| self.0.as_secs() < 253_402_300_800) {
            Some(time) => write!(f, "{}", humantime::format_rfc3339_seconds(time)),
            None => write!(f, "{} s after 1970", self.0.as_secs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(e: CertificateError) -> String {
        TlsError::Rustls(Error::InvalidCertificate(e)).to_string()
    }

    #[test]
    fn a_date_is_shown_as_people_write_it() {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(0));
        let e = CertificateError::ExpiredContext {
            time,
            not_after: time,
        };
        assert_eq!(text(e), "certificate expired at 1970-01-01T00:00:00Z");
        let late = UnixTime::since_unix_epoch(Duration::from_secs(u64::MAX));
        let e = CertificateError::NotValidYetContext {
            time,
            not_before: late,
        };
        assert!(text(e).ends_with("s after 1970"));
    }

    #[test]
    fn names_are_shown_without_their_kind_and_not_without_end() {
        let names = |n: usize| CertificateError::NotValidForNameContext {
            expected: "a.example".try_into().expect("a name"),
            presented: (0..n)
                .map(|i| format!("DnsName(\"{i}.example\")"))
                .collect(),
        };
        assert_eq!(
            text(names(1)),
            "certificate is not for a.example: it names 0.example"
        );
        assert!(text(names(0)).contains("no subjectAltName"));
        assert!(text(names(10)).ends_with("7.example and 2 more"));
    }
}
