//! The reason of a verdict, as one word of a closed list that programs can rely on.

/// The reason of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The check succeeded; with `-C`, nothing listens there.
    Ok,
    /// The check succeeded, but its response time is over `-w` or `-c`.
    Slow,
    /// The check succeeded, but its certificate path ends too soon.
    Expiry,
    /// The name was not found or not looked up, or has no address of the requested family.
    Dns,
    /// The port or the socket refused the connection.
    Refused,
    /// No route led to the address.
    Unreachable,
    /// The socket does not exist.
    Absent,
    /// The deadline passed while the peer did nothing, or the system timed out.
    Timeout,
    /// An established connection was lost.
    Reset,
    /// The peer closed before it sent anything, or during the handshake.
    Eof,
    /// The TLS handshake or session failed.
    Tls,
    /// The peer's certificate was not accepted, or there is no name to verify it for.
    Certificate,
    /// The server does not offer TLS by its protocol's means, or refused.
    Starttls,
    /// The reply does not match the pattern.
    Mismatch,
    /// With `-C`: something listens there.
    Open,
    /// A local failure, not one of the peer; with `-C` also if time or resources did not suffice
    /// for each address.
    Local,
    /// A usage error.
    Usage,
    /// The run was interrupted before the check ended.
    Interrupted,
}

impl Reason {
    /// The number of reasons.
    pub const COUNT: usize = Self::Interrupted as usize + 1;

    /// All reasons, in the order of their documentation.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Ok,
        Self::Slow,
        Self::Expiry,
        Self::Dns,
        Self::Refused,
        Self::Unreachable,
        Self::Absent,
        Self::Timeout,
        Self::Reset,
        Self::Eof,
        Self::Tls,
        Self::Certificate,
        Self::Starttls,
        Self::Mismatch,
        Self::Open,
        Self::Local,
        Self::Usage,
        Self::Interrupted,
    ];

    /// Returns the word in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Slow => "slow",
            Self::Expiry => "expiry",
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Absent => "absent",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Eof => "eof",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Starttls => "starttls",
            Self::Mismatch => "mismatch",
            Self::Open => "open",
            Self::Local => "local",
            Self::Usage => "usage",
            Self::Interrupted => "interrupted",
        }
    }

    /// Returns true if the reason shows that nothing listens, which makes `-C` OK.
    pub(crate) fn is_closed(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Unreachable | Self::Absent | Self::Timeout
        )
    }
}
