//! Monitoring Plugins' own programs beside check-tcp under their names: the same words, the same
//! servers, the same states.
//!
//! Each row has the state of both, so that ours is held where the plugins are not installed too.
//! Where the two differ, the row says why; `docs/monitoring-plugins.md` has these differences.

mod peers;
mod rows;

use peers::Peered;
use rows::{Row, rows};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;

/// The directory of the plugins: Debian's, or that of another version to look at.
fn plugins() -> PathBuf {
    let directory = std::env::var_os("CHECK_TCP_PLUGINS");
    directory.map_or_else(|| "/usr/lib/nagios/plugins".into(), PathBuf::from)
}

/// Rows at a time: most of them wait.
const WORKERS: usize = 24;

#[test]
fn states_are_those_of_monitoring_plugins_but_for_what_is_told() {
    let installed = plugins().join("check_tcp").exists();
    if !installed {
        support::skip("monitoring-plugins-basic is not installed: only our states are held");
    }
    let rows = Mutex::new(VecDeque::from(rows()));
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(row) = rows.lock().expect("no panic").pop_front() else {
                        return;
                    };
                    if let Err(failure) = hold(&row, installed) {
                        failures.lock().expect("no panic").push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs both against one server.
fn hold(row: &Row, installed: bool) -> Result<(), String> {
    let peer = Peered::new(row.kind.clone());
    let words: Vec<OsString> = row.words.iter().map(|word| peer.fill(word)).collect();
    let mut wrong = String::new();
    if let (Some(state), true) = (row.theirs, installed) {
        let path = plugins().join(row.plugin);
        let output = run(Command::new(path), &words);
        if output.status.code() != Some(state) {
            wrong += &format!(" theirs: {} instead of {state}\n", shown(&output));
        }
    }
    let mut ours = Command::new(env!("CARGO_BIN_EXE_check-tcp"));
    ours.arg0(format!("/somewhere/{}", row.plugin));
    let output = run(ours, &words);
    let lines = output.stdout.iter().filter(|&&byte| byte == b'\n').count();
    let is_help = row
        .words
        .iter()
        .any(|word| word == "-h" || word == "--help");
    let is_a_line = (lines == 1 || is_help) && output.stderr.is_empty();
    if output.status.code() != Some(row.ours) || !is_a_line {
        wrong += &format!(" ours: {} instead of {}\n", shown(&output), row.ours);
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("{row:?}\n{wrong}")),
    }
}

fn run(mut command: Command, words: &[OsString]) -> Output {
    command
        .args(words)
        .env_remove("MP_CONFIG_FILE")
        .env_remove("NAGIOS_CONFIG_PATH");
    command.output().expect("a program that runs")
}

fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    format!(
        "{:?} {} {}",
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

#[test]
fn extra_options_are_read_from_the_files_that_the_plugins_read() {
    let peer = Peered::new(peers::Kind::Says(b"220 ready\r\n".into()));
    let port = peer.fill("{port}".as_ref());
    let port = port.to_str().expect("a number");
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("monitoring-plugins.ini");
    let text = format!(
        "; defaults\n[check_tcp]\nport = {port}\nexpect = 220\n\n[ strict ]\nport={port}\n\
         expect=421\nmismatch=critical\n[empty]\n"
    );
    std::fs::write(&file, text).expect("a file");
    let at = format!("@{}", file.display());
    let installed = plugins().join("check_tcp").exists();
    for (words, state) in [
        (vec!["--extra-opts", "-H", "127.0.0.1"], 0),
        (vec!["-H", "127.0.0.1", "--extra-opts="], 0),
        (vec!["127.0.0.1", "--extra-opts"], 0),
        (vec!["--extra-opts=strict", "-H", "127.0.0.1"], 2),
        (
            vec!["--extra-opts", "strict", "-H", "127.0.0.1", "-M", "ok"],
            0,
        ),
        (vec!["--extra-opts=strict", "--extra-opts=check_tcp"], 0),
        (vec!["--extra-opts=nobody", "-H", "127.0.0.1"], 3),
        (vec!["--extra-opts=empty", "-H", "127.0.0.1"], 3),
        (vec!["--extra-opts=@/no/such/file", "-H", "127.0.0.1"], 3),
        (vec![&*format!("--extra-opts=strict{at}")], 2),
    ] {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let mut programs = vec![Command::new(env!("CARGO_BIN_EXE_check-tcp"))];
        programs[0].arg0("check_tcp");
        if installed {
            programs.push(Command::new(plugins().join("check_tcp")));
        }
        for mut program in programs {
            let output = program
                .args(&words)
                .env("NAGIOS_CONFIG_PATH", directory.path());
            let output = output.env_remove("MP_CONFIG_FILE").output().expect("a run");
            assert_eq!(
                output.status.code(),
                Some(state),
                "{words:?}: {}",
                shown(&output)
            );
        }
    }
}
