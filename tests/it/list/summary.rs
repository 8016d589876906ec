//! `--summary`: one verdict for a whole list.

use support::*;

/// So many lines for each of these, every one with a label of its own.
fn list(parts: &[(&str, usize)]) -> String {
    let lines = parts.iter().flat_map(|(line, count)| {
        (0..*count).map(move |number| format!("{line} --name '{line} {number}'\n"))
    });
    lines.collect()
}

#[test]
fn the_first_line_is_the_worst_and_the_others_are_what_is_not_ok() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let ok = format!("127.0.0.1:{} -t 20", good.port());
    let warning = format!("127.0.0.1:{} -t 20 -w 1e-9", good.port());
    let critical = format!("127.0.0.1:{} -t 20", busy.port());
    let parts = [(&*ok, 115), (&*warning, 1), (&*critical, 4)];
    let listed = program!("--targets - --service smtp --summary").over(list(&parts));
    listed.exits(2);
    let lines = listed.lines();
    assert_eq!(
        lines[0],
        "SMTP CRITICAL: 4 of 120 targets critical, 1 warning"
    );
    assert_eq!(lines.len(), 6, "{listed}");
    for line in &lines[1..5] {
        assert!(line.starts_with(&critical), "{line}");
        assert!(
            line.contains("Unexpected response from host/socket: 421 busy"),
            "{line}"
        );
    }
    assert!(lines[5].starts_with(&warning), "{listed}");
}

#[test]
fn figures_stand_behind_the_first_line_where_they_are_asked_for() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let list = format!("127.0.0.1:{}\n127.0.0.1:{}\n", good.port(), busy.port());
    let listed = program!("--targets - -e ^220 -t 20 --summary --perfdata").over(list);
    listed.exits(2);
    let (_, figures) = listed.lines()[0].split_once('|').expect("figures");
    assert!(
        figures
            .starts_with("ok=1;;;0;2 warning=0;;;0;2 critical=1;;;0;2 unknown=0;;;0;2 slowest=0."),
        "{listed}"
    );
}

#[test]
fn an_invalid_line_is_in_the_summary() {
    let server = Fleet::new(Manner::Greets);
    let text = format!("127.0.0.1:{} -t 20\n127.0.0.1:9 --bogus\n", server.port());
    let listed = program!("--targets - --summary").over(text);
    listed.exits(3);
    let lines = listed.lines();
    assert_eq!(lines[0], "TCP UNKNOWN: 1 of 2 targets unknown");
    assert!(
        lines[1].contains("line 2") && lines[1].contains("--bogus"),
        "{listed}"
    );
}
