//! TLS: which certificates hold, what is said of those that do not, sessions, and peers that never get that far.

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod handshakes;
mod sessions;

use rustls::SupportedProtocolVersion;
use support::*;

/// What the servers here say first.
const GREETING: &str = "220 ready\r\n";

/// A server that greets.
fn greeting(identity: &Identity, version: &'static SupportedProtocolVersion) -> Server {
    Server::tls(identity, version, |peer| peer.say(GREETING))
}
