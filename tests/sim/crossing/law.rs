//! The contract's demands on a cell: the state the probe ends in, its outcome, and the time of it.

use super::story::{Asks, Plot};
use super::{Cell, Fault};
use Comes::*;
use When::*;
use check_tcp::phase::Phase;

/// The outcome of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// The state that a failure names; `Done` where there is none.
    pub phase: Phase,
    pub comes: Comes,
    pub when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// The reply, if one was asked for, decided, and the farewell was handed over.
    Answered,
    /// The same, and the peer has taken its leave.
    Left,
    /// The reply decided; the farewell could not be handed over.
    Decided,
    /// The reply can't match any more.
    Mismatch,
    /// It still could have.
    Open,
    /// There was none.
    Closed,
    TimedOut,
    /// The word of the system.
    Io,
    /// The same of the resolver, of its own accord or for a lack of this machine.
    LookupFailed,
    LookupLacks,
    /// The same at each address.
    Unconnected,
    /// The same for a lack of this machine.
    Lacking,
    /// No address ever answered.
    Unanswered,
    /// TLS ended in mid-handshake, met something else, or was told of a failure.
    Broken,
    Strange,
    Alerted,
}

/// The tick at which it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The fault strikes.
    Struck,
    /// The first of what it sent is there, or the last.
    First,
    Last,
    /// The pause after that is over.
    Later,
    /// The peer takes everything in again.
    Released,
    Deadline,
    /// The clock stands where it jumped to.
    Resumed,
    /// The peer has heard the farewell.
    Heard,
    /// Something was handed over for the last time.
    Written,
}

/// The law of a story.
pub fn law(plot: &Plot) -> Law {
    let Cell { state, fault, tls } = plot.cell;
    let law = |phase, comes, when| Law { phase, comes, when };
    let answered = law(Phase::Done, Answered, Heard);
    let unasked = plot.asks == Asks::Nothing;
    if plot.passes() {
        return answered;
    }
    match (state, fault) {
        (_, Fault::Doubled) => answered,
        (_, Fault::Jump) => Law {
            when: Resumed,
            ..silent(plot)
        },
        (_, Fault::Silence) if plot.leave => answered,
        (_, Fault::Silence | Fault::NoLookup) => silent(plot),

        (Phase::Resolving, Fault::Refused) => law(state, LookupFailed, Struck),
        (Phase::Resolving, _) => law(state, LookupLacks, Struck),

        (Phase::Connecting, Fault::Refused) => law(state, Unconnected, Struck),
        (Phase::Connecting, Fault::Reset) => law(state, Io, Struck),
        (Phase::Connecting, _) => law(state, Lacking, Struck),

        (Phase::Handshaking, Fault::Reset | Fault::Exhaustion) => law(state, Io, Last),
        (Phase::Handshaking, Fault::HalfClose) => law(state, Broken, Last),
        (Phase::Handshaking, Fault::Alert) => law(state, Alerted, Last),
        (Phase::Handshaking, Fault::Drip) => silent(plot),
        (Phase::Handshaking, _) => law(state, Strange, First),

        // Who reads hears what was said before the end, even if not all was sent.
        (Phase::Sending, Fault::Reset) if !unasked => law(Phase::Reading, Closed, Later),
        (Phase::Sending, Fault::Reset | Fault::Exhaustion) => law(state, Io, Last),
        (Phase::Sending, Fault::Drip | Fault::Flood) => silent(plot),
        (Phase::Sending, _) => met(plot, Later),

        (Phase::Delay, _) => met(plot, Later),

        (Phase::Reading, Fault::Flood | Fault::WrongProtocol) => met(plot, First),
        (Phase::Reading, _) => met(plot, Last),

        (Phase::Quitting, Fault::WrongProtocol) if plot.leave && unasked => {
            law(state, Strange, First)
        }
        (Phase::Quitting, Fault::Alert) if plot.leave && unasked => law(state, Alerted, Last),
        (Phase::Quitting, Fault::WrongProtocol) if plot.leave => law(Phase::Done, Left, First),
        (Phase::Quitting, Fault::Drip) if plot.leave => answered,
        (Phase::Quitting, _) if plot.leave => law(Phase::Done, Left, Last),

        (Phase::Quitting, Fault::Drip | Fault::Flood) => silent(plot),
        (Phase::Quitting, Fault::Reset | Fault::Exhaustion) if unasked => law(state, Io, Last),
        (Phase::Quitting, Fault::Reset | Fault::Exhaustion) => law(Phase::Done, Decided, Last),
        (Phase::Quitting, Fault::WrongProtocol) if unasked && tls => law(state, Strange, Released),
        (Phase::Quitting, Fault::Alert) if unasked => law(state, Alerted, Released),
        (Phase::Quitting, _) => law(Phase::Done, Answered, Released),

        (Phase::Done, _) => unreachable!("nothing strikes at the end"),
    }
}

/// Nothing comes, to the end.
fn silent(plot: &Plot) -> Law {
    let unasked = plot.asks == Asks::Nothing;
    let (phase, comes) = match plot.cell.state {
        Phase::Connecting => (Phase::Connecting, Unanswered),
        // Nothing has to come.
        Phase::Delay if unasked => return met(plot, Later),
        Phase::Delay => (Phase::Reading, TimedOut),
        Phase::Reading if plot.half => (Phase::Reading, Open),
        Phase::Quitting if !unasked => (Phase::Done, Decided),
        state => (state, TimedOut),
    };
    let when = Deadline;
    Law { phase, comes, when }
}

/// The probe meets with it when it reads, or where nothing is read, when it says farewell.
fn met(plot: &Plot, when: When) -> Law {
    let Cell { fault, tls, .. } = plot.cell;
    let law = |phase, comes, when| Law { phase, comes, when };
    let answered = law(Phase::Done, Answered, Heard);
    if plot.asks == Asks::Nothing {
        return match fault {
            Fault::Reset | Fault::Exhaustion => law(Phase::Quitting, Io, when),
            Fault::WrongProtocol if tls => law(Phase::Quitting, Strange, Heard),
            Fault::Alert => law(Phase::Quitting, Alerted, Written),
            _ => answered,
        };
    }
    let (comes, when) = match fault {
        Fault::Reset | Fault::Exhaustion => (Io, when),
        Fault::WrongProtocol if tls => (Strange, when),
        Fault::Alert => (Alerted, when),
        Fault::WrongProtocol | Fault::Flood => (Mismatch, when),
        Fault::HalfClose | Fault::NoCloseNotify if plot.half => (Mismatch, when),
        Fault::HalfClose | Fault::NoCloseNotify => (Closed, when),
        Fault::Drip => (Open, Deadline),
        Fault::Silence if plot.half => (Open, Deadline),
        Fault::Silence => (TimedOut, Deadline),
        Fault::Refused | Fault::NoLookup | Fault::Jump | Fault::Doubled => return answered,
    };
    law(Phase::Reading, comes, when)
}
