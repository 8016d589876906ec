//! The acts of a story's peer: it keeps the probe in the state, then lets the fault strike, or goes
//! on as if nothing had been.

use super::story::{Asks, Plot};
use super::{Cell, Fault};
use crate::rng::Rng;
use crate::script::Act;
use check_tcp::phase::Phase;

const MATCHES: &str = "220 ready\r\n";
const MISMATCHES: &str = "421 busy\r\n";

/// Greetings of other protocols: no record of TLS, and never a match.
const STRANGE: [&str; 4] = [
    "SSH-2.0-OpenSSH_9.2p1\r\n",
    "* OK ready\r\n",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "\0\x1b[2J|",
];

/// A fatal `handshake_failure` in the clear.
const ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// Less than the peer's part of a handshake has.
const PART: usize = 300;

impl Plot {
    /// All that it does.
    pub fn acts(&self, rng: &mut Rng) -> Vec<Act> {
        let state = self.cell.state;
        let shakes = match self.cell.tls {
            true => vec![Act::Handshake],
            false => Vec::new(),
        };
        let hears = vec![Act::Hear(self.send)];
        let replies = match self.asks {
            Asks::Match => vec![Act::say(MATCHES)],
            Asks::Mismatch => vec![Act::say(MISMATCHES)],
            Asks::Nothing => Vec::new(),
        };
        let half = match self.half {
            true => vec![Act::say("2")],
            false => Vec::new(),
        };
        let answers = [hears.clone(), replies.clone()].concat();
        let rests = vec![Act::Pause(self.rest)];
        let shut = vec![Act::Shut];
        // Until the fault, and from it on; the state before the first begins with the connection.
        let (before, after) = match state {
            Phase::Resolving | Phase::Connecting => (Vec::new(), [shakes, answers].concat()),
            Phase::Handshaking => {
                let before = [self.part_of_handshake(rng), rests].concat();
                (before, [shakes, answers].concat())
            }
            Phase::Sending => {
                let before = [shakes, shut, rests].concat();
                (before, [vec![Act::Open], answers].concat())
            }
            Phase::Delay => {
                let rests = if self.passes() { Vec::new() } else { rests };
                ([shakes, hears, rests].concat(), replies)
            }
            Phase::Reading => {
                let waits = vec![Act::Pause(self.delay + self.rest)];
                let before = [shakes, hears, half, waits].concat();
                (before, vec![Act::say("20")])
            }
            Phase::Quitting if self.leave => {
                let bye = vec![Act::Hear(self.send + self.quit), Act::Pause(self.rest / 2)];
                ([shakes, hears, replies, bye].concat(), Vec::new())
            }
            Phase::Quitting => {
                let waits = vec![Act::Pause(self.delay + self.rest)];
                let before = [shakes, hears, shut, replies, waits].concat();
                (before, vec![Act::Open])
            }
            Phase::Done => unreachable!("nothing strikes at the end"),
        };
        if self.passes() {
            return [before, after].concat();
        }
        [before, vec![Act::Strike], self.strike(rng)].concat()
    }

    /// Nothing, or what leaves the handshake where it is; nothing where what comes next would be
    /// taken for the rest of it.
    fn part_of_handshake(&self, rng: &mut Rng) -> Vec<Act> {
        let ends = match self.cell.fault {
            Fault::Reset | Fault::Exhaustion | Fault::Silence | Fault::HalfClose => true,
            _ => self.beyond,
        };
        match ends && rng.one_in(2) {
            true => vec![Act::HandshakePart(rng.below(PART))],
            false => Vec::new(),
        }
    }

    /// The fault itself, and for a probe that could not write what lets it go on and see.
    fn strike(&self, rng: &mut Rng) -> Vec<Act> {
        let Cell { state, fault, tls } = self.cell;
        let shaking = state == Phase::Handshaking;
        let strike = match fault {
            Fault::Reset | Fault::Exhaustion => Act::Reset(self.errno),
            Fault::Drip => return self.dripping(),
            Fault::Flood => Act::Flood(b"more ".to_vec()),
            Fault::HalfClose if tls && !shaking => Act::CloseNotify,
            Fault::HalfClose | Fault::NoCloseNotify => Act::End,
            Fault::WrongProtocol => Act::raw(rng.pick(&STRANGE)),
            Fault::Alert if shaking => Act::raw(ALERT),
            Fault::Alert => Act::Alert,
            Fault::Silence | Fault::Jump => return Vec::new(),
            Fault::Refused | Fault::NoLookup | Fault::Doubled => return Vec::new(),
        };
        let release = [Act::Pause(self.release), Act::Open];
        match state {
            Phase::Sending | Phase::Quitting if !self.leave => [&[strike], &release[..]].concat(),
            _ => vec![strike],
        }
    }

    /// Byte by byte until after the deadline.
    fn dripping(&self) -> Vec<Act> {
        let drop = match self.cell.state {
            Phase::Handshaking => return vec![Act::HandshakeDrip(self.drip)],
            Phase::Sending | Phase::Quitting if !self.leave => Act::Take(1),
            _ => Act::say("2"),
        };
        let count = (self.timeout + self.delay).as_millis() / self.drip.as_millis();
        let drip = [drop, Act::Pause(self.drip)];
        let drips = drip.iter().cycle().take(2 * count as usize);
        drips.cloned().collect()
    }
}
