//! What a line is made of: targets, words, comments, and where it ends.

use std::net::IpAddr;
use support::*;

/// What stands in a list, and what becomes of it.
struct Row {
    text: Vec<u8>,
    /// The label and a pattern for the message of an OK; `None` for what is no line of the list.
    answer: Option<(&'static str, String)>,
}

/// A text that asks for a check.
fn asks(text: impl Into<Vec<u8>>, label: &'static str, message: impl Into<String>) -> Row {
    Row {
        text: text.into(),
        answer: Some((label, message.into())),
    }
}

/// One that does not.
fn skipped(text: impl Into<Vec<u8>>) -> Row {
    Row {
        text: text.into(),
        answer: None,
    }
}

/// Runs all of it as one list: each text is answered by its number, or not at all.
#[track_caller]
fn holds(program: Program, rows: &[Row]) {
    let list: Vec<u8> = rows
        .iter()
        .flat_map(|row| [&row.text[..], b"\n"].concat())
        .collect();
    let listed = program.arg("--format").arg("json").over(list);
    listed.exits(0);
    let objects = listed.objects();
    let asked = rows.iter().filter(|row| row.answer.is_some()).count();
    assert_eq!(objects.len(), asked, "{listed}");
    for (row, number) in rows.iter().zip(1u64..) {
        let Some((label, message)) = &row.answer else {
            continue;
        };
        let object = objects.iter().find(|object| object["line"] == number);
        let text = String::from_utf8_lossy(&row.text);
        let object = object.unwrap_or_else(|| panic!("no answer to {text:?}: {listed}"));
        let shown = object["name"].as_str().or(object["target"].as_str());
        assert_eq!(shown, Some(*label), "{text:?}: {object}");
        assert_eq!(object["status"], "OK", "{text:?}: {object}");
        let pattern = regex::Regex::new(message).expect("a pattern");
        let said = object["message"].as_str().unwrap_or_default();
        assert!(pattern.is_match(said), "{text:?}: {said}");
    }
}

#[test]
fn a_target_is_a_host_an_address_or_a_path_with_or_without_a_port() {
    let (server, unix) = (Fleet::new(Manner::Greets), Server::unix(|_| ()));
    let (port, path) = (server.port(), unix.path());
    let six = has_ipv6()
        .then(|| Fleet::at(&[(Manner::Greets, IpAddr::from([0u16, 0, 0, 0, 0, 0, 0, 1]))]));
    let at = |host: &str| timed(format!("on {host} port {port}"));
    let default = format!("--targets - -p {port} -t 20");
    let list =
        format!("127.0.0.1\n127.0.0.1:{port}\nlocalhost -4\nlocalhost:{port} -4\nunix:{path}\n");
    let listed = program!("{default}").over(list);
    listed.exits(0);
    for (label, message) in [
        ("127.0.0.1".to_owned(), at("127.0.0.1")),
        (format!("127.0.0.1:{port}"), at("127.0.0.1")),
        ("localhost".to_owned(), at("localhost")),
        (format!("localhost:{port}"), at("localhost")),
        (format!("unix:{path}"), timed(format!("on {path}"))),
    ] {
        let line = listed.answer(&label).strip_prefix("TCP OK: ");
        let message = regex::Regex::new(&message).expect("a pattern");
        assert!(line.is_some_and(|line| message.is_match(line)), "{listed}");
    }
    let Some(six) = six else { return };
    let port = six.port();
    for (target, flags) in [
        ("::1".to_owned(), format!("-p {port}")),
        ("[::1]".to_owned(), format!("-p {port}")),
        (format!("[::1]:{port}"), String::new()),
        (format!("[::1]:{port}"), "-p 9".to_owned()),
        ("0:0:0:0:0:0:0:1".to_owned(), format!("-p {port}")),
    ] {
        let listed = program!("--targets - -t 20").over(format!("{target} {flags}"));
        listed.exits(0);
        let line = listed.answer(&target);
        assert!(line.contains(&format!(" port {port}")), "{listed}");
    }
}

#[test]
fn a_bare_ipv6_address_has_no_port_in_it() {
    // Its last group looks like one, and its host is not there or refuses: what was asked is told all the same.
    let listed = program!("--targets - -p 9 -t 1 --format json").over("::1:25\n[::1]:25\n");
    let object = listed.object(1);
    assert_eq!(object["host"], "::1:25", "{object}");
    assert_eq!(object["port"], 9, "{object}");
    assert_eq!(listed.object(2)["port"], 25, "{listed}");
}

#[test]
fn a_path_may_have_colons_and_blanks_in_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("a b:25");
    let _listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    let path = path.display();
    let list = format!(
        "\"unix:{path}\"\nunix:'{path}'\nunix:{}\n",
        path.to_string().replace(' ', "\\ ")
    );
    let listed = program!("--targets - --format json").over(list);
    listed.exits(0);
    for line in 1..=3 {
        assert_eq!(listed.object(line)["socket"], path.to_string(), "{listed}");
    }
}

