//! Errors in a target.

use super::LONGEST_PATH;
use crate::host::HostError;
use std::error::Error;
use std::fmt;

/// The error of a host, a path, or the first word of a list's line that is no target. Its text is
/// the reason alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// The host is invalid.
    Host(HostError),
    /// A host or a path with a NUL byte, or a host that is not UTF-8.
    NotText,
    /// A path longer than a socket address can hold.
    PathTooLong,
    /// An abstract name without a name.
    NoName,
    /// An option where the target belongs.
    Option,
    /// Dashes alone, as a list in YAML or Markdown has them.
    Dash,
    /// Nothing between quotes.
    Empty,
    /// A port without a host.
    NoHost,
    /// A colon without a port.
    NoPort,
    /// A port that is not a number from 1 to 65535.
    BadPort,
    /// Something other than a port behind `[...]`.
    BehindBracket,
    /// Neither the target nor an option gives a port.
    PortMissing,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host(error) => return error.fmt(f),
            Self::NotText => "it is not UTF-8, or contains NUL",
            Self::NoName => "there is no name behind the @",
            Self::PathTooLong => return write!(f, "it is longer than {LONGEST_PATH} bytes"),
            Self::Option => "unexpected option; the target comes first on a line",
            Self::Dash => "no host is a dash; write one target per line, HOST or HOST:PORT",
            Self::Empty => "it is empty",
            Self::NoHost => "missing host before the port",
            Self::NoPort => "missing port behind the colon",
            Self::BadPort => "the port is not a number from 1 to 65535",
            Self::BehindBracket => "only a colon and a port may follow the bracket",
            Self::PortMissing => "missing port; expected HOST:PORT, --port or --service",
        })
    }
}

impl Error for TargetError {}

impl From<HostError> for TargetError {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_a_message() {
        for (error, message) in [
            (
                TargetError::Host(HostError::Brackets),
                "the brackets do not hold an IPv6 address; write any other host without them",
            ),
            (TargetError::NotText, "it is not UTF-8, or contains NUL"),
            (TargetError::NoName, "there is no name behind the @"),
        ] {
            assert_eq!(error.to_string(), message);
        }
        let too_long = TargetError::PathTooLong.to_string();
        assert_eq!(too_long, format!("it is longer than {LONGEST_PATH} bytes"));
    }
}
