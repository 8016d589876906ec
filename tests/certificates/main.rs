//! Certificates and TLS servers of every kind, and the verdicts of check-tcp and of others on them:
//! the tables of `docs/certificates.md`, which this holds.
//!
//! The others are asked where `CHECK_TCP_VERIFIERS=1` is set, and `CHECK_TCP_WRITE_TABLES=1` with it
//! writes the page anew.

#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "a test panics where it fails, and says aloud what it skips"
)]

mod case;
mod cases;
mod clients;
mod der;
mod foreign;
mod keys;
mod notes;
mod page;

use case::{Case, Serving};
use clients::Clients;
use page::Row;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use support::{Program, Server, skip};

/// Rows at a time.
const WORKERS: usize = 8;

#[test]
fn verdicts_are_those_of_the_page() {
    let clients = Clients::asked_for();
    let is_writing = std::env::var_os("CHECK_TCP_WRITE_TABLES").is_some();
    let has_openssl = Command::new("openssl")
        .arg("version")
        .stdout(Stdio::null())
        .status()
        .is_ok();
    if !has_openssl {
        skip("openssl is not installed: its servers are left out");
    }
    let groups = cases::groups();
    let mut known = page::read().into_iter();
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for (title, cases) in &groups {
        let known: Vec<_> = known
            .by_ref()
            .take(if is_writing { 0 } else { cases.len() })
            .collect();
        let rows = judge_all(cases, clients.as_ref(), has_openssl);
        let unexplained = rows
            .iter()
            .filter(|row| clients.is_some() && row.differs() && row.note.is_empty());
        failures.extend(unexplained.map(|row| format!("{title}: no note says why: {row:?}")));
        if !is_writing {
            let wanted = known.iter().map(|(group, row)| (&**group, row));
            let rows = rows.iter().map(|row| (*title, row));
            for ((wanted_group, wanted), (group, row)) in wanted.zip(rows) {
                let mut row = row.clone();
                if clients.is_none() {
                    row.others = wanted.others;
                    row.note.clone_from(&wanted.note);
                }
                let is_left_out = row.message.is_empty();
                if wanted_group != group || *wanted != row && !is_left_out {
                    failures.push(format!("{group}:\n page {wanted:?}\n here {row:?}"));
                }
            }
            if known.len() < cases.len() {
                failures.push(format!("{title}: the page has {} rows", known.len()));
            }
        }
        found.push((*title, rows));
    }
    if is_writing {
        page::write(&found);
    } else {
        assert_eq!(known.count(), 0, "rows of the page that no case has");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn judge_all(cases: &[Case], clients: Option<&Clients>, has_openssl: bool) -> Vec<Row> {
    let rows: Vec<_> = cases.iter().map(|_| Mutex::new(None)).collect();
    let queue = Mutex::new(cases.iter().zip(&rows).collect::<VecDeque<_>>());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no panic").pop_front();
                    let Some((case, place)) = next else { return };
                    *place.lock().expect("no panic") = Some(judge(case, clients, has_openssl));
                }
            });
        }
    });
    let rows = rows
        .into_iter()
        .map(|row| row.into_inner().expect("no panic"));
    rows.map(|row| row.expect("a row")).collect()
}

/// A row with what is said here. The message is empty where the server can't be had.
fn judge(case: &Case, clients: Option<&Clients>, has_openssl: bool) -> Row {
    let mut row = Row {
        what: case.what.clone(),
        message: String::new(),
        others: [false; 4],
        note: String::new(),
    };
    let directory = tempfile::tempdir().expect("a directory");
    let mut hear = |port: u16, store: &Path, expect: &str| {
        row.message = message(case, port, store, expect);
        if row.message.contains("certificate ") && !row.message.contains("client certificate") {
            let anyway = message(
                case,
                port,
                store,
                &format!("{expect} --no-check-certificate"),
            );
            assert_eq!(anyway, "ok", "{}", row.what);
        }
        if let Some(clients) = clients {
            row.others = clients.verdicts(port, &case.host, store);
        }
    };
    match &case.serving {
        Serving::Tls { chain, key, setup } => {
            let store = store_file(directory.path(), &case.store);
            hear(case::serve(chain, *key, setup).port(), &store, "-e ^220");
        }
        Serving::Clear(text) => {
            let store = store_file(directory.path(), &case.store);
            hear(Server::saying(*text).port(), &store, "");
        }
        Serving::Foreign(_) if !has_openssl => {}
        Serving::Foreign(foreign) => {
            let server = foreign.serve();
            hear(server.port, &server.store(), "");
        }
    }
    if row.differs() {
        row.note = notes::note(&row).to_owned();
    }
    row
}

/// What check-tcp says with these options: `ok`, or the words behind the address.
fn message(case: &Case, port: u16, store: &Path, options: &str) -> String {
    let line = format!("-S -H 127.0.0.1 -p {port} --sni {} {options}", case.host);
    let run = Program::new(env!("CARGO_BIN_EXE_check-tcp"), &line)
        .env("SSL_CERT_FILE", store)
        .run();
    let said = String::from_utf8(run.stdout).expect("UTF-8");
    match run.code {
        Some(0) => "ok".to_owned(),
        Some(2) => {
            let (_, why) = said.split_once(&format!(":{port}: ")).expect("an address");
            why.trim().to_owned()
        }
        _ => said.trim().to_owned(),
    }
}

fn store_file(directory: &Path, certificates: &[Vec<u8>]) -> PathBuf {
    let file = directory.join("store.pem");
    let pem = certificates
        .iter()
        .map(|der| pem::encode(&pem::Pem::new("CERTIFICATE", der.clone())));
    std::fs::write(&file, pem.collect::<String>()).expect("a file");
    file
}
