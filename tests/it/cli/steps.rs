//! `--step` and `--steps`: dialogues of several steps on one connection.

use std::fs;
use std::time::Duration;
use support::*;

/// Answers each line of the client by the first word of it, until the client is gone.
fn answering(greeting: &'static str, answers: &'static [(&str, &str)]) -> Server {
    Server::tcp(move |peer| {
        peer.say(greeting);
        loop {
            let line = String::from_utf8_lossy(peer.hear_next()).into_owned();
            if line.is_empty() {
                return;
            }
            let answer = answers.iter().find(|(word, _)| line.starts_with(word));
            if let Some((_, said)) = answer {
                peer.say(said);
            }
        }
    })
}

/// A command line of these steps.
fn steps(server: &Server, steps: &[&str], flags: &str) -> Program {
    let port = server.port();
    let program = program!("-H 127.0.0.1 -p {port} -t 20 {flags}");
    let options = steps.iter().flat_map(|step| ["--step", step]);
    options.fold(program, |program, option| program.arg(option))
}

fn object(run: &Run) -> serde_json::Value {
    json::object(str::from_utf8(&run.stdout).expect("UTF-8").trim_end())
}

const SMTP: &[(&str, &str)] = &[
    ("EHLO", "250-mx.example\r\n250 HELP\r\n"),
    ("VRFY", "502 no\r\n"),
    ("QUIT", "221 bye\r\n"),
];

#[test]
fn steps_are_taken_in_order_and_the_last_reply_is_told() {
    let server = answering("220 ready\r\n", SMTP);
    let dialogue = [
        r"expect ^220 .*\n",
        r"send EHLO probe\r\n",
        r"expect ^(?:250-.*\n)*250 .*\n",
    ];
    let run = steps(&server, &dialogue, "-q QUIT --format json").run();
    let object = object(&run);
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(object["reply"], r"250-mx.example\r\n250 HELP", "{run}");
    assert_eq!((&object["step"], &object["bytes"]), (&3.into(), &26.into()));
    assert_eq!(server.heard().bytes, b"EHLO probe\r\nQUIT\r\n");
}

#[test]
fn a_failure_names_its_step_where_there_is_more_than_one_expect() {
    let server = answering("220 ready\r\n", SMTP);
    let dialogue = [r"expect ^220 .*\n", r"send VRFY root\r\n", "expect ^250"];
    let unexpected = "Unexpected response from host/socket: ";
    let run = steps(&server, &dialogue, "-q QUIT").run();
    run.critical(exact(format!("{unexpected}502 no (step 3: expect ^250)")));
    assert_eq!(server.heard().bytes, b"VRFY root\r\nQUIT\r\n");
    let run = steps(&server, &dialogue, "--format json").run();
    assert_eq!(object(&run)["step"], 3, "{run}");

    let run = steps(&server, &["send VRFY root\\r\\n", "expect ^251"], "").run();
    run.critical(format!("^{unexpected}220 ready[^(]*$"));

    let dialogue = [r"expect ^220 .*\n", "send secret", "expect ^250"];
    let run = steps(&server, &dialogue, "-t 0.3").run();
    run.critical(r"timed out after 300ms \(step 3: expect \^250\)$");
    let refusing = Refusing::new();
    let dialogue = ["--step", "expect a", "--step", "expect b"];
    let program = program!("-H 127.0.0.1 -p {}", refusing.port());
    let run = dialogue.iter().fold(program, |it, word| it.arg(word)).run();
    run.critical("Connection refused$");
    let program = program!("--format json -H 127.0.0.1 -p {}", refusing.port());
    let run = dialogue.iter().fold(program, |it, word| it.arg(word)).run();
    assert!(object(&run)["step"].is_null(), "{run}");
}

#[test]
fn expects_without_a_send_between_look_at_the_same_reply() {
    let server = answering("", &[("INFO", "role:master\r\nslaves:3\r\n")]);
    for both in [
        ["expect role:master", "expect slaves:[1-9]"],
        ["expect slaves:[1-9]", "expect role:master"],
        ["expect ^role", r"expect (?s)^role.*3\r\n$"],
        ["expect-bytes role:", "expect slaves"],
        ["expect slaves", "expect-bytes role:master\\r\\n"],
    ] {
        let dialogue = [r"send INFO\r\n", both[0], "delay 0.01", both[1]];
        steps(&server, &dialogue, "").run().ok("slaves:3");
    }
    let dialogue = [r"send INFO\r\n", "expect slaves", "expect-bytes x"];
    let run = steps(&server, &dialogue, "").run();
    run.critical(r"role:master\\r\\nslaves:3 \(step 3: expect-bytes x\)$");
    // An earlier one is decided first.
    let dialogue = [r"send INFO\r\n", "expect ^x", "expect ^y"];
    let run = steps(&server, &dialogue, "").run();
    run.critical(r"\(step 2: expect \^x\)$");
}

