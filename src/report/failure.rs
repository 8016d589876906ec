//! The message of a failed check: the operation, its target and the error.

use super::sanitize::sanitize;
use crate::check::Check;
use crate::dialogue::Step;
use crate::host::spelling;
use crate::net::LookupError;
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Failure};
use crate::phase::Phase;
use crate::record::Checked;
use crate::target::{Family, Target};
use rustix::io::Errno;
use std::io;
use std::time::Duration;

/// Maximum length of a host or a path in characters, so that it leaves space for the error.
const MAX_TARGET_CHARS: usize = 300;

/// Maximum length of the text of a step in characters.
const MAX_STEP_CHARS: usize = 100;

/// Message for `ENOSPC`, which comes from epoll here, since no file is written.
const EPOLL_LIMIT: &str = "the limit of epoll is reached (fs.epoll.max_user_watches)";

/// Returns the message of a check that failed.
/// `negotiates` is what was asked on the way to TLS, if that is where it failed.
pub(crate) fn describe(
    check: &Check,
    target: &Target,
    failure: &Failure,
    negotiates: Option<&str>,
) -> String {
    if let (Cause::Unexpected { .. }, Some(asked)) = (&failure.cause, negotiates) {
        let of_peer = describe_peer(target, failure);
        return match asked {
            "" => format!("starting TLS with {of_peer}: the greeting was"),
            asked => format!("starting TLS with {of_peer}: the answer to {asked} was"),
        };
    }
    let error = describe_cause(check, target, failure) + &guess_suffix(failure);
    if let Cause::Engine(_) = failure.cause {
        return error;
    }
    let operation = match failure.phase {
        Phase::Resolving if matches!(target, Target::Name { .. }) => "looking up",
        Phase::Resolving | Phase::Connecting => "connecting to",
        Phase::Sending | Phase::Reading if negotiates.is_some() => "starting TLS with",
        Phase::Handshaking => "TLS handshake with",
        Phase::Sending => "sending to",
        Phase::Delay | Phase::Reading => "reading from",
        Phase::Quitting | Phase::Done if check.quit.is_empty() => "closing the connection to",
        Phase::Quitting | Phase::Done => "sending the quit string to",
    };
    format!("{operation} {}: {error}", describe_peer(target, failure))
}

/// Returns the step of a check with several expectations that it failed in, as a suffix of its
/// message; empty for others.
pub(crate) fn step_suffix(checked: &Checked) -> String {
    let is_expect = |step: &&Step| matches!(step, Step::Expect(it) if it.negotiates.is_none());
    let expectations = checked.check.steps.iter().filter(is_expect).count();
    match checked.step().filter(|_| expectations > 1) {
        Some((number, text)) => {
            let text = sanitize(text.as_bytes(), MAX_STEP_CHARS);
            format!(" (step {number}: {text})")
        }
        None => String::new(),
    }
}

fn describe_peer(target: &Target, failure: &Failure) -> String {
    match (target, failure.peer) {
        (Target::Name { .. }, Some(peer)) => format!("{} ({peer})", format_target(target)),
        // The zone as written may be a name; the address has its number.
        (Target::Address { host, address }, _) if host.contains('%') => {
            format!("{} ({address})", format_target(target))
        }
        (Target::Address { address, .. }, _) => address.to_string(),
        _ => format_target(target),
    }
}

/// Returns the likely reason of a failure as a suffix of its message; empty if it has none.
pub(crate) fn guess_suffix(failure: &Failure) -> String {
    let guess = match &failure.cause {
        Cause::Interrupted | Cause::Engine(_) | Cause::Ended => return String::new(),
        // This side refused the certificate.
        Cause::Tls(e) if e.is_certificate_error() => return String::new(),
        Cause::Tls(e) => e.likely_cause(),
        _ => None,
    };
    match guess {
        _ if failure.certificate_requested => {
            " (the server asked for a client certificate)".to_owned()
        }
        Some(guess) => format!(": {guess}"),
        None => String::new(),
    }
}

