//! Peers that close or break off the connection, and when.

use rustix::net::{RecvFlags, recv};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::thread::JoinHandle;
use support::*;

#[test]
fn a_reset_before_the_reply_is_reported() {
    let server = Server::tcp(|peer| {
        peer.hear(4);
        peer.reset();
    });
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -s ping -e ^pong");
    run.critical("Connection reset by peer")
        .critical(shows(&["127.0.0.1", &port.to_string()]));
}

#[test]
fn a_reset_after_the_match_changes_nothing() {
    let server = Server::tcp(|peer| {
        peer.say("220 ready");
        peer.wait_until_read();
        peer.reset();
    });
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e '^220 ready' -q QUIT").ok("220 ready");
}

#[test]
fn a_peer_that_closes_at_once_is_reported() {
    let server = Server::tcp(Peer::finish);
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^220").critical("closed by peer before it sent anything$");
    check!("-H 127.0.0.1 -p {port} -e ^$").ok("seconds response time");
    check!("-H 127.0.0.1 -p {port}").ok("seconds response time");
}

#[test]
fn a_peer_that_closes_amid_the_reply_is_a_mismatch() {
    let server = Server::tcp(|peer| {
        peer.say("22");
        peer.finish();
    });
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -e ^220");
    run.critical(exact("Unexpected response from host/socket: 22"));
}

/// The moment at which a peer that does not read leaves.
#[derive(Clone, Copy)]
enum Leaves {
    /// As soon as it has answered.
    AtOnce,
    /// Once the client's bytes have come, and lie there unread.
    Asked,
}

/// A Unix server that answers so many clients with `+PONG` without reading what they say, and
/// leaves.
fn deaf(listener: UnixListener, clients: usize, leaves: Leaves) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for _ in 0..clients {
            let (mut client, _) = listener.accept().expect("a client");
            client.set_read_timeout(Some(PATIENCE)).expect("a limit");
            if let Leaves::Asked = leaves {
                recv(&client, &mut [0; 1], RecvFlags::PEEK).expect("its question");
            }
            client.write_all(b"+PONG\r\n").expect("a client that reads");
        }
    })
}

#[test]
fn the_reply_of_a_peer_that_closes_without_reading_decides() {
    const TIMES: usize = 20; // whether it leaves before the question or after it is not in our hands
    for leaves in [Leaves::AtOnce, Leaves::Asked] {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).expect("a socket");
        let serving = deaf(listener, 2 * TIMES, leaves);
        let path = path.display();
        for _ in 0..TIMES {
            let run = check!(r"-U {path} -s PING -e '^\+PONG'");
            run.ok(timed(format!("on {path} [+PONG]")));
            let run = check!("-U {path} -s PING -e ^NO");
            run.critical(exact("Unexpected response from host/socket: +PONG"));
        }
        serving.join().expect("all clients came");
    }
}
