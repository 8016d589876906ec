//! `-s`, `-q`, `-E`: what is said, and how it is written.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use support::*;

/// The bytes a server hears from a check with these arguments, which finds `ok` as it expects.
#[track_caller]
fn heard(arguments: &[&[u8]]) -> Vec<u8> {
    let server = Server::saying("ok");
    let port = server.port();
    let mut program = program!("-H 127.0.0.1 -p {port} -e ^ok");
    for argument in arguments {
        program = program.arg(OsStr::from_bytes(argument));
    }
    program
        .run()
        .ok(timed(format!("on 127.0.0.1 port {port} [ok]")));
    let heard = server.heard();
    assert_eq!(heard.end, End::Fin);
    heard.bytes
}

#[test]
fn send_is_sent_byte_for_byte_with_nothing_added() {
    assert_eq!(heard(&[b"-s", b"HELO a b"]), b"HELO a b");
    assert_eq!(heard(&[b"--send", br"a\nb"]), br"a\nb");
    assert_eq!(heard(&[b"--send=-h"]), b"-h");
    assert_eq!(
        heard(&[b"-s", b"caf\xc3\xa9 \xff\xfe\n"]),
        b"caf\xc3\xa9 \xff\xfe\n"
    );
    assert_eq!(heard(&[b"-s", b""]), b"");
}

#[test]
fn send_comes_before_the_reply_is_awaited() {
    let server = Server::tcp(|peer| {
        peer.hear(4);
        peer.say("pong");
    });
    let port = server.port();
    let run = check!("-H 127.0.0.1 -p {port} -s ping -e ^pong$");
    run.ok(timed(format!("on 127.0.0.1 port {port} [pong]")));
}

#[test]
fn send_may_be_longer_than_a_socket_takes_at_once() {
    let server = Server::tcp(|peer| {
        peer.hear(100_000);
        peer.say("ok");
    });
    let port = server.port();
    let text = "0123456789".repeat(10_000);
    check!("-H 127.0.0.1 -p {port} -s {text} -e ^ok").ok("ok");
    assert_eq!(server.heard().bytes, text.as_bytes());
}

#[test]
fn quit_is_a_line_of_its_own_at_the_end() {
    assert_eq!(heard(&[b"-q", b"QUIT"]), b"QUIT\r\n");
    assert_eq!(
        heard(&[b"--quit=a1 LOGOUT", b"-s", b"a"]),
        b"aa1 LOGOUT\r\n"
    );
    assert_eq!(heard(&[b"-q", b"\xff"]), b"\xff\r\n");
    assert_eq!(heard(&[b"-q", b""]), b"");
}

#[test]
fn quit_is_sent_where_nothing_is_expected_too() {
    let server = Server::saying("");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -q QUIT").ok(timed(format!("on 127.0.0.1 port {port}")));
    assert_eq!(server.heard().bytes, b"QUIT\r\n");
}

#[test]
fn escapes_mean_what_they_say_only_when_asked_for() {
    assert_eq!(heard(&[b"-E", b"-s", br"a\r\n\t\\b"]), b"a\r\n\t\\b");
}
