//! Sessions that come up: versions, bytes and ends.

use super::greeting;
use rustls::ProtocolVersion;
use support::*;

#[test]
fn a_good_certificate_holds_over_both_versions() {
    let authority = Authority::new("Test Root");
    let (identity, store) = (authority.issue(Leaf::good()), authority.store());
    for (version, spoken) in [
        (TLS12, ProtocolVersion::TLSv1_2),
        (TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let server = greeting(&identity, version);
        let port = server.port();
        let line = program!("-S -H localhost -p {port} -e ^220 -q QUIT");
        line.trusting(&store)
            .run()
            .ok(timed(format!("on localhost port {port} [220 ready]")));
        let heard = server.heard();
        assert_eq!(heard.version, Some(spoken));
        assert_eq!(heard.sni.as_deref(), Some("localhost"));
        assert_eq!((heard.bytes, heard.end), (b"QUIT\r\n".to_vec(), End::Fin));
        assert!(
            heard.close_notify,
            "the session is ended before the connection"
        );
    }
}

#[test]
fn pieces_limits_and_ends_of_the_plain_text_are_those_of_clear_text() {
    let authority = Authority::new("Test Root");
    let (identity, store) = (authority.issue(Leaf::good()), authority.store());
    for version in [TLS12, TLS13] {
        let server = Server::tls(&identity, version, |peer| {
            peer.say_in_pieces(&["220", " rea", "dy\r\n"]);
            peer.finish();
        });
        let port = server.port();
        let run = |flags: &str| {
            program!("-S -H localhost -p {port} {flags}")
                .trusting(&store)
                .run()
        };
        run("-e '^220 ready'").ok("220 ready");
        run("-e ^220 -m 3").ok(r"\[220\]$");
        run("-e 'never' -m 5").critical(exact("Unexpected response from host/socket: 220 r"));
        run("-e 'never'").critical(exact("Unexpected response from host/socket: 220 ready"));
    }
}

#[test]
fn an_end_without_close_notify_is_an_end() {
    let authority = Authority::new("Test Root");
    let (identity, store) = (authority.issue(Leaf::good()), authority.store());
    for version in [TLS12, TLS13] {
        let server = Server::tls(&identity, version, |peer| {
            peer.say("220");
            peer.cut();
        });
        let port = server.port();
        let run = |flags: &str| {
            program!("-S -H localhost -p {port} {flags}")
                .trusting(&store)
                .run()
        };
        run("-e '^220$'").ok("220");
        run("-e '^220 '").critical(exact("Unexpected response from host/socket: 220"));

        let server = Server::tls(&identity, version, Peer::cut);
        let port = server.port();
        let run = |flags: &str| {
            program!("-S -H localhost -p {port} {flags}")
                .trusting(&store)
                .run()
        };
        run("-e '^$'").ok("seconds response time");
        run("-e '^220'").critical("closed by peer before it sent anything$");
    }
}
