//! What is built in works, and what is not is a usage error that names its feature. Built with any
//! features: `tests/features/run` goes through them.
//!
//! The program is Cargo's, or that of `CHECK_TCP_PROGRAM`, built with the same features.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics where it fails, and runs on the real clock"
)]

use std::env;
use std::ffi::OsString;
use std::io::{Seek, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use support::{Refusing, Server};

/// What asks for each feature, and the option or the place that the usage error names. `{port}` is
/// that of a server that greets; a first word that begins with `check_` is the program's name.
const ASKING: &[(&str, &str, &str)] = &[
    ("captures", "-e (?P<n>2)", "-e: invalid regular expression"),
    (
        "captures",
        "--step=expect\t(?P<n>2)",
        "--step: step 1: expect: invalid regular expression",
    ),
    ("family", "check_tcp -H 127.0.0.1 -p {port}", "check_tcp"),
    ("family", "/usr/lib/check_smtp -H 127.0.0.1", "check_smtp"),
    ("generate", "--generate man", "--generate man"),
    ("json", "--format json", "--format json"),
    ("json", "--format=JSON --bogus", ""),
    ("list", "--format prometheus", "--format prometheus"),
    ("list", "-f-", "-f"),
    ("list", "--targets=", "--targets"),
    ("list", "--parallel 3", "--parallel"),
    ("list", "--lookups 3", "--lookups"),
    ("list", "--rate 3", "--rate"),
    ("list", "--shard 1/2", "--shard"),
    ("list", "--summary", "--summary"),
    ("list", "--summary-bytes 800", "--summary-bytes"),
    ("list", "--no-progress", "--no-progress"),
    ("tls", "-S", "-S"),
    ("tls", "-SE", "-S"),
    ("tls", "--ssl -t0", "--ssl"),
    ("tls", "--starttls smtp", "--starttls"),
    ("tls", "--sni a.example", "--sni"),
    ("tls", "--no-check-certificate", "--no-check-certificate"),
    ("tls", "--ca-file /no/such", "--ca-file"),
    ("tls", "--expiry 7", "--expiry"),
    ("tls", "--fingerprint 00", "--fingerprint"),
    ("tls", "--client-cert /no/such", "--client-cert"),
    ("tls", "--client-key /no/such", "--client-key"),
    ("tls", "--tls-min 1.3", "--tls-min"),
    ("tls", "--tls-max 1.2", "--tls-max"),
    ("tls", "--alpn h2", "--alpn"),
    ("tls", "--service SPOP", "--service SPOP"),
    ("tls", "--step=starttls", "--step: step 1: starttls"),
    ("unicode", r"-e \p{Greek}", "-e: invalid regular expression"),
    ("unicode", r"-e [^\pL]", "-e: invalid regular expression"),
    ("unicode", "-e (?i)é", "-e: invalid regular expression"),
];

const FEATURES: [&str; 7] = [
    "captures", "family", "generate", "json", "list", "tls", "unicode",
];

#[test]
fn what_is_not_built_in_is_a_usage_error_that_names_its_feature() {
    let server = greeting();
    for (feature, words, place) in ASKING {
        let run = run(words, server.port());
        let missing = format!("this program was built without the feature '{feature}'");
        let missing = run.said.contains(&missing);
        if is_built_in(feature) {
            assert!(!run.said.contains("built without"), "{words}: {}", run.said);
        } else if !place.is_empty() {
            assert!(missing, "{words}: {}", run.said);
            assert!(
                run.said.contains(&format!(" UNKNOWN: {place}: ")),
                "{words}: {}",
                run.said
            );
            assert_eq!(run.code, Some(3), "{words}");
        }
    }
}

#[test]
fn the_help_says_what_is_not_built_in() {
    let help = run("--help", 0).said;
    let missing = help
        .lines()
        .find_map(|line| line.strip_prefix("Built without "));
    let missing = missing.map_or("", |line| line.split(':').next().unwrap());
    let wanted: Vec<_> = FEATURES
        .iter()
        .copied()
        .filter(|name| !is_built_in(name))
        .collect();
    assert_eq!(missing, wanted.join(", "), "{help}");
    for (feature, group) in [("tls", "TLS"), ("list", "List")] {
        let missing = format!("{group}: this program was built without the feature '{feature}'\n");
        assert_eq!(help.contains(&missing), !is_built_in(feature), "{help}");
    }
    for line in help.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for (feature, words) in [
        (
            "list",
            &[
                "--shard",
                "Lines of a list",
                "--targets hosts.txt",
                "every target",
            ][..],
        ),
        ("tls", &["--starttls", "--ssl -w 0.5", "(TLS)", "SPOP"]),
    ] {
        for word in words {
            assert_eq!(help.contains(word), is_built_in(feature), "{word}");
        }
    }
}

#[test]
fn a_plain_check_is_made_of_nothing_but_the_bare_program() {
    let server = greeting();
    let port = server.port();
    for (words, code, said) in [
        ("", 0, "TCP OK: "),
        ("-e ^220 -q QUIT -w 9 --perfdata", 0, "time="),
        ("--service smtp", 0, "SMTP OK: "),
        (
            "-e ^421",
            2,
            "TCP CRITICAL: Unexpected response from host/socket: 220 café Ω",
        ),
        ("-e (?i)^220.*ESMTP", 0, "TCP OK: "),
        (
            "--service spop -C --status-as open=ok",
            0,
            "SPOP OK: Unexpectedly open",
        ),
        ("--quiet", 0, ""),
        ("-p0", 3, "-p 0: expected a number from 1 to 65535"),
    ] {
        let run = run(words, port);
        assert!(run.said.contains(said), "{words}: {}", run.said);
        assert_eq!(run.code, Some(code), "{words}: {}", run.said);
    }
    let run = run("", Refusing::new().port());
    assert_eq!(run.code, Some(2), "{}", run.said);
    assert!(run.said.contains("Connection refused"), "{}", run.said);
}

#[cfg(feature = "json")]
#[test]
fn json_is_an_object() {
    let server = greeting();
    let json = run("--format json -e ^220", server.port()).said;
    assert!(json.starts_with("{\"target\":\"127.0.0.1\","), "{json}");
    assert!(json.contains("\"status\":\"OK\""), "{json}");
}

#[cfg(feature = "unicode")]
#[test]
fn patterns_know_characters_beyond_ascii() {
    let server = greeting();
    for words in [r"-e \p{Greek}", "-e (?i)CAFÉ"] {
        let run = run(words, server.port());
        assert_eq!(run.code, Some(0), "{words}: {}", run.said);
    }
}

#[cfg(feature = "captures")]
#[test]
fn what_a_group_matched_is_sent_back() {
    let server = Server::tcp(|peer| {
        peer.say("220 <31>\r\n");
        peer.hear_through(b"again\t31");
        peer.say("250\r\n");
    });
    let steps = "--step=expect\t<(?P<n>[0-9]+)> --step=send\tagain\t${n} --step=expect\t^250";
    let run = run(steps, server.port());
    assert_eq!(run.code, Some(0), "{}", run.said);
}

#[cfg(feature = "family")]
#[test]
fn a_name_of_the_family_is_that_plugin() {
    let server = greeting();
    let run = run("check_tcp -H 127.0.0.1 -p {port} -e 220 -E", server.port());
    assert_eq!(run.code, Some(0), "{}", run.said);
    let run = self::run("check_spop -H 127.0.0.1 -p {port}", server.port());
    let missing = "check_spop: this program was built without the feature 'tls'";
    assert_eq!(
        run.said.contains(missing),
        !is_built_in("tls"),
        "{}",
        run.said
    );
}

#[cfg(feature = "list")]
#[test]
fn a_list_is_checked() {
    let server = greeting();
    let port = server.port();
    let one = format!("127.0.0.1:{port}\n");
    let list = format!("{one}127.0.0.1:{port} -S\n");
    let lines = of(program().args(["-f-", "-e^220"]), &list).said;
    assert!(lines.contains("TCP OK: "), "{lines}");
    let missing = "line 2: -S: this program was built without the feature 'tls'";
    assert_eq!(lines.contains(missing), !is_built_in("tls"), "{lines}");
    let summary = of(program().args(["-f-", "--summary"]), &one).said;
    assert!(summary.starts_with("TCP OK: 1 of 1 target ok"), "{summary}");
    let samples = of(program().args(["-f-", "--format=prometheus"]), &one).said;
    assert!(samples.contains("probe_success{"), "{samples}");
}

#[cfg(feature = "generate")]
#[test]
fn the_man_page_tells_of_what_is_built_in() {
    let page = run("--generate man", 0).said;
    for (feature, word) in [
        ("list", "LINES OF A LIST"),
        ("list", "hosts.txt"),
        ("tls", "SSL_CERT_FILE"),
        ("tls", "SPOP"),
        ("family", "MONITORING PLUGINS"),
    ] {
        assert_eq!(page.contains(word), is_built_in(feature), "{word}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn a_server_is_checked_under_tls() {
    use support::{Constraint, Leaf, TLS13, self_signed};

    let identity = self_signed(Leaf::good(), Constraint::Ca);
    let server = Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n"));
    let run = run("-S --no-check-certificate -e ^220", server.port());
    assert_eq!(run.code, Some(0), "{}", run.said);
}

/// The result of a run.
struct Run {
    code: Option<i32>,
    /// Standard output.
    said: String,
}

fn is_built_in(feature: &str) -> bool {
    match feature {
        "captures" => cfg!(feature = "captures"),
        "family" => cfg!(feature = "family"),
        "generate" => cfg!(feature = "generate"),
        "json" => cfg!(feature = "json"),
        "list" => cfg!(feature = "list"),
        "tls" => cfg!(feature = "tls"),
        "unicode" => cfg!(feature = "unicode"),
        other => panic!("{other} is no feature"),
    }
}

fn greeting() -> Server {
    Server::saying("220 café Ω ESMTP\r\n")
}

/// Runs a check of this port of 127.0.0.1 with these words, or a plugin of the family.
fn run(words: &str, port: u16) -> Run {
    let port = port.to_string();
    let words = words.replace("{port}", &port);
    let mut words = words.split(' ').filter(|word| !word.is_empty());
    let name = words.clone().next().filter(|word| word.contains("check_"));
    let mut command = program();
    match name {
        Some(name) => {
            words.next();
            command.arg0(name);
        }
        None => {
            command.args(["-H", "127.0.0.1", "-p", &port]);
        }
    }
    of(command.args(words), "")
}

fn program() -> Command {
    let built = || env!("CARGO_BIN_EXE_check-tcp").into();
    let path: OsString = env::var_os("CHECK_TCP_PROGRAM").unwrap_or_else(built);
    Command::new(path)
}

fn of(command: &mut Command, input: &str) -> Run {
    let (mut written, read) = (tempfile::tempfile().unwrap(), Stdio::piped());
    written.write_all(input.as_bytes()).unwrap();
    written.rewind().unwrap();
    let output = command.stdin(written).stdout(read).output().unwrap();
    Run {
        code: output.status.code(),
        said: String::from_utf8(output.stdout).unwrap(),
    }
}
