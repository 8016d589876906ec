//! The run as a whole: what it can't begin with, and what it comes to.

use serde_json::Value;
use support::*;

#[test]
fn usage_errors_are_reported_before_the_list_is_read() {
    let mut running = program!("--targets - -p 9 -t soon").start();
    let line = running.line(); // its list is still open
    assert!(
        line.starts_with("TCP UNKNOWN: ") && line.contains("soon"),
        "{line}"
    );
    running.end().exits(3);
}

#[test]
fn a_list_that_cannot_be_opened_is_unknown() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("hosts").display().to_string();
    let run = check!("--targets {path} --service smtp").named("SMTP");
    run.unknown(shows(&[&path, "no such file"]));
}

#[test]
fn a_list_that_cannot_be_read_is_unknown() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().display().to_string();
    for flags in ["", "--summary", "--format json"] {
        let listed = program!("--targets {path} -p 9 {flags}").over("");
        listed.exits(3);
        let said =
            String::from_utf8_lossy(&listed.stdout) + String::from_utf8_lossy(&listed.stderr);
        assert!(said.contains("directory"), "{listed}");
    }
}

/// One object, of a usage error that is about no target.
#[track_caller]
fn is_usage_error_of_the_list(listed: &Listed, service: &str, message: &str) {
    let objects = listed.objects();
    let [object] = &objects[..] else {
        panic!("{listed}");
    };
    for (key, wanted) in [
        ("target", Value::Null),
        ("line", Value::Null),
        ("service", service.into()),
        ("status", "UNKNOWN".into()),
        ("code", 3.into()),
        ("reason", "usage".into()),
    ] {
        assert_eq!(object[key], wanted, "{key}: {object}");
    }
    let told = object["message"].as_str().expect("a message");
    assert!(told.contains(message), "{object}");
}

#[test]
fn in_json_a_list_without_a_verdict_is_one_usage_error() {
    let dir = tempfile::tempdir().expect("a directory");
    let empty = dir.path().join("empty");
    std::fs::write(&empty, "# none\n\n").expect("a file");
    for (path, message) in [
        (empty, "the list is empty"),
        ("/dev/null".into(), "the list is empty"),
        (dir.path().join("none"), "No such file"),
        (dir.path().to_owned(), "directory"),
    ] {
        let listed = program!("--service imap --format json -f")
            .arg(&path)
            .over("");
        listed.exits(3);
        is_usage_error_of_the_list(&listed, "IMAP", message);
    }
    // One verdict is enough for the list to be told by.
    let listed = program!("--targets - --format json").over("a\n");
    assert_eq!(listed.objects().len(), 1, "{listed}");
    assert_eq!(listed.object(1)["target"], "a", "{listed}");
}

#[test]
fn an_empty_list_is_unknown() {
    for text in [
        "",
        "\n",
        "# nothing but a comment",
        "\u{feff}",
        "\r\n\r\n  \n",
    ] {
        let listed = program!("--targets - --service smtp").over(text);
        listed.exits(3);
        let said = [&listed.stdout[..], &listed.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.contains("nothing was checked"), "{listed}");
        let listed = program!("--targets - --service smtp --summary").over(text);
        listed.exits(3);
        let lines = listed.lines();
        assert_eq!(lines.len(), 1, "{listed}");
        assert!(lines[0].starts_with("SMTP UNKNOWN: "), "{listed}");
        assert!(lines[0].contains("nothing was checked"), "{listed}");
        let listed = program!("--targets - --service smtp --format json").over(text);
        listed.exits(3);
        is_usage_error_of_the_list(&listed, "SMTP", "nothing was checked: the list is empty");
    }
    let program = program!("--targets - --service smtp").shell("exec \"$@\" <&-");
    program.over("").exits(3);
}

#[test]
fn the_exit_code_is_that_of_the_worst_verdict() {
    let server = Fleet::new(Manner::Greets);
    for (statuses, code) in [
        (&["ok", "ok"][..], 0),
        (&["ok", "unknown"], 3),
        (&["warning", "unknown"], 1),
        (&["warning", "critical", "unknown"], 2),
    ] {
        let line = |status| format!("127.0.0.1:{} --status-as ok={status}\n", server.port());
        let list: String = statuses.iter().map(line).collect();
        let listed = program!("--targets - -t 20").over(list);
        listed.exits(code);
    }
}

#[test]
fn counts_and_time_go_to_stderr() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let (good, busy) = (good.port(), busy.port());
    let list = format!("127.0.0.1:{good}\n").repeat(6)
        + &format!("127.0.0.1:{good} -w 1e-9\n").repeat(2)
        + &format!("127.0.0.1:{busy}\n").repeat(3)
        + "127.0.0.1:9 --bogus\n";
    let listed = program!("--targets - -e ^220 -t 20").over(list);
    listed.exits(2);
    let pattern = "^12 targets in [0-9.]+ s: 6 ok, 2 warning, 3 critical, 1 unknown\n$";
    let pattern = regex::Regex::new(pattern).expect("a pattern");
    assert!(pattern.is_match(&listed.words()), "{listed}");
}

#[test]
fn no_progress_is_drawn_without_a_terminal() {
    let server = Fleet::new(Manner::Greets);
    let list = format!("127.0.0.1:{}\n", server.port()).repeat(50);
    for flags in ["", "--no-progress", "--format json", "--summary"] {
        let listed = program!("--targets - -e ^220 -t 20 {flags}").over(&*list);
        listed.exits(0);
        let words = listed.words();
        assert!(
            words.lines().count() <= 1 && !words.contains('\r'),
            "{listed}"
        );
    }
}
