//! A run of a story held against its law.

use super::Fault;
use super::law::{Comes, Law, When, law};
use super::story::{Asks, Plot, Story};
use crate::printed;
use crate::run::{LEAVE, Run};
use check_tcp::internal::net::LookupError;
use check_tcp::outcome::{AttemptOutcome, Cause, Success, final_phase, response_time};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::tls::TlsError;
use rustix::io::Errno;
use rustls::{AlertDescription, Error, InvalidMessage};
use std::io;
use std::time::Duration;

/// Most reads for a peer that sends without end: those of a step that began in time, and of the
/// farewell.
const READS: u32 = 16 + 256;

/// Asserts that the fault struck in the state, and that what came of it is what the contract
/// demands.
pub fn holds(story: &Story, run: &Run) {
    let plot = &story.plot;
    let law = law(plot);
    let told = || format!("{plot:?}: {law:?}: {:?}: {}", run.tally.stays, run.told());
    assert!(struck(story, run), "it did not strike there: {}", told());
    let when = moment(story, run, &law);
    let when = when.unwrap_or_else(|| panic!("that never was: {}", told()));
    let ended = ends(story, run, &law, when);
    assert!(ended, "not at {when:?}: {}", told());
    assert!(came(plot, run, law.comes), "{}", told());

    let (check, _) = story.case.asks();
    assert_eq!(
        run.status,
        status(plot, &law, check.error_warning),
        "{}",
        told()
    );
    assert_eq!(final_phase(&run.outcome), phase(plot, &law), "{}", told());
    assert_eq!(run.trace.total, run.at, "{}", told());
    printed::holds(run);
}

/// True if the probe was in the state when the fault struck, and had been there before.
fn struck(story: &Story, run: &Run) -> bool {
    let Some(stay) = run.tally.stay(story.plot.cell.state) else {
        return false;
    };
    match (
        story.plot.cell.fault,
        run.tally.jumped,
        run.world.log.struck,
    ) {
        (Fault::Doubled, ..) => run.tally.doubled > 0,
        (Fault::Jump, Some((at, resumed)), _) => stay.from <= at && resumed <= stay.to,
        (Fault::Jump, None, _) => false,
        (_, _, struck) => {
            let at = story.strikes.or(struck);
            at.is_some_and(|at| stay.from < at && at <= stay.to)
        }
    }
}

/// The time at which it has to come.
fn moment(story: &Story, run: &Run, law: &Law) -> Option<Duration> {
    let plot = &story.plot;
    let log = &run.world.log;
    let last = log.news.map(|(_, last)| last);
    let released = log.struck.map(|at| at + plot.release);
    match law.when {
        When::Struck => story.strikes,
        When::First => log.news.map(|(first, _)| first),
        When::Last => last,
        When::Later if plot.cell.state == Phase::Delay => {
            let pause = run.tally.stay(Phase::Delay)?;
            Some(pause.from + plot.delay)
        }
        When::Later if plot.cell.fault == Fault::Reset => Some(last? + plot.delay),
        When::Later => Some(released? + plot.delay),
        When::Released => released,
        When::Deadline => Some(deadline(plot)),
        When::Resumed => run.tally.jumped.map(|(_, resumed)| resumed),
        When::Heard => Some(log.last_heard),
        When::Written => Some(log.last_write),
    }
}

/// True if the run ended when it had to, and told the right time.
fn ends(story: &Story, run: &Run, law: &Law, when: Duration) -> bool {
    let plot = &story.plot;
    let told = response_time(&run.outcome);
    let decided = run.tally.stay(Phase::Quitting).map(|stay| stay.from);
    let handed_over = |at| match plot.asks {
        Asks::Mismatch => told == decided,
        Asks::Match | Asks::Nothing => told == Some(at),
    };
    match law.comes {
        Comes::Answered if stays(plot) => {
            handed_over(when) && run.at == (when + LEAVE).min(plot.timeout + plot.delay)
        }
        Comes::Answered => handed_over(when) && run.at == when,
        Comes::Left => handed_over(run.world.log.last_heard) && run.at == when,
        Comes::Decided => told == decided && run.at == when,
        Comes::Mismatch if story.cost.is_zero() => {
            told == Some(when) && run.at == run.world.log.last_heard
        }
        Comes::Mismatch => {
            let slack = story.cost * READS;
            told.is_some_and(|told| (when..=when + slack).contains(&told))
                && run.at <= when + LEAVE + slack
        }
        Comes::Open => told == Some(when) && run.at == when,
        _ => told.is_none() && run.at == when,
    }
}

/// True if the peer under TLS is there to the end, and has to be given time to take its leave.
fn stays(plot: &Plot) -> bool {
    let stays = [Fault::Silence, Fault::Drip, Fault::Jump, Fault::Doubled];
    plot.cell.tls && stays.contains(&plot.cell.fault)
}

