//! A disk that fills up behind stdout. `/dev/full`, which takes nothing at all, is in
//! `tests/it/output.rs` and `tests/it/list/stream.rs`. Also files that belong to somebody else.

use crate::faults::law::FaultList;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use support::*;

#[test]
fn output_on_a_full_disk_is_correct_and_the_exit_code_shows_the_loss() {
    let Some(disk) = Namespace::small_disk() else {
        return;
    };
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let good_rows = [(format!("127.0.0.1:{}", good.port()), "OK")];
    let bad_rows = [(format!("127.0.0.1:{}", busy.port()), "CRITICAL")];
    for (rows, code) in [(good_rows, 3), (bad_rows, 2)] {
        let asked = FaultList::of(&rows, 2_000);
        let program = program!("--targets - -e ^220 -t 20 --format json").inside(&disk);
        let listed = program.over(asked.list());
        listed.exits(code);
        assert!(
            listed.stdout.len() > 10_000,
            "the disk is full too early: {listed}"
        );
        // As after a signal, the last line may be cut off.
        let came = asked.holds(&listed.stdout, None, &listed);
        assert!(came.right > 10 && came.right < asked.len(), "{listed}");
        assert_eq!(came.lacking, 0, "{listed}");

        let listed = program!("--targets - -e ^220 -t 20")
            .inside(&disk)
            .over(asked.list());
        listed.exits(code);
        let text = String::from_utf8_lossy(&listed.stdout);
        let status = format!("{}\tTCP {}: ", rows[0].0, rows[0].1);
        let mut lines: Vec<_> = text.split('\n').collect();
        lines.pop(); // what is behind the last newline
        assert!(lines.len() > 10 && lines.len() < asked.len(), "{listed}");
        assert!(
            lines.iter().all(|line| line.starts_with(&status)),
            "{listed}"
        );
        assert!(listed.words().lines().count() <= 1, "{listed}");
    }
}

#[test]
fn a_summary_on_a_full_disk_keeps_its_exit_code() {
    let Some(disk) = Namespace::small_disk() else {
        return;
    };
    let busy = Fleet::new(Manner::Busy);
    let long = "x".repeat(100);
    let list: String = (0..400)
        .map(|number| format!("127.0.0.1:{} --name {long}{number}\n", busy.port()))
        .collect();
    let listed = program!("--targets - -e ^220 -t 20 --summary")
        .inside(&disk)
        .over(list);
    listed.exits(2);
    assert!(!listed.stdout.is_empty(), "{listed}");
}

#[test]
fn a_check_in_json_on_a_full_disk_keeps_its_exit_code() {
    if !std::path::Path::new("/dev/full").exists() {
        return skip("no /dev/full");
    }
    for (manner, code) in [(Manner::Greets, 0), (Manner::Busy, 2)] {
        let server = Fleet::new(manner);
        let port = server.port();
        let program = program!("-H 127.0.0.1 -p {port} -e ^220 --format json");
        let run = program.shell("exec \"$@\" >/dev/full").run();
        assert_eq!(run.code, Some(code), "{run}");
        assert!(run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn a_file_of_somebody_else_is_theirs_after_it_is_replaced() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("out");
    fs::write(&path, "before").expect("a file");
    if chown(&path, Some(1234), Some(4321)).is_err() {
        return skip("only root may give files away");
    }
    let mode = fs::Permissions::from_mode(0o2640);
    fs::set_permissions(&path, mode).expect("a mode");
    for list in ["", "127.0.0.1"] {
        let asked = match list {
            "" => program!("-H 127.0.0.1 -p {port} --output"),
            _ => program!("--targets - -p {port} --output"),
        };
        asked.arg(&path).over(list).exits(0);
        let file = fs::metadata(&path).expect("the file");
        assert_eq!((file.uid(), file.gid()), (1234, 4321));
        assert_eq!(file.mode() & 0o7777, 0o2640);
        let text = fs::read_to_string(&path).expect("the file");
        assert!(text.contains("TCP OK: "), "{text}");
    }
}
