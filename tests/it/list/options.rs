//! Options of the command line, for all targets, and of a line, for its own.

use support::*;

#[test]
fn a_line_overrides_the_command_line_for_its_own_target() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let (good, busy, closed) = (good.port(), busy.port(), Refusing::new());
    let closed = closed.port();
    let rows = [
        (format!("127.0.0.1:{good}"), "TCP OK"),
        (format!("127.0.0.1:{busy}"), "TCP CRITICAL"),
        (format!("127.0.0.1:{busy} -e ^421"), "TCP OK"),
        (format!("127.0.0.1:{busy} -W"), "TCP WARNING"),
        (format!("127.0.0.1:{good}"), "TCP OK"),
        (format!("127.0.0.1:{good} -w 1e-9"), "TCP WARNING"),
        (format!("127.0.0.1:{good} --warning=1e-9"), "TCP WARNING"),
        (format!("127.0.0.1:{good} -c 1e-9"), "TCP CRITICAL"),
        (format!("127.0.0.1:{closed}"), "TCP CRITICAL"),
        (format!("127.0.0.1:{closed} -C"), "TCP OK"),
        (format!("127.0.0.1:{good} -C"), "TCP CRITICAL"),
        (format!("127.0.0.1:{good} -CW"), "TCP WARNING"),
        (
            format!("127.0.0.1:{good} --status-as ok=unknown"),
            "TCP UNKNOWN",
        ),
        (format!("127.0.0.1:{good} --service imap"), "IMAP OK"),
        (format!("127.0.0.1:{good} -e ^421"), "TCP CRITICAL"),
        (format!("127.0.0.1:{good} -e ^421 -e ^220"), "TCP UNKNOWN"),
        (format!("127.0.0.1:{good} -e ^421 -e '' -e ^220"), "TCP OK"),
        // An empty value counts as not given.
        (format!("127.0.0.1:{good} -e ''"), "TCP OK"),
        (format!("127.0.0.1:{busy} -e ''"), "TCP CRITICAL"),
        (
            format!("127.0.0.1:{good} -p '' -t '' -w '' -c= -d '' -m '' --timeout="),
            "TCP OK",
        ),
        (format!("127.0.0.1:{good}"), "TCP OK"),
    ];
    let list: String = rows
        .iter()
        .enumerate()
        .map(|(number, (line, _))| format!("{line} --name {number}\n"))
        .collect();
    let listed = program!("--targets - -e ^220 -t 20 -w 20").over(list);
    listed.exits(2);
    for (number, (asked, begin)) in rows.iter().enumerate() {
        let line = listed.answer(&number.to_string());
        assert!(line.starts_with(&format!("{begin}: ")), "{asked}: {line}");
    }
}

#[test]
fn a_label_is_escaped_and_cut() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let long = "x".repeat(60_000);
    let labels = [
        "a\u{1b}[31mb",
        "a\tb",
        "a|b",
        "a\u{202e}b",
        "a\u{85}b",
        &long,
    ];
    let list: String = labels
        .iter()
        .map(|label| format!("127.0.0.1:{port} --name '{label}'\n"))
        .collect();
    let listed = program!("--targets - -t 20").over(list);
    listed.exits(0);
    let answers = listed.answers();
    assert_eq!(answers.len(), labels.len(), "{listed}");
    for (label, _) in answers {
        assert!(label.starts_with("a\\") && label.ends_with('b') || label.starts_with("xxx"));
        assert!(label.len() < 2_000 && !label.contains('|'), "{listed}");
    }
}

#[test]
fn figures_stand_behind_a_line_that_asks_for_them() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!("127.0.0.1:{port} --perfdata -w 3 --name a\n127.0.0.1:{port} --name b\n");
    let listed = program!("--targets - -t 20").over(list);
    listed.exits(0);
    let figures = regex::Regex::new(r"\|time=[0-9.]+s;3;;0;20$").expect("a pattern");
    assert!(figures.is_match(listed.answer("a")), "{listed}");
    assert!(!listed.answer("b").contains('|'), "{listed}");
}
