//! What this machine shortage for a check, and may have again.

use super::errno::{Meaning, is_resource_shortage};
use super::{AttemptOutcome, Cause, FailedAttempt, Failure, Shortage};
use crate::net::LookupError;

impl Failure {
    /// What this machine shortage and may have again: room at any address, for it may have been that
    /// one which would have answered; or a local address at all of them.
    pub fn shortage(&self) -> Option<Shortage> {
        match &self.cause {
            Cause::Lookup(LookupError::Local(_)) => Some(Shortage::Resources),
            Cause::Lookup(LookupError::Failed(e)) | Cause::Io(e) => {
                is_resource_shortage(e).then_some(Shortage::Resources)
            }
            Cause::Unconnected(tried) => {
                let shortage = |what| {
                    move |tried: &FailedAttempt| tried.meaning() == Some(Meaning::Shortage(what))
                };
                if tried.iter().any(shortage(Shortage::Resources)) {
                    return Some(Shortage::Resources);
                }
                (!tried.is_empty() && tried.iter().all(shortage(Shortage::LocalAddress)))
                    .then_some(Shortage::LocalAddress)
            }
            _ => None,
        }
    }

    /// The failure of a check that [lacked](Self::shortage) room to the last. What came of its other
    /// addresses does not count: the one that could not be tried might have answered.
    pub fn keep_local_failures(mut self) -> Self {
        if let Cause::Unconnected(tried) = &mut self.cause {
            tried.retain(|tried| tried.meaning().is_some_and(Meaning::is_local));
        }
        self
    }
}

impl FailedAttempt {
    /// What an attempt that failed by the system's word means; `None` for one that was silent, or had
    /// no turn.
    pub(crate) fn meaning(&self) -> Option<Meaning> {
        match &self.outcome {
            AttemptOutcome::Failed(e) => Some(Meaning::of_attempt(e, self.address)),
            AttemptOutcome::Silence | AttemptOutcome::GivenUp | AttemptOutcome::Untried => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phase::Phase;
    use rustix::io::Errno;
    use std::io;

    fn failed(cause: Cause) -> Failure {
        Failure {
            phase: Phase::Connecting,
            cause,
            peer: None,
            certificate_requested: false,
        }
    }

    fn unconnected(errnos: &[Option<Errno>]) -> Failure {
        let came = |errno: &Option<Errno>| match errno {
            Some(errno) => AttemptOutcome::Failed((*errno).into()),
            None => AttemptOutcome::Silence,
        };
        let tried = errnos.iter().map(|errno| FailedAttempt {
            address: None,
            outcome: came(errno),
        });
        failed(Cause::Unconnected(tried.collect()))
    }

    #[test]
    fn a_lack_that_may_pass_is_told_from_a_verdict() {
        let (room, address) = (Some(Shortage::Resources), Some(Shortage::LocalAddress));
        let (lacking, refused) = (Some(Errno::ADDRNOTAVAIL), Some(Errno::CONNREFUSED));
        for (errnos, wanted) in [
            (&[Some(Errno::MFILE)][..], room),
            (&[Some(Errno::NOSPC)], room),
            (&[refused, Some(Errno::NFILE)], room),
            (&[Some(Errno::NOBUFS), None], room),
            (&[lacking, lacking], address),
            (&[lacking, refused], None),
            (&[lacking, None], None),
            (&[Some(Errno::ACCESS)], None),
            (&[refused], None),
            (&[], None),
        ] {
            assert_eq!(unconnected(errnos).shortage(), wanted, "{errnos:?}");
        }
        let mixed = unconnected(&[refused, Some(Errno::MFILE), None]).keep_local_failures();
        let Cause::Unconnected(tried) = &mixed.cause else {
            panic!("{mixed:?}");
        };
        assert_eq!(tried.len(), 1, "the lack alone is left");
        let lack = LookupError::Local(io::Error::other("no thread"));
        assert_eq!(failed(Cause::Lookup(lack)).shortage(), room);
        for (errno, wanted) in [(Errno::MFILE, room), (Errno::CONNRESET, None)] {
            let asked = LookupError::Failed(errno.into());
            assert_eq!(failed(Cause::Lookup(asked)).shortage(), wanted, "{errno:?}");
            assert_eq!(
                failed(Cause::Io(errno.into())).shortage(),
                wanted,
                "{errno:?}"
            );
        }
        assert_eq!(failed(Cause::TimedOut).shortage(), None);
    }
}
