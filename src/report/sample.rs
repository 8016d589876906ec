//! Records for the tests of this module.

use crate::check::Check;
use crate::outcome::{Cause, Failure, Reply, Success, Trace};
use crate::phase::Phase;
use crate::record::{Checked, Event, Label, Record, UsageError};
use crate::target::Target;
use crate::verdict::Reason;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// The record of [`checked`].
pub(crate) fn record(check: impl Into<Arc<Check>>, outcome: Result<Success, Failure>) -> Record {
    Record {
        label: label("mail.example:25"),
        event: Event::Checked(Box::new(checked(check, outcome))),
    }
}

/// A check of port 25 of `mail.example`, which began at the epoch and took 90 ms.
pub(crate) fn checked(check: impl Into<Arc<Check>>, outcome: Result<Success, Failure>) -> Checked {
    let target = Target::Name {
        host: "mail.example".to_owned(),
        port: 25,
    };
    let trace = Trace {
        total: Duration::from_millis(90),
        ..Trace::default()
    };
    Checked {
        target,
        check: check.into(),
        outcome,
        trace,
        began: UNIX_EPOCH,
    }
}

/// The third line of a list.
pub(crate) fn label(target: &str) -> Label {
    Label {
        line: Some(3),
        target: target.into(),
        name: None,
    }
}

/// Changes a record of a check.
pub(crate) fn change(record: &mut Record, change: impl FnOnce(&mut Checked)) {
    match &mut record.event {
        Event::Checked(checked) => change(checked),
        Event::NotChecked { .. } => panic!("it was not checked"),
    }
}

/// A line of a list with a usage error.
pub(crate) fn invalid(target: &str, message: &str) -> Record {
    Record {
        label: label(target),
        event: Event::NotChecked {
            reason: Reason::Usage,
            error: UsageError {
                name: "SMTP".to_owned(),
                message: message.to_owned(),
            },
        },
    }
}

/// A completed check with its response time in milliseconds.
pub(crate) fn answered(ms: u64, reply: Option<&[u8]>) -> Result<Success, Failure> {
    Ok(Success::Completed {
        elapsed: Duration::from_millis(ms),
        reply: reply.map(self::reply),
    })
}

/// A failed check.
pub(crate) fn failed(phase: Phase, cause: Cause) -> Result<Success, Failure> {
    let peer = None;
    Err(Failure {
        phase,
        cause,
        peer,
        certificate_requested: false,
    })
}

/// A reply of these bytes.
pub(crate) fn reply(bytes: &[u8]) -> Reply {
    let mut reply = Reply::default();
    reply.push(bytes);
    reply
}
