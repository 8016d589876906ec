//! Servers in a process of their own, as the comparison sees them.

use super::Role;
use super::cores::{Cores, Side};
use super::serve::Kind;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// One process, with a listener on each of several addresses; ended when dropped.
pub struct Servers {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    /// Where they listen.
    pub addresses: Vec<SocketAddr>,
}

/// What came to pass since they were started.
pub struct Told {
    /// Connections accepted.
    pub taken: u64,
    /// Answers that were sent over a millisecond later than they should have been.
    pub late: u64,
}

impl Servers {
    /// Listens from here on.
    pub fn start(kind: Kind, cores: &Cores) -> Result<Self, Box<dyn Error>> {
        let mut command = Role::Serve.command()?;
        command.arg(kind.word());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = cores.spawn(Side::Server, &mut command)?;
        let questions = child.stdin.take();
        let stdout = child.stdout.take().ok_or("the servers have no output")?;
        let mut servers = Self {
            child,
            questions,
            answers: BufReader::new(stdout).lines(),
            addresses: Vec::new(),
        };
        loop {
            match servers.line()?.as_str() {
                "" => return Ok(servers),
                address => servers.addresses.push(address.parse()?),
            }
        }
    }

    /// The targets of a list that takes their addresses in turn.
    pub fn targets(&self, number: usize) -> impl Iterator<Item = SocketAddr> {
        self.addresses.iter().copied().cycle().take(number)
    }

    /// Asks what came to pass.
    pub fn ask(&mut self) -> Result<Told, Box<dyn Error>> {
        if let Some(questions) = &mut self.questions {
            questions.write_all(b"\n")?;
        }
        let line = self.line()?;
        let (taken, late) = line.split_once(' ').ok_or("the servers babble")?;
        Ok(Told {
            taken: taken.parse()?,
            late: late.parse()?,
        })
    }

    fn line(&mut self) -> io::Result<String> {
        let ended = || io::Error::other("the servers have ended");
        self.answers.next().ok_or_else(ended)?
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.questions = None;
        // There is nothing to be done about servers that can't be waited for.
        let _ = self.child.wait();
    }
}