#[test]
fn what_a_group_matched_is_sent_back() {
    let server = answering(
        "nonce=<a\\n$> 1\r\n",
        &[
            ("login <a\\n$> ${nonce}", "token=7 nonce=9\r\n"),
            ("7 9 ", "+OK\r\n"),
        ],
    );
    let dialogue = [
        r"expect nonce=(?P<nonce>\S+) (?P<none>x)?",
        r"send login ${nonce} $${nonce}\r\n",
        r"expect token=(?P<token>\d) nonce=(?P<nonce>\d)\r\n",
        r"send ${token} ${nonce} ${none}\r\n",
        r"expect ^\+OK",
    ];
    let run = steps(&server, &dialogue, "--format json").run();
    assert_eq!(run.code, Some(0), "{run}");
    let captures = &object(&run)["captures"];
    let wanted = serde_json::json!({ "none": null, "token": "7", "nonce": "9" });
    assert_eq!(*captures, wanted, "{run}");
    let heard = server.heard().bytes;
    assert_eq!(heard, b"login <a\\n$> ${nonce}\r\n7 9 \r\n", "{run}");
}

#[test]
fn a_reply_begins_behind_the_send_however_the_one_before_was_cut() {
    let greeting = "220 ready to serve\r\n";
    for cut in 0..greeting.len() {
        let server = Server::tcp(move |peer| {
            let (first, rest) = greeting.split_at(cut);
            peer.say_in_pieces(&[first.as_bytes(), rest.as_bytes()]);
            peer.hear(6);
            peer.say_in_pieces(&["25", "0 ok", "\r\n"]);
        });
        let dialogue = ["expect ^220", r"send NOOP\r\n", "expect ^250 ok"];
        steps(&server, &dialogue, "").run().ok("250 ok");
        let dialogue = ["expect ^220", r"send NOOP\r\n", "expect ^251"];
        let run = steps(&server, &dialogue, "").run();
        run.critical(r"Unexpected response from host/socket: .*25.* \(step 3: expect \^251\)$");
    }
}

#[test]
fn maxbytes_and_idle_bound_each_reply() {
    let server = answering("0123456789", &[("a", "0123456789"), ("b", "01234567890")]);
    let dialogue = ["expect 9$", "send a", "expect 9$"];
    steps(&server, &dialogue, "-m 10").run().ok("0123456789");
    let dialogue = ["expect 9$", "send b", "expect 0$"];
    steps(&server, &dialogue, "-m 10")
        .run()
        .critical(r"\(step 3: expect 0\$\)$");
    let dialogue = ["send a", "expect 9$", "expect x"];
    steps(&server, &dialogue, "-m 10")
        .run()
        .critical(r"\(step 3: expect x\)$");
    let dialogue = ["expect x|9", "send a", "expect x", "expect y"];
    let run = steps(&server, &dialogue, "--idle 0.2").run();
    run.critical(r"0123456789 \(step 3: expect x\)$")
        .within(Duration::from_secs(10));
    // The end of the reply is that of both.
    let dialogue = ["send a", "expect ^0", r"expect 9\z"];
    steps(&server, &dialogue, "-m 10").run().ok("0123456789");
}

#[test]
fn bytes_are_expected_as_bytes() {
    let server = Server::tcp(|peer| peer.say(b"\xff\x00\xfd\r\nmore"));
    for (bytes, matches) in [
        (r"\xff\x00\xfd", true),
        (r"\xff\x00\xfd\r\nmore", true),
        (r"\xff\x00\xfe", false),
        ("x", false),
    ] {
        let run = steps(&server, &[&format!("expect-bytes {bytes}")], "").run();
        assert_eq!(
            run.code,
            Some(if matches { 0 } else { 2 }),
            "{bytes}: {run}"
        );
    }
    let longer = r"expect-bytes \xff\x00\xfd\r\nmore than that";
    steps(&server, &[longer], "-t 0.3")
        .run()
        .critical("still open after 300ms");
}

