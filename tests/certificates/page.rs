//! The table of `docs/certificates.md`.

use super::clients;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A row as it stands in the page, or as it ought to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) what: String,
    /// What check-tcp says of the certificate, or `ok`.
    pub(crate) message: String,
    /// Whether each of the others accepts it.
    pub(crate) others: [bool; 4],
    pub(crate) note: String,
}

impl Row {
    /// Returns true if OpenSSL says something else.
    pub(crate) fn differs(&self) -> bool {
        (self.message == "ok") != self.others[0]
    }
}

/// The line behind which the tables stand.
const MARK: &str = "<!-- The tables below are those of tests/certificates. -->\n";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/certificates.md")
}

/// The rows of the page, each with its group.
pub(crate) fn read() -> Vec<(String, Row)> {
    let page = fs::read_to_string(path()).expect("the page");
    let (_, tables) = page.split_once(MARK).expect("the mark");
    let mut group = String::new();
    let mut rows = Vec::new();
    for line in tables.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut group);
        }
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [what, message, openssl, python, go, curl, note] = cells[..] else {
            continue;
        };
        if what != "what is shown" && !what.starts_with("---") {
            let row = Row {
                what: what.to_owned(),
                message: message.trim_matches('`').to_owned(),
                others: [openssl, python, go, curl].map(|cell| cell == "ok"),
                note: note.to_owned(),
            };
            rows.push((group.clone(), row));
        }
    }
    rows
}

/// Writes these groups into the page.
pub(crate) fn write(groups: &[(&str, Vec<Row>)]) {
    let page = fs::read_to_string(path()).expect("the page");
    let (prose, _) = page.split_once(MARK).expect("the mark");
    let mut text = format!("{prose}{MARK}");
    for (title, rows) in groups {
        let others = clients::NAMES.join(" | ");
        let _ = write!(
            text,
            "\n## {title}\n\n| what is shown | check-tcp | {others} | note |\n|---|---|---|---|---|---|---|\n"
        );
        for row in rows {
            let message = match &*row.message {
                "ok" => "ok".to_owned(),
                message => format!("`{message}`"),
            };
            let others = row.others.map(|accepts| if accepts { "ok" } else { "no" });
            let others = others.join(" | ");
            let _ = writeln!(
                text,
                "| {} | {message} | {others} | {} |",
                row.what, row.note
            );
        }
    }
    fs::write(path(), text).expect("the page is written");
}
