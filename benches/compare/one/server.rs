//! The server that all programs check: a banner for each connection, then silence until they part.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// The server's banner, without its line end.
pub const BANNER: &str = "220 mail.example.com ESMTP ready";

/// Time limit of every operation here; a check takes a millisecond.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A banner server on a loopback port of its own.
pub struct Server {
    /// Its port on 127.0.0.1.
    pub port: u16,
    heard: Receiver<io::Result<Vec<u8>>>,
}

impl Server {
    /// Listens from here on, until the process ends.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let (tell, heard) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if tell.send(stream.and_then(serve)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { port, heard })
    }

    /// Waits until the next connection has been closed, in peace and after a `QUIT`.
    pub fn parted(&self) -> Result<(), String> {
        match self.heard.recv_timeout(PATIENCE) {
            Ok(Ok(heard)) if heard == b"QUIT\r\n" => Ok(()),
            Ok(Ok(heard)) => Err(format!("the server heard {:?}", heard.escape_ascii())),
            Ok(Err(e)) => Err(format!("the server's connection failed: {e}")),
            Err(e) => Err(format!("no connection came to its end: {e}")),
        }
    }
}

fn serve(mut stream: TcpStream) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{BANNER}\r\n").as_bytes())?;
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard)?;
    Ok(heard)
}