#[test]
fn a_pause_moves_the_deadline_back_and_is_part_of_the_response_time() {
    let server = answering("220 ready\r\n", SMTP);
    let dialogue = [
        r"expect ^220 .*\n",
        "delay 0.4",
        r"send EHLO x\r\n",
        "delay 0.4",
        r"expect (?m)^250 .*\n",
    ];
    let run = steps(&server, &dialogue, "-t 0.6 -w 0.7").run();
    run.warning("250 HELP");
    assert!(run.seconds() >= 0.8, "{run}");
}

#[test]
fn tls_can_begin_at_a_step() {
    let authority = Authority::new("Test Root");
    for (more, is_clean) in [("", true), ("x", false)] {
        let config = authority.issue(Leaf::good()).server_config(TLS13);
        let server = Server::tcp(move |peer| {
            peer.say("220 ready\r\n");
            peer.hear_through(b"STARTTLS\r\n");
            peer.say(format!("220 go\r\n{more}"));
            if !is_clean {
                return;
            }
            peer.start_tls(&config);
            if peer.listen() == b"NOOP\r\n" {
                peer.say("250 ok\r\n");
            }
        });
        let dialogue = [
            r"expect ^220 .*\n",
            r"send STARTTLS\r\n",
            r"expect ^220 .*\n",
            "starttls",
            r"send NOOP\r\n",
            "expect ^250",
        ];
        let program = steps(&server, &dialogue, "--sni localhost -q QUIT");
        let run = program.trusting(&authority.store()).run();
        match is_clean {
            true => run.ok("250 ok"),
            false => run.critical(r"sent data in the clear before TLS \(step 4: starttls\)$"),
        };
        let heard = server.heard().bytes;
        assert_eq!(heard.ends_with(b"QUIT\r\n"), is_clean, "{run}");
    }
    // A check that fails before TLS says nothing more in the clear.
    let server = answering("421 no\r\n", SMTP);
    let dialogue = ["expect ^220", "starttls"];
    let run = steps(
        &server,
        &dialogue,
        "--sni localhost --no-check-certificate -q QUIT",
    )
    .run();
    run.critical("421 no$");
    assert_eq!(server.heard().bytes, b"");
}

#[test]
fn with_ssl_all_steps_are_under_tls() {
    let authority = Authority::new("Test Root");
    let server = Server::tls(&authority.issue(Leaf::good()), TLS13, |peer| {
        peer.say("220 ready\r\n");
        peer.hear_through(b"NOOP\r\n");
        peer.say("250 ok\r\n");
    });
    for flags in [
        "-S --sni localhost",
        "--sni localhost",
        "--service SSMTP --sni localhost",
    ] {
        let dialogue = [r"expect ^220 .*\n", r"send NOOP\r\n", "expect ^250"];
        let run = steps(&server, &dialogue, flags)
            .trusting(&authority.store())
            .run();
        assert_eq!(run.code, Some(0), "{run}");
        assert!(run.line().contains("[250 ok]"), "{run}");
    }
}

#[test]
fn a_file_has_a_step_on_each_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("x.steps");
    let text = "# A comment\r\n\r\n  \t\n  expect ^220 .*\\n\r\nsend   EHLO x\\r\\n\n# x\nexpect (?m)^250 .*\\n";
    fs::write(&file, text).expect("a file");
    let server = answering("220 ready\r\n", SMTP);
    let (port, shown) = (server.port(), file.display());
    check!("-H 127.0.0.1 -p {port} --steps {shown} -q QUIT").ok("250 HELP");
    assert_eq!(server.heard().bytes, b"EHLO x\r\nQUIT\r\n");
    let run = program!("-H 127.0.0.1 -p {port} --steps {shown}");
    let run = run
        .arg("--step")
        .arg("send VRFY x\\r\\n")
        .arg("--step")
        .arg("expect ^250")
        .run();
    run.critical(r"502 no \(step 5: expect \^250\)$");
}

