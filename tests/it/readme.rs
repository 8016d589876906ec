//! The documents hold what the program does: tables, command lines, links.

use check_tcp::internal::cli;
use check_tcp::internal::cli::FLAGS;
use check_tcp::phase::Phase;
use check_tcp::preset::{Expected, PRESETS, Preset};
use check_tcp::starttls::{PROTOCOLS, Protocol};
use check_tcp::status::Status;
use check_tcp::verdict::Reason;
use serde_json::Value;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_readme_has_250_lines_at_most() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 250, "{lines} lines");
}

#[test]
fn every_option_has_its_row_in_the_order_of_the_help() {
    let options = read("docs/options.md");
    let rows: Vec<_> = table(&options, "| long | short |").map(cells).collect();
    let rows: Vec<_> = rows.iter().map(|row| (row[0], row[1])).collect();
    let flags = FLAGS.iter().map(|flag| {
        let short = flag.short.map(|letter| format!("`-{letter}`"));
        (format!("`--{}`", flag.long), short.unwrap_or_default())
    });
    let flags: Vec<_> = flags.collect();
    let flags: Vec<_> = flags
        .iter()
        .map(|(long, short)| (&**long, &**short))
        .collect();
    assert_eq!(rows, flags);
}

#[test]
fn every_preset_has_its_row() {
    let presets = read("docs/presets.md");
    let rows: Vec<_> = table(&presets, "| name | port |").collect();
    assert_eq!(rows, PRESETS.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn every_protocol_of_starttls_has_its_row() {
    let tls = read("docs/tls.md");
    let rows: Vec<_> = table(&tls, "| PROTOCOL | port |").map(cells).collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| format!("{} {}", row[0], row[1]))
        .collect();
    let protocol = |it: &Protocol| format!("`{}` {}", it.name, it.port);
    assert_eq!(rows, PROTOCOLS.iter().map(protocol).collect::<Vec<_>>());
}

#[test]
fn every_option_of_the_plugins_is_in_their_document() {
    let document = read("docs/monitoring-plugins.md");
    let mut command = Command::new(env!("CARGO_BIN_EXE_check-tcp"));
    let help = command.arg0("check_tcp").arg("--help").output();
    let help = String::from_utf8(help.expect("a run").stdout).expect("text");
    let options = help
        .lines()
        .filter(|line| line.starts_with("  ") && line.trim_start().starts_with('-'));
    let mut count = 0;
    for line in options {
        let names = line
            .split_whitespace()
            .take_while(|word| word.starts_with('-'));
        let names: Vec<_> = names.map(|name| name.trim_end_matches(',')).collect();
        let is_named = |name: &&str| document.contains(&format!("`{name}"));
        assert!(
            names.iter().any(is_named),
            "{names:?} is not in the document"
        );
        count += 1;
    }
    assert!(count > 25, "{count} options");
}

#[test]
fn every_reason_is_explained_in_the_order_of_the_list() {
    let json = read("docs/json.md");
    let words: Vec<_> = table(&json, "| `reason` | what happened |")
        .map(|row| cells(row).remove(0))
        .collect();
    let reasons = Reason::ALL.map(|reason| format!("`{}`", reason.word()));
    assert_eq!(words, reasons);
}

#[test]
fn every_key_of_the_schema_is_explained() {
    let json = read("docs/json.md");
    let mut keys: Vec<_> = table(&json, "| key | value |")
        .flat_map(|row| {
            cells(row)
                .remove(0)
                .split(", ")
                .map(unquoted)
                .collect::<Vec<_>>()
        })
        .collect();
    let check = &schema()["$defs"]["check"];
    assert_eq!(keys, words(&check["required"]));
    keys.sort_unstable();
    for object in ["check", "error"] {
        let properties = schema()["$defs"][object]["properties"].clone();
        let properties = properties.as_object().expect("an object");
        assert_eq!(properties.keys().cloned().collect::<Vec<_>>(), keys);
    }
}

#[test]
fn the_schema_has_every_reason_phase_and_status() {
    let schema = schema();
    let (check, error) = (&schema["$defs"]["check"], &schema["$defs"]["error"]);
    let mut reasons = words(&check["properties"]["reason"]["enum"]);
    reasons.extend(words(&error["properties"]["reason"]["enum"]));
    reasons.sort_unstable();
    reasons.dedup();
    let mut wanted = Reason::ALL.map(|reason| reason.word().to_owned());
    wanted.sort_unstable();
    assert_eq!(reasons, wanted);
    let phases = [
        Phase::Resolving,
        Phase::Connecting,
        Phase::Handshaking,
        Phase::Sending,
        Phase::Delay,
        Phase::Reading,
        Phase::Quitting,
        Phase::Done,
    ];
    let phases = phases.map(|phase| phase.word().to_owned());
    assert_eq!(words(&check["properties"]["phase"]["enum"]), phases);
    let statuses = [
        Status::Ok,
        Status::Warning,
        Status::Critical,
        Status::Unknown,
    ];
    let statuses = statuses.map(|status| status.word().to_owned());
    assert_eq!(words(&schema["$defs"]["status"]["enum"]), statuses);
}

/// A usage error that a document shows is the one that the command line gets; every other command
/// line is valid.
#[test]
fn every_command_line_is_one_that_the_program_reads() {
    let mut count = 0;
    for page in pages() {
        // A command may go on over several lines.
        let text = read(&page).replace("\\\n", "");
        let mut lines = fenced(&text, true).peekable();
        while let Some(line) = lines.next() {
            let line = line.trim_start();
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let Some(arguments) = line.strip_prefix("check-tcp ") else {
                continue;
            };
            count += 1;
            let parse = |more: &str| {
                let words = shell_words(&format!("{more}{arguments}"));
                cli::parse(words.into_iter().map(OsString::from)).map_err(|e| e.error.message)
            };
            let next = lines.peek().and_then(|next| next.split_once(" UNKNOWN: "));
            match next.filter(|(name, _)| name.chars().all(char::is_alphanumeric)) {
                Some((_, shown)) => assert_eq!(parse("").expect_err(line), shown, "{page}: {line}"),
                // Without the system's trust store, which a machine may lack.
                None => {
                    let result = parse("").or_else(|_| parse("--no-check-certificate "));
                    assert!(result.is_ok(), "{page}: {line}: {result:?}");
                }
            }
        }
    }
    assert!(count > 20, "only {count} command lines were found");
}

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let mut anchors = HashMap::new();
    for page in pages() {
        let text = read(&page);
        let folder = Path::new(&page).parent().expect("a folder");
        for target in links(&text) {
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let path = match path {
                "" => PathBuf::from(&page),
                path => folder.join(path),
            };
            assert!(Path::new(ROOT).join(&path).exists(), "{page}: {target}");
            if !anchor.is_empty() {
                let path = path.to_str().expect("UTF-8").to_owned();
                let anchors = anchors
                    .entry(path)
                    .or_insert_with_key(|path| headings(&read(path)));
                assert!(anchors.iter().any(|it| it == anchor), "{page}: {target}");
            }
        }
    }
}

