//! `--output`, `--quiet`, `--shard`, and `--summary` with `--format json`.

use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use support::*;

/// A list of one target of each verdict, the servers it needs, and the number of its lines.
fn list() -> (Vec<Fleet>, String) {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let (ok, critical) = (good.port(), busy.port());
    let list = format!(
        "# a comment\n127.0.0.1:{ok} --name a\n127.0.0.1:{critical} --name b\n\n\
         127.0.0.1:{ok} -w 1e-9 --name c\nno:port --name d\n127.0.0.1:{ok} --name e\n"
    );
    (vec![good, busy], list)
}

#[test]
fn a_file_takes_the_output_as_a_whole() {
    let (_servers, list) = list();
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("out");
    fs::write(&path, "before").expect("a file");
    let mode = fs::Permissions::from_mode(0o640);
    fs::set_permissions(&path, mode).expect("a mode");
    for (options, names) in [
        ("", "abcde"),
        ("--format json", "abcde"),
        ("--summary", "bcd"),
        ("--quiet", "bcd"),
        ("--format prometheus", "abcde"),
    ] {
        let listed = program!("--targets - -t 20 -e ^220 {options} --output")
            .arg(&path)
            .over(&*list);
        listed.exits(2);
        assert!(listed.stdout.is_empty(), "{listed}");
        let text = fs::read_to_string(&path).expect("the file");
        for name in ["a", "b", "c", "d", "e"] {
            let forms = [
                format!("\n{name}\t"),
                format!("\"name\":\"{name}\""),
                format!("name=\"{name}\""),
            ];
            let text = format!("\n{text}");
            let is_there = forms.iter().any(|form| text.contains(form));
            assert_eq!(is_there, names.contains(name), "{options}: {name}: {text}");
        }
        let mode = fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
    let entries = fs::read_dir(dir.path()).expect("the directory").count();
    assert_eq!(entries, 1, "nothing else is left");
}

#[test]
fn a_single_check_writes_its_line_and_a_link_stays_one() {
    let server = Fleet::new(Manner::Greets);
    let dir = tempfile::tempdir().expect("a directory");
    let (path, link) = (dir.path().join("out"), dir.path().join("link"));
    fs::write(&path, "before").expect("a file");
    symlink(&path, &link).expect("a link");
    let run = program!("-H 127.0.0.1 -p {} --output", server.port())
        .arg(&link)
        .run();
    assert_eq!((run.code, &*run.stdout), (Some(0), &b""[..]), "{run}");
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.starts_with("TCP OK: "), "{text}");
    assert!(link.is_symlink());
}

#[test]
fn a_file_that_the_run_reads_or_that_has_its_output_is_not_replaced() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("file");
    let list = "127.0.0.1:1\n";
    fs::write(&path, list).expect("a file");
    let run = program!("--targets").arg(&path).arg("--output").arg(&path);
    run.run().unknown("it is the list");
    assert_eq!(fs::read_to_string(&path).expect("the file"), list);
    // As by a shell's `>>`.
    let log = File::options().append(true).open(&path).expect("the file");
    let run = program!("-H 127.0.0.1 -p 1 --output /dev/stdout").stdout(log);
    assert_eq!(run.run().code, Some(3));
    let error = "TCP UNKNOWN: --output /dev/stdout: standard input, output or error is that file\n";
    let log = fs::read_to_string(&path).expect("the file");
    assert_eq!(log, [list, error].concat());
    check!("-H 127.0.0.1 -p 1 --output -").critical("refused");
}

#[test]
fn a_link_to_nothing_stays_one_and_what_it_names_is_written() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let dir = tempfile::tempdir().expect("a directory");
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("sub")).expect("a directory");
    symlink("sub/second", at("first")).expect("a link");
    symlink("../file", at("sub/second")).expect("a link");
    symlink("loop", at("loop")).expect("a link");
    for list in ["", "127.0.0.1"] {
        let asked = match list {
            "" => program!("-H 127.0.0.1 -p {port} --output"),
            _ => program!("--targets - -p {port} --output"),
        };
        asked.arg(at("first")).over(list).exits(0);
        let text = fs::read_to_string(at("file")).expect("the file");
        assert!(text.contains("TCP OK: "), "{text}");
        assert!(at("first").is_symlink() && at("sub/second").is_symlink());
        fs::remove_file(at("file")).expect("the file");
    }
    let names = [
        ("loop", "Too many levels of symbolic links$"),
        ("none/", "it is not the name of a file$"),
        ("none/.", "it is not the name of a file$"),
    ];
    for (name, why) in names {
        let path = dir.path().as_os_str().to_owned();
        let path = [path, "/".into(), name.into()]
            .into_iter()
            .collect::<std::ffi::OsString>();
        let run = program!("-H 127.0.0.1 -p {port} --output").arg(path).run();
        run.unknown(format!("^--output .*: {why}"));
    }
    assert!(at("loop").is_symlink());
}

