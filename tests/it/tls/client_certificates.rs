//! Servers that ask for a client certificate, which a check has none of: those that insist, and
//! those that merely ask.

use super::GREETING;
use rustls::SupportedProtocolVersion;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;
use support::*;

const VERSIONS: [&SupportedProtocolVersion; 2] = [TLS12, TLS13];

/// The note in each message of a check that failed where the server had asked.
const ASKED: &str = "the server asked for a client certificate";

/// Longer than the look at what a server says behind the handshake.
const MOMENT: Duration = Duration::from_millis(600);

/// A server over one version, and the trust store that knows it.
struct Asking {
    server: Server,
    store: Store,
}

impl Asking {
    /// Takes nobody without a certificate.
    fn insisting(version: &'static SupportedProtocolVersion) -> Self {
        let authority = Authority::new("Test Root");
        let identity = authority.issue(Leaf::good());
        let config = identity.demanding_config(version, &authority);
        Self {
            server: Server::configured(config, |_| ()),
            store: authority.store(),
        }
    }

    /// Asks, and does this with whoever comes.
    fn offering(
        version: &'static SupportedProtocolVersion,
        script: impl FnMut(&mut Peer) + Send + 'static,
    ) -> Self {
        let authority = Authority::new("Test Root");
        let identity = authority.issue(Leaf::good());
        let config = identity.offering_config(version, &authority);
        Self {
            server: Server::configured(config, script),
            store: authority.store(),
        }
    }

    fn run(&self, flags: &str) -> Run {
        let port = self.server.port();
        program!("-S -H localhost -p {port} {flags}")
            .trusting(&self.store)
            .run()
    }
}

#[test]
fn a_server_that_insists_on_a_certificate_is_critical_whatever_is_asked_of_it() {
    for version in VERSIONS {
        let asking = Asking::insisting(version);
        for flags in [
            "",
            "-q QUIT",
            "-s hello",
            "-s hello -q QUIT",
            "-e ^220",
            "-e ^220 -q QUIT",
            "-d 0.05",
        ] {
            let run = asking.run(flags);
            run.critical(shows(&["localhost", "the peer refused with the alert"]))
                .critical(shows(&[&format!("({ASKED})")]));
            assert!(!run.message().contains("in common"), "a guess: {run}");
        }
        asking.run("-W").warning(ASKED);
        asking.run("--no-check-certificate").critical(ASKED);
    }
}

#[test]
fn a_distant_server_that_insists_is_critical_too() {
    let asking = Asking::insisting(TLS13);
    let port = far(asking.server.port(), Duration::from_millis(200));
    for flags in ["", "-s hello", "-q QUIT"] {
        let run = program!("-S -H 127.0.0.1 --sni localhost -p {port} {flags}")
            .trusting(&asking.store)
            .run();
        run.critical(ASKED);
    }
}

/// A port from which every byte takes so long to that port, and back.
fn far(port: u16, way: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let far = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(("localhost", port)).expect("a server");
            let back = (
                far.try_clone().expect("far"),
                near.try_clone().expect("near"),
            );
            thread::spawn(move || carry(near, far, way));
            thread::spawn(move || carry(back.0, back.1, way));
        }
    });
    far
}

fn carry(mut from: TcpStream, mut to: TcpStream, way: Duration) {
    let mut bytes = [0; 16_384];
    loop {
        let read = from.read(&mut bytes).unwrap_or(0);
        thread::sleep(way);
        if read == 0 || to.write_all(&bytes[..read]).is_err() {
            let _ = to.shutdown(Shutdown::Write);
            return;
        }
    }
}

