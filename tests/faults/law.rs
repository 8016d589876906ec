//! The law for all faults of this machine: no target is called down for them or has two verdicts.

use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Display;
use support::*;

/// A list, with what each line comes to where nothing is lacking.
pub struct FaultList {
    lines: Vec<(String, &'static str)>,
}

/// The verdicts of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerdictTally {
    /// Lines with the verdict that their targets deserve.
    pub right: usize,
    /// Lines with the verdict that this machine lacked something.
    pub lacking: usize,
}

impl FaultList {
    /// These rows again and again, until there are so many.
    pub fn of(rows: &[(String, &'static str)], count: usize) -> Self {
        let lines = rows.iter().cloned().cycle().take(count).collect();
        Self { lines }
    }

    /// These first, and then others.
    pub fn then(mut self, others: Self) -> Self {
        self.lines.extend(others.lines);
        self
    }

    /// As a list.
    pub fn list(&self) -> String {
        let lines = self.lines.iter().map(|(line, _)| format!("{line}\n"));
        lines.collect()
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Holds what a run with `--format json` printed against the law. Without an exit code, a
    /// signal ended it, and its last line may be cut off; otherwise every line has its verdict, or
    /// the one that there is says why there was no run.
    #[track_caller]
    pub fn holds(&self, stdout: &[u8], code: Option<i32>, run: &impl Display) -> VerdictTally {
        let end = stdout.iter().rposition(|byte| *byte == b'\n');
        let (whole, rest) = stdout.split_at(end.map_or(0, |end| end + 1));
        assert!(rest.is_empty() || code.is_none(), "cut off: {run}");
        let text = str::from_utf8(whole).expect("UTF-8");
        let objects: Vec<_> = text.lines().map(json::object).collect();
        if let [object] = objects.as_slice()
            && object["line"].is_null()
        {
            assert_eq!(object["status"], "UNKNOWN", "{object}");
            assert_eq!(code.unwrap_or(3), 3, "{run}");
            return VerdictTally::default();
        }
        let mut came = VerdictTally::default();
        let mut seen = HashSet::new();
        for object in &objects {
            let line = object["line"].as_u64().expect("a line of the list");
            assert!(seen.insert(line), "a second verdict: {object}");
            let (_, status) = &self.lines[line as usize - 1];
            match is_right(object, status) {
                true => came.right += 1,
                false => came.lacking += 1,
            }
        }
        if let Some(code) = code {
            assert_eq!(seen.len(), self.len(), "{run}");
            let of = |status: &str| objects.iter().any(|object| object["status"] == status);
            let wanted = match (of("CRITICAL"), of("UNKNOWN")) {
                (true, _) => 2,
                (false, true) => 3,
                (false, false) => 0,
            };
            assert_eq!(code, wanted, "{run}");
        }
        came
    }
}

/// The command line that asks the same as a line of a list.
pub fn alone(line: &str) -> String {
    let (target, flags) = line.split_once(' ').unwrap_or((line, ""));
    match target.strip_prefix("unix:") {
        Some(path) => format!("-U {path} {flags}"),
        None => {
            let (host, port) = target.rsplit_once(':').expect("a host and a port");
            format!("-H {host} -p {port} {flags}")
        }
    }
}

/// True if this verdict is the target's; otherwise it must be this machine's.
#[track_caller]
pub fn is_right(object: &Value, status: &str) -> bool {
    if object["status"] == status {
        return true;
    }
    assert_eq!(object["status"], "UNKNOWN", "wanted {status}: {object}");
    assert_eq!(object["reason"], "local", "wanted {status}: {object}");
    false
}

/// Holds one check with `--format json` against the law. A run that a signal ended must have said
/// nothing.
#[track_caller]
pub fn holds(run: &Run, status: &str) -> bool {
    let Some(code) = run.code else {
        assert!(run.stdout.is_empty(), "{run}");
        return false;
    };
    let text = str::from_utf8(&run.stdout).expect("UTF-8");
    let object = json::object(text.trim_end());
    assert_eq!(object["code"], code, "{run}");
    is_right(&object, status)
}
