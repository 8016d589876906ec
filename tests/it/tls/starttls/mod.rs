//! `--starttls`, against servers that follow each protocol's specification as far as TLS.

mod protocols;

use protocols::{PROTOCOLS, Protocol};
use rustls::ServerConfig;
use std::sync::Arc;
use std::thread;
use support::*;

/// A manner of a server.
#[derive(Clone, Copy)]
enum Manner {
    /// Says what it should.
    Good,
    /// The same, byte by byte, or in 60 pieces if it is long.
    ByteByByte,
    /// At the turn of this index says this and no more.
    Refusing(usize, &'static str),
    /// At the turn of this index says nothing, or only the first byte.
    Silent(usize),
    Halting(usize),
    /// At the turn of this index closes, at once or behind the first byte.
    Closing(usize),
    Breaking(usize),
    /// Says this behind its consent, in the same segment.
    Injecting(&'static str),
    /// Says this behind its consent, in another segment.
    InjectingLater(&'static str),
    /// Says this behind its consent, and closes.
    Leaving(&'static str),
}

/// A server of a protocol, and the store that knows its certificate, which is for `localhost`.
struct Upgrading {
    server: Server,
    store: Store,
    name: &'static str,
}

impl Upgrading {
    fn new(protocol: &'static Protocol, manner: Manner) -> Self {
        let authority = Authority::new("Test Root");
        let config = authority.issue(Leaf::good()).server_config(TLS13);
        let server = Server::tcp(move |peer| serve(peer, protocol, manner, &config));
        Self {
            server,
            store: authority.store(),
            name: protocol.name,
        }
    }

    /// The check without a limit that a slow machine could reach.
    fn run(&self, flags: &str) -> Run {
        let (name, port) = (self.name, self.server.port());
        program!("--starttls {name} -H localhost -4 -p {port} --format json -t 30 {flags}")
            .trusting(&self.store)
            .run()
    }
}

/// Speaks as far as TLS, and under TLS answers a line with `well`.
fn serve(peer: &mut Peer, protocol: &Protocol, manner: Manner, config: &Arc<ServerConfig>) {
    let last = protocol
        .turns
        .iter()
        .rposition(|turn| !turn.said.is_empty());
    for (index, turn) in protocol.turns.iter().enumerate() {
        peer.hear_through(turn.heard.as_bytes());
        match manner {
            Manner::Refusing(at, said) if at == index => return peer.say(said),
            Manner::Silent(at) if at == index => return,
            Manner::Halting(at) if at == index => return peer.say(&turn.said[..1]),
            Manner::Closing(at) if at == index => return peer.finish(),
            Manner::Breaking(at) if at == index => {
                peer.say(&turn.said[..1]);
                return peer.finish();
            }
            Manner::Injecting(more) if Some(index) == last => {
                return peer.say([turn.said, more.as_bytes()].concat());
            }
            Manner::Leaving(more) if Some(index) == last => {
                peer.say([turn.said, more.as_bytes()].concat());
                return peer.finish();
            }
            Manner::InjectingLater(more) if Some(index) == last => {
                return peer.say_in_pieces(&[turn.said, more.as_bytes()]);
            }
            Manner::ByteByByte => {
                // Each piece waits for the client, which takes its time to say that it has read it.
                let size = turn.said.len() / 60 + 1;
                peer.say_in_pieces(&turn.said.chunks(size).collect::<Vec<_>>());
            }
            _ => peer.say(turn.said),
        }
    }
    peer.start_tls(config);
    if peer.is_up() && peer.listen().starts_with(b"how") {
        peer.say("well\r\n");
    }
}

fn reason(run: &Run) -> String {
    let object = json::object(str::from_utf8(&run.stdout).expect("UTF-8").trim_end());
    object["reason"].as_str().expect("a reason").to_owned()
}

/// Runs one check for each protocol, side by side.
fn each_protocol(test: impl Fn(&'static Protocol) + Sync) {
    thread::scope(|scope| {
        for protocol in &PROTOCOLS {
            scope.spawn(|| test(protocol));
        }
    });
}

#[test]
fn every_protocol_comes_to_tls_and_goes_on_under_it() {
    each_protocol(|protocol| {
        for manner in [Manner::Good, Manner::ByteByByte] {
            let upgrading = Upgrading::new(protocol, manner);
            let run = upgrading.run(r"-E -s 'how?\n' -e ^well -q 'bye\n'");
            assert_eq!((run.code, reason(&run).as_str()), (Some(0), "ok"), "{run}");
            let heard = upgrading.server.heard();
            assert_eq!(heard.sni.as_deref(), Some("localhost"), "{run}");
            assert!(heard.bytes.ends_with(b"bye\n"), "{heard:?}");
            assert!(heard.close_notify && heard.end == End::Fin, "{heard:?}");
        }
    });
}

#[test]
fn nothing_has_to_be_said_under_tls() {
    each_protocol(|protocol| {
        let upgrading = Upgrading::new(protocol, Manner::Good);
        let run = upgrading.run("--expiry 1");
        assert_eq!(run.code, Some(0), "{run}");
        assert!(run.line().contains("certificate ends in"), "{run}");
    });
}

#[test]
fn limits_of_the_reply_are_for_the_check_under_tls() {
    each_protocol(|protocol| {
        let upgrading = Upgrading::new(protocol, Manner::ByteByByte);
        let run = upgrading.run(r"-E -s 'how?\n' -e ^well -m 4 --idle 1ms");
        assert_eq!(run.code, Some(0), "{run}");
    });
}

#[test]
fn a_server_that_does_not_offer_it_or_refuses_is_told_with_its_words() {
    each_protocol(|protocol| {
        for &(index, said) in protocol.refusals {
            let upgrading = Upgrading::new(protocol, Manner::Refusing(index, said));
            let run = upgrading.run("-q bye -e ^well");
            let shown = (run.code, reason(&run));
            assert_eq!(shown, (Some(2), "starttls".to_owned()), "{said:?}: {run}");
            let asked = match (index, protocol.turns[0].heard) {
                (0, "") => "the greeting was: ",
                _ => "the answer to ",
            };
            assert!(run.line().contains(asked), "{said:?}: {run}");
            let word = said.split(['\r', ' ', '\0']).next().unwrap_or_default();
            if word.chars().all(|c| c.is_ascii_graphic()) {
                assert!(run.line().contains(word), "{said:?}: {run}");
            }
            // The quit string is for TLS alone.
            let heard = upgrading.server.heard();
            assert!(!heard.bytes.ends_with(b"bye\r\n"), "{heard:?}");
        }
    });
}

#[test]
fn one_that_is_silent_is_a_timeout_and_one_that_closes_an_eof_at_every_turn() {
    each_protocol(|protocol| {
        for (index, turn) in protocol.turns.iter().enumerate() {
            if turn.said.is_empty() {
                continue;
            }
            let mut manners = vec![(Manner::Silent(index), "timeout")];
            if turn.said.len() > 1 {
                manners.push((Manner::Halting(index), "timeout"));
                manners.push((Manner::Breaking(index), "eof"));
            }
            manners.push((Manner::Closing(index), "eof"));
            for (manner, wanted) in manners {
                let upgrading = Upgrading::new(protocol, manner);
                let limit = if wanted == "timeout" { "-t 0.5" } else { "" };
                let run = upgrading.run(&format!("{limit} -e ^well"));
                let shown = (run.code, reason(&run));
                assert_eq!(shown, (Some(2), wanted.to_owned()), "turn {index}: {run}");
                assert!(run.line().contains("starting TLS with "), "{run}");
            }
        }
    });
}

#[test]
fn data_in_the_clear_behind_the_consent_is_a_failure() {
    each_protocol(|protocol| {
        for more in ["x", "220 injected\r\n", "\x16\x03\x03\0\x01\0", "\n"] {
            let mut manners = vec![Manner::Injecting(more), Manner::Leaving(more)];
            // What may be the beginning of a record waits for the rest of it.
            if more.starts_with("220") {
                manners.push(Manner::InjectingLater(more));
            }
            for manner in manners {
                let upgrading = Upgrading::new(protocol, manner);
                let run = upgrading.run("-e ^well");
                let shown = (run.code, reason(&run));
                assert_eq!(shown, (Some(2), "tls".to_owned()), "{more:?}: {run}");
                if !matches!(manner, Manner::InjectingLater(_)) {
                    let told = "sent data in the clear before TLS";
                    assert!(run.line().contains(told), "{more:?}: {run}");
                }
            }
        }
    });
}

#[test]
fn the_certificate_is_verified_for_the_name_of_tls() {
    each_protocol(|protocol| {
        let upgrading = Upgrading::new(protocol, Manner::Good);
        let run = upgrading.run("--sni other.example -e ^well");
        let shown = (run.code, reason(&run));
        assert_eq!(shown, (Some(2), "certificate".to_owned()), "{run}");
        let upgrading = Upgrading::new(protocol, Manner::Good);
        let run = upgrading.run("--sni other.example --no-check-certificate");
        assert_eq!(run.code, Some(0), "{run}");
    });
}

#[test]
fn an_xmpp_stream_is_to_the_name_of_tls() {
    let protocol = PROTOCOLS.iter().find(|it| it.name == "xmpp");
    let protocol = protocol.expect("xmpp");
    for (flags, to) in [
        ("", "to='localhost'"),
        ("--sni b.example", "to='b.example'"),
    ] {
        let refusing = Manner::Refusing(0, "<stream:error/>");
        let upgrading = Upgrading::new(protocol, refusing);
        upgrading.run(flags);
        let heard = upgrading.server.heard();
        let heard = String::from_utf8_lossy(&heard.bytes);
        assert!(heard.contains(to), "{heard}");
    }
}

#[test]
fn a_client_certificate_that_the_server_insists_on_is_told() {
    let protocol = &PROTOCOLS[0];
    for version in [TLS12, TLS13] {
        let authority = Authority::new("Test Root");
        let identity = authority.issue(Leaf::good());
        let config = identity.demanding_config(version, &authority);
        let server = Server::tcp(move |peer| serve(peer, protocol, Manner::Good, &config));
        let run = program!("--starttls smtp -H localhost -4 -p {} -t 30", server.port());
        let run = run.trusting(&authority.store()).run();
        run.critical("the server asked for a client certificate");
    }
}

#[test]
fn options_that_do_not_go_together_are_usage_errors() {
    for (flags, message) in [
        ("--starttls x", "^--starttls x: expected smtp, lmtp, imap, "),
        // A template that was filled with nothing must not be a check in the clear.
        ("--starttls=", "^--starttls '': expected smtp, lmtp, imap, "),
        ("--starttls smtp -S", "^-S with --starttls: "),
        (
            "--starttls smtp --service SSMTP",
            "^--service SSMTP with --starttls: ",
        ),
        (
            "--starttls smtp --step starttls",
            "^the step starttls of --step with --starttls: ",
        ),
        (
            "-S --step starttls",
            "^-S with the step starttls of --step: ",
        ),
    ] {
        let run = check!("-H 127.0.0.1 -p 1 {flags}");
        let name = if flags.contains("SSMTP") {
            "SSMTP"
        } else {
            "TCP"
        };
        run.named(name).unknown(message);
    }
    let refusing = Refusing::new();
    check!("--starttls smtp -H 127.0.0.1 -C -p {}", refusing.port()).ok("is closed");
}
