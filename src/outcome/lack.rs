//! What this machine lacked for a check, and may have again.

use super::errno::{Meaning, is_crowded};
use super::{Came, Cause, Failure, Lacked, Tried};
use crate::net::LookupError;

impl Failure {
    /// What this machine lacked and may have again: room at any address, for it may have been that
    /// one which would have answered; or a local address at all of them.
    pub fn lacked(&self) -> Option<Lacked> {
        match &self.cause {
            Cause::Lookup(LookupError::Lack(_)) => Some(Lacked::Room),
            Cause::Lookup(LookupError::Failed(e)) | Cause::Io(e) => {
                is_crowded(e).then_some(Lacked::Room)
            }
            Cause::Unconnected(tried) => {
                let lacked =
                    |what| move |tried: &Tried| tried.meaning() == Some(Meaning::Lack(what));
                if tried.iter().any(lacked(Lacked::Room)) {
                    return Some(Lacked::Room);
                }
                (!tried.is_empty() && tried.iter().all(lacked(Lacked::Address)))
                    .then_some(Lacked::Address)
            }
            _ => None,
        }
    }

    /// The failure of a check that [lacked](Self::lacked) room to the last. What came of its other
    /// addresses does not count: the one that could not be tried might have answered.
    pub fn only_lack(mut self) -> Self {
        if let Cause::Unconnected(tried) = &mut self.cause {
            tried.retain(|tried| tried.meaning().is_some_and(Meaning::is_local));
        }
        self
    }
}

impl Tried {
    /// What an attempt that failed by the system's word means; `None` for one that was silent, or had
    /// no turn.
    pub(crate) fn meaning(&self) -> Option<Meaning> {
        match &self.came {
            Came::Failed(e) => Some(Meaning::of_attempt(e, self.address)),
            Came::Silence | Came::GivenUp | Came::Untried => None,
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
            Some(errno) => Came::Failed((*errno).into()),
            None => Came::Silence,
        };
        let tried = errnos.iter().map(|errno| Tried {
            address: None,
            came: came(errno),
        });
        failed(Cause::Unconnected(tried.collect()))
    }

    #[test]
    fn a_lack_that_may_pass_is_told_from_a_verdict() {
        let (room, address) = (Some(Lacked::Room), Some(Lacked::Address));
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
            assert_eq!(unconnected(errnos).lacked(), wanted, "{errnos:?}");
        }
        let mixed = unconnected(&[refused, Some(Errno::MFILE), None]).only_lack();
        let Cause::Unconnected(tried) = &mixed.cause else {
            panic!("{mixed:?}");
        };
        assert_eq!(tried.len(), 1, "the lack alone is left");
        let lack = LookupError::Lack(io::Error::other("no thread"));
        assert_eq!(failed(Cause::Lookup(lack)).lacked(), room);
        for (errno, wanted) in [(Errno::MFILE, room), (Errno::CONNRESET, None)] {
            let asked = LookupError::Failed(errno.into());
            assert_eq!(failed(Cause::Lookup(asked)).lacked(), wanted, "{errno:?}");
            assert_eq!(
                failed(Cause::Io(errno.into())).lacked(),
                wanted,
                "{errno:?}"
            );
        }
        assert_eq!(failed(Cause::TimedOut).lacked(), None);
    }
}
