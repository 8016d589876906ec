//! TLS: which certificates hold, what is said of those that do not, sessions, and peers that never
//! get that far.

mod ca_file;
mod certificates;
mod client_certificates;
mod client_keys;
mod close_notify;
mod expiry;
mod handshakes;
mod issuers;
mod options;
mod paths;
mod reasons;
mod segments;
mod sessions;
mod starttls;
mod store;

use rustls::SupportedProtocolVersion;
use support::*;

/// The greeting of the servers here.
const GREETING: &str = "220 ready\r\n";

/// A server that greets.
fn greeting(identity: &Identity, version: &'static SupportedProtocolVersion) -> Server {
    Server::tls(identity, version, |peer| peer.say(GREETING))
}

/// Checks a server that shows this certificate, as `localhost` over TLS 1.3.
fn asked(identity: &Identity, store: &Store) -> Run {
    let server = greeting(identity, TLS13);
    let port = server.port();
    program!("-S -H localhost -p {port} -e ^220")
        .trusting(store)
        .run()
}

/// The check failed on the certificate: it names the host, and says this in this order.
#[track_caller]
fn refused(run: &Run, words: &[&str]) {
    run.critical("localhost").critical(shows(words));
}