fn read(page: &str) -> String {
    let path = Path::new(ROOT).join(page);
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{page}: {e}"))
}

/// All documents, by their paths in the repository.
fn pages() -> Vec<String> {
    let top = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "fuzz/README.md",
    ];
    let mut pages: Vec<_> = top.map(str::to_owned).into();
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(ROOT).join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = format!("{folder}/{}", entry.file_name().to_str().expect("UTF-8"));
            match entry.file_type().expect("its type").is_dir() {
                true => folders.push(path),
                false if path.ends_with(".md") => pages.push(path),
                false => {}
            }
        }
    }
    pages.sort_unstable();
    pages
}

/// The lines inside of fences, or the others.
fn fenced(text: &str, inside: bool) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_fence && is_code == inside
    })
}

/// The targets of links that lead to no other host.
fn links(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for line in fenced(text, false) {
        let prose: String = line.split('`').step_by(2).collect();
        let parts = prose.split("](").skip(1);
        let found = parts.filter_map(|part| Some(part.split_once(')')?.0.to_owned()));
        targets.extend(found.filter(|target| !target.contains("://")));
    }
    targets
}

/// The anchors of a page's headings, as GitHub makes them.
fn headings(text: &str) -> Vec<String> {
    let titles = fenced(text, false).filter(|line| line.starts_with('#'));
    let anchors = titles.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    anchors.collect()
}

/// The words of a shell's command, to its first operator or comment.
fn shell_words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '|' | '<' | '>' | ';' | '&' | '\\' | '#') if word.is_none() => break,
            // A redirection of a descriptor by its number.
            (None, '>') if word.as_deref() == Some("2") => return words,
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The rows of the table whose head begins so, without that.
fn table<'a>(text: &'a str, head: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = text.lines().skip_while(move |line| !line.starts_with(head));
    lines.take_while(|line| line.starts_with('|')).skip(2)
}

fn cells(row: &str) -> Vec<&str> {
    let cells = row.trim_matches('|').split(" |");
    cells.map(str::trim).collect()
}

fn unquoted(word: &str) -> String {
    word.trim_matches('`').to_owned()
}

fn schema() -> Value {
    serde_json::from_str(&read("docs/check-tcp.schema.json")).expect("JSON")
}

fn words(list: &Value) -> Vec<String> {
    let words = list.as_array().expect("a list").iter();
    words
        .map(|word| word.as_str().expect("text").to_owned())
        .collect()
}

fn row(preset: &Preset) -> String {
    let code = |text: &str| match text.strip_suffix('\n') {
        _ if text.is_empty() => String::new(),
        Some(line) => format!("`{line}` LF"),
        None => format!("`{text}`"),
    };
    // Bytes are shown as the escapes of -E.
    let bytes = |bytes: &[u8]| match str::from_utf8(bytes) {
        Ok(text)
            if !text
                .trim_end_matches('\n')
                .contains(|c: char| c.is_control()) =>
        {
            code(text)
        }
        _ => format!(
            "`{}`",
            bytes
                .escape_ascii()
                .to_string()
                .replace("\\'", "'")
                .replace('`', r"\x60")
        ),
    };
    let cells = [
        preset.name.to_owned(),
        preset.port.to_string(),
        bytes(preset.send),
        match preset.expect {
            Expected::Text(pattern) => code(pattern),
            Expected::Bytes(pattern) => format!("bytes {}", code(pattern)),
        }
        .replace('|', r"\|"),
        bytes(&preset.quit_bytes(true)),
        if preset.tls { "yes" } else { "" }.to_owned(),
    ];
    let cells = cells.map(|cell| match cell.is_empty() {
        true => " |".to_owned(),
        false => format!(" {cell} |"),
    });
    format!("|{}", cells.concat())
}
