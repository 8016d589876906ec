//! From bytes to a check and its world.
//!
//! A byte that is not 0xFF is said by the peer. Behind 0xFF stands a letter, and behind most
//! letters one byte or more, so that what is inserted or cut away leaves the rest as it is:
//!
//! | letter | what it says |
//! |---|---|
//! | 0xFF | the peer says the byte 0xFF |
//! | `s` `w` | what follows is said under TLS where there is a session; straight on the wire |
//! | `.` | a cut: what follows comes by itself |
//! | `*` n | what was said last, n times more |
//! | `h` | TLS handshake |
//! | `k` n n | no more than n bytes of the peer's flight |
//! | `a` n | hears n bytes |
//! | `z` t | pauses |
//! | `u` `o` | takes nothing in any more; takes everything in again |
//! | `c` `e` `r` n | `close_notify`; closes its half; resets |
//! | `f` | says what was said last without end |
//! | `x` o o n | byte o that it sends is changed on its way |
//! | `n` n | a wake that nobody needs, behind the next one that somebody does |
//! | `j` t | the clock jumps there |
//! | `i` t | the check is broken off then |
//! | `G` n `Y` n n | the seed and the weather |
//! | `L` n t | what comes of the look-up, and when |
//! | `F` n t | one more address, and what comes of it |
//! | `V` n | who speaks which TLS |
//! | `H` n `N` n… | the kind of target; its host or path |
//! | `P` n `E` n… | a pattern of the table; a pattern |
//! | `T` `D` `W` `C` t | timeout, delay, thresholds |
//! | `M` `S` `Q` n | `-m`; how much is sent, and to quit |
//! | `O` n `A` n | the other options; `--status-as` |

mod build;
mod reader;
mod tables;

use crate::script::Script;
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::target::Target;
use reader::Reader;
use std::sync::Arc;
use std::time::Duration;
pub use tables::{PATTERNS, SEND};

/// A check, its world, and how it is woken.
pub struct Exchange {
    pub script: Script,
    pub target: Target,
    pub check: Arc<Check>,
    pub wakes: Vec<Wake>,
    pub changes: Vec<Change>,
    pub interrupt: Option<Duration>,
    /// The check believes only whom the system's trust store knows: never this peer.
    pub verified: bool,
}

/// The part behind a wake-up that was needed.
#[derive(Clone, Copy)]
pub enum Wake {
    /// So many more at the same moment.
    Again(u8),
    /// One after so many 256ths of the time until the next.
    Early(u8),
    /// The clock jumps by so much, over whatever happens meanwhile.
    Jump(Duration),
}

/// A byte that is not what the peer sent.
#[derive(Clone, Copy)]
pub struct Change {
    pub at: u64,
    pub by: u8,
}

impl Exchange {
    /// `None` for a pattern, a host or a path that no command line could give.
    pub fn decode(input: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(input);
        reader.read();
        build::exchange(reader)
    }

    /// Returns true if it goes the same way each time but for what wakes it: nothing is left to
    /// chance, and no jump nor any pace of reading decides what is seen together.
    pub fn is_repeatable(&self) -> bool {
        let weather = &self.script.weather;
        let jumps = |wake: &Wake| matches!(wake, Wake::Jump(_));
        let looks_ahead = self.check.expect.as_ref().is_some_and(Pattern::looks_ahead);
        !self.wakes.is_empty()
            && !self.wakes.iter().any(jumps)
            && !looks_ahead
            && self.is_exact()
            && !weather.apart
            && weather.lag.is_zero()
            && weather.piece.is_none()
            && weather.window.is_none()
            && self.interrupt.is_none()
    }

    /// True if time stands still during a step.
    pub fn is_exact(&self) -> bool {
        self.script.weather.cost.is_zero()
    }

    /// The operations on the wire, in order.
    pub fn asked(&self) -> Vec<u8> {
        [self.check.send.as_slice(), &self.check.quit].concat()
    }
}
