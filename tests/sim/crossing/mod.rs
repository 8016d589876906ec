//! Every state crossed with every fault, in the clear and under TLS.
//!
//! | room | what is in it |
//! |---|---|
//! | this | the cells, and why some can't be |
//! | [`story`] | a cell as a seed has it: a world in which the fault strikes in that state |
//! | [`acts`] | what its peer does |
//! | [`law`] | what the contract demands of it |
//! | [`proof`] | a run held against that, and that the fault did strike there |

mod acts;
mod law;
pub mod proof;
pub mod story;

use check_tcp::phase::Phase;

/// The states that a probe can be in until it ends.
pub const STATES: [Phase; 7] = [
    Phase::Resolving,
    Phase::Connecting,
    Phase::Handshaking,
    Phase::Sending,
    Phase::Delay,
    Phase::Reading,
    Phase::Quitting,
];

/// Faults that may befall a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The address, or the resolver's server, refuses.
    Refused,
    Reset,
    /// Nothing comes any more.
    Silence,
    /// All bytes come, or are taken in, one by one.
    Drip,
    /// The peer sends without end.
    Flood,
    /// The peer says all it had to say, and goes on listening.
    HalfClose,
    /// The peer speaks something else; under TLS, in the clear.
    WrongProtocol,
    Alert,
    /// The stream ends without it.
    NoCloseNotify,
    NoLookup,
    /// No descriptor is left; where none is asked for any more, no buffer.
    Exhaustion,
    /// The clock jumps forward, by less than is left or beyond the deadline.
    Jump,
    /// Every wake-up comes twice.
    Doubled,
}

pub const FAULTS: [Fault; 13] = [
    Fault::Refused,
    Fault::Reset,
    Fault::Silence,
    Fault::Drip,
    Fault::Flood,
    Fault::HalfClose,
    Fault::WrongProtocol,
    Fault::Alert,
    Fault::NoCloseNotify,
    Fault::NoLookup,
    Fault::Exhaustion,
    Fault::Jump,
    Fault::Doubled,
];

/// A fault that strikes in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub state: Phase,
    pub fault: Fault,
    pub tls: bool,
}

impl Cell {
    /// All that there could be.
    pub fn all() -> impl Iterator<Item = Self> {
        let crossed = STATES
            .into_iter()
            .flat_map(|state| FAULTS.map(|fault| (state, fault)));
        crossed.flat_map(|(state, fault)| [false, true].map(|tls| Self { state, fault, tls }))
    }

    /// All that can be.
    pub fn possible() -> Vec<Self> {
        Self::all()
            .filter(|cell| cell.missing().is_none())
            .collect()
    }

    /// Why it can't be; `None` where it can.
    pub fn missing(self) -> Option<&'static str> {
        use Fault::*;
        use Phase::*;
        match (self.state, self.fault, self.tls) {
            (Handshaking, _, false) => Some("in the clear nothing is agreed upon"),
            (_, Alert | NoCloseNotify, false) => Some("only TLS has it"),
            (Resolving, Reset, _) => Some("there is no attempt at a connection yet"),
            (
                Resolving | Connecting,
                Drip | Flood | HalfClose | WrongProtocol | Alert | NoCloseNotify,
                _,
            ) => Some("there is no connection that it could come over"),
            (Handshaking, NoCloseNotify, _) => Some("no session could be closed: a half-close"),
            (Handshaking | Sending | Delay | Reading | Quitting, Refused, _) => {
                Some("who is connected can't be refused any more")
            }
            (Connecting | Handshaking | Sending | Delay | Reading | Quitting, NoLookup, _) => {
                Some("the look-up is over")
            }
            _ => None,
        }
    }
}
