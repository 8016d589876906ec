//! Lines, parsed with the options of a plain command line.

use super::*;

fn defaults() -> cli::Defaults {
    match cli::parse(["-f-".into()]) {
        Ok(cli::Command::List(list)) => list.defaults,
        other => panic!("{other:?}"),
    }
}

fn read(text: &[u8], is_whole: bool) -> Option<ParsedLine> {
    let number = 12;
    let line = Line {
        number,
        text,
        is_whole,
    };
    let mut defaults = defaults();
    let parsed = parse_line(line, &mut |options| defaults.line_options(options))?;
    assert_eq!(label_of(&parsed).line, Some(number));
    Some(parsed)
}

fn job_of(line: &str) -> Job {
    match read(line.as_bytes(), true) {
        Some(ParsedLine::Job(job)) => job,
        other => panic!("{line}: {other:?}"),
    }
}

fn label_of(parsed: &ParsedLine) -> &Label {
    match parsed {
        ParsedLine::Job(job) => &job.label,
        ParsedLine::Refused(record) => &record.label,
    }
}

/// The label, the first word of the verdict, and the message.
fn error_of(parsed: Option<ParsedLine>) -> (Label, String, String) {
    match parsed {
        Some(ParsedLine::Refused(Record {
            label,
            event: Event::NotChecked { error, .. },
        })) => (label, error.name, error.message),
        other => panic!("{other:?} is no error"),
    }
}

/// The first word of the output and the message without the number of the line.
fn refused(line: &[u8]) -> String {
    let (_, name, message) = error_of(read(line, true));
    let message = message.strip_prefix("line 12: ");
    format!("{name}: {}", message.expect("the number"))
}

