//! Servers in a process of their own, as the comparison sees them.

use super::cores::{Cores, Side};
use super::role::Role;
use super::serve::Kind;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// One process, with a listener on each of several addresses; ended when dropped.
pub struct Servers {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    /// The listening addresses.
    pub addresses: Vec<SocketAddr>,
}

impl Servers {
    /// Listens from here on.
    pub fn start(kind: Kind, cores: &Cores) -> Result<Self, Box<dyn Error>> {
        let mut command = Role::Serve.command()?;
        Self::run(command.arg(kind.word()), cores)
    }

    /// The same under TLS, with a certificate from that directory.
    pub fn secure(identity: &Path, cores: &Cores) -> Result<Self, Box<dyn Error>> {
        let mut command = Role::Serve.command()?;
        Self::run(command.arg(Kind::Secure.word()).arg(identity), cores)
    }

    /// The targets of a list that takes their addresses in turn.
    pub fn targets(&self, number: usize) -> impl Iterator<Item = SocketAddr> {
        self.addresses.iter().copied().cycle().take(number)
    }

    /// Asks how many connections they have accepted since they were started.
    pub fn taken(&mut self) -> Result<u64, Box<dyn Error>> {
        if let Some(questions) = &mut self.questions {
            questions.write_all(b"\n")?;
        }
        Ok(self.line()?.parse()?)
    }

    fn run(command: &mut Command, cores: &Cores) -> Result<Self, Box<dyn Error>> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = cores.spawn(Side::Server, command)?;
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
