//! Lines that mean nothing: UNKNOWN each, with the line's number and why; the others go on.

use support::*;

/// Runs these lines, each between two that are in order, and says what became of each.
///
/// The first of them is line 2, and then every other one.
#[track_caller]
fn between(program: Program, wrong: &[&[u8]]) -> Vec<String> {
    let server = Fleet::new(Manner::Greets);
    let good = format!("127.0.0.1:{}\n", server.port()).into_bytes();
    let mut list = good.clone();
    for line in wrong {
        list.extend([line, &b"\n"[..], &good].concat());
    }
    let listed = program.arg("--format").arg("json").over(list);
    listed.exits(3);
    let mut objects = listed.objects();
    assert_eq!(objects.len(), 2 * wrong.len() + 1, "{listed}");
    objects.sort_by_key(|object| object["line"].as_u64());
    for (object, number) in objects.iter().zip(1u64..) {
        assert_eq!(object["line"], number, "{listed}");
        let (status, reason) = match number % 2 {
            0 => ("UNKNOWN", "usage"),
            _ => ("OK", "ok"),
        };
        assert_eq!(object["status"], status, "{object}");
        assert_eq!(object["reason"], reason, "{object}");
    }
    let said = objects
        .iter()
        .filter(|object| object["status"] == "UNKNOWN");
    said.map(|object| object["message"].as_str().expect("a message").to_owned())
        .collect()
}

/// Each line, and words that the message has in it, in any case, in this order.
#[track_caller]
fn are_refused(rows: &[(&str, &[&str])]) {
    let lines: Vec<_> = rows.iter().map(|(line, _)| line.as_bytes()).collect();
    let said = between(program!("--targets - -t 20"), &lines);
    for (((line, words), message), number) in rows.iter().zip(said).zip((2..).step_by(2)) {
        let number = format!("line {number}");
        let words: Vec<_> = [&number[..]]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        let pattern = regex::Regex::new(&shows(&words)).expect("a pattern");
        assert!(pattern.is_match(&message), "{line:?}: {message}");
    }
}

#[test]
fn what_is_not_words_is_refused() {
    are_refused(&[
        ("127.0.0.1:25 --name 'open", &["quote"]),
        ("127.0.0.1:25 --name \"open", &["quote"]),
        ("127.0.0.1:25 --name \"open\\\"", &["quote"]),
        ("'127.0.0.1:25", &["quote"]),
        ("127.0.0.1:25 \\", &["backslash"]),
        ("127.0.0.1:25\0", &["nul"]),
        ("127.0.0.1:25 --name \0x", &["nul"]),
        ("\"\"", &[]),
        ("'' -p 25", &[]),
    ]);
}

#[test]
fn what_is_no_target_is_refused() {
    are_refused(&[
        ("127.0.0.1", &["port"]),
        ("localhost", &["port"]),
        ("::1", &["port"]),
        ("[::1]", &["port"]),
        ("127.0.0.1:0", &["0"]),
        ("127.0.0.1:65536", &["65536"]),
        ("127.0.0.1:smtp", &["smtp"]),
        ("127.0.0.1:-1", &["-1"]),
        ("127.0.0.1:+25", &["+25"]),
        ("[::1]:0", &["0"]),
        ("[::1]:x", &["x"]),
        ("[::1", &["[::1"]),
        ("[::1]25", &["[::1]25"]),
        ("unix:", &[]),
        (&format!("unix:/{}", "x".repeat(200)), &["long"]),
    ]);
}