#[test]
fn a_line_is_a_target_and_its_options() {
    let mx = Target::host("mx.example", 25).expect("a host");
    for (line, label, target) in [
        ("mx.example:25", "mx.example:25", &mx),
        ("  mx.example:25\t# the first", "mx.example:25", &mx),
        ("mx.example -p 25", "mx.example", &mx),
        ("mx.example:25 -p 26", "mx.example:25", &mx),
        (r#""mx".exam\ple:25"#, "mx.example:25", &mx),
        (
            "[::1]:25",
            "[::1]:25",
            &Target::host("[::1]", 25).expect("a host"),
        ),
        ("unix:/s", "unix:/s", &Target::Socket("/s".into())),
    ] {
        let job = job_of(line);
        assert_eq!(job.label.as_str(), label);
        assert_eq!(&job.target, target);
    }
    let named = job_of("mx.example:25 --name 'mx one' --service smtp").label;
    assert_eq!(
        (&*named.target, named.as_str()),
        ("mx.example:25", "mx one")
    );
}

#[test]
fn blank_lines_and_comments_ask_for_nothing_whatever_they_contain() {
    for line in ["", " \t", "#", "# 'a", "  # b", "#\0", "#\u{feff}"] {
        assert!(read(line.as_bytes(), true).is_none(), "{line}");
    }
    assert!(read(b"\t# long", false).is_none());
}

#[test]
fn the_error_of_a_bad_target_lists_the_forms_of_a_target() {
    for row in [
        "'' -> '': it is empty",
        ":25 -> :25: missing host before the port",
        "a: -> a:: missing port behind the colon",
        "a:0 -> a:0: the port is not a number from 1 to 65535",
        "1:2:3 -> 1:2:3: with more than one colon it must be an IPv6 address",
        "[a]:1 -> [a]:1: the brackets do not hold an IPv6 address; \
         write any other host without them",
        "- -> -: no host is a dash; write one target per line, HOST or HOST:PORT",
        "10.0.0.1-9 -> 10.0.0.1-9: it is a range; write each address on a line of a list",
        "mx\rmx2 -> mx\rmx2: it contains a carriage return; remove it: lines of a list end \
         with LF or CR LF",
        "[::1]1 -> [::1]1: only a colon and a port may follow the bracket",
        "fe80::1%no-if -> fe80::1%no-if: the zone is no interface of this machine",
        "unix:@ -> unix:@: there is no name behind the @",
        "mx:25,smtp -> mx:25,smtp: the port is not a number from 1 to 65535",
        "mx,smtp,25 -> mx,smtp,25: no host has a comma in it; write the host alone, \
         in a list one target per line, HOST or HOST:PORT",
        "{\"host\":\"mx\",\"port\":25} -> {host:mx,port:25}: no host has a { in it; \
         write the host alone, in a list one target per line, HOST or HOST:PORT",
        "10.0.0.0/30 -> 10.0.0.0/30: no host has a / in it; write the host alone, \
         its port with -p, and a network as one address per line of a list",
        "user@mx:25 -> user@mx:25: a host has no user; write the host alone, mx",
        "/run/s -> /run/s: it is a path; write -U PATH, on a line of a list unix:PATH",
        "http://mx/ -> http://mx/: it is a URL; write its host alone, and its port with -p",
        "\u{feff}mx:25 -> \\u{feff}mx:25: it contains \\u{feff}, white space \
         or an invisible character; remove it",
        "mx:25\u{a0}-w1 -> mx:25\\u{a0}-w1: it contains \\u{a0}, white space \
         or an invisible character; remove it",
    ] {
        let (target, said) = row.split_once(" -> ").expect("two columns");
        let (shown, reason) = said.split_once(": ").expect("a reason");
        let takes = "expected HOST, HOST:PORT, an IPv6 address, [IPV6]:PORT or unix:/PATH";
        for (options, name) in [("-p 1", "TCP"), ("-p 1 --service smtp", "SMTP")] {
            let line = format!("{target} {options}");
            let said = format!("{name}: {shown}: {takes}: {reason}");
            assert_eq!(refused(line.as_bytes()), said);
        }
    }
    let not_text = refused(b"m\xff:25");
    assert!(
        not_text.starts_with(r"TCP: m\xff:25: expected HOST"),
        "{not_text}"
    );
    assert!(
        not_text.ends_with(": it is not UTF-8, or contains NUL"),
        "{not_text}"
    );
}

#[test]
fn a_bad_line_says_why() {
    for row in [
        "a\0b -> TCP: its byte 2 is NUL; a list is text in UTF-8",
        "a -s \0 # \0 -> TCP: its byte 6 is NUL; a list is text in UTF-8",
        "'a b -> TCP: the quote ' at byte 1 is not closed",
        "a:25 --service smtp \"b -> TCP: the quote \" at byte 21 is not closed",
        "a:25 \\ -> TCP: the backslash at its end (byte 6) escapes nothing",
        "-p 25 a --service smtp -> SMTP: -p: unexpected option; the target comes first on a line",
        "a -w 1 -> TCP: a: missing port; expected HOST:PORT, --port or --service",
        "unix:/s -S -> TCP: a Unix socket with TLS: requires --sni, the name to verify, \
         or --no-check-certificate",
        "a:25 -x --service smtp -> SMTP: unknown option -x; --help lists the options",
    ] {
        let (line, said) = row.split_once(" -> ").expect("two columns");
        assert_eq!(refused(line.as_bytes()), said);
    }
    // With the service and the name of the command line.
    let line = Line {
        number: 1,
        text: b"'",
        is_whole: true,
    };
    let smtp = |_| {
        let options = ["--service", "smtp", "--name", "mx"];
        defaults().line_options(options.map(Into::into).into())
    };
    let (label, name, _) = error_of(parse_line(line, &mut { smtp }));
    assert_eq!((label.as_str(), &*name), ("mx", "SMTP"));
    // The target comes before the options.
    let both = refused(b":25 -x --service smtp");
    assert!(both.starts_with("SMTP: :25: expected HOST"), "{both}");
}

#[test]
fn the_label_of_a_broken_line_is_its_first_word() {
    for (line, is_whole, label) in [
        ("a\0b c", true, "a\0b"),
        ("'a b", true, "a b"),
        ("a:25 -s 'b", true, "a:25"),
        ("-p 25 a", true, "-p"),
        ("a:25 -s x", false, "a:25"),
        ("'a b", false, "a b"),
        ("abc", false, "abc"),
        (" ", false, ""),
    ] {
        let (found, _, message) = error_of(read(line.as_bytes(), is_whole));
        assert_eq!(&*found.target, label);
        let long = message == "line 12: it is longer than 65536 bytes";
        assert_eq!(long, !is_whole, "{message}");
    }
}

#[test]
fn a_list_that_is_one_long_line_says_how_lines_end() {
    let (_, _, message) = error_of(read(b"a:25\rb:25\r", false));
    assert!(message.ends_with("bytes; lines of a list end with LF or CR LF"));
}

#[test]
fn an_invalid_line_keeps_its_name() {
    for line in [
        ":25 --name mx",
        "a --name mx",
        "unix:/s -S --name mx",
        "a -x --name mx",
    ] {
        let (label, _, _) = error_of(read(line.as_bytes(), true));
        assert_eq!(label.as_str(), "mx");
    }
}

#[test]
fn a_label_is_text_and_has_its_bounds() {
    let parsed = |line: &[u8]| read(line, true).expect("a line that asks");
    let label = |target: &[u8]| label_of(&parsed(target)).target.clone();
    assert_eq!(&*label(b"a\xff\xc3:25"), r"a\xff\xc3:25");
    for shift in 0..5 {
        let before = "x".repeat(shift);
        let long = before.clone() + &"\u{1f600}".repeat(MAX_LABEL);
        let whole = before + &"\u{1f600}".repeat((MAX_LABEL - shift) / 4);
        assert_eq!(*label(long.as_bytes()), *whole);
    }
    assert_eq!(*label(&[0xff; 2 * MAX_LABEL]), *r"\xff".repeat(MAX_LABEL));
    assert_eq!(*label(&[0x80; 2 * MAX_LABEL]), *r"\x80".repeat(MAX_LABEL));
    assert_eq!(label(&[b'x'; MAX_LABEL]).len(), MAX_LABEL);
    let long = "é".repeat(20_000);
    for rest in ["", " -x", " 'open"] {
        let parsed = parsed(format!("mx:25 --name {long}{rest}").as_bytes());
        let name = label_of(&parsed).name.as_ref().map(|name| name.len());
        assert!([None, Some(MAX_LABEL)].contains(&name), "{name:?}");
        assert_eq!(name.is_none(), rest.contains("open"));
    }
}

#[test]
fn a_message_shows_the_start_of_a_long_target() {
    let said = refused(format!("{}:0", "x".repeat(60_000)).as_bytes());
    assert!(
        said.contains("x...: expected HOST") && said.len() < 250,
        "{said}"
    );
}
