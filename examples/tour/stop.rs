//! One check of the tour: run, judged and shown.

use super::AS_PROGRAM;
use std::borrow::Cow;
use std::env;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// No check of the tour takes nearly as long; the default timeout, which none should have to wait
/// for, is longer.
const PATIENCE: Duration = Duration::from_secs(8);

/// A check, and what should come of it.
pub struct Stop {
    heading: &'static str,
    arguments: Vec<String>,
    trust: Option<PathBuf>,
    code: i32,
    /// The line should hold this.
    shows: &'static str,
}

/// What came of a check.
pub struct Run {
    line: String,
    code: Option<i32>,
    elapsed: Duration,
}

/// Whether it was as it should be.
pub enum Verdict {
    Right(Run),
    Wrong(Run),
}

/// The colours of a terminal, or none.
#[derive(Clone, Copy)]
pub struct Palette {
    on: bool,
}

impl Stop {
    /// `command` is in words that blanks part; what is in single quotes is one.
    pub fn new(heading: &'static str, command: &str) -> Self {
        Self {
            heading,
            arguments: words(command),
            trust: None,
            code: 0,
            shows: "",
        }
    }

    /// With this file as the trust store.
    pub fn trusting(mut self, file: &std::path::Path) -> Self {
        self.trust = Some(file.to_owned());
        self
    }

    /// The exit code that it should have, and what its line should hold.
    pub fn comes_to(mut self, code: i32, shows: &'static str) -> Self {
        (self.code, self.shows) = (code, shows);
        self
    }

    /// Runs the check.
    ///
    /// # Errors
    /// This program could not be started again, or did not end.
    pub fn visit(&self) -> io::Result<Verdict> {
        let mut command = Command::new(env::current_exe()?);
        command
            .args(&self.arguments)
            .env(AS_PROGRAM, "1")
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .envs(self.trust.iter().map(|file| ("SSL_CERT_FILE", file)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn()?;
        let (whole, taken) = mpsc::channel();
        let stdout = child.stdout.take();
        thread::spawn(move || {
            let mut text = String::new();
            let read = stdout.map(|mut stdout| stdout.read_to_string(&mut text));
            let _ = whole.send(read.transpose().map(|_| text));
        });
        let Ok(line) = taken.recv_timeout(PATIENCE) else {
            child.kill()?;
            child.wait()?;
            let e = format!("still running after {PATIENCE:?}: {}", self.command());
            return Err(io::Error::new(io::ErrorKind::TimedOut, e));
        };
        let run = Run {
            line: line?,
            code: child.wait()?.code(),
            elapsed: started.elapsed(),
        };
        let is_right = run.code == Some(self.code)
            && run.line.contains(self.shows)
            && run.line.matches('\n').count() == 1
            && run.line.ends_with('\n');
        Ok(match is_right {
            true => Verdict::Right(run),
            false => Verdict::Wrong(run),
        })
    }

    /// Shows what was done and what came of it.
    ///
    /// # Errors
    /// `out` can't be written to.
    pub fn show(
        &self,
        out: &mut impl Write,
        palette: Palette,
        number: usize,
        verdict: &Verdict,
    ) -> io::Result<()> {
        let (Verdict::Right(run) | Verdict::Wrong(run)) = verdict;
        let heading = palette.paint(BOLD, self.heading);
        let colour = match run.code {
            Some(0) => GREEN,
            Some(1) => YELLOW,
            Some(2) => RED,
            _ => MAGENTA,
        };
        let code = run.code.map_or("none".to_owned(), |code| code.to_string());
        writeln!(out, "{number:2}. {heading}")?;
        writeln!(out, "    $ {}", self.command())?;
        writeln!(out, "    {}", palette.paint(colour, run.line.trim_end()))?;
        let seconds = run.elapsed.as_secs_f64();
        writeln!(out, "    exit code {code} after {seconds:.2} s")?;
        if let Verdict::Wrong(_) = verdict {
            let wanted = format!("should be: exit code {}, with “{}”", self.code, self.shows);
            writeln!(out, "    {}", palette.paint(RED, &wanted))?;
        }
        writeln!(out)
    }

    /// As it would be typed.
    fn command(&self) -> String {
        let trust = self.trust.iter();
        let trust = trust.map(|file| format!("SSL_CERT_FILE={}", quoted(&file.to_string_lossy())));
        let words = self.arguments.iter().map(|word| quoted(word).into_owned());
        let name = ["check-tcp".to_owned()];
        trust.chain(name).chain(words).collect::<Vec<_>>().join(" ")
    }
}

const BOLD: &str = "1";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const MAGENTA: &str = "35";

impl Palette {
    /// Colours, where they are wanted.
    pub fn new(on: bool) -> Self {
        Self { on }
    }

    fn paint(self, colour: &str, text: &str) -> String {
        match self.on {
            true => format!("\x1b[{colour}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in command.split('\'').enumerate() {
        match number % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// For a POSIX shell.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''")).into()
}
