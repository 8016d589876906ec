//! A check before it begins, what goes with it while it runs, and the record it ends as.

use crate::check::Check;
use crate::engine::Completion;
use crate::engine::admission::Candidate;
use crate::outcome::{Cause, Failure, Trace, final_phase};
use crate::phase::Phase;
use crate::record::{Checked, Event, Job, Label, Record};
use crate::resolve::LookupRequest;
use crate::target::Target;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A check that waits to be begun.
pub struct PendingJob {
    job: Job,
    tries: u8,
    /// How the last try went, the state it ended in, and when it began.
    last: Option<Box<(Trace, Phase, SystemTime)>>,
}

/// What goes with a check while it runs.
pub struct JobMeta {
    label: Label,
    /// When it began, by the wall clock.
    began: SystemTime,
    /// How often it has been tried again for want of a local address.
    pub tries: u8,
    /// Nothing else is in flight while it is.
    pub alone: bool,
}

impl PendingJob {
    /// One that has not been tried.
    pub fn new(job: Job) -> Self {
        Self {
            job,
            tries: 0,
            last: None,
        }
    }

    /// One that has ended and is to be tried again.
    pub fn retry(ended: Completion<JobMeta>) -> Self {
        let trace = ended.probe.trace(ended.at);
        let phase = final_phase(&ended.outcome);
        let (target, check) = ended.probe.into_parts();
        let job = Job {
            label: ended.tag.label,
            target,
            check,
        };
        Self {
            job,
            tries: ended.tag.tries,
            last: Some(Box::new((trace, phase, ended.tag.began))),
        }
    }

    /// Who is to be asked.
    pub fn target(&self) -> &Target {
        &self.job.target
    }

    /// It begins now, which is `wall` by the wall clock.
    pub fn start(self, alone: bool, wall: SystemTime) -> (JobMeta, Target, Arc<Check>) {
        let tag = JobMeta {
            label: self.job.label,
            began: wall,
            tries: self.tries,
            alone,
        };
        (tag, self.job.target, self.job.check)
    }

    /// It waited when the run was broken off. Where it had been tried, that is its verdict.
    pub fn into_interrupted_record(self) -> Option<Record> {
        let (trace, phase, began) = *self.last?;
        let failure = Failure {
            phase,
            cause: Cause::Interrupted,
            peer: trace.peer,
            certificate_requested: false,
        };
        Some(Record {
            label: self.job.label,
            event: Event::Checked(Box::new(Checked {
                target: self.job.target,
                check: self.job.check,
                outcome: Err(failure),
                trace,
                began,
            })),
        })
    }
}

impl Candidate for PendingJob {
    type Lookup = LookupRequest;

    fn lookup(&self) -> Option<LookupRequest> {
        LookupRequest::for_target(&self.job.target, self.job.check.family)
    }

    fn timeout(&self) -> Duration {
        self.job.check.timeout
    }

    fn address_retries(&mut self) -> &mut u8 {
        &mut self.tries
    }
}

/// What came of a check.
pub fn record_outcome(ended: Completion<JobMeta>) -> Record {
    let trace = ended.probe.trace(ended.at);
    let (target, check) = ended.probe.into_parts();
    Record {
        label: ended.tag.label,
        event: Event::Checked(Box::new(Checked {
            target,
            check,
            outcome: ended.outcome,
            trace,
            began: ended.tag.began,
        })),
    }
}

/// The same where this machine lacked something to the last: nothing that came of other addresses
/// counts, for one that could not be tried might have answered.
pub fn record_local_failure(mut ended: Completion<JobMeta>) -> Record {
    ended.outcome = ended
        .outcome
        .map_err(|failure| failure.keep_local_failures());
    record_outcome(ended)
}
