//! The closing summary of a run.

use std::process::Output;

/// The last words of a run: `120 targets in 1.2 s: 115 ok, 1 warning, 4 critical, 0 unknown`.
pub struct Summary {
    /// As it stood there.
    pub line: String,
    /// OK, WARNING, CRITICAL, UNKNOWN.
    pub counts: [usize; 4],
}

impl Summary {
    /// Finds it in what was said on stderr.
    pub fn of(output: &Output) -> Result<Self, String> {
        let text = String::from_utf8_lossy(&output.stderr);
        let read = |line: &str| {
            let (_, counts) = line.split_once(": ")?;
            let mut counts = counts.split(", ");
            let mut count = |name| counts.next()?.strip_suffix(name)?.trim_end().parse().ok();
            Some(Self {
                line: line.to_owned(),
                counts: [
                    count("ok")?,
                    count("warning")?,
                    count("critical")?,
                    count("unknown")?,
                ],
            })
        };
        let summary = text.lines().rev().find_map(read);
        let status = output.status;
        summary.ok_or_else(|| format!("check-tcp: {status}, and no summary in {text:?}"))
    }
}
