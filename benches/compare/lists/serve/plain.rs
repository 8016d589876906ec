//! Servers that say what they have to say at once, or nothing.

use super::Service;
use super::kept::Kept;
use crate::lists::PARALLEL;
use mio::Registry;
use mio::net::TcpStream;
use std::io::{self, Write};
use std::net::Shutdown;

/// Nothing, and they keep the connection.
#[derive(Default)]
pub struct Silent(Vec<TcpStream>);

/// A line, and then perhaps the end.
pub struct Greeting {
    line: &'static [u8],
    ends: bool,
    kept: Kept,
}

impl Greeting {
    /// With that line.
    pub fn new(line: &'static [u8], ends: bool) -> Self {
        Self {
            line,
            ends,
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
        let _ = stream.write_all(self.line);
        if self.ends {
            let _ = stream.shutdown(Shutdown::Write);
        }
        self.kept.keep(stream);
        Ok(())
    }
}
