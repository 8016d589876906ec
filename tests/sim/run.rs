//! A run, and what can be asked of it.

pub use crate::case::Case;
use crate::driver::Tally;
use crate::script::Script;
use crate::world::World;
use check_tcp::Checked;
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::outcome::{AttemptOutcome, Cause, FailedAttempt, Failure, Reply, Success};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::tls::Tls;
use rustix::io::Errno;
use std::net::SocketAddr;
use std::ops::Deref;
use std::time::Duration;

/// Number of addresses of a name that are tried.
pub const TRIED: usize = 8;

/// Time in which a peer under TLS may take its leave.
pub const LEAVE: Duration = Duration::from_millis(200);

/// Most reads of unread bytes that the farewell takes.
pub const DRAIN: usize = 256;

/// The result of a run.
pub struct Run {
    pub checked: Checked,
    pub status: Status,
    /// The time of its end.
    pub at: Duration,
    pub tally: Tally,
    pub world: World,
}

/// The verdict on a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Match,
    Mismatch,
    /// A mismatch whose pattern was open to the end.
    Open,
    Closed,
    TimedOut,
    Broken,
}

/// The outcome of an attempt at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Failed(Errno),
    Silence,
    GivenUp,
    Untried,
}

/// Runs a check of a name to its end.
pub fn run(script: Script, check: Check) -> Run {
    Case::new(script, check).run()
}

/// A check of 10 s that waits for `pattern` and then says QUIT.
pub fn expecting(pattern: &str) -> Check {
    Check {
        expect: Some(Pattern::new(pattern).expect("a pattern")),
        quit: b"QUIT\r\n".to_vec(),
        ..Check::default()
    }
}

/// In the clear, or under TLS with any certificate.
pub fn over(tls: bool, check: Check) -> Check {
    Check {
        tls: tls.then(|| Tls::unverified(None)),
        ..check
    }
}

impl Deref for Run {
    type Target = Checked;

    fn deref(&self) -> &Checked {
        &self.checked
    }
}

impl Run {
    /// All that can be told of the run but its steps.
    pub fn told(&self) -> String {
        let outcome = match &self.outcome {
            Err(failure) if self.reply().is_some() => format!("mismatch from {:?}", failure.peer),
            Ok(Success::Completed { elapsed, .. }) => format!("answered after {elapsed:?}"),
            outcome => format!("{outcome:?}"),
        };
        let reply = self.reply().map(|reply| {
            let start: Vec<u8> = reply.kept().iter().copied().take(60).collect();
            format!("{} bytes, {}", reply.total(), start.escape_ascii())
        });
        let heard = self.world.heard().escape_ascii();
        let begun = &self.world.log.begun;
        format!(
            "{outcome} at {:?}; reply {reply:?}; heard {heard}; tried {begun:?}",
            self.at
        )
    }

    pub fn verdict(&self) -> Verdict {
        match &self.outcome {
            Ok(_) => Verdict::Match,
            Err(failure) => match failure.cause {
                Cause::Unexpected { open: false, .. } => Verdict::Mismatch,
                Cause::Unexpected { open: true, .. } => Verdict::Open,
                Cause::Closed => Verdict::Closed,
                Cause::TimedOut => Verdict::TimedOut,
                _ => Verdict::Broken,
            },
        }
    }

    pub fn reply(&self) -> Option<&Reply> {
        match &self.outcome {
            Ok(Success::Completed { reply, .. }) => reply.as_ref(),
            Ok(Success::PortOpen) => None,
            Err(failure) => match &failure.cause {
                Cause::Unexpected { reply, .. } => Some(reply),
                _ => None,
            },
        }
    }

    /// The response time of a check that was answered.
    pub fn elapsed(&self) -> Duration {
        match &self.outcome {
            Ok(Success::Completed { elapsed, .. }) => *elapsed,
            other => panic!("not answered: {other:?}"),
        }
    }

    /// The pause that is no part of the response time.
    pub fn pause_apart(&self) -> Duration {
        match self.check.delay_apart {
            true => self.check.delay,
            false => Duration::ZERO,
        }
    }

    pub fn failure(&self) -> &Failure {
        match &self.outcome {
            Err(failure) => failure,
            Ok(report) => panic!("no failure: {report:?}"),
        }
    }

    pub fn phase(&self) -> Phase {
        self.failure().phase
    }

    /// The start of each attempt, with its address.
    pub fn begins(&self) -> Vec<(Duration, SocketAddr)> {
        addressed(&self.world.log.begun)
    }

    /// The end of each attempt that was given up, with its address.
    pub fn given_up(&self) -> Vec<(Duration, SocketAddr)> {
        addressed(&self.world.log.abandoned)
    }

    /// The outcome at each address.
    pub fn attempts(&self) -> Vec<(SocketAddr, What)> {
        let told = |came: &AttemptOutcome| match came {
            AttemptOutcome::Failed(e) => {
                What::Failed(Errno::from_io_error(e).expect("one of the system"))
            }
            AttemptOutcome::Silence => What::Silence,
            AttemptOutcome::GivenUp => What::GivenUp,
            AttemptOutcome::Untried => What::Untried,
        };
        let address = |tried: &FailedAttempt| tried.address.expect("an address");
        let tried = self.tried().iter();
        tried.map(|t| (address(t), told(&t.outcome))).collect()
    }

    /// The attempts at the addresses, or at the socket.
    pub fn tried(&self) -> &[FailedAttempt] {
        match &self.failure().cause {
            Cause::Unconnected(tried) => tried,
            other => panic!("connected: {other:?}"),
        }
    }

    /// Every byte asked for was heard, in order and once.
    pub fn heard(&self, expected: &str) {
        assert_eq!(String::from_utf8_lossy(self.world.heard()), expected);
    }
}

fn addressed(log: &[(Duration, Option<SocketAddr>)]) -> Vec<(Duration, SocketAddr)> {
    let addressed = |&(at, to): &(Duration, Option<SocketAddr>)| (at, to.expect("an address"));
    log.iter().map(addressed).collect()
}
