//! The modules of `src` know only those that stand before them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The top-level modules: each may name those before it, and none behind it.
const ORDER: &[&str] = &[
    "feature",
    "escape",
    "rfc3339",
    "fd",
    "signals",
    "sink",
    "memory",
    "inline_vec",
    "host",
    "reason",
    "status",
    "phase",
    "expect",
    "target",
    "net",
    "tls",
    "link",
    "dialogue",
    "check",
    "preset",
    "starttls",
    "outcome",
    "resolve",
    "state",
    "probe",
    "record",
    "verdict",
    "report",
    "engine",
    "cli",
    "list",
    "batch",
    "run",
];

#[test]
fn modules_name_only_modules_before_them() {
    let files = modules();
    let known: Vec<&str> = files.keys().map(String::as_str).collect();
    let mut expected = ORDER.to_vec();
    expected.sort_unstable();
    assert_eq!(known, expected, "ORDER lists each module of src once");

    let position = |module: &str| ORDER.iter().position(|known| *known == module);
    let mut upward = Vec::new();
    for (module, files) in &files {
        for file in files {
            for named in named_modules(&code_of(file)) {
                if position(&named) > position(module) {
                    upward.push(format!("{}: crate::{named}", file.display()));
                }
            }
        }
    }
    assert!(upward.is_empty(), "upward imports:\n{}", upward.join("\n"));
}

/// The files of each top-level module; the crate's roots are none.
fn modules() -> BTreeMap<String, Vec<PathBuf>> {
    let mut modules = BTreeMap::<String, Vec<PathBuf>>::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&src) {
        let inner = file.strip_prefix(&src).expect("a file of src");
        let first = inner.components().next().expect("a name");
        let name = first.as_os_str().to_str().expect("a name in UTF-8");
        let module = name.trim_end_matches(".rs");
        if !["main", "lib", "internal"].contains(&module) {
            modules.entry(module.to_owned()).or_default().push(file);
        }
    }
    modules
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A file without its comments and its tests, which may name all modules.
fn code_of(file: &Path) -> String {
    if file
        .file_stem()
        .is_some_and(|stem| stem == "tests" || stem == "sample")
    {
        return String::new();
    }
    let text = fs::read_to_string(file).expect("a source file");
    let code = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or(&text);
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules that code names by `crate::NAME` or `crate::{NAME, ...}`.
fn named_modules(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (_, path) in code
        .match_indices("crate::")
        .map(|(at, root)| code.split_at(at + root.len()))
    {
        let list = match path.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or(list).split(',').collect(),
            None => vec![path],
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        for item in list {
            let name: String = item.trim().chars().take_while(|c| is_name(*c)).collect();
            named.push(name);
        }
    }
    named
}