#[test]
fn words_are_quoted_as_in_a_shell_that_expands_nothing() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let named = |words: &str| format!("127.0.0.1 --name {words}");
    let rows: Vec<_> = [
        (r#""two words""#, "two words"),
        ("'two words'", "two words"),
        (r"two\ words", "two words"),
        (r#"a"b c"'d e'f"#, "ab cd ef"),
        (r#""it's""#, "it's"),
        (r#"'say "x"'"#, r#"say "x""#),
        (r#""say \"x\"""#, r#"say "x""#),
        (r#""a\\b""#, r"a\b"),
        (r#""a\b""#, r"a\b"),
        (r"'a\b'", r"a\b"),
        (r"a\b", "ab"),
        (r"a\\b", r"a\b"),
        (r"\'a\'", "'a'"),
        ("$HOME", "$HOME"),
        (r#""$HOME""#, "$HOME"),
        ("`id`", "`id`"),
        ("$(id)", "$(id)"),
        ("~", "~"),
        ("*", "*"),
        ("{a,b}", "{a,b}"),
        ("a;b", "a;b"),
        ("a&b>c<d", "a&b>c<d"),
        ("naïve", "naïve"),
    ]
    .into_iter()
    .map(|(words, label)| asks(named(words), label, "response time"))
    .collect();
    holds(program!("--targets - -p {port} -t 20"), &rows);
}

#[test]
fn words_are_parted_by_blanks_and_tabs_and_may_be_quoted_anywhere() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let rows = [
        asks("127.0.0.1", "127.0.0.1", "response time"),
        asks("  127.0.0.1 \t", "127.0.0.1", "response time"),
        asks("\t127.0.0.1\t--name\tx", "x", "response time"),
        asks("127.0.0.1 --name=y", "y", "response time"),
        asks("127.0.0.1 '--name' \"z\"", "z", "response time"),
        asks("127.0.0.1 \"--name=a b\"", "a b", "response time"),
        asks("'127.0.0.1' --name q", "q", "response time"),
        asks(r"127.0.0\.1 --name r", "r", "response time"),
        asks("127.0.0.1 -e '^220 ready' --name e", "e", r"\[220 ready\]$"),
        asks(r"127.0.0.1 -e ^220\ ready --name f", "f", r"\[220 ready\]$"),
    ];
    holds(program!("--targets - -p {port} -t 20"), &rows);
}

#[test]
fn comments_and_blank_lines_are_skipped_and_counted() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let ok = "response time";
    let rows = [
        skipped("# a comment: \"with an open quote"),
        skipped("#"),
        skipped(""),
        skipped("   \t "),
        skipped("  # behind blanks"),
        skipped("\t# behind a tab"),
        skipped(b"# \xff\0 whatever".to_vec()),
        asks("127.0.0.1 # said of it: \"quite", "127.0.0.1", ok),
        asks("127.0.0.1 #", "127.0.0.1", ok),
        asks("127.0.0.1 --name a #b", "a", ok),
        asks("127.0.0.1 --name a#b", "a#b", ok),
        asks("127.0.0.1 --name a# # c", "a#", ok),
        asks("127.0.0.1 --name 'a #b'", "a #b", ok),
        asks("127.0.0.1 --name \"a #b\"", "a #b", ok),
        asks(r"127.0.0.1 --name a\ #b", "a #b", ok),
        asks(r"127.0.0.1 --name \#b", "#b", ok),
        asks("127.0.0.1 --name '#b'", "#b", ok),
        skipped("#127.0.0.1"),
    ];
    holds(program!("--targets - -p {port} -t 20"), &rows);
}

#[test]
fn line_ends_may_be_those_of_windows_or_missing() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let lines = |list: &[u8]| {
        let listed = program!("--targets - -p {port} -t 20 --format json").over(list);
        listed.exits(0);
        let mut found: Vec<_> = listed
            .objects()
            .iter()
            .map(|object| (object["line"].as_u64(), object["target"].to_string()))
            .collect();
        found.sort();
        found
    };
    let two = [
        (Some(1), "\"127.0.0.1\"".to_owned()),
        (Some(3), "\"localhost\"".to_owned()),
    ];
    let plain = format!("127.0.0.1:{port}\n\n127.0.0.1\n");
    assert_eq!(lines(plain.as_bytes()).len(), 2);
    for list in [
        "127.0.0.1\n\nlocalhost -4\n",
        "127.0.0.1\n\nlocalhost -4",
        "127.0.0.1\r\n\r\nlocalhost -4\r\n",
        "127.0.0.1\r\n# a comment\r\nlocalhost -4 # more\r\n",
        "127.0.0.1\r\n\nlocalhost -4\r",
        "\u{feff}127.0.0.1\n\nlocalhost -4\n",
        "\u{feff}127.0.0.1\r\n\r\nlocalhost -4",
    ] {
        assert_eq!(lines(list.as_bytes()), two, "{list:?}");
    }
    let commented = "\u{feff}# a comment\n127.0.0.1";
    assert_eq!(lines(commented.as_bytes()), [(Some(2), two[0].1.clone())]);
}

#[test]
fn what_stands_there_twice_is_checked_twice() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let listed = program!("--targets - -t 20").over(format!("127.0.0.1:{port}\n").repeat(7));
    listed.exits(0);
    let label = format!("127.0.0.1:{port}");
    let labels: Vec<_> = listed.answers().iter().map(|(label, _)| *label).collect();
    assert_eq!(labels, vec![label; 7], "{listed}");
    server.wait_until_gone(7);
    assert_eq!(server.count().came, 7);
}

#[test]
fn a_list_is_a_file_or_standard_input() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("hosts");
    let list = format!("127.0.0.1:{port}\n127.0.0.2\n");
    std::fs::write(&path, &list).expect("a file");
    let path = path.display();
    let one = Refusing::new(); // of which 127.0.0.2 has nothing
    let flags = format!("-p {} -C -t 20", one.port());
    for named in [
        format!("--targets {path}"),
        format!("--targets={path}"),
        format!("-f {path}"),
        format!("-f{path}"),
    ] {
        let listed = program!("{named} {flags}").over("");
        listed.exits(2);
        assert_eq!(listed.answers().len(), 2, "{listed}");
    }
    for named in ["--targets -", "--targets=-", "-f -", "-f-"] {
        let listed = program!("{named} {flags}").over(&*list);
        listed.exits(2);
        assert_eq!(listed.answers().len(), 2, "{listed}");
    }
}