#[test]
fn lists_and_json_report_the_missing_client_certificate() {
    for version in VERSIONS {
        let asking = Asking::insisting(version);
        let port = asking.server.port();
        for flags in ["", "-e ^220"] {
            let line = program!("-S --targets - --format json {flags}").trusting(&asking.store);
            let listed = line.over(format!("localhost:{port}\n"));
            listed.exits(2);
            let object = listed.object(1);
            assert_eq!(object["reason"], "tls", "{object}");
            assert_eq!(object["status"], "CRITICAL", "{object}");
            let message = object["message"].as_str().unwrap_or_default();
            assert!(message.contains(ASKED), "{object}");
        }
    }
}

#[test]
fn a_server_that_merely_asks_is_ok() {
    for version in VERSIONS {
        let silent = Asking::offering(version, |_| ());
        for flags in ["", "-s hello", "-q QUIT"] {
            let run = silent.run(flags);
            run.ok(timed(format!("on localhost port {}", silent.server.port())));
            assert!(run.seconds() < 0.2, "the look is not its time: {run}");
            let heard = silent.server.heard();
            assert!(heard.close_notify, "{flags}: the session was not ended");
            assert_eq!(heard.end, End::Fin, "{flags}");
        }
        let greets = Asking::offering(version, |peer| peer.say(GREETING));
        for flags in ["", "-q QUIT", "-e ^220", "-e ^220 -q QUIT"] {
            greets.run(flags).ok("seconds response time");
            assert_eq!(greets.server.heard().end, End::Fin, "{flags}");
        }
    }
}

#[test]
fn a_server_that_merely_asks_may_end_when_the_client_does() {
    for version in VERSIONS {
        let parts = Asking::offering(version, Peer::part);
        parts.run("").ok("seconds response time");
        let cuts = Asking::offering(version, |peer| {
            peer.listen();
            peer.cut();
        });
        cuts.run("").ok("seconds response time");
        // As it does after a quit string.
        let quits = Asking::offering(version, |peer| {
            peer.hear("QUIT\r\n".len());
            peer.finish();
        });
        quits.run("-q QUIT").ok("seconds response time");
    }
}

#[test]
fn a_server_that_asked_and_leaves_of_its_own_will_has_refused_the_client() {
    let ways: [fn(&mut Peer); 3] = [Peer::finish, Peer::cut, Peer::reset];
    for version in VERSIONS {
        for leave in ways {
            let asking = Asking::offering(version, leave);
            for flags in ["", "-e ^220", "-d 0.05"] {
                asking.run(flags).critical(ASKED);
            }
        }
    }
}

#[test]
fn a_server_that_did_not_ask_may_leave_as_it_likes() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    for version in VERSIONS {
        for leave in [Peer::finish as fn(&mut Peer), Peer::cut] {
            let server = Server::tls(&authority.issue(Leaf::good()), version, leave);
            let port = server.port();
            let line = program!("-S -H localhost -p {port}").trusting(&store);
            line.run().ok("seconds response time");
            let line = program!("-S -H localhost -p {port} -e ^220").trusting(&store);
            let run = line.run();
            run.critical("closed by peer");
            assert!(!run.message().contains(ASKED), "{run}");
        }
    }
}

#[test]
fn a_reply_and_a_silence_that_a_certificate_may_be_missing_from_say_so() {
    for version in VERSIONS {
        let refuses = Asking::offering(version, |peer| peer.say("400 no certificate\r\n"));
        refuses.run("-e ^200").critical(exact(format!(
            "Unexpected response from host/socket: 400 no certificate ({ASKED})"
        )));
        let silent = Asking::offering(version, |_| ());
        let run = silent.run("-e ^220 -t 0.3");
        run.critical(TIMED_OUT).critical(ASKED).within(MOMENT);
    }
}

#[test]
fn a_certificate_that_is_not_believed_is_not_the_fault_of_the_clients() {
    for version in VERSIONS {
        let asking = Asking::insisting(version);
        let port = asking.server.port();
        let stranger = Authority::new("Other Root").store();
        let run = program!("-S -H localhost -p {port}")
            .trusting(&stranger)
            .run();
        run.critical("unknown issuer");
        assert!(!run.message().contains(ASKED), "{run}");
    }
}
