//! Behaviour of the servers of a fleet.

use std::time::Duration;

/// The way a server treats its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// Says `220 ready` at once.
    Greets,
    /// The same in two pieces.
    Splits,
    /// The same a moment later.
    Slow,
    /// The same, and that it says no more.
    HalfCloses,
    /// The same, and is still there for a while when the client has gone.
    Lingers,
    /// Says `421 busy` at once.
    Busy,
    /// Speaks HTTP.
    Foreign,
    /// Says what nobody speaks.
    Garbage,
    /// Says that it wants no TLS session.
    Alerts,
    /// Closes at once, without a word.
    Closes,
    /// Breaks the connection off at once.
    Breaks,
    /// Breaks the connection off in the midst of its greeting.
    BreaksOff,
    /// Breaks the connection off once the client has spoken.
    Resets,
    /// Says nothing, ever.
    Silent,
    /// Says nothing before it is released; from then on it greets.
    Held,
    /// Sends as much as is taken.
    Floods,
    /// Sends a byte now and then.
    Drips,
}

pub const GREETING: &[u8] = b"220 ready\r\n";

/// All bytes, and not one to begin a greeting with.
const NOISE: [u8; 256] = {
    let mut noise = [0; 256];
    let mut at = 0;
    while at < noise.len() {
        noise[at] = 255 - at as u8;
        at += 1;
    }
    noise
};

impl Manner {
    /// All that need nobody to release them, and no time.
    pub const UNAIDED: [Self; 7] = [
        Self::Greets,
        Self::Splits,
        Self::Busy,
        Self::Closes,
        Self::Resets,
        Self::Silent,
        Self::Floods,
    ];

    /// The bytes it sends at once.
    pub fn first_words(self) -> &'static [u8] {
        match self {
            Self::Greets | Self::HalfCloses | Self::Lingers => GREETING,
            Self::Splits | Self::BreaksOff => &GREETING[..2],
            Self::Busy => b"421 busy\r\n",
            Self::Foreign => b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            Self::Garbage => &NOISE,
            // RFC 8446, section 6: a fatal handshake_failure, in a record of TLS 1.2.
            Self::Alerts => &[21, 3, 3, 0, 2, 2, 40],
            _ => &[],
        }
    }

    /// The interval at which it does something more by itself.
    pub fn pause(self) -> Option<Duration> {
        let millis = match self {
            Self::Slow => 50,
            Self::BreaksOff => 20,
            Self::Drips => 100,
            _ => return None,
        };
        Some(Duration::from_millis(millis))
    }
}
