//! `--generate`: the man page and the completions, on stdout. `tests/generated/run` loads them where
//! they belong.

use check_tcp::internal::cli::FLAGS;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use support::*;

const ALL: [&str; 4] = ["man", "bash", "zsh", "fish"];

#[track_caller]
fn generated(what: &str) -> String {
    let run = check!("--generate {what}");
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.is_empty(), "{run}");
    String::from_utf8(run.stdout).expect("text")
}

/// The options that `--help` lists under this name, long and short.
fn options_of(name: &str) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_check-tcp"));
    let help = command.arg0(name).arg("--help").output();
    let help = String::from_utf8(help.expect("a run").stdout).expect("text");
    let lines = help.lines().map(str::trim_start);
    let lines = lines.filter(|line| line.starts_with('-') && !line.starts_with("--extra-opts"));
    let names = lines.flat_map(|line| {
        let words = line.split([' ', ',']).filter(|word| !word.is_empty());
        words.take_while(|word| word.starts_with('-'))
    });
    names.map(str::to_owned).collect()
}

/// An option as it may stand in each of the four.
fn spellings(what: &str, option: &str) -> Vec<String> {
    match what {
        "man" => vec![format!(r"\fB{}\fR", option.replace('-', r"\-"))],
        "bash" => vec![format!("[{option}]=")],
        "zsh" => ["", "+", "="]
            .map(|joint| format!("'*{option}{joint}["))
            .into(),
        _ => match option.strip_prefix("--") {
            Some(long) => vec![format!("$name -l {long} ")],
            None => vec![format!("$name -s {} ", option.trim_start_matches('-'))],
        },
    }
}

#[test]
fn every_option_of_both_helps_stands_in_each() {
    let native = options_of("check-tcp");
    let plugins = options_of("check_tcp");
    assert!(
        native.len() > FLAGS.len() && plugins.len() > 50,
        "{plugins:?}"
    );
    for what in ALL {
        let text = generated(what);
        for option in native.iter().chain(&plugins) {
            let rows = spellings(what, option);
            let rows: usize = rows.iter().map(|row| text.matches(row).count()).sum();
            let helps = [&native, &plugins].map(|help| usize::from(help.contains(option)));
            assert_eq!(rows, helps.iter().sum::<usize>(), "{what}: {option}");
        }
    }
}

#[test]
fn every_name_of_the_family_is_completed() {
    for what in ALL {
        let text = generated(what);
        for name in ["check_tcp", "check_ftp", "check_simap", "check_clamd"] {
            assert!(text.contains(name), "{what}: {name}");
        }
    }
}

#[test]
fn a_word_is_read_in_any_case() {
    assert_eq!(generated("Man"), generated("man"));
    assert_eq!(generated("BASH"), generated("bash"));
}

#[test]
fn any_other_word_is_a_usage_error() {
    for word in ["powershell", "manual", "''"] {
        check!("--generate {word}").unknown(format!(
            "^--generate {word}: expected man, bash, zsh or fish$"
        ));
    }
    check!("--generate").unknown("^--generate: missing value; expected man, bash, zsh or fish$");
    check!("--generate man --bogus").unknown("^unknown option --bogus; ");
}

#[test]
fn help_and_version_come_first() {
    for flag in ["-h", "-V"] {
        let run = check!("--generate man {flag}");
        assert_eq!(run.code, Some(3), "{run}");
        assert_eq!(run.stdout, check!("{flag}").stdout);
    }
}

/// The build of a package must not go on with half a file.
#[test]
fn a_file_that_was_not_written_is_no_success() {
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    let full = OpenOptions::new().write(true).open("/dev/full");
    for stdout in [Stdio::from(writer), full.expect("a device").into()] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_check-tcp"));
        let status = command.args(["--generate", "man"]).stdout(stdout).status();
        assert_eq!(status.expect("a run").code(), Some(3));
    }
}
