//! Peers that never get as far as a session.

use std::time::Duration;
use support::*;

/// A peer that answers the first words of TLS like this: the check is over TLS, and names whom it
/// asked.
#[track_caller]
fn in_mid_handshake(script: impl FnMut(&mut Peer) + Send + 'static) -> Run {
    let server = Server::tcp(script);
    let port = server.port();
    let run = check!("-S -H 127.0.0.1 -p {port} --no-check-certificate -e ^220 -t 20");
    run.critical(format!(r"^TLS handshake with 127\.0\.0\.1:{port}: "));
    run
}

/// Long enough to be in the middle of the client's first message, which is longer than that.
const SOME_OF_IT: usize = 50;

#[track_caller]
fn timed_out(run: &Run) {
    run.critical("^TLS handshake with .*: timed out after 300ms$")
        .within(Duration::from_millis(300));
}

#[test]
fn a_peer_that_never_answers_times_out_in_the_handshake() {
    let server = Server::saying("");
    let port = server.port();
    let run = check!("-S -H 127.0.0.1 -p {port} --no-check-certificate -t 0.3");
    timed_out(&run);
}

#[test]
fn a_peer_that_stops_in_mid_handshake_times_out() {
    let server = Server::tcp(|peer| {
        peer.hear(SOME_OF_IT);
        peer.say(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03");
    });
    let port = server.port();
    let run = check!("-S -H 127.0.0.1 -p {port} --no-check-certificate -t 0.3");
    timed_out(&run);
}

#[test]
fn a_peer_that_drips_its_handshake_times_out() {
    let server = Server::tcp(|peer| {
        peer.say(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03");
        peer.drip(0, Duration::from_millis(20));
    });
    let port = server.port();
    let run = check!("-S -H 127.0.0.1 -p {port} --no-check-certificate -t 0.4");
    run.critical(TIMED_OUT).within(Duration::from_millis(400));
}

#[test]
fn a_peer_that_speaks_clear_text_is_told_from_one_that_does_not_answer() {
    in_mid_handshake(|peer| peer.say("220 mail.example.com ESMTP\r\n"));
    in_mid_handshake(|peer| peer.say("HTTP/1.1 400 Bad Request\r\n\r\n"));
    in_mid_handshake(|peer| peer.flood(0, 1 << 20));
}

#[test]
fn a_close_in_mid_handshake_is_reported() {
    let closed = "closed";
    in_mid_handshake(|peer| {
        peer.hear(SOME_OF_IT);
        peer.finish();
    })
    .critical(closed);
    in_mid_handshake(|peer| {
        peer.hear(SOME_OF_IT);
        peer.say(b"\x16\x03\x03\x00\x7a\x02\x00");
        peer.finish();
    })
    .critical(closed);
}

#[test]
fn a_reset_in_mid_handshake_is_reported() {
    in_mid_handshake(|peer| {
        peer.hear(SOME_OF_IT);
        peer.reset();
    })
    .critical("Connection reset by peer");
}

#[test]
fn an_alert_is_reported_by_name() {
    let alert = |number: u8| {
        in_mid_handshake(move |peer| {
            peer.hear(SOME_OF_IT);
            peer.say([0x15, 3, 3, 0, 2, 2, number]);
            peer.finish();
        })
    };
    let refused = |name: &str| shows(&[&format!("the peer refused with the alert {name}")]);
    alert(40)
        .critical(refused("handshake_failure: no cipher"))
        .critical("in common");
    alert(70).critical(refused(
        "protocol_version: it speaks neither TLS 1.2 nor 1.3",
    ));
    alert(112).critical(refused("unrecognized_name"));
    alert(48).critical(refused("unknown_ca") + "$");
    alert(99).critical(refused("number 99, which has no name"));
}
