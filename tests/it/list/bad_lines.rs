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
fn each_bad_line_is_a_usage_error_of_its_own() {
    let long = format!("127.0.0.1:25 --name {}", "x".repeat(65_536));
    are_refused(&[
        ("127.0.0.1:25 --name 'open", &["the quote ' at byte 21"]),
        ("127.0.0.1", &["127.0.0.1: missing port"]),
        (
            "127.0.0.1:smtp",
            &["127.0.0.1:smtp: ", "the port is not a number"],
        ),
        (
            "127.0.0.1 localhost",
            &["unexpected argument 'localhost'", "one target"],
        ),
        (
            "127.0.0.1\t25",
            &["unexpected argument '25'", "did you mean -p 25"],
        ),
        (
            "10.0.0.1,mx,25",
            &["no host has a comma", "one target per line"],
        ),
        ("127.0.0.1:25 --bogus", &["unknown option --bogus"]),
        ("127.0.0.1:25 -t 0", &["-t 0: expected a duration"]),
        ("127.0.0.1:25 -e (", &["-e: invalid regular expression"]),
        ("127.0.0.1:25 -H localhost", &["-H: "]),
        ("127.0.0.1:25 --parallel 3", &["--parallel: "]),
        ("127.0.0.1:25 --service FOO", &["unknown service: FOO"]),
        ("unix:/nowhere -S", &["requires --sni"]),
        (&long, &["it is longer than 65536 bytes"]),
    ]);
}

#[test]
fn an_invalid_line_is_shown_escaped_and_cut() {
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
fn an_invalid_line_stays_unknown_under_every_option() {
    let listed = program!("--targets - --status-as unknown=ok -W -C").over("127.0.0.1:9 --bogus\n");
    listed.exits(3);
    let [(_, line)] = listed.answers()[..] else {
        panic!("{listed}");
    };
    assert!(line.starts_with("TCP UNKNOWN: "), "{listed}");
}
