//! The result of a run over a list.

use super::json;
use super::run::is_harmless;
use regex::Regex;
use serde_json::Value;
use std::ffi::OsString;
use std::time::Duration;

/// A run that has ended.
#[derive(Debug)]
pub struct Listed {
    pub(super) arguments: Vec<OsString>,
    pub code: Option<i32>,
    /// The signal that ended it, where it was one.
    pub signal: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub elapsed: Duration,
}

impl Listed {
    /// The lines of stdout: each ends, is UTF-8, and has nothing but text and tabs in it.
    #[track_caller]
    pub fn lines(&self) -> Vec<&str> {
        let text = str::from_utf8(&self.stdout).unwrap_or_else(|_| panic!("not UTF-8: {self}"));
        assert!(text.is_empty() || text.ends_with('\n'), "cut off: {self}");
        let lines: Vec<_> = text.lines().collect();
        for line in &lines {
            let plain = line.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
            let harmless = plain || line.chars().all(|char| char == '\t' || is_harmless(char));
            assert!(harmless, "{line:?} is not printable: {self}");
        }
        lines
    }

    /// Each line of text as its label and the line of a single check, of which the form is
    /// asserted.
    #[track_caller]
    pub fn answers(&self) -> Vec<(&str, &str)> {
        let form =
            Regex::new("^[^ \t]+ (OK|WARNING|CRITICAL|UNKNOWN): [^\t]+$").expect("a pattern");
        let split = |line: &'_ str| -> Option<usize> { line.find('\t') };
        let answers = self.lines().into_iter().map(|line| {
            let tab = split(line).unwrap_or_else(|| panic!("{line:?} has no label: {self}"));
            let (label, rest) = (&line[..tab], &line[tab + 1..]);
            assert!(form.is_match(rest), "{rest:?} is no check's line: {self}");
            assert!(rest.chars().count() < 1024, "{rest:?} is too long: {self}");
            (label, rest)
        });
        answers.collect()
    }

    /// The line that follows this label, which stands there once.
    #[track_caller]
    pub fn answer(&self, label: &str) -> &str {
        let mut found = self
            .answers()
            .into_iter()
            .filter(|(shown, _)| *shown == label);
        let (_, line) = found
            .next()
            .unwrap_or_else(|| panic!("{label:?} is not there: {self}"));
        assert_eq!(found.next(), None, "{label:?} is there twice: {self}");
        line
    }

    /// The objects of the lines, of which the form is asserted.
    #[track_caller]
    pub fn objects(&self) -> Vec<Value> {
        self.lines().into_iter().map(json::object).collect()
    }

    /// The object of this line of the list, which stands there once.
    #[track_caller]
    pub fn object(&self, line: u64) -> Value {
        let mut found = self.objects();
        found.retain(|object| object["line"] == line);
        assert_eq!(found.len(), 1, "line {line}: {self}");
        found.remove(0)
    }

    /// The text of stderr.
    pub fn words(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "exit code of {self}");
        self
    }
}

impl std::fmt::Display for Listed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (code, signal, elapsed) = (self.code, self.signal, self.elapsed);
        write!(
            f,
            "{:?}\n exit code {code:?}, signal {signal:?} after {elapsed:?}",
            self.arguments
        )?;
        write!(f, "\n stdout {}", begin(&self.stdout))?;
        write!(f, "\n stderr {}", begin(&self.stderr))
    }
}

/// As much as one can read.
fn begin(bytes: &[u8]) -> String {
    const MUCH: usize = 4000;
    let shown = String::from_utf8_lossy(bytes.get(..MUCH).unwrap_or(bytes)).into_owned();
    match bytes.len() {
        length if length > MUCH => format!("{shown:?} and so on, {length} bytes"),
        _ => format!("{shown:?}"),
    }
}