/// Returns the host or the path as written, sanitized and truncated.
pub(crate) fn format_target(target: &Target) -> String {
    match target {
        Target::Name { host, .. } | Target::Address { host, .. } => {
            sanitize(host.as_bytes(), MAX_TARGET_CHARS)
        }
        Target::Socket(path) => sanitize(path.as_os_str().as_encoded_bytes(), MAX_TARGET_CHARS),
    }
}

/// Returns a duration in the notation of `-t`.
pub(crate) fn format_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

fn describe_cause(check: &Check, target: &Target, failure: &Failure) -> String {
    match &failure.cause {
        Cause::Lookup(LookupError::Local(e)) => format_local_error(e),
        Cause::Lookup(LookupError::NoSource) => {
            "neither /etc/hosts nor /etc/resolv.conf exists".to_owned()
        }
        Cause::Lookup(LookupError::Failed(e)) => {
            let error = format_error(e);
            // The prefix is of dns-lookup, the rest of the resolver.
            let error = error
                .strip_prefix("failed to lookup address information: ")
                .unwrap_or(&error);
            let error = match check.family {
                Family::Any => error.to_owned(),
                family => format!("{error} (only {} were asked for)", addresses(family)),
            };
            // Resolvers look up non-ASCII names as they are, and DNS has none.
            match target.as_written().to_str().and_then(spelling) {
                Some(spelling) => format!("{error}; {spelling}"),
                None => error,
            }
        }
        Cause::NoAddress(family) => match target {
            Target::Address { .. } => format!("only {} were asked for", addresses(*family)),
            Target::Name { .. } | Target::Socket(_) => format!("it has no {}", addresses(*family)),
        },
        Cause::Unconnected(tried) => describe_attempts(check, target, tried),
        Cause::TimedOut if failure.phase == Phase::Resolving => {
            format!("{}: no answer from the resolver", timed_out(check))
        }
        Cause::TimedOut => timed_out(check),
        Cause::Closed => "closed by peer before it sent anything".to_owned(),
        Cause::Io(e) => format_error(e),
        Cause::Tls(e) if e.is_not_tls_record() && failure.phase != Phase::Handshaking => {
            "received data that is not TLS".to_owned()
        }
        Cause::Tls(e) => e.to_string(),
        Cause::Unexpected { .. } => "unexpected response".to_owned(),
        Cause::Engine(e) => format!("the poll loop failed: {}", format_error(e)),
        Cause::Interrupted => "interrupted".to_owned(),
        Cause::Ended => "stepped again after its end".to_owned(),
    }
}

/// Describes the attempt at each address. The address is named only if the target is a name, since
/// the operation names any other.
fn describe_attempts(check: &Check, target: &Target, tried: &[FailedAttempt]) -> String {
    let describe = |tried: &FailedAttempt| match &tried.outcome {
        AttemptOutcome::Silence => timed_out(check),
        AttemptOutcome::GivenUp => "no answer".to_owned(),
        AttemptOutcome::Untried => "not tried".to_owned(),
        AttemptOutcome::Failed(e)
            if tried.address.is_none() && e.kind() == io::ErrorKind::WouldBlock =>
        {
            format!("{}: its backlog is full", timed_out(check))
        }
        AttemptOutcome::Failed(e) => format_local_error(e),
    };
    let attempts = tried.iter().map(|tried| match (tried.address, target) {
        (Some(address), Target::Name { .. }) => format!("{address}: {}", describe(tried)),
        _ => describe(tried),
    });
    attempts.collect::<Vec<_>>().join("; ")
}

fn addresses(family: Family) -> &'static str {
    match family {
        Family::Any => "addresses",
        Family::V4 => "IPv4 addresses",
        Family::V6 => "IPv6 addresses",
    }
}

fn timed_out(check: &Check) -> String {
    format!("timed out after {}", format_duration(check.timeout))
}

/// Returns the system's message of an error, without the number.
pub(crate) fn format_error(e: &io::Error) -> String {
    let text = e.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// Returns the message of an error of this machine, which may be epoll's limit.
pub(crate) fn format_local_error(e: &io::Error) -> String {
    match Errno::from_io_error(e) {
        Some(Errno::NOSPC) => EPOLL_LIMIT.to_owned(),
        _ => format_error(e),
    }
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
