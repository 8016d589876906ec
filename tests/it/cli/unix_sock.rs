//! `-U`, `--unix-sock`: a Unix stream socket in place of host and port.

use support::*;

#[test]
fn a_socket_is_asked_and_its_path_is_shown() {
    let server = Server::unix(|peer| peer.say("220 ready\r\n"));
    let path = server.path();
    let run = check!("-U {path} -e ^220 -q QUIT");
    run.ok(timed(format!("on {path} [220 ready]")));
    let heard = server.heard();
    assert_eq!((heard.bytes, heard.end), (b"QUIT\r\n".to_vec(), End::Fin));
    check!("--unix-sock {path}").ok(timed(format!("on {path}")));
}

#[test]
fn unix_sock_overrides_host_and_port() {
    let server = Server::unix(|_| ());
    let path = server.path();
    check!("-H name.invalid -p 1 -U {path}").ok(timed(format!("on {path}")));
}

#[test]
fn a_path_where_nothing_is_or_nobody_listens_is_critical() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("s");
    let shown = path.display();
    check!("-U {shown}").critical(shows(&[&shown.to_string(), "no such"]));

    refusing_unix(&path);
    check!("-U {shown}").critical(shows(&[&shown.to_string(), "refused"]));
}

#[cfg(target_os = "linux")]
#[test]
fn an_at_sign_names_an_abstract_socket() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};

    let name = format!("check-tcp.test.{}", std::process::id());
    let open = exact(format!("Unexpectedly open unixsock. (sock=@{name})"));
    let closed = exact(format!(
        "Verified that the unixsock is closed. (sock=@{name})"
    ));
    check!("-U @{name} -C").ok(&closed);
    check!("-U @{name}").critical(shows(&["@", &name, "refused"]));

    let server = Server::abstract_unix(&name, |peer| peer.say("220 ready\r\n"));
    let run = check!("-U @{name} -e ^220 -q QUIT");
    run.ok(timed(format!("on @{name} [220 ready]")));
    let heard = server.heard();
    assert_eq!((heard.bytes, heard.end), (b"QUIT\r\n".to_vec(), End::Fin));
    check!("-U @{name} -C").critical(&open);
    drop(server);
    // A child that another test is starting holds the listener a moment longer.
    let address = SocketAddr::from_abstract_name(&name).expect("a short name");
    while UnixStream::connect_addr(&address).is_ok() {
        std::thread::yield_now();
    }
    check!("-U @{name} -C").ok(&closed);
}
