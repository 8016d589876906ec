//! What the command line asks of all targets, and a line of its own.

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
        (format!("127.0.0.1:{good} -e ^421 -e ^220"), "TCP OK"),
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
fn a_flag_that_is_set_for_all_can_not_be_unset() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!("127.0.0.1:{port} --name a\n127.0.0.1:{port} -e ^220 --name b\n");
    let listed = program!("--targets - -C -W -t 20").over(list);
    listed.exits(1);
    for label in ["a", "b"] {
        let line = listed.answer(label);
        assert!(line.starts_with("TCP WARNING: Unexpectedly open"), "{line}");
    }
}

#[test]
fn a_port_in_the_target_beats_that_of_the_option_and_that_the_preset() {
    for (command_line, rows) in [
        (
            "--service smtp",
            &[
                ("127.9.9.9", 25),
                ("127.9.9.9:3", 3),
                ("127.9.9.9 -p 5", 5),
                ("127.9.9.9:3 -p 5", 3),
                ("127.9.9.9 --service imap", 143),
                ("127.9.9.9:3 --service imap", 3),
                ("127.9.9.9 --service imap -p 5", 5),
                ("127.9.9.9", 25),
            ][..],
        ),
        (
            "-p 7",
            &[
                ("127.9.9.9", 7),
                ("127.9.9.9:3", 3),
                ("127.9.9.9 -p 5", 5),
                ("127.9.9.9 --service imap", 7),
                ("127.9.9.9", 7),
            ],
        ),
        (
            "--service smtp -p 7",
            &[
                ("127.9.9.9", 7),
                ("127.9.9.9 --service imap", 7),
                ("127.9.9.9:3 -p 5", 3),
            ],
        ),
        ("", &[("127.9.9.9 --service pop", 110), ("127.9.9.9:3", 3)]),
    ] {
        let list: String = rows.iter().map(|(line, _)| format!("{line}\n")).collect();
        let listed = program!("--targets - -C -t 1 --format json {command_line}").over(list);
        for ((line, port), number) in rows.iter().zip(1..) {
            let object = listed.object(number);
            assert_eq!(
                object["port"], *port,
                "{line} with {command_line}: {object}"
            );
        }
    }
}

#[test]
fn a_preset_gives_a_line_what_nobody_has_set() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let list = format!(
        "127.0.0.1:{} --name a\n127.0.0.1:{} --name b\n127.0.0.1:{} --service imap --name c\n",
        good.port(),
        busy.port(),
        good.port()
    );
    let listed = program!("--targets - --service smtp -t 20").over(list);
    listed.exits(2);
    assert!(listed.answer("a").starts_with("SMTP OK: "), "{listed}");
    assert!(
        listed.answer("b").starts_with("SMTP CRITICAL: Unexpected"),
        "{listed}"
    );
    assert!(
        listed.answer("c").starts_with("IMAP CRITICAL: Unexpected"),
        "{listed}"
    );
}

#[test]
fn what_a_line_sends_are_its_bytes() {
    let server = Server::tcp(|peer| peer.hear(1));
    let port = server.port();
    for (line, heard) in [
        ("-s 'EHLO  x' -q QUIT", &b"EHLO  xQUIT\r\n"[..]),
        ("-s \"a  b\"", b"a  b"),
        (r"-s 'a\n'", br"a\n"),
        (r"-E -s 'a\n\x41' -q 'b\\'", b"a\nAb\\"),
        (r#"-s "a\n""#, br"a\n"),
        (r"-s a\n", b"an"),
        ("-s \u{e9}", "\u{e9}".as_bytes()),
    ] {
        let listed = program!("--targets - -t 20").over(format!("127.0.0.1:{port} {line}"));
        listed.exits(0);
        assert_eq!(server.heard().bytes, heard, "{line}");
    }
    let listed = program!("--targets - -t 20")
        .over([format!("127.0.0.1:{port} -s ").as_bytes(), b"\xff\xfe"].concat());
    listed.exits(0);
    assert_eq!(server.heard().bytes, b"\xff\xfe");
}

#[test]
fn a_label_names_a_target_in_text() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!(
        "127.0.0.1:{port} --name \"mx one\"\n127.0.0.1:{port} --name ''\n127.0.0.1 -p {port}\n"
    );
    let listed = program!("--targets - -t 20").over(list);
    listed.exits(0);
    listed.answer("mx one");
    listed.answer(&format!("127.0.0.1:{port}"));
    listed.answer("127.0.0.1");
}

#[test]
fn a_label_is_made_harmless_and_is_not_without_end() {
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
