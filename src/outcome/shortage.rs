//! Local shortages among the causes of a failure.

use super::errno::{Meaning, is_resource_shortage};
use super::{AttemptOutcome, Cause, FailedAttempt, Failure, Shortage};
use crate::net::LookupError;

impl Failure {
    /// Returns the local shortage that caused the failure. A shortage of resources counts at any of
    /// the addresses, because that one might have answered; one of local addresses only at all of
    /// them.
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

    /// Drops the attempts that failed for other than local reasons, for a check that met a
    /// [shortage](Self::shortage) to the last: an address that could not be tried might have
    /// answered.
    pub fn keep_local_failures(mut self) -> Self {
        if let Cause::Unconnected(tried) = &mut self.cause {
            tried.retain(|tried| tried.meaning().is_some_and(Meaning::is_local));
        }
        self
    }
}

impl FailedAttempt {
    /// Returns the meaning of the attempt's error; `None` without an answer, or if it was not
    /// tried.
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
        let outcome = |errno: &Option<Errno>| match errno {
            Some(errno) => AttemptOutcome::Failed((*errno).into()),
            None => AttemptOutcome::Silence,
        };
        let tried = errnos.iter().map(|errno| FailedAttempt {
            address: None,
            outcome: outcome(errno),
        });
        failed(Cause::Unconnected(tried.collect()))
    }

    #[test]
    fn a_shortage_that_may_pass_is_told_from_other_failures() {
        let (resources, address) = (Some(Shortage::Resources), Some(Shortage::LocalAddress));
        let (lacking, refused) = (Some(Errno::ADDRNOTAVAIL), Some(Errno::CONNREFUSED));
        for (errnos, wanted) in [
            (&[Some(Errno::MFILE)][..], resources),
            (&[Some(Errno::NOSPC)], resources),
            (&[refused, Some(Errno::NFILE)], resources),
            (&[Some(Errno::NOBUFS), None], resources),
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
        assert_eq!(tried.len(), 1, "only the shortage is left");
        let local = LookupError::Local(io::Error::other("no thread"));
        assert_eq!(failed(Cause::Lookup(local)).shortage(), resources);
        for (errno, wanted) in [(Errno::MFILE, resources), (Errno::CONNRESET, None)] {
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
