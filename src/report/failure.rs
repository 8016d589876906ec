//! What was being done, to which address, and what came of it.

use super::harmless;
use crate::check::{Check, Family};
use crate::host::spelling;
use crate::net::LookupError;
use crate::outcome::{Came, Cause, Failure, Tried};
use crate::state::Phase;
use crate::target::Target;
use rustix::io::Errno;
use std::io;
use std::time::Duration;

/// How much of the line a host or a path may take.
const PLACE: usize = 300;

/// The message of a check that did not go all its way.
pub fn describe(check: &Check, target: &Target, failure: &Failure) -> String {
    let came = came(check, target, failure) + &behind(failure);
    if let Cause::Engine(_) = failure.cause {
        return came;
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
            format!("{doing} {} ({peer}): {came}", place(target))
        }
        // A zone is shown by the name that was written too.
        (Target::Address { host, address }, _) if host.contains('%') => {
            format!("{doing} {} ({address}): {came}", place(target))
        }
        (Target::Address { address, .. }, _) => format!("{doing} {address}: {came}"),
        _ => format!("{doing} {}: {came}", place(target)),
    }
}

/// What stands behind the words for what came: why it did, as far as that can be said.
pub fn behind(failure: &Failure) -> String {
    let guess = match &failure.cause {
        Cause::Interrupted | Cause::Engine(_) | Cause::Ended => return String::new(),
        // That was our own refusal.
        Cause::Tls(e) if e.is_certificate() => return String::new(),
        Cause::Tls(e) => e.guess(),
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
pub fn place(target: &Target) -> String {
    match target {
        Target::Name { host, .. } | Target::Address { host, .. } => {
            harmless::text(host.as_bytes(), PLACE)
        }
        Target::Socket(path) => harmless::text(path.as_os_str().as_encoded_bytes(), PLACE),
    }
}

/// A duration in the words of `-t`.
pub fn span(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

fn came(check: &Check, target: &Target, failure: &Failure) -> String {
    match &failure.cause {
        Cause::Lookup(LookupError::Lack(e)) => text(e),
        Cause::Lookup(LookupError::NoSource) => {
            "neither /etc/hosts nor /etc/resolv.conf is there to look it up in".to_owned()
        }
        Cause::Lookup(LookupError::Failed(e)) => {
            let said = text(e);
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
        Cause::Unconnected(tried) => unconnected(check, target, tried),
        Cause::TimedOut if failure.phase == Phase::Resolving => {
            format!("{}: no answer from the resolver", timed_out(check))
        }
        Cause::TimedOut => timed_out(check),
        Cause::Closed => "closed by peer before it sent anything".to_owned(),
        Cause::Io(e) => text(e),
        Cause::Tls(e) if e.is_no_record() && failure.phase != Phase::Handshaking => {
            "what came is not TLS any more".to_owned()
        }
        Cause::Tls(e) => e.to_string(),
        Cause::Unexpected { .. } => "unexpected response".to_owned(),
        Cause::Engine(e) => format!("the poll loop failed: {}", text(e)),
        Cause::Interrupted => "interrupted".to_owned(),
        Cause::Ended => "stepped again after its end".to_owned(),
    }
}

/// What came of each address of a name; a literal or a path has been named already.
fn unconnected(check: &Check, target: &Target, tried: &[Tried]) -> String {
    let came = |tried: &Tried| match &tried.came {
        Came::Silence => timed_out(check),
        Came::GivenUp => "no answer".to_owned(),
        Came::Untried => "not tried".to_owned(),
        Came::Failed(e) if tried.address.is_none() && e.kind() == io::ErrorKind::WouldBlock => {
            format!("{}: its backlog is full", timed_out(check))
        }
        Came::Failed(e) if Errno::from_io_error(e) == Some(Errno::NOSPC) => {
            "epoll can watch no more (fs.epoll.max_user_watches is used up)".to_owned()
        }
        Came::Failed(e) => text(e),
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
    format!("timed out after {}", span(check.timeout))
}

/// The system's words without its number.
pub fn text(e: &io::Error) -> String {
    let text = e.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::TlsError;
    use std::net::SocketAddr;

    fn host(host: &str) -> Target {
        Target::host(host, 25).expect("a target")
    }

    fn socket() -> Target {
        Target::Socket("/run/mail".into())
    }

    fn said(check: &Check, target: &Target, phase: Phase, cause: Cause) -> String {
        let connected = !matches!(phase, Phase::Resolving | Phase::Connecting);
        let address = match target {
            Target::Name { .. } => Some(([192, 0, 2, 1], 25).into()),
            Target::Address { address, .. } => Some(*address),
            Target::Socket(_) => None,
        };
        let peer = address.filter(|_| connected);
        let failure = Failure {
            phase,
            cause,
            peer,
            certificate_requested: false,
        };
        describe(check, target, &failure)
    }

    fn plain(target: &Target, phase: Phase, cause: Cause) -> String {
        said(&Check::default(), target, phase, cause)
    }

    fn unconnected(address: Option<SocketAddr>, came: Came) -> Cause {
        Cause::Unconnected(vec![Tried { address, came }])
    }

    #[test]
    fn what_was_being_done_is_told_of_every_phase() {
        let polite = Check {
            quit: b"QUIT".to_vec(),
            ..Check::default()
        };
        let name = host("mail.example");
        for (phase, doing) in [
            (Phase::Connecting, "connecting to mail.example"),
            (
                Phase::Handshaking,
                "TLS handshake with mail.example (192.0.2.1:25)",
            ),
            (Phase::Sending, "sending to mail.example (192.0.2.1:25)"),
            (Phase::Delay, "reading from mail.example (192.0.2.1:25)"),
            (Phase::Reading, "reading from mail.example (192.0.2.1:25)"),
            (
                Phase::Quitting,
                "sending the quit string to mail.example (192.0.2.1:25)",
            ),
        ] {
            let line = said(&polite, &name, phase, Cause::TimedOut);
            assert_eq!(line, format!("{doing}: timed out after 10s"));
        }
        assert_eq!(
            plain(&name, Phase::Quitting, Cause::TimedOut),
            "closing the connection to mail.example (192.0.2.1:25): timed out after 10s"
        );
        assert_eq!(
            plain(&name, Phase::Resolving, Cause::TimedOut),
            "looking up mail.example: timed out after 10s: no answer from the resolver"
        );
        assert_eq!(
            plain(
                &name,
                Phase::Resolving,
                Cause::Lookup(LookupError::NoSource)
            ),
            "looking up mail.example: \
             neither /etc/hosts nor /etc/resolv.conf is there to look it up in"
        );
    }

    #[test]
    fn a_literal_is_told_with_its_port_and_a_zone_by_its_name_too() {
        let closed = |target: &Target| plain(target, Phase::Reading, Cause::Closed);
        let came = "closed by peer before it sent anything";
        assert_eq!(
            closed(&host("192.0.2.1")),
            format!("reading from 192.0.2.1:25: {came}")
        );
        assert_eq!(
            closed(&host("::1")),
            format!("reading from [::1]:25: {came}")
        );
        assert_eq!(
            closed(&host("fe80::1%2")),
            format!("reading from fe80::1%2 ([fe80::1%2]:25): {came}")
        );
        assert_eq!(closed(&socket()), format!("reading from /run/mail: {came}"));
    }

    #[test]
    fn an_address_of_the_wrong_family_was_not_looked_up() {
        let only = |family, target: &Target| {
            let check = Check {
                family,
                ..Check::default()
            };
            said(&check, target, Phase::Resolving, Cause::NoAddress(family))
        };
        assert_eq!(
            only(Family::V4, &host("::1")),
            "connecting to [::1]:25: only IPv4 addresses were asked for"
        );
        assert_eq!(
            only(Family::V6, &host("mail.example")),
            "looking up mail.example: it has no IPv6 addresses"
        );
        assert_eq!(
            only(Family::Any, &host("mail.example")),
            "looking up mail.example: it has no addresses"
        );
    }

    #[test]
    fn a_name_of_which_one_family_was_asked_for_may_have_the_other() {
        let said = |family| {
            let check = Check {
                family,
                ..Check::default()
            };
            let e = io::Error::other("Name or service not known");
            let cause = Cause::Lookup(LookupError::Failed(e));
            said(&check, &host("mail.example"), Phase::Resolving, cause)
        };
        let unknown = "looking up mail.example: Name or service not known";
        assert_eq!(said(Family::Any), unknown);
        assert_eq!(
            said(Family::V4),
            format!("{unknown} (only IPv4 addresses were asked for)")
        );
    }

    #[test]
    fn what_came_of_an_attempt_is_in_the_words_of_the_system() {
        let v4 = Some(([192, 0, 2, 1], 25).into());
        let failed = |errno: Errno| Came::Failed(errno.into());
        for (target, address, came, shown) in [
            (
                host("192.0.2.1"),
                v4,
                failed(Errno::CONNREFUSED),
                "192.0.2.1:25: Connection refused",
            ),
            (
                host("192.0.2.1"),
                v4,
                failed(Errno::AGAIN),
                "192.0.2.1:25: Resource temporarily unavailable",
            ),
            (
                host("a.example"),
                v4,
                Came::GivenUp,
                "a.example: 192.0.2.1:25: no answer",
            ),
            (
                host("a.example"),
                v4,
                Came::Untried,
                "a.example: 192.0.2.1:25: not tried",
            ),
            (
                host("192.0.2.1"),
                v4,
                failed(Errno::NOSPC),
                "192.0.2.1:25: epoll can watch no more (fs.epoll.max_user_watches is used up)",
            ),
            (
                socket(),
                None,
                failed(Errno::NOENT),
                "/run/mail: No such file or directory",
            ),
            (
                socket(),
                None,
                Came::Silence,
                "/run/mail: timed out after 10s",
            ),
            (
                socket(),
                None,
                failed(Errno::AGAIN),
                "/run/mail: timed out after 10s: its backlog is full",
            ),
        ] {
            let line = plain(&target, Phase::Connecting, unconnected(address, came));
            assert_eq!(line, format!("connecting to {shown}"));
        }
    }

    #[test]
    fn a_certificate_that_was_asked_for_is_told_of_where_it_may_be_why() {
        let alert = |number: u8| {
            let alert = rustls::AlertDescription::from(number);
            Cause::Tls(rustls::Error::AlertReceived(alert).into())
        };
        let behind = |certificate_requested, cause| {
            let failure = Failure {
                phase: Phase::Reading,
                cause,
                peer: None,
                certificate_requested,
            };
            behind(&failure)
        };
        let asked = " (the server asked for a client certificate)";
        assert_eq!(behind(true, alert(40)), asked);
        assert_eq!(behind(true, Cause::Closed), asked);
        assert_eq!(behind(true, Cause::Io(Errno::CONNRESET.into())), asked);
        assert_eq!(behind(true, Cause::TimedOut), asked);
        assert_eq!(behind(true, Cause::Interrupted), "");
        assert_eq!(behind(true, Cause::Tls(TlsError::Name)), "");
        assert!(behind(false, alert(40)).starts_with(": no cipher"));
        assert_eq!(behind(false, alert(116)), "");
        assert_eq!(behind(false, Cause::Closed), "");
    }

    #[test]
    fn where_the_loop_failed_nobody_was_being_asked() {
        let cause = Cause::Engine(Errno::MFILE.into());
        assert_eq!(
            plain(&host("::1"), Phase::Connecting, cause),
            "the poll loop failed: Too many open files"
        );
    }
}
