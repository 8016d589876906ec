//! Runs the real program, and says what came of it.

use super::{Namespace, PATIENCE, Store, json, restore_signals};
use regex::Regex;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Time by which a check may end after its own limits on a busy machine.
const SLACK: Duration = Duration::from_secs(2);

/// Pattern of a message about an answer that did not come in time.
pub const TIMED_OUT: &str = "timed out after [0-9]";
/// Pattern of a message about a port that nobody listens at.
pub const REFUSED: &str = "Connection refused";

/// A command line of the program that has not run yet.
pub struct Program {
    program: Vec<OsString>,
    wrapper: Vec<OsString>,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    stdout: Stdio,
}

/// The result of a run.
#[derive(Debug)]
pub struct Run {
    arguments: Vec<OsString>,
    name: &'static str,
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub elapsed: Duration,
}

impl Program {
    /// The program at this path, with the words of this line: [`program!`](crate::program) knows
    /// the path. The words of `CHECK_TCP_PROGRAM` replace it, where a build for another machine is
    /// tested: `qemu-arm-static PROGRAM`.
    pub fn new(path: &str, line: &str) -> Self {
        let program = match env::var("CHECK_TCP_PROGRAM") {
            Ok(words) => words.split(' ').map(OsString::from).collect(),
            Err(_) => vec![path.into()],
        };
        Self {
            program,
            wrapper: Vec::new(),
            arguments: words(line),
            environment: Vec::new(),
            stdout: Stdio::piped(),
        }
    }

    /// Adds one argument as it is, be it text or not.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment
            .push((key.into(), value.as_ref().to_owned()));
        self
    }

    /// With this trust store in place of the system's.
    pub fn trusting(self, store: &Store) -> Self {
        self.env("SSL_CERT_FILE", store.file())
    }

    /// In a world of its own.
    pub fn inside(mut self, namespace: &Namespace) -> Self {
        self.wrapper = namespace.wrapper();
        self
    }

    /// Started by a shell that runs `script`, in which `"$@"` is the command line; inside the world
    /// of its own, where it has one.
    pub fn shell(mut self, script: &str) -> Self {
        let shell = ["sh", "-c", script, "sh"].map(OsString::from);
        self.wrapper.extend(shell);
        self
    }

    pub fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.stdout = stdout.into();
        self
    }

    /// Runs it to its end, or to the test's if that does not come.
    #[track_caller]
    pub fn run(self) -> Run {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(self.stdout);

        let started = Instant::now();
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(command); // and with it our copy of its stdout
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        // Both ends close when the process is gone: no event says it better.
        let mut take = |pipe: Option<Receiver<Vec<u8>>>| {
            let Some(pipe) = pipe else { return Vec::new() };
            pipe.recv_timeout(PATIENCE.saturating_sub(started.elapsed()))
                .unwrap_or_else(|_| {
                    let _ = child.kill();
                    panic!("still running after {PATIENCE:?}: {:?}", self.arguments)
                })
        };
        let (stderr, stdout) = (take(stderr), take(stdout));
        let status = child.wait().expect("its end can be waited for");
        let elapsed = started.elapsed();
        json::validate_output(&self.arguments, &stdout);
        Run {
            arguments: self.arguments,
            name: "TCP",
            code: status.code(),
            stdout,
            stderr,
            elapsed,
        }
    }

    /// The command, but for where it reads and writes.
    pub(super) fn command(&self) -> Command {
        restore_signals();
        let words = self.wrapper.iter().chain(&self.program);
        let mut all = words.chain(&self.arguments);
        let mut command = Command::new(all.next().expect("there is a program"));
        command
            .args(all)
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .envs(self.environment.iter().map(|(key, value)| (key, value)));
        command
    }

    /// The arguments, and where its stdout goes.
    pub(super) fn into_parts(self) -> (Vec<OsString>, Stdio) {
        (self.arguments, self.stdout)
    }
}

impl Run {
    /// Sets the name that the line begins with, where that is not `TCP`.
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Exit code 0, and a line `NAME OK: …` whose message matches the pattern. So for the other
    /// three.
    #[track_caller]
    pub fn ok(&self, message: impl AsRef<str>) -> &Self {
        self.verdict(0, "OK", message.as_ref())
    }

