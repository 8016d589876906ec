//! What an operator needs to know of a failure.

mod alert;

use super::TlsError;
use super::dates::Undue;
use super::verify::Untrusted;
use rustls::{CertificateError, Error, InvalidMessage};
use std::fmt;
use std::net::IpAddr;

/// How many of a certificate's names are shown.
const NAMES: usize = 8;

impl TlsError {
    /// Whether what came is no TLS record at all.
    pub fn is_no_record(&self) -> bool {
        matches!(
            self,
            Self::Rustls(Error::InvalidMessage(InvalidMessage::InvalidContentType))
        )
    }

    /// Whether the peer's certificate is why: it is not believed, or there is no name to hold it
    /// against.
    pub fn is_certificate(&self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::Rustls(Error::InvalidCertificate(_) | Error::NoCertificatesPresented)
        )
    }

    /// What may be behind it, where the peer's own word leaves that open.
    pub fn guess(&self) -> Option<&'static str> {
        match self {
            Self::Rustls(Error::AlertReceived(alert)) => alert::guess(*alert),
            _ => None,
        }
    }
}

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
            e if e.is_no_record() => {
                write!(
                    f,
                    "the peer does not speak TLS here (its answer is not a TLS record)"
                )
            }
            Self::Rustls(Error::AlertReceived(alert)) => {
                write!(f, "the peer refused with the alert {}", alert::name(*alert))
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
            write!(f, "certificate {}", Undue::Expired(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            write!(f, "certificate {}", Undue::NotYet(*not_before))
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
        CertificateError::Other(other) => match (other.0.downcast_ref(), other.0.downcast_ref()) {
            (Some(untrusted), _) => write!(f, "{}", untrusted as &Untrusted),
            (_, Some(webpki::Error::UnsupportedCertVersion)) => {
                write!(f, "invalid certificate: it is not of X.509 version 3")
            }
            _ => write!(f, "invalid certificate: {}", other.0),
        },
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            write!(
                f,
                "invalid certificate: signed by an algorithm that is not supported"
            )
        }
        e => write!(f, "invalid certificate: {e}"),
    }
}

/// Names are carried in webpki's words, `DnsName("a.example")` and `IpAddress("::1")`; others are of no
/// use here.
fn names(presented: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let inner = |name: &'_ String| -> Option<String> {
        let (kind, rest) = name.split_once('(')?;
        let inner = rest.strip_suffix(')')?;
        match kind {
            "DnsName" => {
                let name = inner.strip_prefix('"')?.strip_suffix('"')?;
                Some(name.to_owned())
            }
            "IpAddress" => Some(
                inner
                    .parse()
                    .map_or(inner.to_owned(), |ip: IpAddr| ip.to_string()),
            ),
            _ => None,
        }
    };
    let presented: Vec<String> = presented.iter().filter_map(inner).collect();
    if presented.is_empty() {
        return f.write_str("no host (in its subjectAltName)");
    }
    f.write_str(&presented.get(..NAMES).unwrap_or(&presented).join(", "))?;
    match presented.len().saturating_sub(NAMES) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::AlertDescription;

    fn text(e: CertificateError) -> String {
        TlsError::Rustls(Error::InvalidCertificate(e)).to_string()
    }

    #[test]
    fn a_certificate_is_to_blame_where_it_is_not_believed_and_nowhere_else() {
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
            assert_eq!(error.is_certificate(), is, "{error:?}");
        }
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
        assert!(text(names(0)).contains("names no host"));
        let quoted = CertificateError::NotValidForNameContext {
            expected: "a.example".try_into().expect("a name"),
            presented: vec![r#"DnsName(""b".example")"#.to_owned()],
        };
        assert!(text(quoted).ends_with(r#"it names "b".example"#));
        assert!(text(names(10)).ends_with("7.example and 2 more"));
    }
}
