//! The phases of a check, one for each state.

/// The name of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Looking up the name.
    Resolving,
    /// Connecting.
    Connecting,
    /// Performing the TLS handshake.
    Handshaking,
    /// Sending the send string.
    Sending,
    /// Pausing.
    Delay,
    /// Reading the reply.
    Reading,
    /// Sending the quit string.
    Quitting,
    /// Ended.
    Done,
}

impl Phase {
    /// Returns the word in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolving => "resolving",
            Self::Connecting => "connecting",
            Self::Handshaking => "handshaking",
            Self::Sending => "sending",
            Self::Delay => "delay",
            Self::Reading => "reading",
            Self::Quitting => "quitting",
            Self::Done => "done",
        }
    }
}
