//! What was being done, to which address, and what came of it.

use super::sanitize::sanitize;
use crate::check::Check;
use crate::host::spelling;
use crate::net::LookupError;
use crate::outcome::{AttemptOutcome, Cause, FailedAttempt, Failure};
use crate::phase::Phase;
use crate::target::{Family, Target};
use rustix::io::Errno;
use std::io;
use std::time::Duration;

/// How much of the line a host or a path may take.
const MAX_TARGET_CHARS: usize = 300;

const EPOLL: &str = "epoll can watch no more (fs.epoll.max_user_watches is used up)";

/// The message of a check that did not go all its way.
pub fn describe(check: &Check, target: &Target, failure: &Failure) -> String {
    let description = describe_cause(check, target, failure) + &guess_suffix(failure);
    if let Cause::Engine(_) = failure.cause {
        return description;
    }
    let doing = match failure.phase {
        Phase::Resolving if matches!(target, Target::Name { .. }) => "looking up",
        Phase::Resolving | Phase::Connecting => "connecting to",
        Phase::Handshaking => "TLS handshake with",
        Phase::Sending => "sending to",
        Phase::Delay | Phase::Reading => "reading from",
        Phase::Quitting | Phase::Done if check.quit.is_empty() => "closing the connection to",
        Phase::Quitting | Phase::Done => "sending the quit string to",
    };
    match (target, failure.peer) {
        (Target::Name { .. }, Some(peer)) => {
            format!("{doing} {} ({peer}): {description}", format_target(target))
        }
        // A zone is shown by the name that was written too.
        (Target::Address { host, address }, _) if host.contains('%') => {
            format!(
                "{doing} {} ({address}): {description}",
                format_target(target)
            )
        }
        (Target::Address { address, .. }, _) => format!("{doing} {address}: {description}"),
        _ => format!("{doing} {}: {description}", format_target(target)),
    }
}

/// What stands behind the words for what came: why it did, as far as that can be said.
pub fn guess_suffix(failure: &Failure) -> String {
    let guess = match &failure.cause {
        Cause::Interrupted | Cause::Engine(_) | Cause::Ended => return String::new(),
        // That was our own refusal.
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

/// The host or the path as written, harmless, and not so long that nothing else has room.
pub fn format_target(target: &Target) -> String {
    match target {
        Target::Name { host, .. } | Target::Address { host, .. } => {
            sanitize(host.as_bytes(), MAX_TARGET_CHARS)
        }
        Target::Socket(path) => sanitize(path.as_os_str().as_encoded_bytes(), MAX_TARGET_CHARS),
    }
}

/// A duration in the words of `-t`.
pub fn format_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

fn describe_cause(check: &Check, target: &Target, failure: &Failure) -> String {
    match &failure.cause {
        Cause::Lookup(LookupError::Local(e)) => format_local_error(e),
        Cause::Lookup(LookupError::NoSource) => {
            "neither /etc/hosts nor /etc/resolv.conf is there to look it up in".to_owned()
        }
        Cause::Lookup(LookupError::Failed(e)) => {
            let said = format_error(e);
            // The words of the library come before the resolver's.
            let said = said
                .strip_prefix("failed to lookup address information: ")
                .unwrap_or(&said);
            let said = match check.family {
                Family::Any => said.to_owned(),
                family => format!("{said} (only {} were asked for)", addresses(family)),
            };
            // Resolvers look a name up as it is, and DNS has none beyond ASCII.
            match target.as_written().to_str().and_then(spelling) {
                Some(spelling) => format!("{said}; {spelling}"),
                None => said,
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
            "what came is not TLS any more".to_owned()
        }
        Cause::Tls(e) => e.to_string(),
        Cause::Unexpected { .. } => "unexpected response".to_owned(),
        Cause::Engine(e) => format!("the poll loop failed: {}", format_error(e)),
        Cause::Interrupted => "interrupted".to_owned(),
        Cause::Ended => "stepped again after its end".to_owned(),
    }
}

/// What came of each address of a name; a literal or a path has been named already.
fn describe_attempts(check: &Check, target: &Target, tried: &[FailedAttempt]) -> String {
    let came = |tried: &FailedAttempt| match &tried.outcome {
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
    let each = tried.iter().map(|tried| match (tried.address, target) {
        (Some(address), Target::Name { .. }) => format!("{address}: {}", came(tried)),
        _ => came(tried),
    });
    each.collect::<Vec<_>>().join("; ")
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

/// The system's words without its number.
pub fn format_error(e: &io::Error) -> String {
    let text = e.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// The same, where a lack of space is one of epoll's: no file is written.
pub fn format_local_error(e: &io::Error) -> String {
    match Errno::from_io_error(e) {
        Some(Errno::NOSPC) => EPOLL.to_owned(),
        _ => format_error(e),
    }
}

#[cfg(test)]
mod tests;