#[test]
fn steps_of_a_line_replace_the_dialogue_of_the_command_line() {
    let server = answering("220 ready\r\n", SMTP);
    let port = server.port();
    let list = format!(
        "127.0.0.1:{port} --name plain\n\
         127.0.0.1:{port} --name own --step 'expect ^220 .*\\n' --step 'send VRFY x\\r\\n' --step 'expect ^502'\n\
         127.0.0.1:{port} --name other --step 'expect ^221'\n\
         127.0.0.1:{port} --name slow -w 20\n\
         127.0.0.1:{port} --name bad --step 'expect ('\n"
    );
    let listed = program!("--targets - -e ^220 -s x -t 20").over(list);
    for (name, wanted) in [
        ("plain", "OK: .*220 ready"),
        ("own", "OK: .*502 no"),
        ("other", "CRITICAL: .*220 ready"),
        ("slow", "OK: .*220 ready"),
        (
            "bad",
            "UNKNOWN: line 5: --step: step 1: expect: invalid regular expression",
        ),
    ] {
        let pattern = regex::Regex::new(wanted).expect("a pattern");
        let answer = listed.answer(name);
        assert!(pattern.is_match(answer), "{name}: {answer}");
    }
}

#[test]
fn a_bad_step_is_a_usage_error_that_names_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("bad");
    fs::write(&file, "send x\n\nexpect (\n").expect("a file");
    let empty = dir.path().join("empty");
    fs::write(&empty, "# nothing\n").expect("a file");
    let server = answering("", &[]);
    let many = ["delay 0"; 65];
    let seventh = [
        "send a", "send b", "send c", "send d", "send e", "send f", "expect (",
    ];
    for (dialogue, flags, message) in [
        (
            &["wait 3"][..],
            "",
            "^--step: step 1: wait: expected send TEXT, delay",
        ),
        (
            &["send x", "EXPECT x"],
            "",
            "^--step: step 2: EXPECT: expected send TEXT",
        ),
        (&["send"], "", "^--step: step 1: expected send TEXT$"),
        (&["expect  "], "", "^--step: step 1: expected expect REGEX$"),
        (
            &["delay x"],
            "",
            "^--step: step 1: delay x: expected a duration up to",
        ),
        (
            &["starttls now"],
            "",
            "^--step: step 1: starttls: takes no value$",
        ),
        (
            &["starttls", "starttls"],
            "",
            "^--step: step 2: a second starttls$",
        ),
        (
            &["starttls"],
            "-S",
            "^-S with the step starttls of --step: ",
        ),
        (
            &["send ${a}"],
            "",
            r"^--step: step 1: send \$\{a\}: \$\{a\}: no expect step before",
        ),
        (
            &["send ${a"],
            "",
            r"^--step: step 1: send \$\{a: \$\{ without its \}",
        ),
        (
            &["expect x"],
            "-e y",
            r"^-e with --step: write it as a step \(expect \.\.\.\)$",
        ),
        (
            &["expect x"],
            "-s y",
            r"^-s with --step: write it as a step \(send \.\.\.\)$",
        ),
        (
            &["expect x"],
            "-d 1",
            r"^-d with --step: write it as a step \(delay \.\.\.\)$",
        ),
        (
            &seventh,
            "",
            "^--step: step 7: expect: invalid regular expression: ",
        ),
        (&many, "", "^--step: a check has 64 steps at most$"),
    ] {
        steps(&server, dialogue, flags).run().unknown(message);
    }
    let bad = file.display();
    check!("-p 1 --steps {bad}").unknown(": line 3: step 2: expect: invalid regular expression: ");
    let marked = dir.path().join("marked");
    fs::write(&marked, "\u{feff}expect x\r\nexpect (").expect("a file");
    let marked = marked.display();
    check!("-p 1 --steps {marked}").unknown("line 2: step 2: expect: invalid regular expression");
    let mac = dir.path().join("mac");
    fs::write(&mac, "send a\rexpect b\r").expect("a file");
    let mac = mac.display();
    check!("-p 1 --steps {mac}").unknown("line 1: a CR inside; lines end with LF or CR LF$");
    let empty = empty.display();
    check!("-p 1 --steps {empty}").unknown("empty: it has no step$");
    let none = dir.path().join("none");
    let none = none.display();
    check!("-p 1 --steps {none}").unknown("none: reading it failed: No such file or directory");
    let dir = dir.path().display();
    check!("-p 1 --steps {dir}").unknown("reading it failed: it is not a regular file$");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_reply_answers_the_last_send_and_none_before() {
    // The answer to A comes in the pause, and B has none.
    let server = answering("220 x\r\n", &[("A", "b\r\n")]);
    let dialogue = [
        r"expect ^220 .*\n",
        r"send A\r\n",
        "delay 0.3",
        r"send B\r\n",
        "expect ^b",
    ];
    let run = steps(&server, &dialogue, "-t 0.5").run();
    run.critical("timed out after 500ms .step 5: expect .b.$");
    let server = answering("220 x\r\n", &[("A", "a\r\n"), ("B", "b\r\n")]);
    steps(&server, &dialogue, "").run().ok(r"\[b\]$");
    let dialogue = [r"send A\r\n", "delay 0.3", r"send B\r\n", "expect ^b"];
    steps(&server, &dialogue, "").run().ok(r"\[b\]$");
    let server = answering("220 hi\r\n", &[("EHLO", "250 ok\r\n")]);
    let dialogue = ["delay 0.3", r"send EHLO\r\n", "expect ^250"];
    steps(&server, &dialogue, "").run().ok(r"\[250 ok\]$");
}

