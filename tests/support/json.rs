//! The form of an object of `--format json`.

use super::run::is_harmless;
use super::schema;
use serde_json::Value;
use std::ffi::OsString;
use std::time::{Duration, SystemTime};

/// The keys, in their order.
pub const KEYS: [&str; 21] = [
    "target", "name", "line", "service", "host", "port", "socket", "address", "status", "code",
    "reason", "phase", "message", "elapsed", "phases", "bytes", "reply", "tls", "captures", "time",
    "step",
];
/// Keys of the two that are objects where they are not null.
const PHASES: [&str; 4] = ["resolve", "connect", "tls", "first_byte"];
const TLS: [&str; 7] = [
    "version",
    "cipher",
    "not_after",
    "verified",
    "alpn",
    "ends",
    "chain",
];
const CERTIFICATE: [&str; 9] = [
    "subject",
    "issuer",
    "names",
    "serial",
    "not_before",
    "not_after",
    "key",
    "signature",
    "sha256",
];

/// The object in this line: harmless, and with its keys in their order. Whether it is valid was
/// tested where the program ended, by [`validate_output`].
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
        if key == "tls" {
            let chain = value["tls"]["chain"].as_array().map_or(0, Vec::len);
            // An array, and an object in it.
            wanted.extend(
                [CERTIFICATE; 16]
                    .iter()
                    .take(chain)
                    .flatten()
                    .map(|key| (4, *key)),
            );
        }
    }
    let mut found = keys(line);
    if let Some(captures) = value["captures"].as_object() {
        // Before the two keys that follow, in whatever order.
        let end = found.len().saturating_sub(2);
        found.drain(end.saturating_sub(captures.len())..end);
    }
    assert_eq!(found, wanted, "{line}");
    value
}

/// Holds every line in the output of a command line that asks for JSON against the schema.
#[track_caller]
pub fn validate_output(arguments: &[OsString], stdout: &[u8]) {
    let is_json = |pair: &[OsString]| pair[0] == "--format" && pair[1] == "json";
    if arguments.windows(2).any(is_json) {
        // The last line may have been cut off, and help is text.
        let lines = stdout.split_inclusive(|byte| *byte == b'\n');
        for line in lines.filter(|line| line.starts_with(b"{") && line.ends_with(b"\n")) {
            validate(str::from_utf8(line).expect("UTF-8").trim_end());
        }
    }
}

/// Holds a line against the schema.
#[track_caller]
pub fn validate(line: &str) {
    let value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    if let Err(violation) = schema::OBJECT.validate(&value) {
        panic!("{violation}: {line}");
    }
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
