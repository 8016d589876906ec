//! One stop of the tour: a check or a list of them, run, judged and shown.

use super::AS_PROGRAM;
use std::borrow::Cow;
use std::env;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// No stop of the tour takes nearly as long; the default timeout, which none should have to wait
/// for, is longer.
const PATIENCE: Duration = Duration::from_secs(8);

/// A command, and what should come of it.
pub struct Stop {
    heading: &'static str,
    arguments: Vec<String>,
    /// The standard input.
    list: String,
    trust: Option<PathBuf>,
    code: i32,
    /// So many lines should come out of it.
    lines: usize,
    /// They should hold all of these.
    shows: Vec<&'static str>,
}

/// The result of a command.
pub struct Run {
    /// The output, standard error included.
    text: String,
    code: Option<i32>,
    elapsed: Duration,
}

/// True if the result is the expected one.
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
            list: String::new(),
            trust: None,
            code: 0,
            lines: 1,
            shows: Vec::new(),
        }
    }

    /// With these lines on standard input.
    pub fn reading(mut self, list: &str) -> Self {
        self.list = list.to_owned();
        self
    }

    /// With this file as the trust store.
    pub fn trusting(mut self, file: &Path) -> Self {
        self.trust = Some(file.to_owned());
        self
    }

    /// The exit code that it should have, and what its line should hold.
    pub fn comes_to(self, code: i32, shows: &'static str) -> Self {
        self.comes_to_lines(code, 1, &[shows])
    }

    /// The same for a list: how many lines it should write, and what they should hold.
    pub fn comes_to_lines(mut self, code: i32, lines: usize, shows: &[&'static str]) -> Self {
        (self.code, self.lines, self.shows) = (code, lines, shows.to_vec());
        self
    }

    /// Runs the command.
    ///
    /// # Errors
    /// This program could not be started again, or did not end.
    pub fn visit(&self) -> io::Result<Verdict> {
        let started = Instant::now();
        let (written, out) = io::pipe()?;
        let mut child = self.start(out)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(self.list.as_bytes())?;
        }
        let Ok(text) = whole(written).recv_timeout(PATIENCE) else {
            child.kill()?;
            child.wait()?;
            let e = format!("still running after {PATIENCE:?}: {}", self.command());
            return Err(io::Error::new(io::ErrorKind::TimedOut, e));
        };
        let run = Run {
            text: text?,
            code: child.wait()?.code(),
            elapsed: started.elapsed(),
        };
        let is_right = run.code == Some(self.code)
            && self.shows.iter().all(|shows| run.text.contains(shows))
            && run.text.matches('\n').count() == self.lines
            && run.text.ends_with('\n');
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
        let code = run.code.map_or("none".to_owned(), |code| code.to_string());
        writeln!(out, "{number:2}. {heading}")?;
        writeln!(out, "    $ {}", self.command())?;
        for line in self.list.lines() {
            writeln!(out, "    {line}")?;
        }
        if !self.list.is_empty() {
            writeln!(out, "    END")?;
        }
        for line in run.text.lines() {
            let shown = colour(line).map(|colour| palette.paint(colour, line));
            writeln!(out, "    {}", shown.as_deref().unwrap_or(line))?;
        }
        let seconds = run.elapsed.as_secs_f64();
        writeln!(out, "    exit code {code} after {seconds:.2} s")?;
        if let Verdict::Wrong(_) = verdict {
            let shows = self.shows.join("”, “");
            let wanted = format!("should be: exit code {}, with “{shows}”", self.code);
            writeln!(out, "    {}", palette.paint(RED, &wanted))?;
        }
        writeln!(out)
    }

    fn start(&self, out: PipeWriter) -> io::Result<Child> {
        program()?
            .args(&self.arguments)
            .env(AS_PROGRAM, "1")
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .envs(self.trust.iter().map(|file| ("SSL_CERT_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
    }

    /// As it would be typed; a list as a here-document, whose lines are to follow.
    fn command(&self) -> String {
        let trust = self.trust.iter();
        let trust = trust.map(|file| format!("SSL_CERT_FILE={}", quoted(&file.to_string_lossy())));
        let words = self.arguments.iter().map(|word| quoted(word).into_owned());
        let name = ["check-tcp".to_owned()];
        let document = (!self.list.is_empty()).then(|| "<<'END'".to_owned());
        let all = trust.chain(name).chain(words).chain(document);
        all.collect::<Vec<_>>().join(" ")
    }
}

/// This program, which is both, or what the words of `CHECK_TCP_PROGRAM` start: a build for another
/// machine, behind its emulator.
fn program() -> io::Result<Command> {
    let words = env::var("CHECK_TCP_PROGRAM").unwrap_or_default();
    let mut words = words.split_whitespace();
    let Some(first) = words.next() else {
        return env::current_exe().map(Command::new);
    };
    let mut command = Command::new(first);
    command.args(words);
    Ok(command)
}

/// Reads to the end on a thread of its own.
fn whole(mut pipe: PipeReader) -> mpsc::Receiver<io::Result<String>> {
    let (whole, taken) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let _ = whole.send(pipe.read_to_string(&mut text).map(|_| text));
    });
    taken
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

/// The colour of the verdict in a line; `None` where there is none in it.
fn colour(line: &str) -> Option<&'static str> {
    let line = line.rsplit('\t').next()?;
    let (head, _) = line.split_once(": ")?;
    match head.rsplit(' ').next()? {
        "OK" => Some(GREEN),
        "WARNING" => Some(YELLOW),
        "CRITICAL" => Some(RED),
        "UNKNOWN" => Some(MAGENTA),
        _ => None,
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