#[test]
fn a_group_that_can_not_be_told_is_nothing_and_no_older_one() {
    let server = Server::tcp(|peer| {
        peer.say("old\n");
        peer.hear(2);
        peer.say("z".repeat(2_000) + "new\n");
        peer.hear_through(b">\n");
        peer.say("k\n");
    });
    let dialogue = [
        r"expect ^(?P<x>old)\n",
        r"send A\n",
        r"expect ^z+(?P<x>new)\n",
        r"send <${x}>\n",
        "expect ^k",
    ];
    let run = steps(&server, &dialogue, "--format json").run();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(object(&run)["captures"]["x"].is_null(), "{run}");
    assert_eq!(server.heard().bytes, b"A\n<>\n");
}

#[test]
fn the_rest_of_a_line_counts_for_no_limit_of_the_next_reply_once_it_has_ended() {
    let server = || {
        Server::tcp(|peer| {
            peer.say("220");
            peer.hear(3);
            peer.say(" mail.example.com ESMTP\r\n");
            // The client reads it, and waits for what answers its line.
            peer.wait_until_read();
            std::thread::sleep(Duration::from_millis(400));
            peer.say("250 ok\r\n");
        })
    };
    let dialogue = ["expect ^220", r"send X\r\n", "expect ^250 ok"];
    steps(&server(), &dialogue, "-m 26")
        .run()
        .ok(r"\[250 ok\]$");
    steps(&server(), &dialogue, "--idle 0.1")
        .run()
        .ok(r"\[250 ok\]$");
}

#[test]
fn a_later_reply_that_does_not_come_has_no_bytes() {
    let server = answering("", &[("a", "a\n")]);
    let dialogue = ["send a", r"expect ^a\n", "send b", "expect c"];
    let run = steps(&server, &dialogue, "-t 0.3 --format json").run();
    let object = object(&run);
    assert_eq!(
        (&object["reply"], &object["bytes"]),
        (&"".into(), &0.into())
    );
    assert_eq!(
        (&object["reason"], &object["step"]),
        (&"timeout".into(), &4.into())
    );
}

#[test]
fn steps_that_take_too_much_memory_are_a_usage_error_and_hold_no_list_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("heavy");
    let heavy: Vec<_> = (0..20)
        .map(|n| format!(r"expect ^(?:\pL{{1,40}}{n}){{4}}"))
        .collect();
    fs::write(&file, heavy.join("\n")).expect("a file");
    let refusing = Refusing::new();
    let (port, file) = (refusing.port(), file.display());
    let list = format!("127.0.0.1:{port} --name a --steps {file}\n127.0.0.1:{port} --name b\n");
    let listed = program!("--targets - -t 5").over(list);
    let heavy = listed.answer("a");
    assert!(
        heavy.contains("take more than 4 MiB of memory together"),
        "{heavy}"
    );
    assert!(listed.answer("b").contains("refused"), "{listed}");
    let many = "${x}".repeat(65);
    let program = program!("-p 1 --step").arg("expect (?P<x>a)").arg("--step");
    let run = program.arg(format!("send {many}")).run();
    run.unknown("more than 64 places to fill in$");
}

#[test]
fn sixty_four_steps_are_taken() {
    let server = answering("", &[("x", "y")]);
    let dialogue: Vec<&str> = ["send x", "expect ^y"].repeat(32);
    steps(&server, &dialogue, "").run().ok(r"\[y\]$");
    assert_eq!(server.heard().bytes, b"x".repeat(32));
}