#[test]
fn what_can_be_no_host_is_refused_and_says_what_to_write() {
    let list = "a line a host, host or host:port";
    are_refused(&[
        ("127.0.0.0/30 -p 9", &["127.0.0.0/30", "each address"]),
        ("10.0.0.1/25", &["10.0.0.1/25", "host alone", "-p"]),
        ("10.0.0.1,mx,smtp,25", &["10.0.0.1,mx,smtp,25", list]),
        ("10.0.0.1, mx, smtp, 25", &["10.0.0.1,", list]),
        ("\"10.0.0.1\",\"25\"", &["10.0.0.1,25", list]),
        ("{", &["no host has a {", list]),
        ("127.0.0.1;25", &["no host has a ;", list]),
        ("- 127.0.0.1", &["-: ", list]),
        ("127.0.0.1 localhost", &["localhost: a stray word", list]),
        ("127.0.0.1\t25", &["25: a stray word", list]),
        ("127.0.0.1-9", &["127.0.0.1-9", "a range", "each address"]),
        ("127.0.0.1-127.0.0.9", &["a range", "each address"]),
        ("[mail]", &["without them"]),
        (
            "127.0.0.1:9\r127.0.0.2:9",
            &["carriage return", "lf or cr lf"],
        ),
        (
            "127.0.0.1:9 # a\r127.0.0.2:9",
            &["carriage return", "lf or cr lf"],
        ),
        ("# a\r127.0.0.1:9\r", &["carriage return", "lf or cr lf"]),
        (
            "{\"host\": \"10.0.0.1\", \"port\": 25}",
            &["{host:", "no host has a {", list],
        ),
        (
            "[{\"host\": \"10.0.0.1\"}]",
            &["[{host:", "no host has a {", list],
        ),
        ("x=1", &["no host has a =", list]),
        ("user@mx:25", &["the host alone, mx"]),
        ("http://mx.example:25/", &["url", "host alone"]),
        ("/run/app.sock", &["unix:path"]),
        (
            "\u{a0}127.0.0.1:9",
            &[r"\u{a0}127.0.0.1:9", r"it has \u{a0}"],
        ),
        ("127.0.0.1:9\u{a0}-w 1", &[r"\u{a0}-w", r"it has \u{a0}"]),
        ("127.0.0.1:9 \u{a0}-w", &[r"\u{a0}-w: a stray word"]),
        (
            "\u{feff}127.0.0.1:9",
            &[r"\u{feff}127.0.0.1:9", r"it has \u{feff}"],
        ),
        ("\u{feff}# a comment", &[r"it has \u{feff}"]),
        ("'a b:25'", &["blank"]),
        ("mx\u{200b}:25", &[r"it has \u{200b}"]),
        ("010.0.0.1:25", &["010.0.0.1", "from 0 to 255"]),
        ("0x7f.1:25", &["from 0 to 255"]),
        ("127.1 -p 25 -C", &["from 0 to 255"]),
        ("1 -p 25", &["from 0 to 255"]),
        ("300.1.1.1:25", &["from 0 to 255"]),
        ("a..b:25", &["dot"]),
        (
            "münchen.invalid:25 -S",
            &["münchen", "xn--mnchen-3ya.invalid"],
        ),
        (
            "127.0.0.1:25 -S --sni bücher.invalid",
            &["xn--bcher-kva.invalid"],
        ),
    ]);
}

#[test]
fn one_table_read_as_a_list_is_one_usage_error_a_line() {
    let table = "address,name,port\n10.0.0.1,mx1,25\n10.0.0.2,mx2,25\n";
    let listed = program!("--targets - --service smtp").over(table);
    listed.exits(3);
    let answers = listed.answers();
    assert_eq!(answers.len(), 3, "{listed}");
    for (_, line) in answers {
        assert!(line.starts_with("SMTP UNKNOWN: line "), "{listed}");
    }
}

#[test]
fn what_is_no_option_or_has_no_meaning_is_refused() {
    are_refused(&[
        ("127.0.0.1:25 --bogus", &["--bogus"]),
        ("127.0.0.1:25 -Z", &["-Z"]),
        ("127.0.0.1:25 stray", &["stray"]),
        ("127.0.0.1 25", &["25"]),
        ("-w 3 127.0.0.1:25", &["-w"]),
        ("127.0.0.1:25 127.0.0.1:26", &["127.0.0.1:26"]),
        ("127.0.0.1:25 -w", &["-w"]),
        ("127.0.0.1:25 -w soon", &["soon"]),
        ("127.0.0.1:25 -t 0", &["0"]),
        ("127.0.0.1:25 -t -1", &["-1"]),
        ("127.0.0.1:25 -p 99999", &["99999"]),
        ("127.0.0.1:25 -m x", &["x"]),
        ("127.0.0.1:25 -e (", &[]),
        ("127.0.0.1:25 -4 -6", &["-6"]),
        ("127.0.0.1:25 --service FOO", &["FOO"]),
        ("127.0.0.1:25 --status-as x", &["x"]),
        ("127.0.0.1:25 --ssl=yes", &["--ssl"]),
        ("unix:/nowhere -S", &["sni"]),
    ]);
}

#[test]
fn what_the_target_says_is_not_said_by_an_option() {
    are_refused(&[
        ("127.0.0.1:25 -H localhost", &["-H"]),
        ("127.0.0.1:25 --hostname localhost", &["hostname"]),
        ("127.0.0.1:25 -U /nowhere", &["-U"]),
        ("127.0.0.1:25 --unix-sock=/nowhere", &["unix-sock"]),
    ]);
}

