//! The form of an object of `--format json`.

use super::run::is_harmless;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// The keys, in their order.
pub const KEYS: [&str; 20] = [
    "target", "name", "line", "service", "host", "port", "socket", "address", "status", "code",
    "reason", "phase", "message", "elapsed", "phases", "bytes", "reply", "tls", "captures", "time",
];
const REASONS: [&str; 16] = [
    "ok",
    "slow",
    "dns",
    "refused",
    "unreachable",
    "absent",
    "timeout",
    "reset",
    "eof",
    "tls",
    "certificate",
    "mismatch",
    "open",
    "local",
    "usage",
    "interrupted",
];
const STATUSES: [&str; 4] = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];
/// Keys of the two that are objects where they are not null.
const PHASES: [&str; 4] = ["resolve", "connect", "tls", "first_byte"];
const TLS: [&str; 3] = ["version", "cipher", "not_after"];

/// The object in this line: one with all keys in their order, and values of the kinds they have.
#[track_caller]
pub fn object(line: &str) -> Value {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let plain = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    assert!(
        plain || line.chars().all(is_harmless),
        "not printable: {line}"
    );
    let outer = KEYS.iter().map(|key| (1, *key));
    let mut wanted = Vec::new();
    for (depth, key) in outer {
        wanted.push((depth, key));
        let inner: &[_] = match key {
            "phases" if value[key].is_object() => &PHASES,
            "tls" if value[key].is_object() => &TLS,
            _ => &[],
        };
        wanted.extend(inner.iter().map(|key| (2, *key)));
    }
    let mut found = keys(line);
    if let Some(captures) = value["captures"].as_object() {
        // Before the one key that follows, in whatever order.
        let end = found.len().saturating_sub(1);
        found.drain(end.saturating_sub(captures.len())..end);
    }
    assert_eq!(found, wanted, "{line}");
    for (key, form) in [
        ("target", text as fn(&Value) -> bool),
        ("name", text),
        ("line", count),
        ("service", text),
        ("host", text),
        ("port", count),
        ("socket", text),
        ("address", text),
        ("message", Value::is_string),
        ("phase", text),
        ("elapsed", seconds),
        ("bytes", count),
        ("reply", text),
        ("time", time),
    ] {
        assert!(form(&value[key]), "{key} is {}: {line}", value[key]);
    }
    let status = STATUSES
        .iter()
        .position(|status| value["status"] == *status);
    let status = status.unwrap_or_else(|| panic!("status is {}: {line}", value["status"]));
    assert_eq!(value["code"], status, "{line}");
    let reason = value["reason"].as_str();
    assert!(
        reason.is_some_and(|it| REASONS.contains(&it)),
        "reason is {reason:?}: {line}"
    );
    for (key, names, form) in [
        ("phases", &PHASES[..], seconds as fn(&Value) -> bool),
        ("tls", &TLS, text),
    ] {
        let inner = names.iter().all(|name| form(&value[key][*name]));
        assert!(inner, "{key} is {}: {line}", value[key]);
    }
    assert!(time(&value["tls"]["not_after"]), "{line}");
    if let Some(captures) = value["captures"].as_object() {
        assert!(captures.values().all(text), "{line}");
    } else {
        assert!(value["captures"].is_null(), "{line}");
    }
    value
}

/// A time of RFC 3339 in UTC; `None` for null.
#[track_caller]
pub fn moment(value: &Value) -> Option<SystemTime> {
    let time = value.as_str()?;
    Some(humantime::parse_rfc3339(time).expect("RFC 3339"))
}

/// All parts that it took, together.
pub fn all_phases(object: &Value) -> Duration {
    let parts = PHASES.iter().map(|key| object["phases"][key].as_f64());
    Duration::from_secs_f64(parts.flatten().sum())
}

fn text(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

fn count(value: &Value) -> bool {
    value.is_u64() || value.is_null()
}

fn seconds(value: &Value) -> bool {
    value.as_f64().is_some_and(|seconds| seconds >= 0.0) || value.is_null()
}

fn time(value: &Value) -> bool {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        let form = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$";
        Regex::new(form).expect("a pattern")
    });
    value.is_null() || value.as_str().is_some_and(|time| FORM.is_match(time))
}

/// All keys of an object as they stand in its text, with their depth.
///
/// A parser's map would have lost their order, and have swallowed one that stands there twice.
fn keys(text: &str) -> Vec<(usize, &str)> {
    let (mut keys, mut depth) = (Vec::new(), 0);
    let mut word = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b':' => keys.extend(word.take().map(|word| (depth, word))),
            b'"' => {
                let begin = at + 1;
                let mut escaped = false;
                let end = bytes.find(|(_, byte)| {
                    let ends = *byte == b'"' && !escaped;
                    escaped = *byte == b'\\' && !escaped;
                    ends
                });
                word = end.and_then(|(end, _)| text.get(begin..end));
            }
            _ => {}
        }
    }
    keys
}
