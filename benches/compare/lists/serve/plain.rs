//! Servers that say what they have to say at once, or nothing.

use super::kept::Kept;
use super::{BANNER, Service};
use crate::lists::PARALLEL;
use mio::Registry;
use mio::net::TcpStream;
use std::io::{self, Write};
use std::net::Shutdown;

/// Nothing, and they keep the connection.
#[derive(Default)]
pub struct Silent(Vec<TcpStream>);

/// The banner, or that nobody is welcome.
pub struct Greeting {
    is_welcome: bool,
    kept: Kept,
}

impl Greeting {
    /// True if they send the banner.
    pub fn new(is_welcome: bool) -> Self {
        Self {
            is_welcome,
            kept: Kept::of(PARALLEL),
        }
    }
}

impl Service for Silent {
    fn take(&mut self, stream: TcpStream, _: &Registry) -> io::Result<()> {
        self.0.push(stream);
        Ok(())
    }
}

impl Service for Greeting {
    fn take(&mut self, mut stream: TcpStream, _: &Registry) -> io::Result<()> {
        // A peer that has gone already says so itself.
        if self.is_welcome {
            let _ = stream.write_all(BANNER);
        } else {
            let _ = stream.write_all(b"554 bench\r\n");
            let _ = stream.shutdown(Shutdown::Write);
        }
        self.kept.keep(stream);
        Ok(())
    }
}