#[test]
fn a_check_that_a_signal_ends_leaves_nothing_beside_its_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("out");
    fs::write(&path, "before").expect("a file");
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let held = Fleet::new(Manner::Held);
        let program = program!("-H 127.0.0.1 -p {} -e ^220 -t 1h --output", held.port());
        let running = program.arg(&path).start();
        held.wait_for(1);
        running.signal(signal);
        let ended = running.end();
        assert_eq!(ended.signal, Some(signal as i32), "{ended}");
        assert_eq!(fs::read_to_string(&path).expect("the file"), "before");
        let entries = fs::read_dir(dir.path()).expect("the directory").count();
        assert_eq!(entries, 1, "nothing else is left");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_and_stays_as_it_was() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let dir = tempfile::tempdir().expect("a directory");
    let before = server.count().came;
    for (path, why) in [
        (dir.path().join("none/out"), "No such file or directory$"),
        (dir.path().to_owned(), "it is not a regular file$"),
        ("/dev/null".into(), "it is not a regular file$"),
    ] {
        let run = program!("-H 127.0.0.1 -p {port} --output").arg(&path).run();
        run.unknown(format!("^--output .*: {why}"));
        let listed = program!("--targets - --output")
            .arg(&path)
            .over(format!("127.0.0.1:{port}\n"));
        listed.exits(3);
    }
    assert_eq!(server.count().came, before, "nothing was asked");
    // The limit on the size of files stands for a disk that is full.
    let path = dir.path().join("out");
    fs::write(&path, "before").expect("a file");
    let list: String = (0..200).map(|_| format!("127.0.0.1:{port}\n")).collect();
    for (extra, code) in [("", 3), ("127.0.0.1:1 --name worse\n", 2)] {
        let listed = program!("--targets - -t 20 --output")
            .arg(&path)
            .shell("ulimit -f 1; exec \"$@\"")
            .over(format!("{extra}{list}"));
        listed.exits(code);
        let said = String::from_utf8_lossy(&listed.stderr);
        assert!(
            said.contains("writing ") && said.contains("it is as it was"),
            "{said}"
        );
        assert_eq!(fs::read_to_string(&path).expect("the file"), "before");
    }
    let entries = fs::read_dir(dir.path()).expect("the directory").count();
    assert_eq!(entries, 1, "nothing else is left");
}

#[test]
fn what_is_ok_is_not_printed_with_quiet() {
    let (servers, list) = list();
    let names = |options: &str| {
        let listed = program!("--targets - -t 20 -e ^220 {options}").over(&*list);
        listed.exits(2);
        assert!(listed.stderr.is_empty(), "{listed}");
        listed
    };
    let mut labels: Vec<_> = names("--quiet")
        .answers()
        .iter()
        .map(|(label, _)| (*label).to_owned())
        .collect();
    labels.sort();
    assert_eq!(labels, ["b", "c", "d"]);
    assert_eq!(names("--quiet --format json").objects().len(), 3);
    let port = servers[0].port();
    for options in ["", "--format json", "--summary", "--summary --format json"] {
        let listed = program!("--targets - -t 20 --quiet {options}")
            .over(format!("127.0.0.1:{port}\n127.0.0.1:{port}\n"));
        listed.exits(0);
        assert!(
            listed.stdout.is_empty() && listed.stderr.is_empty(),
            "{listed}"
        );
        let run = check!("-H 127.0.0.1 -p {port} --quiet {options}");
        assert_eq!((run.code, &*run.stdout), (Some(0), &b""[..]), "{run}");
    }
    check!("-H 127.0.0.1 -p {port} --quiet -e ^421 -t 0.2").critical("^Unexpected response");
}

#[test]
fn an_empty_list_is_told_with_quiet_as_without() {
    for (options, on_stdout) in [
        ("", false),
        ("--format json", true),
        ("--summary", true),
        ("--summary --format json", true),
    ] {
        let [loud, quiet] = ["", "--quiet"].map(|quiet| {
            let listed = program!("--targets - {options} {quiet}").over("# nothing\n");
            listed.exits(3);
            assert_eq!(!listed.stdout.is_empty(), on_stdout, "{listed}");
            assert_eq!(!listed.stderr.is_empty(), !on_stdout, "{listed}");
            listed
        });
        assert!(loud.stderr == quiet.stderr, "{quiet}");
        let told = String::from_utf8_lossy(&[quiet.stdout, quiet.stderr].concat()).into_owned();
        let is_counted = told.contains("\"total\":0");
        assert!(told.contains("nothing was checked") || is_counted, "{told}");
    }
}