fn came(plot: &Plot, run: &Run, comes: Comes) -> bool {
    let failure = match (&run.outcome, comes, plot.asks) {
        (Ok(Success::Completed { reply, .. }), comes, asks) if is_good(comes) => {
            let heard = comes == Comes::Decided || has_heard(plot, run);
            return heard && reply.is_some() == (asks == Asks::Match);
        }
        (Err(failure), Comes::Answered | Comes::Left, Asks::Mismatch) if has_heard(plot, run) => {
            failure
        }
        (Err(failure), Comes::Decided, Asks::Mismatch) => failure,
        (_, comes, _) if is_good(comes) => return false,
        (Ok(_), ..) => return false,
        (Err(failure), ..) => failure,
    };
    let said = |e: &io::Error| Errno::from_io_error(e) == Some(plot.errno);
    match (&failure.cause, comes) {
        (Cause::Unexpected { open, .. }, Comes::Open) => *open,
        (Cause::Unexpected { open, .. }, Comes::Mismatch) => !open,
        (Cause::Unexpected { open, .. }, comes) if is_good(comes) => !open,
        (Cause::Closed, Comes::Closed) | (Cause::TimedOut, Comes::TimedOut) => true,
        (Cause::Io(e), Comes::Io) => said(e),
        (Cause::Lookup(LookupError::Failed(e)), Comes::LookupFailed) => said(e),
        (Cause::Lookup(LookupError::Local(e)), Comes::LookupLacks) => said(e),
        (Cause::Unconnected(tried), Comes::Unconnected) => tried
            .iter()
            .all(|tried| matches!(&tried.outcome, AttemptOutcome::Failed(e) if said(e))),
        (Cause::Unconnected(tried), Comes::Lacking) => tried.iter().enumerate().all(
            |(i, tried)| matches!(&tried.outcome, AttemptOutcome::Failed(e) if said(e) == (i == 0)),
        ),
        // Behind a clock that has jumped beyond the deadline not all have had their turn.
        (Cause::Unconnected(tried), Comes::Unanswered) => {
            (0..).zip(tried).all(|(i, tried)| match tried.outcome {
                AttemptOutcome::Silence => true,
                AttemptOutcome::Untried => plot.beyond && i > 0,
                _ => false,
            })
        }
        (Cause::Tls(e), comes) => ended_tls(plot, e, comes),
        _ => false,
    }
}

fn ended_tls(plot: &Plot, error: &TlsError, comes: Comes) -> bool {
    let alert = match plot.cell.state {
        Phase::Handshaking => AlertDescription::HandshakeFailure,
        _ => AlertDescription::BadRecordMac,
    };
    let strange = InvalidMessage::InvalidContentType;
    match (error, comes) {
        (TlsError::Closed, Comes::Broken) => true,
        (TlsError::Rustls(e), Comes::Strange) => *e == Error::InvalidMessage(strange),
        (TlsError::Rustls(e), Comes::Alerted) => *e == Error::AlertReceived(alert),
        _ => false,
    }
}

/// True if the reply, if one was asked for, has decided.
fn is_good(comes: Comes) -> bool {
    matches!(comes, Comes::Answered | Comes::Left | Comes::Decided)
}

/// True if the peer heard all that it had to, in order and once; nothing, if its session broke.
fn has_heard(plot: &Plot, run: &Run) -> bool {
    let said = [vec![b's'; plot.send], vec![b'q'; plot.quit]].concat();
    plot.cell.fault == Fault::Alert || run.world.heard() == said
}

/// The verdict of the contract's table, with `-W` where it was given.
fn status(plot: &Plot, law: &Law, error_warning: bool) -> Status {
    let exhausted = plot.cell.fault == Fault::Exhaustion;
    match law.comes {
        comes if is_good(comes) && plot.asks != Asks::Mismatch => Status::Ok,
        Comes::Io | Comes::LookupLacks | Comes::Lacking if exhausted => Status::Unknown,
        _ if error_warning => Status::Warning,
        _ => Status::Critical,
    }
}

/// The phase that is told: a decision while reading is told as that; the goodbye came after.
fn phase(plot: &Plot, law: &Law) -> Phase {
    match (law.comes, plot.asks) {
        (comes, Asks::Mismatch) if is_good(comes) => Phase::Reading,
        _ => law.phase,
    }
}

/// The time by which the check has to have ended: the pause moves it back once it has begun.
fn deadline(plot: &Plot) -> Duration {
    match plot.cell.state {
        Phase::Delay | Phase::Reading | Phase::Quitting => plot.timeout + plot.delay,
        _ => plot.timeout,
    }
}