    #[track_caller]
    pub fn warning(&self, message: impl AsRef<str>) -> &Self {
        self.verdict(1, "WARNING", message.as_ref())
    }

    #[track_caller]
    pub fn critical(&self, message: impl AsRef<str>) -> &Self {
        self.verdict(2, "CRITICAL", message.as_ref())
    }

    #[track_caller]
    pub fn unknown(&self, message: impl AsRef<str>) -> &Self {
        self.verdict(3, "UNKNOWN", message.as_ref())
    }

    /// The program ended within `limit`, a busy machine aside.
    #[track_caller]
    pub fn within(&self, limit: Duration) -> &Self {
        assert!(
            self.elapsed < limit + SLACK,
            "took longer than {limit:?}: {self}"
        );
        self
    }

    /// The line without its newline; that it is a line, and a harmless one, is asserted.
    #[track_caller]
    pub fn line(&self) -> &str {
        let text = str::from_utf8(&self.stdout).unwrap_or_else(|_| panic!("not UTF-8: {self}"));
        let line = text
            .strip_suffix('\n')
            .unwrap_or_else(|| panic!("no newline: {self}"));
        assert!(
            line.chars().all(is_harmless),
            "more than one line, or not printable: {self}"
        );
        assert!(
            line.chars().count() <= 1024,
            "over 1,024 characters: {self}"
        );
        assert!(
            self.wants_perfdata() || !line.contains('|'),
            "a bar that is not ours: {self}"
        );
        assert!(self.stderr.is_empty(), "something on stderr: {self}");
        line
    }

    /// The line after `NAME STATUS: `.
    #[track_caller]
    pub fn message(&self) -> &str {
        self.line()
            .split_once(": ")
            .unwrap_or_else(|| panic!("no message: {self}"))
            .1
    }

    /// The response time that the message begins with, in seconds.
    #[track_caller]
    pub fn seconds(&self) -> f64 {
        let time = self
            .message()
            .split(' ')
            .next()
            .and_then(|time| time.parse().ok());
        time.unwrap_or_else(|| panic!("no response time: {self}"))
    }

    #[track_caller]
    fn verdict(&self, code: i32, status: &str, message: &str) -> &Self {
        let form = format!("{} {status}: ", self.name);
        let shown = self.line().strip_prefix(&form);
        let shown = shown.unwrap_or_else(|| panic!("does not begin with {form:?}: {self}"));
        assert_eq!(self.code, Some(code), "exit code of {self}");
        let pattern = Regex::new(message).expect("the test's own pattern");
        assert!(pattern.is_match(shown), "does not match {message}: {self}");
        self
    }

    fn wants_perfdata(&self) -> bool {
        self.arguments
            .iter()
            .any(|argument| argument == "--perfdata")
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (stdout, stderr) = (&self.stdout, &self.stderr);
        write!(
            f,
            "{:?}\n exit code {:?} after {:?}",
            self.arguments, self.code, self.elapsed
        )?;
        write!(f, "\n stdout {:?}", String::from_utf8_lossy(stdout))?;
        write!(f, "\n stderr {:?}", String::from_utf8_lossy(stderr))
    }
}

/// The pattern of `N.NNN seconds response time` and then exactly this.
pub fn timed(rest: impl AsRef<str>) -> String {
    let rest = regex::escape(rest.as_ref());
    format!("^[0-9]+[.][0-9]{{3}} seconds response time {rest}$")
}

/// The pattern of exactly this text.
pub fn exact(text: impl AsRef<str>) -> String {
    format!("^{}$", regex::escape(text.as_ref()))
}

/// The pattern of a message that has these words in this order, in any case.
pub fn shows(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| regex::escape(word)).collect();
    format!("(?is){}", words.join(".*"))
}

fn words(line: &str) -> Vec<OsString> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for char in line.chars() {
        match char {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take().map(OsString::from)),
            char => word.get_or_insert_default().push(char),
        }
    }
    assert!(!quoted, "a quote is open: {line}");
    words.extend(word.map(OsString::from));
    words
}

pub(super) fn collect(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (whole, taken) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = whole.send(bytes);
    });
    taken
}

/// Controls, line and paragraph separators and what turns the direction of text are none of a
/// line's business.
pub(super) fn is_harmless(char: char) -> bool {
    let turns = matches!(char, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !char.is_control() && !turns && !matches!(char, '\u{2028}' | '\u{2029}')
}
