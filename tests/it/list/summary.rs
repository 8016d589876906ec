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
fn the_worst_is_critical_then_warning_then_unknown_then_ok() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let as_status = |status: &str| format!("127.0.0.1:{port} --status-as ok={status}");
    let [critical, warning, unknown] = ["critical", "warning", "unknown"].map(as_status);
    let ok = format!("127.0.0.1:{port}");
    for (parts, code, word, counts) in [
        (&[(&*ok, 2)][..], 0, "OK", &["2"][..]),
        (
            &[(&*ok, 1), (&*unknown, 2)],
            3,
            "UNKNOWN",
            &["2 of 3 targets unknown"],
        ),
        (
            &[(&*unknown, 2), (&*warning, 1)],
            1,
            "WARNING",
            &["1 of 3 targets warning", "2 unknown"],
        ),
        (
            &[(&*unknown, 3), (&*warning, 2), (&*critical, 1), (&*ok, 4)],
            2,
            "CRITICAL",
            &["1 of 10 targets critical", "2 warning", "3 unknown"],
        ),
    ] {
        let text = list(parts);
        let listed = program!("--targets - -t 20 --summary").over(&*text);
        listed.exits(code);
        let lines = listed.lines();
        let first = lines[0];
        assert!(first.starts_with(&format!("TCP {word}: ")), "{listed}");
        for count in counts {
            assert!(first.contains(count), "{count}: {listed}");
        }
        let order = ["CRITICAL: ", "WARNING: ", "UNKNOWN: "];
        let place = |line: &&str| order.iter().position(|word| line.contains(word));
        let places: Vec<_> = lines[1..].iter().map(place).collect();
        assert!(
            places.is_sorted() && places.iter().all(Option::is_some),
            "{listed}"
        );
        let not_ok = parts.iter().filter(|(line, _)| *line != ok);
        let not_ok: usize = not_ok.map(|(_, count)| count).sum();
        assert_eq!(places.len(), not_ok, "{listed}");

        let listed = program!("--targets - -t 20").over(text);
        listed.exits(code); // without a summary too
    }
}

#[test]
fn a_summary_is_held_to_8192_bytes_and_counts_what_it_leaves_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let absent = format!("unix:{}/s", dir.path().display());
    for (mark, count) in [
        ("x", 300),
        ("é", 300),
        ("x", 5_000),
        (&*"long ".repeat(100), 40),
    ] {
        let lines = (0..count).map(|number| format!("{absent} --name '{mark} {number}'\n"));
        let listed = program!("--targets - --summary").over(lines.collect::<String>());
        listed.exits(2);
        assert!(
            listed.stdout.len() <= 8_192,
            "{} bytes",
            listed.stdout.len()
        );
        assert!(listed.stdout.len() > 6_000, "{} bytes", listed.stdout.len());
        let lines = listed.lines();
        let (last, shown) = lines[1..].split_last().expect("more than one");
        let digits = |char: char| char.is_ascii_digit();
        let left_out = last
            .split(|char| !digits(char))
            .find(|word| !word.is_empty());
        let left_out: usize = left_out.map_or(0, |count| count.parse().expect("a number"));
        // A long label may be cut.
        let begin = mark.chars().next().expect("a mark");
        assert!(shown.iter().all(|line| line.starts_with(begin)), "{listed}");
        assert_eq!(shown.len() + left_out, count, "{listed}");
    }
}

#[test]
fn figures_stand_behind_the_first_line_where_they_are_asked_for() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let (ok, critical) = (
        format!("127.0.0.1:{}", good.port()),
        format!("127.0.0.1:{}", busy.port()),
    );
    let slow = format!("{ok} -d .2");
    let text = list(&[(&ok, 6), (&critical, 2), (&slow, 1)]);
    let listed = program!("--targets - -e ^220 -t 20 --summary --perfdata").over(text);
    listed.exits(2);
    let lines = listed.lines();
    let (_, figures) = lines[0]
        .split_once('|')
        .unwrap_or_else(|| panic!("{listed}"));
    let figures: Vec<(&str, &str)> = figures
        .split(' ')
        .map(|figure| figure.split_once('=').unwrap_or_else(|| panic!("{listed}")))
        .collect();
    let of = |label: &str| {
        let found = figures.iter().find(|(its, _)| *its == label);
        let (_, figure) = found.unwrap_or_else(|| panic!("{label}: {listed}"));
        figure.split(';').next().expect("a value").to_owned()
    };
    for (label, count) in [
        ("ok", "7"),
        ("warning", "0"),
        ("critical", "2"),
        ("unknown", "0"),
    ] {
        assert_eq!(of(label), count, "{label}: {listed}");
    }
    let times = figures
        .iter()
        .filter_map(|(_, figure)| figure.split(';').next());
    let slowest = times.filter_map(|time| time.strip_suffix('s')).next();
    let slowest: f64 = slowest.and_then(|time| time.parse().ok()).expect("a time");
    assert!((0.2..20.0).contains(&slowest), "{listed}");
    let without = program!("--targets - -e ^220 -t 20 --summary").over(list(&[(&ok, 1)]));
    assert!(!without.lines()[0].contains('|'), "{without}");
}

#[test]
fn a_wrong_line_is_in_the_summary() {
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

#[test]
fn labels_are_harmless_in_a_summary() {
    let closed = Refusing::new();
    let port = closed.port();
    let text = format!("127.0.0.1:{port} --name 'a\u{1b}[31m|\u{202e}b'\n");
    let listed = program!("--targets - --summary").over(text);
    listed.exits(2);
    // Controls are looked for in every line.
    assert!(
        listed.lines().iter().all(|line| !line.contains('|')),
        "{listed}"
    );
}
