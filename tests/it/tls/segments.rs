//! Data and the end of a session in one segment mean what they mean in several: the end is an alert
//! or bytes that are not TLS.

use super::GREETING;
use rustls::{ProtocolVersion, ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::io::Write;
use std::sync::Arc;
use support::*;

/// The moments at which the greeting and the break are handed to the kernel.
#[derive(Clone, Copy, Debug)]
enum Together {
    /// Not together: the greeting first, and the rest when the client has read it.
    Never,
    /// After the handshake.
    AfterTheHandshake,
    /// With the last words of the handshake.
    WithItsEnd,
}

/// The way in which the session is broken.
#[derive(Clone, Copy, Debug)]
enum Break {
    /// A fatal alert.
    Alert,
    /// Bytes of no TLS record.
    Garbage,
}

const VERSIONS: [&SupportedProtocolVersion; 2] = [TLS12, TLS13];
const TOGETHER: [Together; 3] = [
    Together::Never,
    Together::AfterTheHandshake,
    Together::WithItsEnd,
];

/// A server that greets and breaks the session.
fn breaking(
    identity: &Identity,
    version: &'static SupportedProtocolVersion,
    together: Together,
    by: Break,
) -> Server {
    let mut config = ServerConfig::clone(&identity.server_config(version));
    // Over TLS 1.3 the last words of a server are sent before the client's, and a greeting may be
    // too.
    let early =
        matches!(together, Together::WithItsEnd) && version.version == ProtocolVersion::TLSv1_3;
    config.send_half_rtt_data = early;
    let config = Arc::new(config);
    Server::tcp(move |peer| {
        let mut session = ServerConnection::new(Arc::clone(&config)).expect("a session");
        let mut last = Vec::new();
        while session.is_handshaking() {
            let flight = words(&mut session);
            if early && !flight.is_empty() {
                last = flight;
                break;
            }
            peer.say(&flight);
            take(&mut session, &peer.listen());
        }
        last.extend(words(&mut session));
        if !matches!(together, Together::WithItsEnd) {
            peer.say(&last);
            peer.wait_until_read();
            last.clear();
        }
        session
            .writer()
            .write_all(GREETING.as_bytes())
            .expect("room");
        last.extend(words(&mut session));
        if let Together::Never = together {
            peer.say(&last);
            peer.wait_until_read();
            last.clear();
        }
        match by {
            Break::Alert => {
                // A record that nobody who has the key wrote.
                let forged = [&[0x17, 3, 3, 0, 32][..], &[0; 32]].concat();
                session.read_tls(&mut &forged[..]).expect("room");
                session.process_new_packets().expect_err("not its key");
                last.extend(words(&mut session));
            }
            Break::Garbage => last.extend([0xff; 64]),
        }
        peer.say(&last);
    })
}

/// The bytes that the session has to send, as they are on the wire.
fn words(session: &mut ServerConnection) -> Vec<u8> {
    let mut words = Vec::new();
    while session.wants_write() {
        session.write_tls(&mut words).expect("memory");
    }
    words
}

/// Takes what the client said.
fn take(session: &mut ServerConnection, mut bytes: &[u8]) {
    assert!(!bytes.is_empty(), "the client left in mid-handshake");
    while !bytes.is_empty() {
        session.read_tls(&mut bytes).expect("room");
        session.process_new_packets().expect("a client's words");
    }
}

/// Runs a check with these flags of servers of all kinds.
#[track_caller]
fn of_each_kind(flags: &str, seen: impl Fn(&Run)) {
    let identity = Authority::new("Test Root").issue(Leaf::good());
    for version in VERSIONS {
        for together in TOGETHER {
            for by in [Break::Alert, Break::Garbage] {
                eprintln!("{:?}, {together:?}, {by:?}", version.version);
                let server = breaking(&identity, version, together, by);
                let port = server.port();
                seen(&check!(
                    "-S -H localhost -p {port} --no-check-certificate {flags}"
                ));
            }
        }
    }
}

#[test]
fn a_reply_before_a_broken_session_matches() {
    of_each_kind("-e ^220", |run| {
        run.ok(r"\[220 ready\]$");
    });
}

#[test]
fn a_reply_before_a_broken_session_is_shown_as_a_mismatch() {
    of_each_kind("-e ^421", |run| {
        run.critical(exact("Unexpected response from host/socket: 220 ready"));
    });
}
