//! Text for TLS failures, written for operators.

mod alert;
mod certificate;
mod names;
mod protocol;
mod webpki;
mod words;

pub(super) use names::NO_HOST;
pub(super) use words::join_first;

use super::TlsError;
use rustls::{Error, InvalidMessage};
use std::fmt;

impl TlsError {
    /// Returns true if the peer sent something other than a TLS record.
    pub fn is_not_tls_record(&self) -> bool {
        matches!(
            self,
            Self::Rustls(Error::InvalidMessage(InvalidMessage::InvalidContentType))
        )
    }

    /// Returns true if the peer's certificate is the reason: it is not trusted, or there is no name
    /// to verify it for.
    pub fn is_certificate_error(&self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::Rustls(Error::InvalidCertificate(_) | Error::NoCertificatesPresented)
        )
    }

    /// The likely cause of an alert, if its name does not give it.
    pub fn likely_cause(&self) -> Option<&'static str> {
        match self {
            Self::Rustls(Error::AlertReceived(alert)) => alert::likely_cause(*alert),
            _ => None,
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "closed by peer in mid-handshake"),
            Self::ClearData => write!(f, "sent data in the clear before TLS"),
            Self::Store(e) => write!(f, "{e}"),
            Self::Name => write!(
                f,
                "the host is not a name that a certificate could hold: give one with --sni"
            ),
            e if e.is_not_tls_record() => {
                write!(
                    f,
                    "the peer does not speak TLS here (its answer is not a TLS record)"
                )
            }
            Self::Rustls(Error::InvalidCertificate(e)) => f.write_str(&certificate::describe(e)),
            Self::Rustls(Error::AlertReceived(alert)) => {
                write!(f, "the peer refused with the alert {}", alert::name(*alert))
            }
            Self::Rustls(e) => f.write_str(&protocol::describe(e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{AlertDescription, CertificateError};

    #[test]
    fn only_certificate_errors_are_certificate_errors() {
        for (error, is) in [
            (TlsError::Name, true),
            (Error::from(CertificateError::Expired).into(), true),
            (Error::from(CertificateError::BadSignature).into(), true),
            (Error::NoCertificatesPresented.into(), true),
            (TlsError::Closed, false),
            (
                Error::AlertReceived(AlertDescription::CertificateRequired).into(),
                false,
            ),
            (
                Error::InvalidMessage(InvalidMessage::InvalidContentType).into(),
                false,
            ),
        ] {
            assert_eq!(error.is_certificate_error(), is, "{error:?}");
        }
    }
}