#[test]
fn parts_of_a_list_are_the_list() {
    let (_servers, list) = list();
    let lines = |shard: &str| {
        let listed = program!("--targets - -t 20 -e ^220 --format json {shard}").over(&*list);
        let objects = listed.objects();
        let mut lines: Vec<_> = objects
            .iter()
            .filter_map(|it| it["line"].as_u64())
            .collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines(""), [2, 3, 5, 6, 7]);
    assert_eq!(lines("--shard 1/1"), [2, 3, 5, 6, 7]);
    assert_eq!(lines("--shard 1/2"), [2, 5, 7]);
    assert_eq!(lines("--shard 2/2"), [3, 6]);
    assert_eq!(lines("--shard 5/5"), [7]);
    let listed = program!("--targets - --shard 6/6").over(&*list);
    listed.exits(3);
    for shard in ["0/2", "3/2", "1", "a/b", ""] {
        let run = program!("--targets - --shard").arg(shard).run();
        assert_eq!(run.code, Some(3), "{run}");
    }
}

#[test]
fn a_summary_in_json_is_one_object_that_fits() {
    let (_servers, list) = list();
    let summary = |list: String, options: &str| -> (Value, usize) {
        let listed =
            program!("--targets - --service smtp -t 20 -e ^220 --summary --format json {options}")
                .over(list);
        assert!(listed.stderr.is_empty(), "{listed}");
        let text = str::from_utf8(&listed.stdout).expect("UTF-8").to_owned();
        assert_eq!(text.lines().count(), 1, "{text}");
        json::validate(text.trim_end());
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(listed.code.map(i64::from), value["code"].as_i64());
        (value, text.len())
    };
    let (value, _) = summary(list, "");
    assert_eq!(value["service"], "SMTP");
    assert_eq!(value["status"], "CRITICAL");
    let counts = serde_json::json!({
        "ok": 2, "warning": 1, "critical": 1, "unknown": 1, "total": 5
    });
    assert_eq!(value["counts"], counts);
    let lines = value["targets"].as_array().expect("an array").iter();
    let lines: Vec<_> = lines.map(|target| target["line"].as_u64()).collect();
    assert_eq!(lines, [Some(3), Some(5), Some(6)], "the worst first");
    assert_eq!(
        (&value["complete"], &value["left_out"]),
        (&true.into(), &0.into())
    );

    let (_more, one) = self::list();
    let many: String = (0..50)
        .map(|_| one.lines().nth(2).expect("a line").to_owned() + "\n")
        .collect();
    for bytes in [320, 1_000, 5_000, 8_192] {
        let (value, length) = summary(many.clone(), &format!("--summary-bytes {bytes}"));
        assert!(length <= bytes, "{length} of {bytes}");
        let shown = value["targets"].as_array().expect("an array").len() as u64;
        assert_eq!(value["left_out"].as_u64(), Some(50 - shown), "{value}");
    }
    let (value, _) = summary("# nothing\n".to_owned(), "");
    assert_eq!(value["status"], "UNKNOWN");
    assert_eq!(value["counts"]["total"], 0);
}

#[test]
fn a_summary_for_a_narrow_channel_is_cut_visibly() {
    let (_servers, list) = list();
    for bytes in [64, 80, 160, 400] {
        let listed =
            program!("--targets - -t 20 -e ^220 --summary --perfdata --summary-bytes {bytes}")
                .over(&*list);
        listed.exits(2);
        let text = str::from_utf8(&listed.stdout).expect("UTF-8");
        assert!(
            text.len() <= bytes && text.ends_with('\n'),
            "{bytes}: {text}"
        );
        assert!(
            text.starts_with("TCP CRITICAL: 1 of 5 targets critical"),
            "{text}"
        );
    }
}

#[test]
fn a_closing_sentence_is_for_text() {
    let server = Fleet::new(Manner::Greets);
    let list = format!("127.0.0.1:{}\n", server.port());
    for (format, has_sentence) in [("text", true), ("json", false), ("prometheus", false)] {
        let listed = program!("--targets - -t 20 --format {format}").over(&*list);
        listed.exits(0);
        assert_eq!(!listed.stderr.is_empty(), has_sentence, "{listed}");
    }
}
