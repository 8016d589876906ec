//! The options of a list, as far as the command line alone decides what becomes of them.

use support::*;

#[test]
fn a_list_says_its_targets_itself() {
    check!("-f - -H 127.0.0.1 -p 9").unknown("^-H with -f: ");
    check!("--hostname 127.0.0.1 --targets -").unknown("^--hostname with --targets: ");
    check!("-f /nowhere -U /nowhere").unknown("^-U with -f: ");
}

#[test]
fn a_summary_is_text() {
    for run in [
        check!("-f - --summary --format json -p 9"),
        check!("--summary --format=JSON -H 127.0.0.1 -p 9"),
    ] {
        assert_eq!(run.code, Some(3), "{run}");
        // JSON was asked for, and so the error is told in it.
        let told = String::from_utf8_lossy(&run.stdout);
        let message = r#""message":"--summary with --format json: takes one of the two""#;
        assert!(told.contains(message), "{run}");
    }
}

#[test]
fn what_is_wrong_in_itself_is_found_before_the_list_is_opened() {
    for (wrong, message) in [
        ("-e '('", "^-e: "),
        ("--service FOO", "unknown service: FOO$"),
        ("-4 -6", "^-4 with -6: "),
        ("-t 0", "^-t 0: "),
        ("-p 99999", "^-p 99999: "),
        ("-w never", "^-w never: "),
        ("--status-as x", "^--status-as x: "),
        ("--sni 'a b' -S", "^--sni a b: "),
        ("stray", "^stray: "),
    ] {
        let run = check!("--targets /nowhere {wrong}");
        let name = if wrong.contains("FOO") { "FOO" } else { "TCP" };
        run.named(name).unknown(message);
    }
    check!("--targets ''").unknown("^--targets '': ");
}

#[test]
fn numbers_of_the_run_are_within_bounds() {
    for bad in ["0", "-1", "1.5", "1000001", "''", "many"] {
        check!("-f - -p 9 --parallel {bad}").unknown("^--parallel .*from 1 to 1000000$");
    }
    for bad in ["0", "-1", "1.5", "1025", "''", "many"] {
        check!("-f - -p 9 --lookups {bad}").unknown("^--lookups .*of names from 1 to 1024$");
    }
    for bad in ["-1", "1e10", "inf", "nan", "''", "1/s"] {
        check!("-f - -p 9 --rate {bad}").unknown("^--rate .*0 for no limit$");
    }
    for bad in ["xml", "''", "jsonl"] {
        check!("-f - -p 9 --format {bad}").unknown("^--format .*: takes text or json$");
    }
}

#[test]
fn without_a_list_the_options_of_one_have_no_effect() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let options =
        "--parallel 1 --lookups 1 --rate 0.001 --summary --no-progress --format TEXT --name label";
    let run = check!("-H 127.0.0.1 -p {port} -e ^220 {options}");
    run.ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    check!("-H 127.0.0.1 -p {port} --parallel 0").unknown("^--parallel 0: ");
}
