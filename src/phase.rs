//! The phases of a check, one for each state.

/// The state that a check is in, without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Looking up the name.
    Resolving,
    /// Connecting.
    Connecting,
    /// In the TLS handshake.
    Handshaking,
    /// Sending the send string.
    Sending,
    /// In the pause.
    Delay,
    /// Reading the reply.
    Reading,
    /// Sending the quit string.
    Quitting,
    /// At the end.
    Done,
}

impl Phase {
    /// Its name in the output.
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
