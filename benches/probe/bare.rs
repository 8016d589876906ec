//! The least that does a check's work on the same world: no states, no deadline, no verdict.

use crate::world::{Peer, World};
use check_tcp::internal::net::{Endpoint, Net};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;

/// Connects, reads once, looks at the beginning, and says goodbye.
pub fn plain<P: Peer>(world: &mut World<P>, to: SocketAddr, quit: &[u8], buffer: &mut [u8]) {
    connect(world, to);
    let read = again(|| world.read(buffer));
    assert!(buffer[..read].starts_with(b"220"));
    world.write_all(quit).expect("a peer");
}

/// The handshake alone.
pub fn handshake<P: Peer>(
    world: &mut World<P>,
    to: SocketAddr,
    config: &Arc<ClientConfig>,
) -> ClientConnection {
    connect(world, to);
    let name = ServerName::from(to.ip());
    let mut client = ClientConnection::new(config.clone(), name).expect("a session");
    loop {
        flush(&mut client, world);
        if !client.is_handshaking() {
            return client;
        }
        receive(&mut client, world);
    }
}

/// The handshake, the greeting, the quit string, and the goodbyes of both sides.
pub fn conversation<P: Peer>(
    world: &mut World<P>,
    to: SocketAddr,
    config: &Arc<ClientConfig>,
    quit: &[u8],
    buffer: &mut [u8],
) {
    let mut client = handshake(world, to, config);
    let read = read(&mut client, world, buffer);
    assert!(buffer[..read].starts_with(b"220"));
    client.writer().write_all(quit).expect("memory");
    flush(&mut client, world);
    assert_eq!(self::read(&mut client, world, buffer), 0);
    client.send_close_notify();
    flush(&mut client, world);
}

fn connect<P: Peer>(world: &mut World<P>, to: SocketAddr) {
    let attempt = world.connect(Endpoint::Tcp(to)).expect("an attempt");
    again(|| world.connected(attempt));
    world.keep(attempt);
}

fn read<P: Peer>(client: &mut ClientConnection, world: &mut World<P>, buffer: &mut [u8]) -> usize {
    loop {
        match client.reader().read(buffer) {
            Err(e) if e.kind() == ErrorKind::WouldBlock => receive(client, world),
            read => return read.expect("TLS"),
        }
    }
}

fn receive<P: Peer>(client: &mut ClientConnection, world: &mut World<P>) {
    again(|| client.read_tls(world));
    client.process_new_packets().expect("TLS");
}

fn flush<P: Peer>(client: &mut ClientConnection, world: &mut World<P>) {
    while client.wants_write() {
        client.write_tls(world).expect("a peer");
    }
}

fn again<T>(mut attempt: impl FnMut() -> io::Result<T>) -> T {
    loop {
        match attempt() {
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            done => return done.expect("a peer"),
        }
    }
}