#[test]
fn options_of_the_run_are_refused() {
    are_refused(&[
        ("127.0.0.1:25 --targets hosts", &["targets"]),
        ("127.0.0.1:25 -f hosts", &["-f"]),
        ("127.0.0.1:25 --parallel 3", &["parallel"]),
        ("127.0.0.1:25 --lookups 3", &["lookups"]),
        ("127.0.0.1:25 --rate 3", &["rate"]),
        ("127.0.0.1:25 --format json", &["format"]),
        ("127.0.0.1:25 --summary", &["summary"]),
        ("127.0.0.1:25 --no-progress", &["no-progress"]),
        ("127.0.0.1:25 --help", &["help"]),
        ("127.0.0.1:25 -h", &["-h"]),
        ("127.0.0.1:25 --version", &["version"]),
    ]);
}

#[test]
fn bytes_that_are_no_text_are_refused_where_text_is_wanted() {
    let wrong: [&[u8]; 4] = [
        b"\xff\xfe:25",
        b"mail\xc3.test:25",
        b"127.0.0.1:25 -e \xff",
        b"127.0.0.1:25 -p \xff",
    ];
    let said = between(program!("--targets - -t 20"), &wrong);
    for (message, number) in said.iter().zip((2..).step_by(2)) {
        assert!(message.contains(&format!("line {number}")), "{message}");
    }
    for message in said.iter().take(2) {
        assert!(message.contains("UTF-8"), "{message}");
    }
}

#[test]
fn a_line_over_64_kib_is_refused_and_one_below_is_not() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let begin = format!("127.0.0.1:{port} --name ");
    let of = |length: usize| begin.clone() + &"x".repeat(length - begin.len());
    let list = [
        of(65_536),
        of(65_537),
        of(70_000),
        of(1_000_000),
        format!("127.0.0.1:{port} #{}", "x".repeat(1_000_000)),
        format!("#{}", "x".repeat(1_000_000)),
        of(60_000),
    ];
    let listed = program!("--targets - -t 20 --format json").over(list.join("\n"));
    listed.exits(3);
    for number in [1, 7] {
        assert_eq!(listed.object(number)["status"], "OK", "{listed}");
    }
    for number in [2, 3, 4] {
        let object = listed.object(number);
        assert_eq!(object["reason"], "usage", "{object}");
        let message = object["message"].as_str().expect("a message");
        assert!(message.contains(&format!("line {number}")), "{message}");
        assert!(
            message.contains("64") || message.contains("65"),
            "{message}"
        );
    }
}

#[test]
fn what_is_shown_of_a_wrong_line_is_harmless_and_short() {
    let wrong: [&[u8]; 5] = [
        b"\x1b[31m -Z",
        b"a|b\xe2\x80\xae:x",
        b"127.0.0.1:9 \x07\x08",
        b"127.0.0.1:9 -p \xc2\x9b1m",
        &[b"127.0.0.1:".to_vec(), vec![b'9'; 60_000]].concat(),
    ];
    // That it is, is asserted of every line.
    for message in between(program!("--targets - -t 20"), &wrong) {
        assert!(!message.contains('|') && message.len() < 4096, "{message}");
    }
    let mut list = wrong.join(&b'\n');
    list.push(b'\n');
    let listed = program!("--targets -").over(list);
    listed.exits(3);
    assert_eq!(listed.answers().len(), wrong.len(), "{listed}");
    assert!(
        !listed.lines().iter().any(|line| line.contains('|')),
        "{listed}"
    );
}

#[test]
fn a_wrong_line_in_text_has_the_service_and_the_words_of_a_usage_error() {
    let list = "127.0.0.1:9 --bogus\n127.0.0.1:9 -w x --service imap\n";
    let listed = program!("--targets - --service smtp").over(list);
    listed.exits(3);
    let lines: Vec<_> = listed.answers().iter().map(|(_, line)| *line).collect();
    let [first, second] = lines.as_slice() else {
        panic!("{listed}");
    };
    assert!(first.starts_with("SMTP UNKNOWN: "), "{listed}");
    assert!(
        first.contains("line 1") && first.contains("--bogus"),
        "{listed}"
    );
    assert!(second.starts_with("IMAP UNKNOWN: "), "{listed}");
    assert!(second.contains("line 2"), "{listed}");
}

#[test]
fn a_wrong_line_stays_unknown_whatever_is_asked() {
    let listed = program!("--targets - --status-as unknown=ok -W -C").over("127.0.0.1:9 --bogus\n");
    listed.exits(3);
    let [(_, line)] = listed.answers()[..] else {
        panic!("{listed}");
    };
    assert!(line.starts_with("TCP UNKNOWN: "), "{listed}");
}
