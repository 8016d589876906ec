use super::*;
use crate::check::Check;
use crate::cli::flag::OptionSource;
use crate::target::{Family, Target};
use std::time::Duration;

fn defaults(line: &str) -> Defaults {
    let mut raw = RawOptions::default();
    let read = raw.read(words(line), OptionSource::CommandLine);
    read.and_then(|()| Defaults::new(&raw))
        .unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn words(line: &str) -> Vec<OsString> {
    let words = line.split(' ').filter(|word| !word.is_empty());
    words.map(|word| word.replace("''", "").into()).collect()
}

#[track_caller]
fn line(defaults: &mut Defaults, options: &str) -> CompiledCheck {
    let compiled = defaults.line_options(words(options)).compiled;
    compiled.unwrap_or_else(|error| panic!("{options}: {error}"))
}

fn name(defaults: &mut Defaults, options: &str) -> Option<String> {
    defaults.line_options(words(options)).name
}

#[track_caller]
fn refused(defaults: &mut Defaults, options: &str) -> String {
    match defaults.line_options(words(options)).compiled {
        Err(error) => format!("{} UNKNOWN: {error}", error.name),
        Ok(compiled) => panic!("{options} were taken: {compiled:?}"),
    }
}

#[test]
fn a_line_without_options_is_the_command_line() {
    let mut defaults = defaults("--service SMTP -w 1 --name all");
    let line = line(&mut defaults, "");
    assert_eq!(line.check.name, "SMTP");
    assert_eq!(line.check.warning, Some(Duration::from_secs(1)));
    assert_eq!(line.port, Some(25));
    assert_eq!(name(&mut defaults, "").as_deref(), Some("all"));
}

#[test]
fn lines_that_add_nothing_to_the_check_share_one() {
    let mut defaults = defaults("--service SMTP -s hello");
    let plain = line(&mut defaults, "").check;
    for options in [
        "",
        "--",
        "-p 587",
        "--name mx",
        "-p 1 -p 2 --name= --name mx",
        "-s '' -e '' -q '' --service '' --status-as '' --sni '' --name ''",
        "-p '' -t '' -w '' -c '' -d '' -m '' -t=",
        "-s x -s ''",
        "-H '' -U ''",
    ] {
        let check = line(&mut defaults, options).check;
        assert!(Arc::ptr_eq(&check, &plain), "{options}");
    }
    for options in ["-E", "-s hello", "-w 0", "--service SMTP"] {
        let check = line(&mut defaults, options).check;
        assert!(!Arc::ptr_eq(&check, &plain), "{options}");
    }
}

#[test]
fn options_of_a_line_replace_those_of_the_command_line() {
    let mut defaults = defaults(r"-p 80 -w 1 -c 2 -t 5 -s a\n -q b\n -4 --name all");
    let options = "-w .5 -s c --name one -WC --status-as ok=unknown";
    let over = line(&mut defaults, options);
    assert_eq!(over.check.warning, Some(Duration::from_millis(500)));
    assert_eq!(over.check.critical, Some(Duration::from_secs(2)));
    assert_eq!(over.check.send, b"c");
    assert_eq!(over.check.quit, b"b\\n\r\n");
    assert_eq!(over.check.family, Family::V4);
    assert!(over.check.error_warning && over.check.expect_closed);
    assert_eq!(over.port, Some(80));
    assert_eq!(name(&mut defaults, options).as_deref(), Some("one"));

    let next = line(&mut defaults, "-p 81");
    assert_eq!(next.check.warning, Some(Duration::from_secs(1)));
    assert_eq!(next.port, Some(81));
    assert_eq!(name(&mut defaults, "-p 81").as_deref(), Some("all"));
    assert!(
        !next.check.error_warning,
        "one line says nothing of another"
    );
}

#[test]
fn an_empty_value_on_a_line_keeps_that_of_the_command_line() {
    let mut defaults = defaults("--service FTP -p 80 -s a -e ^x -q b --name all --sni c");
    let options = "-s '' -e '' -q '' --service '' --name '' --sni '' --status-as '' -w 1";
    let line = line(&mut defaults, options);
    assert_eq!(
        (&line.check.send[..], &line.check.quit[..]),
        (&b"a"[..], &b"b\r\n"[..])
    );
    assert_eq!(line.check.name, "FTP");
    assert_eq!(name(&mut defaults, options).as_deref(), Some("all"));
    assert!(line.check.expect.is_some());
    let mut defaults = self::defaults("-p 80 -t 1 -w 2 -c 3 -d 4 -m 5");
    let plain = self::line(&mut defaults, "").check;
    let empty = "-p '' -t '' -w= -c '' --delay= -m ''";
    let line = self::line(&mut defaults, &format!("{empty} -W"));
    assert_eq!(line.port, Some(80));
    let of = |check: &Check| (check.timeout, check.warning, check.critical, check.delay);
    assert_eq!(of(&line.check), of(&plain));
    assert_eq!(line.check.max_bytes, plain.max_bytes);
}

#[test]
fn escape_on_a_line_applies_to_send_of_the_command_line() {
    let mut defaults = defaults(r"-p 80 -s a\n -q b\n");
    let check = line(&mut defaults, "-E").check;
    assert_eq!(
        (&check.send[..], &check.quit[..]),
        (&b"a\n"[..], &b"b\n"[..])
    );
    let mut defaults = self::defaults("-p 80 -E");
    assert_eq!(line(&mut defaults, r"-s \x41").check.send, b"A");
}

#[test]
fn port_is_of_the_line_then_the_command_line_then_the_preset() {
    let mut bare = defaults("");
    assert_eq!(line(&mut bare, "").port, None);
    assert_eq!(line(&mut bare, "-p 7").port, Some(7));
    assert_eq!(line(&mut bare, "--service POP").port, Some(110));
    assert_eq!(line(&mut bare, "--service POP -p 7").port, Some(7));
    let mut smtp = defaults("--service SMTP");
    assert_eq!(line(&mut smtp, "").port, Some(25));
    assert_eq!(line(&mut smtp, "--service POP").port, Some(110));
    let mut with_port = defaults("--service SMTP -p 2525");
    assert_eq!(line(&mut with_port, "--service POP").port, Some(2525));
    assert_eq!(line(&mut with_port, "--service POP -p 7").port, Some(7));
}

#[test]
fn an_invalid_line_does_not_affect_the_others() {
    let mut defaults = defaults("-4");
    for (options, message) in [
        ("-6", "-4 with -6: only one of the two is allowed"),
        ("-p 0", "-p 0: expected a number from 1 to 65535"),
        (
            "--service foo",
            "check-tcp called with unknown service: FOO",
        ),
    ] {
        let error = refused(&mut defaults, options);
        assert!(error.ends_with(&format!(" UNKNOWN: {message}")), "{error}");
    }
    assert_eq!(line(&mut defaults, "-W").check.family, Family::V4);
}

#[test]
fn the_error_of_a_line_has_the_name_of_its_service() {
    let mut smtp = defaults("--service smtp");
    for wrong in ["-p 0", "-t 0", "word", "--rate 1", "-e ("] {
        assert!(refused(&mut smtp, wrong).starts_with("SMTP UNKNOWN: "));
        let other = format!("{wrong} --service pop");
        assert!(
            refused(&mut smtp, &other).starts_with("POP UNKNOWN: "),
            "{other}"
        );
        let same = format!("{wrong} --service ''");
        assert!(
            refused(&mut smtp, &same).starts_with("SMTP UNKNOWN: "),
            "{same}"
        );
    }
    assert!(refused(&mut smtp, "--service foo").starts_with("FOO UNKNOWN: "));
    assert!(refused(&mut defaults(""), "-p 0").starts_with("TCP UNKNOWN: "));
}

#[test]
fn an_invalid_line_keeps_its_name() {
    let mut all = defaults("--name all");
    for wrong in ["-p 0", "-t 0", "word", "--rate 1"] {
        for (name, label) in [("", "all"), ("--name one", "one"), ("--name ''", "all")] {
            let options = all.line_options(words(&format!("{wrong} {name}")));
            assert!(options.compiled.is_err(), "{wrong} {name}");
            assert_eq!(options.name.as_deref(), Some(label), "{wrong} {name}");
        }
    }
    assert_eq!(name(&mut defaults(""), "-p 0"), None);
}

#[test]
fn repeated_additions_are_compiled_once() {
    let mut defaults = defaults("-p 80");
    let checks = |defaults: &mut Defaults, from: u32, to: u32| -> Vec<_> {
        let options = (from..to).map(|n| format!("-e ^{n} --name {n}"));
        options
            .map(|options| line(defaults, &options).check)
            .collect()
    };
    let first = checks(&mut defaults, 0, 1_000);
    for _ in 0..3 {
        let again = checks(&mut defaults, 0, 1_000);
        assert!(first.iter().zip(&again).all(|(a, b)| Arc::ptr_eq(a, b)));
    }
    for options in ["-e ^7", "-p 9 -e ^7", "-e x -e= -e ^7", "-e^7"] {
        let check = line(&mut defaults, options).check;
        assert!(Arc::ptr_eq(&check, &first[7]), "{options}");
    }
}

#[test]
fn up_to_1024_different_additions_are_cached() {
    let mut defaults = defaults("-p 80");
    let first: Vec<_> = (0..1_024)
        .map(|n| line(&mut defaults, &format!("-m {n}")).check)
        .collect();
    let mut is_cached = |n: usize| {
        let again = line(&mut defaults, &format!("-m {n}")).check;
        first.get(n).is_some_and(|first| Arc::ptr_eq(first, &again))
    };
    assert!(is_cached(0) && is_cached(1_023));
    assert!(!is_cached(1_024), "it does not fit");
    assert!(!is_cached(0), "the cache started anew");
    assert!(defaults.cache.checks.len() == 2);
}

#[test]
fn cached_additions_take_a_bounded_amount_of_memory() {
    let mut defaults = defaults("-p 80");
    for n in 0..60 {
        line(&mut defaults, &format!("-s {n}{}", "x".repeat(1 << 20)));
        let cached: usize = defaults
            .cache
            .checks
            .values()
            .flatten()
            .map(|it| it.check.memory.bytes())
            .sum();
        assert!(cached <= defaults.cache.bytes && defaults.cache.bytes <= MAX_CACHED);
    }
    let invalid = format!("-p 1 -t {}", "x".repeat(50_000));
    refused(&mut defaults, &invalid);
    assert!(defaults.cache.bytes <= MAX_CACHED);
}

#[test]
fn checks_of_lines_count_as_memory_until_they_are_dropped() {
    let mut defaults = defaults("-p 80");
    let memory = defaults.memory();
    let mut large = |n: u32| {
        let text = format!("{n}{}", "x".repeat(1 << 20));
        line(&mut defaults, &format!("-s {text}")).check
    };
    // What is kept for lines to come leaves room for them.
    (0..60).for_each(|n| drop(large(n)));
    assert!(memory.has_capacity());
    let mut alive: Vec<_> = (0..47).map(&mut large).collect();
    assert!(memory.has_capacity(), "47 MiB");
    alive.extend([large(47), large(47), large(47)]);
    assert!(!memory.has_capacity(), "48 MiB");
    drop(alive);
    assert!(memory.has_capacity());
}

#[test]
fn lines_that_expect_the_same_reply_share_a_pattern() {
    let mut defaults = defaults("-p 80 -e (?:abcdefghijklmnopqrst){1000}");
    let memory = defaults.memory();
    // Each pattern of its own would take some 450 KiB.
    let options = (1..300).map(|n| format!("-w {n} -S --no-check-certificate"));
    let checks: Vec<_> = options
        .map(|options| line(&mut defaults, &options).check)
        .collect();
    assert!(checks.iter().all(|check| check.expect.is_some()));
    assert!(memory.has_capacity());
    let source = |options: &str, defaults: &mut Defaults| {
        let check = line(defaults, options).check;
        check
            .expect
            .as_ref()
            .map(|pattern| pattern.as_str().to_owned())
    };
    assert_eq!(source("-e x -w 1", &mut defaults).as_deref(), Some("x"));
    let mut smtp = self::defaults("--service SMTP");
    let smtp_pattern = source("-w 1", &mut smtp);
    assert!(smtp_pattern.is_some_and(|pattern| pattern.contains("220")));
    let pop_pattern = source("-w 1 --service POP", &mut smtp);
    assert!(pop_pattern.is_some_and(|pattern| pattern.contains("OK")));
}

#[test]
fn different_additions_are_different_keys() {
    let mut defaults = defaults("-p 80");
    for (one, other) in [
        ("-s a", "-q a"),
        ("-s a -q b", "-s b -q a"),
        ("-w 1", "-w 2"),
        ("-W", "-C"),
    ] {
        let (one, other) = (line(&mut defaults, one), line(&mut defaults, other));
        assert!(!Arc::ptr_eq(&one.check, &other.check));
    }
    for option in ["-t 0", "--timeout 0", "-t 0"] {
        let error = refused(&mut defaults, option);
        assert!(error.contains(&format!(" {option}: ")), "{error}");
    }
}

#[test]
fn tls_needs_a_name_to_verify_or_no_verification() {
    let socket = Target::Socket("/s".into());
    let host = |host| Target::host(host, 25).expect("a host");
    let mut tls = defaults("-S --service SMTP");
    for target in [&socket, &host("münchen.example"), &host("a-.example")] {
        let error = line(&mut tls, "").check_target(target);
        let error = error.expect_err("no name");
        assert_eq!(error.name, "SMTP");
        let wanted = ["--sni", "xn--mnchen-3ya.example"];
        assert!(
            wanted.iter().any(|it| error.message.contains(it)),
            "{error}"
        );
        for options in ["--sni a.example", "--no-check-certificate", "-C"] {
            let line = line(&mut tls, options);
            assert_eq!(line.check_target(target), Ok(()), "{options}");
        }
        assert_eq!(line(&mut defaults(""), "").check_target(target), Ok(()));
    }
    for good in ["mail.example.", "db_1", "::1", "192.0.2.1"] {
        assert_eq!(line(&mut tls, "").check_target(&host(good)), Ok(()));
    }
}

#[test]
fn defaults_can_be_sent_to_another_thread() {
    fn given<T: Send + 'static>(_: T) {}
    given(defaults("-p 80"));
}

#[test]
fn options_of_target_and_run_are_invalid_on_a_line() {
    let run = "not valid on a line of a list; write it on the command line";
    let target = "not valid on a line of a list; \
                  it begins with its target, and --sni names the certificate";
    for (options, message) in [
        ("-H a", format!("-H: {target}")),
        ("--hostname=a", format!("--hostname: {target}")),
        ("-U /s", format!("-U: {target}")),
        ("--targets x", format!("--targets: {run}")),
        ("-f-", format!("-f: {run}")),
        ("--parallel=1", format!("--parallel: {run}")),
        ("--rate ''", format!("--rate: {run}")),
        ("--format json", format!("--format: {run}")),
        ("--summary", format!("--summary: {run}")),
        ("--no-progress", format!("--no-progress: {run}")),
        ("-h", format!("-h: {run}")),
        ("-EV", format!("-V: {run}")),
        (
            "25",
            "unexpected argument '25'; did you mean -p 25?".to_owned(),
        ),
        (
            "--bogus",
            "unknown option --bogus; --help lists the options".to_owned(),
        ),
    ] {
        let error = refused(&mut defaults(""), options);
        assert_eq!(error, format!("TCP UNKNOWN: {message}"));
    }
}
