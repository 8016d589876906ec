//! A job before its check starts, its data while the check runs, and the record that it ends as.

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

/// A job that waits for its check to start.
pub struct PendingJob {
    job: Job,
    tries: u8,
    /// The trace of the last try, the state it ended in, and its start by the wall clock.
    last: Option<Box<(Trace, Phase, SystemTime)>>,
}

/// Data of a job that its check in flight does not hold.
pub struct JobMeta {
    label: Label,
    /// Start of the check by the wall clock.
    began: SystemTime,
    /// Number of retries because no local address was free.
    pub tries: u8,
    /// True if no other check is in flight with it.
    pub alone: bool,
}

impl PendingJob {
    /// A job that has not been tried.
    pub fn new(job: Job) -> Self {
        Self {
            job,
            tries: 0,
            last: None,
        }
    }

    /// The job of a check that ended for want of a local resource.
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

    /// The endpoint.
    pub fn target(&self) -> &Target {
        &self.job.target
    }

    /// Splits the job for a check that starts at `wall`: the probe owns target and check.
    pub fn start(self, alone: bool, wall: SystemTime) -> (JobMeta, Target, Arc<Check>) {
        let tag = JobMeta {
            label: self.job.label,
            began: wall,
            tries: self.tries,
            alone,
        };
        (tag, self.job.target, self.job.check)
    }

    /// The record of a job that waited when the run was interrupted; `None` if it was never tried.
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

/// Makes the record of a check that has ended.
pub(crate) fn record_outcome(ended: Completion<JobMeta>) -> Record {
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

/// Makes the record of a check that this machine was short of a resource for to the last. Failures
/// of other addresses are left out, since the one that could not be tried might have answered.
pub(crate) fn record_local_failure(mut ended: Completion<JobMeta>) -> Record {
    ended.outcome = ended
        .outcome
        .map_err(|failure| failure.keep_local_failures());
    record_outcome(ended)
}
